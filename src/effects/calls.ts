import type { Asker } from '../core/asker.js';
import { serves } from '../core/handlers.js';
import { handles } from '../core/path.js';
import { answerableHandOvers } from '../store/handOvers.js';
import type { AnswerableHandOver, TakenBy } from '../store/handOvers.js';
import type { Sql } from '../store/sql.js';
import type { ApplyContext } from './applier.js';
import { caseCalls } from './caseCalls.js';
import type { CaseCall } from './caseCalls.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** A resident's call for a person, with the officer who wants to answer it. */
export interface AnswerableCall extends AnswerableHandOver {
  officerName: string;
  /** The case that it is about, where this officer may handle it. */
  about: CaseCall | null;
}

/**
 * For each request the call that it is about, where this officer was told of it a short while ago and still serves the
 * village, or handles the case that it is about; else null: for them the conversation is not found.
 */
export async function callsThatMayBeAnswered(
  sql: Sql,
  requests: { asker: Asker; effect: { conversation: string } }[],
  context: Pick<ApplyContext, 'now' | 'services'>,
): Promise<(AnswerableCall | null)[]> {
  const known = await answerableHandOvers(
    sql,
    requests.flatMap(({ asker, effect }) =>
      asker.officer && UUID.test(effect.conversation)
        ? [{ officerId: asker.officer.id, conversationId: effect.conversation.toLowerCase() }]
        : [],
    ),
    context.now,
  );
  const cases = await caseCalls(
    sql,
    known.map(({ conversationId }) => conversationId),
    context,
  );
  return requests.map(({ asker, effect }) => {
    const found = known.find(
      (one) =>
        one.officerId === asker.officer?.id && one.conversationId === effect.conversation.toLowerCase(),
    );
    if (!found || !asker.officer) return null;
    const of = cases.get(found.conversationId);
    const about = of && handles(asker.officer, of.villageId, of.handling, of.serving) ? of : null;
    if (!about && found.villageId !== null && !serves(asker.officer.roles, found.villageId)) return null;
    return {
      ...found,
      ...(about ? { villageName: about.villageName } : {}),
      officerName: asker.officer.name,
      about,
    };
  });
}

/** As it is taken: a call about a case by whoever handles that case. */
export function takenBy({ conversationId, officerId, about }: AnswerableCall): TakenBy {
  return { conversationId, officerId, handled: about?.id, passedOver: about && passedOver(about) };
}

/** Who has the call, but may handle its case no more. */
export function passedOver(call: CaseCall): string | null {
  return call.isHeld ? null : call.holderId;
}
