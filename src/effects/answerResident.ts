import type { EffectResults } from '../core/effect.js';
import { serves } from '../core/handlers.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { insertAudit } from '../store/audit.js';
import { answerableHandOvers } from '../store/handOvers.js';
import { insertInternal } from '../store/inbound.js';
import type { Applier } from './applier.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;
const LONGEST = 1000;

/**
 * An officer answers a resident who asked for a person: the words are said in the resident's conversation
 * (`officer-message`). Only an officer who was told of that hand-over within three days, and who still serves the
 * village, can: for all others the conversation is not found.
 */
export const answerResident: Applier<'answer_resident'> = async (sql, requests, context) => {
  const known = await answerableHandOvers(
    sql,
    requests.flatMap(({ asker, effect }) =>
      asker.officer && UUID.test(effect.conversation)
        ? [{ officerId: asker.officer.id, conversationId: effect.conversation.toLowerCase() }]
        : [],
    ),
    context.now,
  );
  const answers = requests.map(({ asker, effect }) => {
    const found = known.find(
      (one) =>
        one.officerId === asker.officer?.id && one.conversationId === effect.conversation.toLowerCase(),
    );
    const text = maskIdentityNumbers(storable(effect.text)).text.trim().slice(0, LONGEST);
    if (!found || !asker.officer || text === '') return null;
    if (found.villageId !== null && !serves(asker.officer.roles, found.villageId)) return null;
    return { ...found, text, by: asker.officer.name, id: context.newId() };
  });
  const given = answers.filter((answer) => answer !== null);
  await insertInternal(
    sql,
    given.map(({ id, conversationId, text, by }) => ({
      conversationId,
      externalId: `answer:${id}:${conversationId}`,
      flow: 'officer-message',
      vars: { text, by },
    })),
    context.now,
  );
  await insertAudit(
    sql,
    given.map(({ officerId, conversationId }) => ({
      officerId,
      action: 'resident.answer',
      subjectKind: 'conversation',
      subjectId: conversationId,
    })),
    context.newId,
    context.now,
  );
  context.nudges.converse ||= given.length > 0;
  return answers.map((answer): EffectResults['answer_resident'] =>
    answer ? { outcome: 'done', resident: answer.residentName } : { outcome: 'not_found', resident: null },
  );
};
