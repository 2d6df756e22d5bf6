import type { Asker } from '../core/asker.js';
import { serves } from '../core/handlers.js';
import { answerableHandOvers } from '../store/handOvers.js';
import type { AnswerableHandOver } from '../store/handOvers.js';
import type { Sql } from '../store/sql.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** A resident's call for a person, with the officer who wants to answer it. */
export interface AnswerableCall extends AnswerableHandOver {
  officerName: string;
}

/**
 * For each request the call that it is about, where this officer was told of it a short while ago and still serves the
 * village; else null: for them the conversation is not found.
 */
export async function callsThatMayBeAnswered(
  sql: Sql,
  requests: { asker: Asker; effect: { conversation: string } }[],
  now: Date,
): Promise<(AnswerableCall | null)[]> {
  const known = await answerableHandOvers(
    sql,
    requests.flatMap(({ asker, effect }) =>
      asker.officer && UUID.test(effect.conversation)
        ? [{ officerId: asker.officer.id, conversationId: effect.conversation.toLowerCase() }]
        : [],
    ),
    now,
  );
  return requests.map(({ asker, effect }) => {
    const found = known.find(
      (one) =>
        one.officerId === asker.officer?.id && one.conversationId === effect.conversation.toLowerCase(),
    );
    if (!found || !asker.officer) return null;
    if (found.villageId !== null && !serves(asker.officer.roles, found.villageId)) return null;
    return { ...found, officerName: asker.officer.name };
  });
}
