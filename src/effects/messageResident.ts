import { readCode } from '../core/code.js';
import type { EffectResults } from '../core/effect.js';
import { firstName } from '../core/firstName.js';
import { handlingOf, serves } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { handles } from '../core/path.js';
import { insertAudit } from '../store/audit.js';
import { chatsOfCases } from '../store/caseChats.js';
import type { ChatOfCase } from '../store/caseChats.js';
import { loadActingOfficers } from '../store/delegations.js';
import { takeHandOvers } from '../store/handOvers.js';
import { insertInternal } from '../store/inbound.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { passedOver } from './calls.js';
import { caseCalls } from './caseCalls.js';

const LONGEST = 1000;
type Result = EffectResults['message_resident'];

/**
 * An officer writes to the resident of a case, in the chat that the case came from (`officer-message`): nothing of the
 * case changes. Whoever may handle the case may write; where another officer has the word there, theirs is not said,
 * and they are told whose it is. What the resident answers reaches the officer who wrote,
 * or, where that one handles the case no more, whoever does.
 */
export const messageResident: Applier<'message_resident'> = async (sql, requests, context) => {
  const codes = requests.map(({ effect }) => {
    const read = readCode(effect.code);
    return read.kind === 'case' ? read.code : '';
  });
  const chats = await chatsOfCases(sql, codes);
  const officers = await loadActingOfficers(
    sql,
    [...chats.values()].map(({ villageId }) => villageId),
    context.now,
  );
  const results: Result[] = [];
  for (const [n, request] of requests.entries()) {
    const chat = chats.get(codes[n]!);
    const refused = refusal(request, chat, officers, context);
    if (refused) results.push({ outcome: refused, resident: null, by: null });
    else results.push(await say(sql, request, chat!, context));
  }
  return results;
};

async function say(
  sql: Parameters<Applier<'message_resident'>>[0],
  { asker, effect }: EffectRequest<'message_resident'>,
  chat: ChatOfCase,
  context: ApplyContext,
): Promise<Result> {
  const { now, newId } = context;
  const officer = asker.officer!;
  const conversationId = chat.conversationId!;
  const resident = chat.residentName;
  const open = (await caseCalls(sql, [conversationId], context)).get(conversationId);
  const isTheirs = open && handles(officer, open.villageId, open.handling, open.serving);
  const taken = await takeHandOvers(
    sql,
    [
      {
        conversationId,
        officerId: officer.id,
        about: chat.id,
        ...(isTheirs ? { handled: open.id, passedOver: passedOver(open) } : {}),
      },
    ],
    now,
    newId,
  );
  const holder = taken.get(`${conversationId} ${officer.id}`);
  if (holder?.id !== officer.id) return { outcome: 'lost', resident, by: holder?.name ?? null };
  await insertInternal(
    sql,
    [
      {
        conversationId,
        externalId: `said:${newId()}:${conversationId}`,
        flow: 'officer-message',
        vars: { text: cleaned(effect.text), by: firstName(officer.name), code: chat.code },
      },
    ],
    now,
  );
  await insertAudit(
    sql,
    [
      {
        officerId: officer.id,
        action: 'resident.message',
        subjectKind: 'case',
        subjectId: chat.id,
        data: { code: chat.code, from: asker.platform },
      },
    ],
    newId,
    now,
  );
  context.nudges.converse = true;
  return { outcome: 'done', resident, by: null };
}

/** Why this officer's words are not said; null: they are. A case that is not theirs to see is not found. */
function refusal(
  { asker, effect }: EffectRequest<'message_resident'>,
  chat: ChatOfCase | undefined,
  officers: Map<string, VillageOfficer[]>,
  context: ApplyContext,
): Exclude<Result['outcome'], 'done' | 'lost'> | null {
  const { officer } = asker;
  if (!chat || !officer || !serves(officer.roles, chat.villageId)) return 'not_found';
  const handling = handlingOf(context.services[chat.service], chat.isConfidential, chat.sealedTo);
  const serving = officers.get(chat.villageId) ?? [];
  if (!handles(officer, chat.villageId, handling, serving))
    return chat.isConfidential ? 'not_found' : 'not_allowed';
  if (chat.conversationId === null) return 'no_chat';
  return cleaned(effect.text) === '' ? 'no_words' : null;
}

function cleaned(text: string): string {
  return maskIdentityNumbers(storable(text)).text.trim().slice(0, LONGEST);
}
