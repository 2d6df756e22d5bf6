import type { Asker, OfficerIdentity } from '../core/asker.js';
import { readCode } from '../core/code.js';
import type { EffectResults } from '../core/effect.js';
import { firstName } from '../core/firstName.js';
import { handlingOf, serves } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import type { JsonObject } from '../core/json.js';
import { handles } from '../core/path.js';
import { insertAudit } from '../store/audit.js';
import { chatsOfCases } from '../store/caseChats.js';
import type { ChatOfCase } from '../store/caseChats.js';
import { loadActingOfficers } from '../store/delegations.js';
import { takeHandOvers } from '../store/handOvers.js';
import { insertInternal } from '../store/inbound.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { passedOver } from './calls.js';
import { caseCalls } from './caseCalls.js';

const LONGEST = 1000;
type Result = EffectResults['message_resident'];

/**
 * An officer writes to the resident of a case, in the chat that the case came from (`officer-message`): nothing of the
 * case changes. Whoever may handle the case may write; where another officer has the word there, theirs is not said,
 * and they are told whose it is. Where somebody else has the phone now, they read for whom there is a message. What the resident answers reaches the officer who wrote,
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
  sql: Sql,
  { asker, effect }: EffectRequest<'message_resident'>,
  chat: ChatOfCase,
  context: ApplyContext,
): Promise<Result> {
  const { now, newId } = context;
  const officer = asker.officer!;
  const conversationId = chat.conversationId!;
  const resident = chat.residentName;
  if (chat.presentId !== chat.residentId) {
    await write(sql, { conversationId, chat, officer, text: null }, context);
    await noteDown(sql, asker, chat, context, true);
    return { outcome: 'veiled', resident, by: null };
  }
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
  await write(sql, { conversationId, chat, officer, text: cleaned(effect.text) }, context);
  await noteDown(sql, asker, chat, context, false);
  return { outcome: 'done', resident, by: null };
}

/**
 * The row that says it. `text` null: somebody else has the phone now (a shared one, or a number that is another's), who is
 * told for whom there is a message, and nothing of it.
 */
async function write(
  sql: Sql,
  of: { conversationId: string; chat: ChatOfCase; officer: OfficerIdentity; text: string | null },
  { now, newId, nudges }: ApplyContext,
): Promise<void> {
  const { conversationId, chat, officer, text } = of;
  const vars: JsonObject = {
    text,
    by: firstName(officer.name),
    code: chat.code,
    // The flow asks it again as it says the words: it may be another's by then.
    whose: chat.residentId,
    resident: firstName(chat.residentName),
    ...(text === null ? { veiled: true } : {}),
  };
  await insertInternal(
    sql,
    [{ conversationId, externalId: `said:${newId()}:${conversationId}`, flow: 'officer-message', vars }],
    now,
  );
  nudges.converse = true;
}

async function noteDown(
  sql: Sql,
  asker: Asker,
  chat: ChatOfCase,
  { now, newId }: ApplyContext,
  isVeiled: boolean,
): Promise<void> {
  await insertAudit(
    sql,
    [
      {
        officerId: asker.officer!.id,
        action: 'resident.message',
        subjectKind: 'case',
        subjectId: chat.id,
        data: { code: chat.code, from: asker.platform, ...(isVeiled ? { veiled: true } : {}) },
      },
    ],
    newId,
    now,
  );
}

/** Why this officer's words are not said; null: they are. A case that is not theirs to see is not found. */
function refusal(
  { asker, effect }: EffectRequest<'message_resident'>,
  chat: ChatOfCase | undefined,
  officers: Map<string, VillageOfficer[]>,
  context: ApplyContext,
): Exclude<Result['outcome'], 'done' | 'veiled' | 'lost'> | null {
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
