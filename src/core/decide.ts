import { backOf, ERASURE_SERVICE, FACT_OF_STEP, isOpenCase } from './cases.js';
import type { CaseFact, CaseFactKind, CaseState, CaseStatus, Holder } from './cases.js';
import type { OfficerIdentity } from './asker.js';
import type { ComplaintClass } from './clocks.js';
import { CASE_ACTS } from './effect.js';
import type { CaseAct } from './effect.js';
import { HEADS, serves } from './handlers.js';
import type { Handling, VillageOfficer } from './handlers.js';
import type { JsonObject } from './json.js';
import { handles, handlingRoles, holdersOf, isSigned, mayStep, nextStep, stepBefore } from './path.js';
import type { Step, StepAct } from './path.js';

/** How long a resident may say "belum selesai" after the end, in days; an officer may open a case again at any time. */
export const REOPEN_DAYS = 7;
/** How long an officer may take back their own last act, in minutes. */
export const UNDO_MINUTES = 10;

/**
 * Who acts. `mayHandle`: an officer of the case's village whose role handles such cases. `leads`: secretary or head of
 * the village, who may move what others hold. `steps`: those of its path that they may do, and in whose place. `away`: who
 * of the village is away today, and the steps that are done in their place. `doers`: who of the village may do which step,
 * where that is known.
 */
export type Actor =
  | { kind: 'resident' }
  | ({
      kind: 'officer';
      mayHandle: boolean;
      leads: boolean;
      steps: StepsOf;
      away?: Away;
      doers?: Doers;
    } & Holder);
export interface Away {
  officers: readonly string[];
  steps: readonly StepAct[];
}
type Doers = { readonly [A in StepAct]?: readonly string[] };
export type StepsOf = { readonly [A in StepAct]?: { inPlaceOf: Holder | null } };

/** What comes with an act. */
export interface Given {
  text?: string | undefined;
  items?: readonly string[] | undefined;
  /** give: the colleague; null: nobody who may have it. */
  colleague?: Holder | null | undefined;
  /** forward: the office. */
  office?: string | undefined;
  /** ready: the number of a letter that was made elsewhere, and stands in no register of ours. */
  number?: string | undefined;
  /** classify: what kind of complaint it is; null: no such class. */
  class?: ComplaintClass | null | undefined;
  /** return: the step to which it goes, where not the one before. */
  step?: StepAct | undefined;
  /** merge, relate: the other case; null: none that this officer may handle, in the same village. */
  other?:
    | {
        code: string;
        service: string;
        isOpen: boolean;
        isSealed: boolean;
        isConfidential: boolean;
        residentId: string;
      }
    | null
    | undefined;
}

/** How a case stands, beside its state. */
export interface Situation {
  now: Date;
  service: string;
  path: readonly Step[];
  /** How the village signs. */
  way: 'wet' | 'electronic';
  /** False frees a case whose holder no longer serves the village. */
  holderIsActive: boolean;
  closedAt: Date | null;
  /** A letter of it is issued and stands. */
  isIssued: boolean;
  /** It was made ready with the number of a letter that was made elsewhere. */
  isMadeElsewhere: boolean;
  /** Its letter is being replaced in this transaction: what was done with it goes back, and is done with the new one. */
  isReplacing?: boolean;
  /** What comes of it is a letter that we write, number and register (its service has a template). */
  isOwnLetter: boolean;
  /** There is a conversation to which a letter can be sent. */
  hasChat: boolean;
  /** The officer's PIN was given for this act. */
  hasPin: boolean;
  isSealed: boolean;
  isConfidential: boolean;
  /** Its service is a complaint: it has a class, by which its clock runs. */
  isComplaint: boolean;
  residentId: string;
  /** The last act on it, and what was before. */
  last: LastAct | null;
}

export interface LastAct {
  officerId: string | null;
  officerName: string | null;
  at: Date;
  kinds: readonly CaseFactKind[];
  /** Of the facts that it left. */
  numbers: readonly number[];
  /** By PIN, or with a letter that was replaced: it is not taken back. */
  stands: boolean;
  before: CaseState;
}

/** Why an act is not allowed: `step`: another step comes first; `pin`: only by sign_cases; `late`: its time is over; `no_letter`: what is signed on paper is not issued; `shut`: one of the two is confidential. */
export type Refusal =
  | 'role'
  | 'status'
  | 'no_words'
  | 'step'
  | 'pin'
  | 'late'
  | 'not_yours'
  | 'not_there'
  | 'issued'
  | 'no_letter'
  | 'shut';

/** What an act comes to. No facts: it was done before by the same person, and nobody is told twice. */
export type Decision =
  | { outcome: 'done'; facts: CaseFact[] }
  /** Somebody else was first. */
  | { outcome: 'lost'; by: string }
  | { outcome: 'not_allowed'; reason: Refusal };

type Officer = Extract<Actor, { kind: 'officer' }>;

/** An officer as an actor on a case of this village. */
export function officerActor(
  officer: OfficerIdentity,
  village: string,
  handling: Handling,
  officers: readonly VillageOfficer[],
  path: readonly Step[],
): Officer {
  const roles = handlingRoles(officer, village, handling, officers);
  const steps: { [A in StepAct]?: { inPlaceOf: Holder | null } } = {};
  for (const step of path) {
    const may = mayStep(step, officer, officers, village, handling);
    if (may) steps[step.act] = { inPlaceOf: may.inPlaceOf };
  }
  return {
    kind: 'officer',
    id: officer.id,
    name: officer.name,
    mayHandle: handles(officer, village, handling, officers),
    leads: roles.some(({ role, village: of }) => of === village && HEADS.includes(role)),
    steps,
    away: {
      officers: officers.flatMap(({ deputyFor }) => (deputyFor ?? []).map(({ of }) => of.id)),
      steps: path
        .filter((step) => holdersOf(step, officers, village, handling).some((one) => one.inPlaceOf !== null))
        .map(({ act }) => act),
    },
    doers: Object.fromEntries(
      path.map((step) => [
        step.act,
        holdersOf(step, officers, village, handling).map((one) => one.officer.id),
      ]),
    ),
  };
}

/**
 * The same; null for somebody to whom this case does not exist: outside the villages of their roles, and what is
 * confidential where their role does not handle it.
 */
export function actorOn(
  officer: OfficerIdentity,
  village: string,
  handling: Handling,
  officers: readonly VillageOfficer[],
  path: readonly Step[],
): Officer | null {
  if (!serves(officer.roles, village)) return null;
  const actor = officerActor(officer, village, handling, officers, path);
  return !actor.mayHandle && handling.isConfidential ? null : actor;
}

/**
 * Decides an act. Acting implies taking: who asks, checks, finishes or refuses what is nobody's takes it first. The first
 * officer has it; the heads of a village may still move what lies with somebody.
 */
export function decide(
  state: CaseState,
  act: CaseAct,
  actor: Actor,
  given: Given,
  situation: Situation,
): Decision {
  if (actor.kind === 'resident') return decideResident(state, act, given, situation);
  if (act === 'answer' || act === 'cancel') return denied('role');
  if (!actor.mayHandle) return denied('role');
  const text = given.text?.trim();
  const worded: JsonObject = text ? { text } : {};
  switch (act) {
    case 'note':
      return text ? done(fact('case_noted', actor, worded)) : denied('no_words');
    case 'relate':
      if (!given.other) return denied('not_there');
      // Each is named in the other's history, which more people read where it is open.
      if (given.other.isSealed !== situation.isSealed) return denied('shut');
      if (given.other.isConfidential !== situation.isConfidential) return denied('shut');
      return done(fact('case_related', actor, { code: given.other.code }));
    case 'classify':
      return classify(state, actor, given, situation);
    case 'undo':
      return undo(state, actor, situation);
    case 'reopen':
      return reopen(state, actor, worded, situation);
    default:
      break;
  }
  const repeated = repeat(state, act, actor);
  if (repeated) return repeated;
  if (!isOpenCase(state.status)) return denied('status');
  const isTaken =
    state.holder !== null && situation.holderIsActive && !takesOver(state, act, actor, state.holder);
  const isMine = isTaken && state.holder!.id === actor.id;
  if (isTaken && !isMine && !(actor.leads && (act === 'give' || act === 'release')))
    return { outcome: 'lost', by: state.holder!.name };
  const isEarly = state.status === 'open' || state.status === 'in_hand' || state.status === 'asked';
  const taking = isMine ? [] : [fact('case_taken', actor)];
  const acting = isEarly ? taking : [];
  const isLetter = isSigned(situation.path);
  switch (act) {
    case 'take':
      if (state.status === 'ready') return denied('status');
      return mayTake(state, actor, situation) ? done(...taking) : denied('role');
    case 'release':
      return done(...(state.holder ? [fact('case_released', actor)] : []));
    case 'give': {
      const { colleague } = given;
      if (!colleague || colleague.id === state.holder?.id) return denied('not_there');
      if (state.status === 'ready') return denied('status');
      if (!mayHold(state, actor)) return denied('step');
      const to = { id: colleague.id, name: colleague.name };
      return done(...(isTaken ? [] : acting), fact('case_given', actor, { to, ...worded }));
    }
    case 'ask': {
      const items = [...(given.items ?? [])];
      if (!text && items.length === 0) return denied('no_words');
      if (state.status === 'ready') return denied('status');
      if (!mayHold(state, actor)) return denied('step');
      return done(
        ...taking,
        fact('case_asked', actor, { ...worded, ...(items.length > 0 ? { items } : {}) }),
      );
    }
    case 'verify':
    case 'initial':
    case 'sign':
      return doSteps(state, act, actor, situation, state.status === 'open' ? taking : []);
    case 'return':
      return giveBack(state, actor, given, situation);
    case 'ready': {
      if (isLetter && (situation.way === 'electronic' || state.step !== 'sign')) return denied('step');
      const elsewhere = given.number?.trim();
      // A letter that nobody numbered would be a hole in the register, and its paper proved by nothing.
      if (lacksLetter(situation) && !elsewhere) return denied('no_letter');
      const number: JsonObject = isLetter && !situation.isIssued && elsewhere ? { elsewhere } : {};
      return done(
        ...acting,
        fact('case_ready', actor, { ...worded, ...(isLetter ? { on_paper: true } : {}), ...number }),
      );
    }
    case 'finish':
      if (isLetter && state.status !== 'ready') return denied('step');
      // Nothing can be handed out: its letter was withdrawn.
      if (isLetter && hasNoLetter(situation)) return denied('no_letter');
      return done(...acting, fact('case_finished', actor, worded));
    case 'refuse':
      if (state.status === 'ready' || situation.isIssued)
        return denied(situation.isIssued ? 'issued' : 'status');
      if (!mayHold(state, actor)) return denied('step');
      return text ? done(...acting, fact('case_refused', actor, worded)) : denied('no_words');
    case 'forward': {
      if (state.status === 'ready' || situation.isIssued)
        return denied(situation.isIssued ? 'issued' : 'status');
      const office = given.office?.trim();
      if (!mayHold(state, actor)) return denied('step');
      return office && text
        ? done(...acting, fact('case_forwarded', actor, { ...worded, office }))
        : denied('no_words');
    }
    case 'merge':
      if (state.status === 'ready') return denied('status');
      return merge(actor, worded, situation, given);
  }
}

/** The acts that would change something now, in the order of CASE_ACTS: what buttons are offered. */
export function possibleActs(
  state: CaseState,
  actor: Actor,
  situation: Situation,
  given: Given = {},
): CaseAct[] {
  const filled: Given = {
    text: '…',
    office: '…',
    number: '…',
    colleague: { id: '', name: '' },
    class: 'normative',
    other: {
      code: '',
      service: situation.service,
      isOpen: true,
      isSealed: situation.isSealed,
      isConfidential: situation.isConfidential,
      residentId: situation.residentId,
    },
    ...given,
  };
  return CASE_ACTS.filter((act) => {
    const decision = decide(state, act, actor, filled, situation);
    return decision.outcome === 'done' && decision.facts.length > 0;
  });
}

/** Done before: by the same person nothing more, by another "already done by …". Null: it was not. */
function repeat(state: CaseState, act: CaseAct, actor: Officer): Decision | null {
  const isMine = state.holder?.id === actor.id;
  if (!isOpenCase(state.status)) {
    if (isMine && state.status === CLOSED_BY[act]) return done();
    return state.holder && !isMine && state.status !== 'cancelled'
      ? { outcome: 'lost', by: state.holder.name }
      : null;
  }
  if (act === 'ready' && state.status === 'ready') return done();
  if (act !== 'verify' && act !== 'initial' && act !== 'sign') return null;
  const by = state.doneBy[act];
  if (!by) return null;
  return by.id === actor.id ? done() : { outcome: 'lost', by: by.name };
}

const CLOSED_BY: { [A in CaseAct]?: CaseStatus } = {
  finish: 'finished',
  refuse: 'refused',
  forward: 'forwarded',
};

/**
 * Whoever takes a case can go on with it: they may do the step of a letter that waits, and what is no letter whoever handles
 * it may finish. The heads take over what waits for somebody who is away.
 */
function mayTake({ step, holder }: CaseState, actor: Officer, { path }: Situation): boolean {
  if (step === null || !isSigned(path) || actor.steps[step]) return true;
  const isAway = holder ? actor.away?.officers.includes(holder.id) : actor.away?.steps.includes(step);
  return actor.leads && isAway === true;
}

/** Who is away keeps nothing from who stands in for them, nor from the heads who take it over. */
function takesOver({ step }: CaseState, act: CaseAct, actor: Officer, holder: Holder): boolean {
  if (!actor.away?.officers.includes(holder.id) || holder.id === actor.id) return false;
  if (step !== null && actor.steps[step]?.inPlaceOf?.id === holder.id) return true;
  return actor.leads && act === 'take';
}

/** What waits for initials or a signature is held by who may give them, or by who leads; else it would lie in wrong hands. */
function mayHold(state: CaseState, actor: Officer): boolean {
  if (state.status === 'ready') return false;
  if (state.step === null || state.step === 'verify') return true;
  return actor.leads || actor.steps[state.step] !== undefined;
}

/** What is to be signed on paper is not there: a letter of ours that has no number yet. */
function lacksLetter({ isOwnLetter, isIssued, way }: Situation): boolean {
  return isOwnLetter && way === 'wet' && !isIssued;
}

/** There is no letter of ours that holds, nor one of somebody else's with its own number. */
function hasNoLetter({ isOwnLetter, isIssued, isMadeElsewhere }: Situation): boolean {
  return isOwnLetter && !isIssued && !isMadeElsewhere;
}

/** Consecutive steps held by one person are one tap, but for the signature: it stands for itself. */
function doSteps(
  state: CaseState,
  act: StepAct,
  actor: Officer,
  situation: Situation,
  taking: CaseFact[],
): Decision {
  const { path, way } = situation;
  if (state.step === null || state.status === 'ready') return denied('status');
  const from = path.findIndex((step) => step.act === state.step);
  const until = path.findIndex((step) => step.act === act);
  if (until < 0 || from < 0) return denied('status');
  const facts: CaseFact[] = [];
  for (let n = from; n < path.length; n++) {
    const step = path[n]!.act;
    if (n > until && step === 'sign') break;
    const may = actor.steps[step];
    if (!may) {
      if (n > until) break;
      // Who may not do this step reads that it is another's turn, and whose step it is who may do none.
      return denied(actor.steps[act] ? 'step' : 'role');
    }
    if (step === 'sign' && way === 'electronic' && !situation.hasPin) return denied('pin');
    if (step === 'sign' && lacksLetter(situation)) return denied('no_letter');
    facts.push(
      fact(FACT_OF_STEP[step], actor, {
        next: nextStep(path, step),
        ...(may.inPlaceOf ? { in_place_of: { id: may.inPlaceOf.id, name: may.inPlaceOf.name } } : {}),
        ...(step === 'sign' ? { way } : {}),
      }),
    );
  }
  if (act !== 'sign') return done(...taking, ...facts);
  // A letter signed electronically is on its way into the chat; on paper, or with nobody to send it to, it is fetched.
  const isSent = way === 'electronic' && situation.hasChat;
  return done(
    ...taking,
    ...facts,
    isSent ? fact('case_finished', actor, { way }) : fact('case_ready', actor, { way }),
  );
}

/** A step back, with its reason, into the hands of whoever did it, where they still may; else it is laid anew. */
function giveBack(
  state: CaseState,
  actor: Officer,
  given: Given,
  { path, isIssued, way }: Situation,
): Decision {
  const text = given.text?.trim();
  // What is signed electronically has its letter after that: one that stands is from before, and gives way to it.
  if (isIssued && way === 'wet') return denied('issued');
  if (state.step === null || state.status !== 'signing') return denied('status');
  if (!actor.leads && !actor.steps[state.step]) return denied('role');
  if (!text) return denied('no_words');
  const before = stepBefore(path, state.step);
  const to = given.step ?? before;
  const isBefore =
    to !== null && path.findIndex(({ act }) => act === to) < path.findIndex(({ act }) => act === state.step);
  if (!isBefore) return denied('step');
  const did = state.doneBy[to] ?? null;
  const holder = did && (actor.doers?.[to]?.includes(did.id) ?? true) ? did : null;
  return done(
    fact('case_returned', actor, { to, text, holder: holder && { id: holder.id, name: holder.name } }),
  );
}

/**
 * Opened again: it goes its path anew. What was erased stays erased, and what was one with another follows that one. So does
 * what lies ready without its letter, since that holds no more: it is to be signed again. What is replaced on paper has its
 * new letter at once, and waits for the signature alone.
 */
function reopen(state: CaseState, actor: Officer, worded: JsonObject, situation: Situation): Decision {
  if (situation.service === ERASURE_SERVICE) return denied('status');
  const { path, way, isReplacing } = situation;
  const isWithoutLetter = state.status === 'ready' && hasNoLetter(situation);
  if (isOpenCase(state.status) && !isWithoutLetter) return denied('status');
  if (state.status === 'cancelled') return denied('status');
  const step = isReplacing && way === 'wet' && isSigned(path) ? 'sign' : nextStep(path, null);
  return done(
    fact('case_reopened', actor, { step, ...worded, ...(isReplacing ? { letter: 'replaced' } : {}) }),
  );
}

/** Two requests about the same thing: of the same service, both waiting, and neither sealed. */
function merge(actor: Officer, worded: JsonObject, situation: Situation, { other }: Given): Decision {
  if (!other) return denied('not_there');
  const isOnesOwn = other.residentId === situation.residentId;
  // Whose words are confidential is one with nobody else's.
  const isConfidential = situation.isConfidential || other.isConfidential;
  if (situation.isSealed || other.isSealed || (isConfidential && !isOnesOwn)) return denied('not_there');
  if (!other.isOpen || other.service !== situation.service) return denied('not_there');
  if (situation.isIssued) return denied('issued');
  return done(fact('case_merged', actor, { ...worded, code: other.code, is_own: isOnesOwn }));
}

/** What kind of complaint it is found to be, with the reason: by whoever has it, else by anybody who may handle it. */
function classify(state: CaseState, actor: Officer, given: Given, situation: Situation): Decision {
  if (!situation.isComplaint || !isOpenCase(state.status)) return denied('status');
  const isAnothers = state.holder !== null && situation.holderIsActive && state.holder.id !== actor.id;
  if (isAnothers && !actor.leads) return { outcome: 'lost', by: state.holder!.name };
  if (!given.class) return denied('not_there');
  const text = given.text?.trim();
  return text ? done(fact('case_classified', actor, { class: given.class, text })) : denied('no_words');
}

const UNDOABLE: ReadonlySet<CaseFactKind> = new Set([
  'case_taken',
  'case_released',
  'case_given',
  'case_asked',
  'case_verified',
  'case_initialled',
  'case_signed',
  'case_returned',
  'case_ready',
  'case_finished',
  'case_refused',
  'case_forwarded',
  'case_reopened',
  'case_merged',
]);

/** One's own last act, while nothing came of it that cannot be taken back. */
function undo(state: CaseState, actor: Officer, { last, now, service, isIssued }: Situation): Decision {
  if (!last) return denied('status');
  if (last.officerId !== actor.id)
    return last.officerName ? { outcome: 'lost', by: last.officerName } : denied('not_yours');
  if (now.getTime() - last.at.getTime() > UNDO_MINUTES * 60 * 1000) return denied('late');
  if (!last.kinds.every((kind) => UNDOABLE.has(kind))) return denied('status');
  const isErased = service === ERASURE_SERVICE && last.kinds.includes('case_finished');
  const isSent = last.stands || (isIssued && last.kinds.includes('case_signed'));
  if (isErased || isSent) return denied('issued');
  const { lastWords } = last.before;
  return done(
    fact('case_undone', actor, {
      undone: last.kinds.at(-1)!,
      numbers: [...last.numbers],
      was: state.status,
      back: backOf(last.before),
      ...(lastWords === null ? {} : { text: lastWords }),
    }),
  );
}

/** Whether the resident may still say that it is not done. */
export function mayReopen(
  { status, service, closedAt }: { status: CaseStatus; service: string; closedAt: Date | null },
  now: Date,
): boolean {
  if (service === ERASURE_SERVICE || isOpenCase(status) || status === 'cancelled') return false;
  return now.getTime() - (closedAt?.getTime() ?? 0) <= REOPEN_DAYS * 24 * 60 * 60 * 1000;
}

function decideResident(state: CaseState, act: CaseAct, given: Given, situation: Situation): Decision {
  const text = given.text?.trim();
  const worded: JsonObject = text ? { text } : {};
  switch (act) {
    case 'answer': {
      if (state.status !== 'asked') return denied('status');
      const items = (given.items ?? []).filter((item) => state.missing.includes(item));
      return done(fact('case_answered', null, { ...worded, ...(items.length > 0 ? { items } : {}) }));
    }
    case 'cancel':
      if (state.status === 'cancelled') return done();
      if (situation.isIssued || state.status === 'ready') return denied('issued');
      return isOpenCase(state.status) ? done(fact('case_cancelled', null)) : denied('status');
    case 'reopen': {
      if (situation.service === ERASURE_SERVICE || isOpenCase(state.status) || state.status === 'cancelled')
        return denied('status');
      if (!mayReopen({ ...situation, status: state.status }, situation.now)) return denied('late');
      return done(fact('case_reopened', null, { step: nextStep(situation.path, null), ...worded }));
    }
    default:
      return denied('role');
  }
}

function fact(kind: CaseFactKind, officer: Holder | null, data: JsonObject = {}): CaseFact {
  return { kind, officer: officer && { id: officer.id, name: officer.name }, data };
}

function done(...facts: CaseFact[]): Decision {
  return { outcome: 'done', facts };
}

function denied(reason: Refusal): Decision {
  return { outcome: 'not_allowed', reason };
}
