import type { EffectResults } from '../core/effect.js';
import { firstName } from '../core/firstName.js';
import { closeHandOvers, takeHandOvers } from '../store/handOvers.js';
import { insertInternal } from '../store/inbound.js';
import type { Applier } from './applier.js';
import { callsThatMayBeAnswered, takenBy } from './calls.js';

/**
 * An officer ends the conversation with a resident: the bot has the word there again, and says by whom it was ended
 * (`hand-over-end`). Who may answer it may end it, unless another officer has it.
 */
export const endCall: Applier<'end_call'> = async (sql, requests, context) => {
  const { now, newId } = context;
  const calls = await callsThatMayBeAnswered(sql, requests, context);
  const taken = await takeHandOvers(
    sql,
    calls.flatMap((call) => (call ? [takenBy(call)] : [])),
    now,
    newId,
  );
  const results: EffectResults['end_call'][] = [];
  for (const call of calls) {
    const holder = call && taken.get(`${call.conversationId} ${call.officerId}`);
    if (!call || !holder) {
      results.push({ outcome: 'not_found', resident: null, by: null });
      continue;
    }
    const resident = call.residentName;
    if (holder.id !== call.officerId) {
      results.push({ outcome: 'lost', resident, by: firstName(holder.name) });
      continue;
    }
    await closeHandOvers(sql, [call.conversationId], 'officer', now);
    await insertInternal(
      sql,
      [
        {
          conversationId: call.conversationId,
          externalId: `ended:${newId()}:${call.conversationId}`,
          flow: 'hand-over-end',
          vars: { how: 'officer', by: firstName(call.officerName) },
        },
      ],
      now,
    );
    context.nudges.converse = true;
    results.push({ outcome: 'done', resident, by: null });
  }
  return results;
};
