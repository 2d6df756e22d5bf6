import { closeHandOvers, endHandOvers } from '../store/handOvers.js';
import { insertNotifications } from '../store/notifications.js';
import { stopTimers } from '../store/timerRows.js';
import type { Applier } from './applier.js';

/** The bot has the word again; the officer who had it is told how it ended. */
export const endHandOver: Applier<'end_hand_over'> = async (sql, requests, context) => {
  const asking = requests.filter(({ asker }) => asker.conversationId !== null);
  const ids = asking.map(({ asker }) => asker.conversationId!);
  await endHandOvers(sql, ids);
  await stopTimers(
    sql,
    ids.map((subjectId) => ({
      subjectKind: 'conversation' as const,
      subjectId,
      kind: 'hand_over_end' as const,
    })),
    context.now,
  );
  for (const how of ['resident', 'officer', 'silence'] as const) {
    const ended = await closeHandOvers(
      sql,
      asking
        .filter(({ effect }) => (effect.how ?? 'resident') === how)
        .map(({ asker }) => asker.conversationId!),
      how,
      context.now,
    );
    const told = ended.filter(({ officerId }) => officerId !== null);
    await insertNotifications(
      sql,
      told.map(({ officerId, conversationId, residentName, villageName }) => ({
        officerId: officerId!,
        kind: 'officer-call-ended',
        subjectId: conversationId,
        // It may end, begin again and end again.
        number: Math.floor(context.now.getTime() / 1000),
        vars: { how, resident: residentName, village: villageName },
      })),
      context.newId,
      context.now,
    );
    context.nudges.notify ||= told.length > 0;
  }
  return requests.map(() => null);
};
