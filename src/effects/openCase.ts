import { newCaseCode } from '../core/code.js';
import { receiverOf } from '../core/complaints.js';
import type { VillageOfficer } from '../core/handlers.js';
import { nextStep, pathOf } from '../core/path.js';
import { insertCases, placesOf, readByDrafts } from '../store/cases.js';
import type { CaseInsert } from '../store/cases.js';
import { newClocks } from '../store/clocks.js';
import { activeVillages } from '../store/places.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { follow } from './caseOpening.js';

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
