import type { Mark } from '../core/clocks.js';
import { newCaseCode } from '../core/code.js';
import { receiverOf } from '../core/complaints.js';
import { firstName } from '../core/firstName.js';
import { handlingOf, officersToTell } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { nextStep, pathOf } from '../core/path.js';
import { linkToCases } from '../store/attachments.js';
import { insertCases, insertEvents, placesOf, readByDrafts } from '../store/cases.js';
import type { CaseInsert, CaseOfDraft } from '../store/cases.js';
import { newClocks } from '../store/clocks.js';
import { linkFormsToCases } from '../store/forms.js';
import { raiseIncidents } from '../store/incidents.js';
import { insertNotifications } from '../store/notifications.js';
import { loadActingOfficers } from '../store/delegations.js';
import { activeVillages } from '../store/places.js';
import type { Sql } from '../store/sql.js';
import { setTimers } from '../store/timerRows.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { layOn } from './assigning.js';
import { settleParts } from './caseParts.js';
import { tellGroups } from './groupNotices.js';

/**
 * One draft opens one case: a draft that has its case already answers with that case's code (`is_new` false), and
 * nobody is told again. A new one gets its place in the queue, its due time by the village's working hours, the
 * photos that were sent for it, the forms of its draft, and its notifications. A village that takes no requests gets no case.
 */
export const openCase: Applier<'open_case'> = async (sql, requests, context) => {
  const clocks = await newClocks(
    sql,
    requests.map((request) => ({ villageId: villageOf(request), service: request.effect.service })),
    context,
  );
  const active = await activeVillages(
    sql,
    requests.map((request) => villageOf(request)),
  );
  // Rare: who serves the village is asked only where a complaint is sealed to some of them.
  const complained = requests.filter(({ effect }) => context.services[effect.service]?.sealed);
  const serving = await loadVillageOfficers(
    sql,
    complained.map((request) => villageOf(request)),
  );
  const drafts = requests.map((request, n) => toInsert(request, clocks[n]!.due, serving, context));
  const isReceived = (draft: CaseInsert) =>
    !context.services[draft.service]?.sealed || draft.sealedTo !== null;
  const isNew = await insertCases(
    sql,
    drafts.filter((draft) => active.has(draft.villageId) && isReceived(draft)),
    context.now,
  );
  const byDraft = await readByDrafts(
    sql,
    drafts.map((draft) => draft.draftId),
  );
  const cases = drafts.map((draft) => byDraft.get(draft.draftId));
  const places = await placesOf(
    sql,
    [...byDraft.values()].map((opened) => opened.id),
  );
  // Of two requests with one draft in a batch only the first is the opening one.
  const opening = drafts.flatMap((draft, n) =>
    isNew.delete(draft.draftId)
      ? [{ request: requests[n]!, opened: cases[n]!, firstMark: clocks[n]!.marks[0] ?? null, n }]
      : [],
  );
  await follow(sql, opening, places, context);
  const openedHere = new Set(opening.map(({ n }) => n));
  return cases.map((opened, n) =>
    opened
      ? {
          code: opened.code,
          position: places.get(opened.id) ?? null,
          due: opened.dueAt?.toISOString() ?? null,
          is_new: openedHere.has(n),
          ...(opened.sealedTo ? { receiver: opened.sealedTo.role } : {}),
        }
      : {
          code: '',
          position: null,
          due: null,
          is_new: false,
          refused: isReceived(drafts[n]!) ? ('not_active' as const) : ('no_receiver' as const),
        },
  );
};

interface Opening {
  request: EffectRequest<'open_case'>;
  opened: CaseOfDraft;
  /** What its clock comes to first. */
  firstMark: Mark | null;
}

/** What a new case brings with it: its history, its photos, its clock and its notifications. */
async function follow(
  sql: Sql,
  opening: Opening[],
  places: Map<string, number>,
  context: ApplyContext,
): Promise<void> {
  if (opening.length === 0) return;
  const { newId, now } = context;
  await insertEvents(
    sql,
    opening.map(({ request, opened }) => ({
      caseId: opened.id,
      number: 1,
      fact: {
        kind: 'case_opened' as const,
        officer: null,
        data: {
          service: request.effect.service,
          step: nextStep(pathOf(context.services[request.effect.service]), null),
        },
      },
    })),
    newId,
    now,
  );
  await settleParts(sql, opening, context);
  await linkToCases(
    sql,
    opening.flatMap(({ request, opened }) =>
      Object.values(request.effect.attachments ?? {})
        .flat()
        .map((id) => ({ id, caseId: opened.id, conversationId: opened.conversationId })),
    ),
  );
  await linkFormsToCases(
    sql,
    opening.map(({ request, opened }) => ({ draftId: request.effect.draft, caseId: opened.id })),
  );
  await setTimers(
    sql,
    opening.flatMap(({ opened, firstMark }) =>
      firstMark
        ? [
            {
              subjectKind: 'case' as const,
              subjectId: opened.id,
              kind: 'case_clock' as const,
              dueAt: firstMark.at,
            },
          ]
        : [],
    ),
    newId,
  );
  const officers = await loadActingOfficers(
    sql,
    opening.map(({ opened }) => opened.villageId),
    now,
  );
  const assigned = await layOn(
    sql,
    opening.map(({ opened }) => ({
      ...opened,
      step: nextStep(pathOf(context.services[opened.service]), null),
    })),
    officers,
    context,
  );
  await tell(sql, opening, places, { officers, assigned }, context);
  await tellGroups(
    sql,
    opening.map(({ opened }) => ({ case: opened, number: 1, event: 'opened' as const, due: opened.dueAt })),
    context,
  );
}

async function tell(
  sql: Sql,
  opening: Opening[],
  places: Map<string, number>,
  { officers, assigned }: { officers: Map<string, VillageOfficer[]>; assigned: Map<string, string | null> },
  context: ApplyContext,
): Promise<void> {
  const isLaidOn = ({ id }: VillageOfficer, opened: CaseOfDraft) => assigned.get(opened.id) === id;
  const told = opening.map(({ request, opened }) => ({
    opened,
    // A case of which little may be seen tells no names here either.
    forWhom: opened.isConfidential ? null : firstName(request.effect.beneficiary?.name ?? null),
    // On whom it lies, they are told first.
    to: officersToTell(
      officers.get(opened.villageId) ?? [],
      handlingOf(context.services[opened.service], opened.isConfidential, opened.sealedTo),
    ).toSorted((a, b) => Number(isLaidOn(b, opened)) - Number(isLaidOn(a, opened))),
  }));
  await insertNotifications(
    sql,
    told.flatMap(({ opened, forWhom, to }) =>
      to.map((officer) => ({
        officerId: officer.id,
        kind: 'officer-new-case',
        subjectId: opened.id,
        number: 1,
        vars: {
          code: opened.code,
          service: opened.service,
          // Who complains, the receiver reads in the console alone.
          resident: opened.sealedTo ? null : firstName(opened.residentName),
          for_whom: forWhom,
          unproven: opened.isUnproven,
          due: opened.dueAt?.toISOString() ?? null,
          position: places.get(opened.id) ?? null,
          village: opened.villageName,
          yours: isLaidOn(officer, opened),
          urgent: context.services[opened.service]?.urgent === true,
        },
      })),
    ),
    context.newId,
    context.now,
  );
  const nobody = told.filter(({ to }) => to.length === 0);
  await raiseIncidents(
    sql,
    nobody.map(({ opened }) => ({
      kind: 'no_officer' as const,
      villageId: opened.villageId,
      conversationId: opened.conversationId,
      detail: { code: opened.code },
    })),
    context.newId,
    context.now,
  );
  context.nudges.notify ||= told.some(({ to }) => to.length > 0);
}

function toInsert(
  request: EffectRequest<'open_case'>,
  dueAt: Date | null,
  serving: Map<string, VillageOfficer[]>,
  context: ApplyContext,
): CaseInsert {
  const { asker, effect } = request;
  const id = context.newId();
  const villageId = villageOf(request);
  const service = context.services[effect.service];
  // All of a complaint is sealed, not only what its flow marks.
  const answers = service?.sealed ? {} : effect.answers;
  const sealed = service?.sealed ? { ...effect.answers, ...effect.private } : effect.private;
  return {
    id,
    code: newCaseCode(context.random),
    draftId: effect.draft,
    villageId,
    service: effect.service,
    flow: effect.flow,
    residentId: effect.resident ?? asker.residentId!,
    conversationId: asker.conversationId!,
    answers,
    private: sealed && Object.keys(sealed).length > 0 ? context.sealer.seal('case', id, sealed) : null,
    isConfidential:
      effect.confidential === true || service?.confidential === true || service?.sealed === true,
    sealedTo: service?.sealed
      ? receiverOf(effect.who ?? 'unknown', effect.named ?? null, serving.get(villageId) ?? [])
      : null,
    isUnproven: Boolean(asker.hidden),
    step: nextStep(pathOf(service), null),
    isUrgent: service?.urgent === true,
    dueAt,
  };
}

/** The flow's `needs: active` sees to it; a case without a village has nobody who could serve it. */
function villageOf({ asker, effect }: EffectRequest<'open_case'>): string {
  if (asker.villageId === null || asker.residentId === null || asker.conversationId === null)
    throw new Error(`open_case by flow ${effect.flow}: no village or no conversation is known`);
  return asker.villageId;
}
