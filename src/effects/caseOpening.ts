import type { Holder } from '../core/cases.js';
import type { Mark } from '../core/clocks.js';
import { firstName } from '../core/firstName.js';
import { handlingOf, officersToTell } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { nextStep, pathOf } from '../core/path.js';
import { linkToCases } from '../store/attachments.js';
import { insertEvents } from '../store/cases.js';
import type { CaseOfDraft } from '../store/cases.js';
import { loadActingOfficers } from '../store/delegations.js';
import { linkFormsToCases } from '../store/forms.js';
import { raiseIncidents } from '../store/incidents.js';
import { insertNotifications } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import { setTimers } from '../store/timerRows.js';
import type { ApplyContext, EffectRequest } from './applier.js';
import { layOn } from '../store/laying.js';
import { settleParts } from './caseParts.js';
import { tellGroups } from './groupNotices.js';

export interface Opening {
  request: EffectRequest<'open_case'>;
  opened: CaseOfDraft;
  /** What its clock comes to first. */
  firstMark: Mark | null;
  /** Entered at the counter: by whom, and what was seen of the papers. They need not be told of it. */
  counter?: { by: Holder; papers: string[] };
}

/** What a new case brings with it: its history, its photos, its clock and its notifications. */
export async function follow(
  sql: Sql,
  opening: Opening[],
  places: Map<string, number>,
  context: ApplyContext,
): Promise<void> {
  if (opening.length === 0) return;
  const { newId, now } = context;
  await insertEvents(
    sql,
    opening.map(({ request, opened, counter }) => ({
      caseId: opened.id,
      number: 1,
      fact: {
        kind: 'case_opened' as const,
        officer: counter?.by ?? null,
        data: {
          service: request.effect.service,
          step: nextStep(pathOf(context.services[request.effect.service]), null),
          ...(counter ? { origin: 'counter', papers: counter.papers } : {}),
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
  const told = opening.map(({ request, opened, counter }) => ({
    opened,
    counter,
    // A case of which little may be seen tells no names here either.
    forWhom: opened.isConfidential ? null : firstName(request.effect.beneficiary?.name ?? null),
    // On whom it lies, they are told first.
    to: officersToTell(
      officers.get(opened.villageId) ?? [],
      handlingOf(context.services[opened.service], opened.isConfidential, opened.sealedTo),
    )
      .filter(({ id }) => id !== counter?.by.id)
      .toSorted((a, b) => Number(isLaidOn(b, opened)) - Number(isLaidOn(a, opened))),
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
  // Whoever enters it at the counter is somebody.
  const nobody = told.filter(({ to, counter }) => to.length === 0 && !counter);
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
