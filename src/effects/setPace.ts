import type { EffectResults } from '../core/effect.js';
import { OFFICER_PLATFORMS, PACES } from '../core/pace.js';
import { insertAudit } from '../store/audit.js';
import { endBoards, wishBoardOf } from '../store/boards.js';
import { savePace, type NewPace } from '../store/officerPace.js';
import { weighAnew } from '../store/weighNotifications.js';
import type { Applier, EffectRequest } from './applier.js';

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/u;

/**
 * How an officer is told from now on. What waits for them is weighed anew; whoever wants no board any more sees the one
 * that is there end, and whoever wants one gets it.
 */
export const setPace: Applier<'set_pace'> = async (sql, requests, { now, newId, nudges }) => {
  const results: EffectResults['set_pace'][] = [];
  for (const request of requests) {
    const officer = request.asker.officer;
    const wanted = officer && read(request);
    if (!officer || !wanted) {
      results.push({ outcome: officer ? 'not_understood' : 'not_allowed' });
      continue;
    }
    await savePace(sql, officer.id, wanted);
    await weighAnew(sql, [officer.id]);
    // A chat that is no longer the first one shows its board no more: it is looked at with the rest.
    if (wanted.pace !== undefined && wanted.pace !== 'board') {
      const ended = await endBoards(sql, [officer.id], now);
      nudges.converse ||= ended > 0;
    } else await wishBoardOf(sql, officer.id, now);
    await insertAudit(
      sql,
      [
        {
          officerId: officer.id,
          action: 'officer.pace',
          subjectKind: 'officer',
          subjectId: officer.id,
          data: { ...wanted },
        },
      ],
      newId,
      now,
    );
    nudges.notify = true;
    results.push({ outcome: 'done' });
  }
  return results;
};

/** What is asked for; null where it is no pace, time or platform. */
function read({ effect }: EffectRequest<'set_pace'>): NewPace | null {
  const pace = PACES.find((one) => one === effect.pace);
  const platform = OFFICER_PLATFORMS.find((one) => one === effect.platform);
  const times = [effect.quiet_from, effect.quiet_until];
  if (effect.pace !== undefined && !pace) return null;
  if (effect.platform !== undefined && effect.platform !== 'any' && !platform) return null;
  if (times.some((time) => time !== undefined && !TIME.test(time))) return null;
  return {
    ...(pace ? { pace } : {}),
    ...(effect.quiet_from === undefined ? {} : { quietFrom: effect.quiet_from }),
    ...(effect.quiet_until === undefined ? {} : { quietUntil: effect.quiet_until }),
    ...(effect.platform === undefined ? {} : { platform: platform ?? null }),
  };
}
