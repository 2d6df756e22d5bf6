import { endHandOvers } from '../store/handOvers.js';
import { stopTimers } from '../store/timerRows.js';
import type { Applier } from './applier.js';

/** The bot has the word again. */
export const endHandOver: Applier<'end_hand_over'> = async (sql, requests, context) => {
  const ids = requests.flatMap(({ asker }) => asker.conversationId ?? []);
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
  return requests.map(() => null);
};
