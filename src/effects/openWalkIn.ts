import type { Asker } from '../core/asker.js';
import { consoleAsker } from '../core/asker.js';
import { newCaseCode } from '../core/code.js';
import { officerActor } from '../core/decide.js';
import type { EffectResults, OpenCase, OpenWalkIn } from '../core/effect.js';
import { firstName } from '../core/firstName.js';
import { handlingOf, servedBy } from '../core/handlers.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { nextStep, pathOf } from '../core/path.js';
import { insertAudit } from '../store/audit.js';
import { insertCounterCases, placesOf, readByDrafts } from '../store/cases.js';
import type { CaseOfDraft } from '../store/cases.js';
import { newClocks } from '../store/clocks.js';
import { loadActingOfficers } from '../store/delegations.js';
import { insertInternal } from '../store/inbound.js';
import { activeVillages } from '../store/places.js';
import { insertMatch } from '../store/registerMatches.js';
import type { Sql } from '../store/sql.js';
import {
  completePerson,
  insertCounterPerson,
  isInRegister,
  matchToCase,
  personOfPhone,
  personOfRegister,
} from '../store/walkIns.js';
import type { CounterPerson } from '../store/walkIns.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { follow } from './caseOpening.js';

type Request = EffectRequest<'open_walk_in'>;
type Result = EffectResults['open_walk_in'];

/**
 * Opens a case for somebody at the counter, by an officer who may handle such requests in that village. One draft opens
 * one case. Whose it is: the person of the phone that was given where they live in the officer's villages, else who the register entry was found to be before, else
 * somebody new. They are told in the chat of their phone where a line knows it; else nobody is written to. A complaint
 * about the office is not made to the office's own counter.
 */
export const openWalkIn: Applier<'open_walk_in'> = async (sql, requests, context) => {
  const results: Result[] = [];
  for (const request of requests) results.push(await open(sql, request, context));
  return results;
};

async function open(sql: Sql, request: Request, context: ApplyContext): Promise<Result> {
  const { effect } = request;
  const known = (await readByDrafts(sql, [effect.draft])).get(effect.draft);
  if (!(await mayOpen(sql, request, known, context))) return refused('not_allowed');
  if (known) return answer(sql, known, false);
  if (!(await activeVillages(sql, [effect.village])).has(effect.village)) return refused('not_active');
  const name = clean(effect.name);
  const registerId =
    effect.register !== undefined && (await isInRegister(sql, effect.register, effect.village))
      ? effect.register
      : null;
  const { person, isHelped } = await personOf(sql, request, name, registerId, context);
  const { step, isUrgent, due, firstMark } = await beginning(sql, effect, context);
  const id = context.newId();
  const sealed = effect.private && Object.keys(effect.private).length > 0 ? effect.private : null;
  const isNew = await insertCounterCases(
    sql,
    [
      {
        id,
        code: newCaseCode(context.random),
        draftId: effect.draft,
        villageId: effect.village,
        service: effect.service,
        flow: effect.flow,
        residentId: person.residentId,
        conversationId: person.conversationId,
        answers: effect.answers,
        private: sealed && context.sealer.seal('case', id, sealed),
        isConfidential: context.services[effect.service]?.confidential === true,
        sealedTo: null,
        isUnproven: false,
        step,
        isUrgent,
        dueAt: due,
      },
    ],
    context.now,
  );
  const opened = (await readByDrafts(sql, [effect.draft])).get(effect.draft)!;
  // Another tap on the same page was a moment earlier.
  if (isNew.size === 0) return answer(sql, opened, false);
  const places = await placesOf(sql, [opened.id]);
  const by = request.asker.officer!;
  const counter = { by: { id: by.id, name: by.name }, papers: effect.papers ?? [] };
  const opening = { request: asOpening(effect, name, isHelped, person), opened, firstMark, counter };
  await follow(sql, [opening], places, context);
  if (registerId !== null && isHelped)
    await noteMatch(sql, { effect, name, registerId, person, opened }, context);
  await tellAtHome(
    sql,
    opened,
    person,
    { by: by.name, position: places.get(opened.id) ?? null },
    isHelped ? name : null,
    context,
  );
  await insertAudit(
    sql,
    [
      {
        officerId: by.id,
        action: 'case.walk_in',
        subjectKind: 'case',
        subjectId: opened.id,
        data: { code: opened.code, from: request.asker.platform },
      },
    ],
    context.newId,
    context.now,
  );
  return answer(sql, opened, true);
}

/** Whoever may handle such requests may enter one. A draft that opened a case elsewhere opens nothing here. */
async function mayOpen(
  sql: Sql,
  { asker, effect }: Request,
  known: CaseOfDraft | undefined,
  context: ApplyContext,
): Promise<boolean> {
  const service = context.services[effect.service];
  if (!asker.officer || !service || service.sealed) return false;
  if (known && (known.villageId !== effect.village || known.sealedTo)) return false;
  const officers = (await loadActingOfficers(sql, [effect.village], context.now)).get(effect.village) ?? [];
  return officerActor(asker.officer, effect.village, handlingOf(service), officers, pathOf(service))
    .mayHandle;
}

/** Who stands at the counter. `isHelped`: the phone is somebody else's, who hears of it for them. */
async function personOf(
  sql: Sql,
  { asker, effect }: Request,
  name: string,
  registerId: string | null,
  { newId, now }: ApplyContext,
): Promise<{ person: CounterPerson; isHelped: boolean }> {
  const villages = servedBy(asker.officer?.roles ?? []);
  const phoned = effect.phone === undefined ? null : await personOfPhone(sql, effect.phone, villages);
  if (phoned) {
    const isHelped = phoned.name !== null && !isSameName(phoned.name, name);
    if (!isHelped) await completePerson(sql, phoned.residentId, { name, registerId });
    return { person: phoned, isHelped };
  }
  const found = registerId === null ? null : await personOfRegister(sql, registerId, effect.village);
  if (found) return { person: found, isHelped: false };
  const id = newId();
  await insertCounterPerson(sql, { id, villageId: effect.village, name, registerId }, now);
  return { person: { residentId: id, name, conversationId: null }, isHelped: false };
}

async function beginning(sql: Sql, effect: OpenWalkIn, context: ApplyContext) {
  const service = context.services[effect.service];
  const [clocks] = await newClocks(sql, [{ villageId: effect.village, service: effect.service }], context);
  return {
    step: nextStep(pathOf(service), null),
    isUrgent: service?.urgent === true,
    due: clocks!.due,
    firstMark: clocks!.marks[0] ?? null,
  };
}

/** As if it had been asked for in a chat: what a new case brings with it is the same. */
function asOpening(
  effect: OpenWalkIn,
  name: string,
  isHelped: boolean,
  person: CounterPerson,
): EffectRequest<'open_case'> {
  const asker: Asker = {
    ...consoleAsker({ id: '', name: '', roles: [] }),
    officer: null,
    residentId: person.residentId,
    conversationId: person.conversationId,
    villageId: effect.village,
  };
  const opening: OpenCase = {
    kind: 'open_case',
    draft: effect.draft,
    service: effect.service,
    flow: effect.flow,
    answers: effect.answers,
    ...(isHelped ? { beneficiary: { name, relation: 'other' as const } } : {}),
  };
  return { asker, effect: opening };
}

/** Who it is about in the register, where the chat is somebody else's: found by the officer, from what was shown. */
async function noteMatch(
  sql: Sql,
  of: { effect: OpenWalkIn; name: string; registerId: string; person: CounterPerson; opened: CaseOfDraft },
  { newId, now, sealer }: ApplyContext,
): Promise<void> {
  const { effect, name, registerId, person, opened } = of;
  if (person.conversationId === null) return;
  const id = newId();
  await insertMatch(
    sql,
    {
      id,
      draftId: effect.draft,
      conversationId: person.conversationId,
      residentId: person.residentId,
      villageId: effect.village,
      said: sealer.seal('register', id, { name, birth_date: null, address: '' }),
      outcome: 'certain',
      candidates: [registerId],
      registerId,
    },
    now,
  );
  await matchToCase(sql, id, opened.id);
}

async function tellAtHome(
  sql: Sql,
  opened: CaseOfDraft,
  { residentId, conversationId }: CounterPerson,
  { by, position }: { by: string; position: number | null },
  helped: string | null,
  context: ApplyContext,
): Promise<void> {
  if (conversationId === null) return;
  await insertInternal(
    sql,
    [
      {
        conversationId,
        externalId: `case:${opened.id}:1:${conversationId}`,
        flow: 'case-notice',
        vars: {
          code: opened.code,
          service: opened.service,
          kind: context.services[opened.service]?.kind ?? 'letter',
          event: 'opened',
          by,
          text: null,
          due: opened.dueAt?.toISOString() ?? null,
          position,
          whose: residentId,
          ...(helped === null ? {} : { helped: firstName(helped) }),
        },
      },
    ],
    context.now,
  );
  context.nudges.converse = true;
}

async function answer(sql: Sql, opened: CaseOfDraft, isNew: boolean): Promise<Result> {
  const places = await placesOf(sql, [opened.id]);
  return {
    code: opened.code,
    position: places.get(opened.id) ?? null,
    due: opened.dueAt?.toISOString() ?? null,
    is_new: isNew,
    told: opened.conversationId !== null,
  };
}

function refused(why: 'not_active' | 'not_allowed'): Result {
  return { code: '', position: null, due: null, is_new: false, told: false, refused: why };
}

function clean(text: string): string {
  return maskIdentityNumbers(storable(text)).text.trim().slice(0, 200);
}

/** "Bu Siti" of a chat and "SITI AMINAH" of a card are one: every word of the shorter name stands in the longer. */
function isSameName(one: string, other: string): boolean {
  const words = (text: string) =>
    new Set((text.toLowerCase().match(/\p{L}{3,}/gu) ?? []).filter((word) => !TITLES.has(word)));
  const [fewer, more] = [words(one), words(other)].toSorted((a, b) => a.size - b.size) as [
    Set<string>,
    Set<string>,
  ];
  return fewer.size > 0 && [...fewer].every((word) => more.has(word));
}

const TITLES: ReadonlySet<string> = new Set(['pak', 'bapak', 'ibu', 'mas', 'mbak', 'mbah', 'haji', 'hajah']);
