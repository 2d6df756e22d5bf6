import { fold, isOpenCase, newState } from '../../core/cases.js';
import { itemName, seenOf } from '../../core/caseSeen.js';
import type { CaseFact, CaseState } from '../../core/cases.js';
import { decide, possibleActs } from '../../core/decide.js';
import type { Actor, LastAct, Situation } from '../../core/decide.js';
import type { CaseAct, EffectOf, EffectResults } from '../../core/effect.js';
import { STEP_ACTS, nextStep, pathOf } from '../../core/path.js';
import type { Service } from '../../core/service.js';
import { isSigned } from '../../core/path.js';
import type { CaseSeen, OfficerCaseSeen } from '../../core/lookup.js';

type Act = EffectOf<'act_on_case'>;
type Result = EffectResults['act_on_case'];

/** A case of the chat's small world, which stands by the real rules. */
export interface WorldCase extends WorldRequest {
  state: CaseState;
  last: LastAct | null;
  closedAt: Date | null;
}

/** What was asked for. */
export interface WorldRequest {
  draft: string;
  code: string;
  service: string;
  openedAt: Date;
  dueAt: Date | null;
  position: number;
  forWhom: string | null;
}

export function newCase(request: WorldRequest, service: Service | undefined): WorldCase {
  return { ...request, state: newState(nextStep(pathOf(service), null)), last: null, closedAt: null };
}

/** As its resident sees it. */
export function seenCase(known: WorldCase, service: Service | undefined, now: Date): CaseSeen {
  const { state } = known;
  const { status, step, missing, lastWords, isMerged } = state;
  const place = isOpenCase(status) ? known.position : null;
  return seenOf(
    { ...known, status, step, missing, lastWords, isMerged, forwardedTo: null, place },
    service,
    now,
  );
}

/** As the officer of a transcript sees it. */
export function officerSeen(
  known: WorldCase,
  by: ActsBy,
  service: Service | undefined,
  resident: string | null,
): OfficerCaseSeen {
  const { state } = known;
  return {
    found: true,
    code: known.code,
    service: known.service,
    status: state.status,
    resident,
    unproven: false,
    taken_by: state.holder?.name ?? null,
    is_mine: state.holder?.id === OFFICER,
    due: known.dueAt?.toISOString() ?? null,
    step: state.step,
    acts: actsOn(known, by, service),
    is_letter: isSigned(pathOf(service)),
    way: 'wet',
    no_chat: false,
    assigned_to: null,
    waits_for: null,
    is_urgent: service?.urgent === true,
    items: (service?.checklist ?? []).map(({ id }) => ({
      id,
      item: itemName(known.service, id),
      is_sent: false,
      is_missing: state.missing.includes(id),
    })),
    colleagues: [{ id: 'officer-2', name: 'Pak Slamet' }],
  };
}

const OFFICER = 'officer-1';

export interface ActsBy {
  kind: 'resident' | 'officer';
  name: string | null;
  now: Date;
}

/**
 * What an act comes to, by the rules of core/decide.ts. The officer of a transcript is alone in the village and holds
 * every role; it signs on paper.
 */
export function actOn(known: WorldCase, effect: Act, by: ActsBy, service: Service | undefined): Result {
  const actor = actorOf(effect.act, by);
  const situation = situationOf(known, by.now, service);
  const given = {
    text: effect.text,
    items: effect.items?.map((item) => item.slice(item.lastIndexOf('.') + 1)),
    office: effect.to,
    colleague: effect.to === undefined ? null : { id: effect.to, name: 'Pak Slamet' },
    step: STEP_ACTS.find((step) => step === effect.to),
    other: {
      code: effect.to ?? '',
      service: known.service,
      isOpen: true,
      isSealed: false,
      isConfidential: false,
      residentId: situation.residentId,
    },
  };
  const decision = decide(known.state, effect.act, actor, given, situation);
  if (decision.outcome === 'done' && decision.facts.length > 0) keep(known, decision.facts, by.now);
  const { status, step, holder } = known.state;
  return {
    outcome: decision.outcome,
    status,
    by: decision.outcome === 'lost' ? decision.by : (holder?.name ?? null),
    code: known.code,
    step,
    ...(decision.outcome === 'not_allowed' ? { reason: decision.reason } : {}),
  };
}

/** The acts that an officer's buttons are offered for. */
function actsOn(known: WorldCase, by: ActsBy, service: Service | undefined): CaseAct[] {
  return possibleActs(known.state, actorOf('take', by), situationOf(known, by.now, service));
}

function keep(known: WorldCase, facts: CaseFact[], now: Date): void {
  const before = known.state;
  known.state = facts.reduce<CaseState>(fold, before);
  const officer = facts[0]!.officer;
  known.last = {
    officerId: officer?.id ?? null,
    officerName: officer?.name ?? null,
    at: now,
    kinds: facts.map(({ kind }) => kind),
    numbers: [],
    stands: false,
    before,
  };
  known.closedAt = isOpenCase(known.state.status) ? null : (known.closedAt ?? now);
}

function actorOf(act: CaseAct, { kind, name }: ActsBy): Actor {
  if (kind === 'resident' || act === 'answer' || act === 'cancel') return { kind: 'resident' };
  const may = { inPlaceOf: null };
  const steps = { verify: may, initial: may, sign: may };
  return { kind: 'officer', id: OFFICER, name: name ?? 'Petugas', mayHandle: true, leads: true, steps };
}

function situationOf(
  { service: id, last, closedAt }: WorldCase,
  now: Date,
  service: Service | undefined,
): Situation {
  return {
    now,
    service: id,
    path: pathOf(service),
    way: 'wet',
    holderIsActive: true,
    closedAt,
    isIssued: false,
    isMadeElsewhere: false,
    isOwnLetter: false,
    hasChat: true,
    hasPin: false,
    isSealed: false,
    isConfidential: false,
    isComplaint: false,
    residentId: 'resident-1',
    last,
  };
}

/** Of a case that a transcript takes for granted: its officer acts on what somebody else asked for. */
export function guessed({ act, code }: Act, by: string | null): Result {
  const [status, step] = GUESSED[act] ?? ['in_hand', null];
  return { outcome: 'done', status, by, code, step };
}

const GUESSED: { [A in CaseAct]?: [string, string | null] } = {
  take: ['in_hand', 'verify'],
  release: ['open', 'verify'],
  give: ['in_hand', 'verify'],
  ask: ['asked', 'verify'],
  answer: ['in_hand', 'verify'],
  verify: ['signing', 'initial'],
  initial: ['signing', 'sign'],
  sign: ['ready', null],
  return: ['in_hand', 'verify'],
  ready: ['ready', null],
  finish: ['finished', null],
  refuse: ['refused', null],
  forward: ['forwarded', null],
  reopen: ['open', 'verify'],
  cancel: ['cancelled', null],
  merge: ['cancelled', null],
};
