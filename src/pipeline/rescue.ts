import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Now, Nudge } from '../core/ports.js';
import { answerElsewhere } from '../store/elsewhere.js';
import { giveUpHeld } from '../store/heldChats.js';
import type { IncidentInsert } from '../store/incidents.js';
import { notificationFailed } from '../store/notifications.js';
import { failOfRemovedLines } from '../store/outbound.js';
import { inTransaction } from '../store/sql.js';
import type { RaiseIncidents } from './settle.js';

export interface RescueDeps {
  pool: Pool;
  log: Logger;
  now: Now;
  nudge: Pick<Nudge, 'converse'>;
  raiseIncidents: RaiseIncidents;
}

/**
 * How long a line may be down before people are answered at another address of theirs: most outages (a phone that is
 * charged, a browser that is started anew) are over by then, and to be written to from elsewhere puzzles people more
 * than half an hour's wait.
 */
export const ANSWER_ELSEWHERE_MS = 30 * 60_000;
/** How long news wait for a person who must write first; after that it is no news, and officers tell them. */
export const HELD_DAYS = 7;

/** For messages that wait where they cannot go: another road, or an end. */
export async function rescueWaiting({ pool, log, now, nudge, raiseIncidents }: RescueDeps): Promise<void> {
  const at = now();
  const ago = (ms: number) => new Date(at.getTime() - ms);
  const served = await inTransaction(pool, (sql) => answerElsewhere(sql, ago(ANSWER_ELSEWHERE_MS), at));
  if (served > 0) {
    log.info({ conversations: served }, 'people are answered at another address: their line is down');
    nudge.converse();
  }
  await inTransaction(pool, async (sql) => {
    const weekAgo = ago(HELD_DAYS * 24 * 3_600_000);
    const incidents: IncidentInsert[] = await giveUpHeld(sql, weekAgo, at);
    // A line that was removed may be added again; after a week nobody waits for that.
    for (const id of await failOfRemovedLines(sql, weekAgo))
      incidents.push(...(await notificationFailed(sql, id, at)));
    if (incidents.length > 0) await raiseIncidents(sql, incidents);
  });
}
