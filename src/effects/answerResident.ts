import type { EffectResults } from '../core/effect.js';
import { firstName } from '../core/firstName.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import type { JsonObject } from '../core/json.js';
import { ownPhotos } from '../store/attachments.js';
import { insertAudit } from '../store/audit.js';
import { takeHandOvers } from '../store/handOvers.js';
import { insertInternal } from '../store/inbound.js';
import { insertNotifications } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext } from './applier.js';
import { callsThatMayBeAnswered, takenBy } from './calls.js';
import type { AnswerableCall } from './calls.js';
import type { CaseCall } from './caseCalls.js';

const LONGEST = 1000;

/**
 * An officer answers a resident who asked for a person: words and photos are said in the resident's conversation
 * (`officer-message`), with the officer's first name. Only an officer who was told of that hand-over within three days,
 * and who still serves the village, can: for all others the conversation is not found. The first who answers has it:
 * the others are told by whom, and theirs is not said. A call about a case is answered by whoever handles that case.
 */
export const answerResident: Applier<'answer_resident'> = async (sql, requests, context) => {
  const calls = await callsThatMayBeAnswered(sql, requests, context);
  const photos = await ownPhotos(
    sql,
    requests.flatMap(({ asker, effect }) =>
      (effect.photos ?? []).map((id) => ({ id, conversationId: asker.conversationId })),
    ),
  );
  const answers = requests.map(({ effect }, n) => {
    const call = calls[n];
    const text = maskIdentityNumbers(storable(effect.text ?? ''))
      .text.trim()
      .slice(0, LONGEST);
    const shown = (effect.photos ?? []).filter((id) => photos.has(id));
    return call && (text !== '' || shown.length > 0)
      ? { call, text, photos: shown, id: context.newId() }
      : null;
  });
  const taken = await takeHandOvers(
    sql,
    answers.flatMap((answer) => (answer ? [takenBy(answer.call)] : [])),
    context.now,
    context.newId,
  );
  const holderOf = ({ call }: { call: AnswerableCall }) =>
    taken.get(`${call.conversationId} ${call.officerId}`);
  const given = answers.filter((answer) => answer !== null && holderOf(answer)?.id === answer.call.officerId);
  await insertInternal(
    sql,
    given.map((answer) => ({
      conversationId: answer!.call.conversationId,
      externalId: `answer:${answer!.id}:${answer!.call.conversationId}`,
      flow: 'officer-message',
      vars: {
        text: answer!.text === '' ? null : answer!.text,
        by: firstName(answer!.call.officerName),
        ...(answer!.photos.length > 0 ? { photos: answer!.photos } : {}),
        // Words about a case are read by whoever may read of that case, and by nobody else.
        ...(answer!.call.about ? aboutCase(answer!.call.about) : {}),
      },
    })),
    context.now,
  );
  await insertAudit(
    sql,
    given.map((answer) => ({
      officerId: answer!.call.officerId,
      action: 'resident.answer',
      subjectKind: 'conversation',
      subjectId: answer!.call.conversationId,
    })),
    context.newId,
    context.now,
  );
  await tellOthers(
    sql,
    given.flatMap((answer) => (holderOf(answer!)?.isNew ? [answer!.call] : [])),
    context,
  );
  context.nudges.converse ||= given.length > 0;
  return answers.map((answer): EffectResults['answer_resident'] => {
    const holder = answer && holderOf(answer);
    if (!answer || !holder) return { outcome: 'not_found', resident: null, by: null };
    const resident = answer.call.residentName;
    return holder.id === answer.call.officerId
      ? { outcome: 'done', resident, by: null }
      : { outcome: 'lost', resident, by: firstName(holder.name) };
  });
};

function aboutCase({ code, residentId, residentName }: CaseCall): JsonObject {
  return { code, whose: residentId, resident: firstName(residentName) };
}

/** Whoever else was called need not answer. */
async function tellOthers(sql: Sql, calls: AnswerableCall[], context: ApplyContext): Promise<void> {
  const rows = calls.flatMap((call) =>
    call.told
      .filter((id) => id !== call.officerId)
      .map((officerId) => ({
        officerId,
        kind: 'officer-call-taken',
        subjectId: call.conversationId,
        number: Math.floor(context.now.getTime() / 1000),
        vars: { by: firstName(call.officerName), resident: call.residentName, village: call.villageName },
      })),
  );
  await insertNotifications(sql, rows, context.newId, context.now);
  context.nudges.notify ||= rows.length > 0;
}
