import { setTimers } from '../store/timerRows.js';
import type { Applier } from './applier.js';

/** Sets a timer of the conversation; one of the same kind is set anew. */
export const setTimer: Applier<'set_timer'> = async (sql, requests, context) => {
  await setTimers(
    sql,
    requests.flatMap(({ asker, effect }) =>
      asker.conversationId === null
        ? []
        : [
            {
              subjectKind: 'conversation' as const,
              subjectId: asker.conversationId,
              kind: effect.timer,
              dueAt: new Date(effect.dueAt),
              vars: effect.vars ?? {},
            },
          ],
    ),
    context.newId,
  );
  return requests.map(() => null);
};
