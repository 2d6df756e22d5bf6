import { stopTimers } from '../store/timerRows.js';
import type { Applier } from './applier.js';

/** Stops a timer of the conversation; that there is none is no fault. */
export const cancelTimer: Applier<'cancel_timer'> = async (sql, requests, context) => {
  await stopTimers(
    sql,
    requests.flatMap(({ asker, effect }) =>
      asker.conversationId === null
        ? []
        : [{ subjectKind: 'conversation' as const, subjectId: asker.conversationId, kind: effect.timer }],
    ),
    context.now,
  );
  return requests.map(() => null);
};
