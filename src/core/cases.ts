import type { CaseAct } from './effect.js';
import type { JsonObject } from './json.js';

/**
 * The rules of a case, pure: what happened is told by facts, a status is their fold, and `decide` says what an act
 * comes to. Who may act depends on the role and on whose hands the case is in: the first officer who takes it has it.
 */
export const STATUSES = ['open', 'in_hand', 'asked', 'finished', 'refused', 'cancelled'] as const;
export type CaseStatus = (typeof STATUSES)[number];

export type CaseFactKind =
  | 'case_opened'
  | 'case_taken'
  | 'case_asked'
  | 'case_answered'
  | 'case_noted'
  | 'case_finished'
  | 'case_refused'
  | 'case_cancelled'
  /** The RT head said whether the resident is theirs. */
  | 'case_introduced'
  /** Whoever it was asked for said whether they agree. */
  | 'case_agreed'
  /** An officer said who it is in the register. */
  | 'case_matched';

/** One thing that happened to a case: a row of case_events. */
export interface CaseFact {
  kind: CaseFactKind;
  /** The officer who did it; null for the resident. */
  officer: Holder | null;
  data: JsonObject;
  /** The words of a complaint's history, sealed. */
  sealed?: string;
}

export interface Holder {
  id: string;
  name: string;
}

/** What the facts come to. */
export interface CaseState {
  status: CaseStatus;
  /** In whose hands it is, or was at its end. */
  holder: Holder | null;
  /** The officer's last words to the resident. */
  lastWords: string | null;
}

/** Who acts. `mayHandle`: an officer of the case's village whose role handles such cases (`mayHandle()` below). */
export type Actor = { kind: 'resident' } | { kind: 'officer'; id: string; name: string; mayHandle: boolean };

/** What an act comes to. No facts: it was done before by the same person, and nobody is told twice. */
export type Decision =
  | { outcome: 'done'; facts: CaseFact[] }
  /** Somebody else was first. */
  | { outcome: 'lost'; by: string }
  | { outcome: 'not_allowed'; reason: 'role' | 'status' | 'no_words' };

const OPEN: ReadonlySet<CaseStatus> = new Set(['open', 'in_hand', 'asked']);

/** The service by which a resident asks for their data to be erased: finishing it erases them (effects/actOnCase.ts). */
export const ERASURE_SERVICE = 'data.hapus';

/** Whether it still waits for somebody. */
export function isOpenCase(status: CaseStatus): boolean {
  return OPEN.has(status);
}

/**
 * Decides an act. Acting implies taking: asking, finishing or refusing an open case takes it first.
 * `holderIsActive` false frees a case whose holder no longer serves the village.
 */
export function decide(
  state: CaseState,
  act: CaseAct,
  actor: Actor,
  text?: string,
  holderIsActive = true,
): Decision {
  if (act === 'answer' || act === 'cancel')
    return actor.kind === 'resident' ? decideResident(state, act, text) : denied('role');
  if (actor.kind !== 'officer' || !actor.mayHandle) return denied('role');
  if (act === 'note') return text?.trim() ? done([fact('case_noted', actor, { text })]) : denied('no_words');
  const isMine = state.holder?.id === actor.id;
  if (!isOpenCase(state.status)) {
    if (isMine && state.status === CLOSED_BY[act]) return done([]);
    return state.holder && !isMine && state.status !== 'cancelled'
      ? { outcome: 'lost', by: state.holder.name }
      : denied('status');
  }
  const isTaken = state.holder !== null && holderIsActive;
  if (isTaken && !isMine) return { outcome: 'lost', by: state.holder!.name };
  const taking = isTaken ? [] : [fact('case_taken', actor)];
  switch (act) {
    case 'take':
      return done(taking);
    case 'ask':
      return text?.trim() ? done([...taking, fact('case_asked', actor, { text })]) : denied('no_words');
    case 'refuse':
      return text?.trim() ? done([...taking, fact('case_refused', actor, { text })]) : denied('no_words');
    case 'finish':
      return done([...taking, fact('case_finished', actor, text?.trim() ? { text } : {})]);
  }
}

/** The state after a fact; of a case that was just opened where there is none yet. */
export function fold(state: CaseState | null, happened: CaseFact): CaseState {
  const now: CaseState = state ?? { status: 'open', holder: null, lastWords: null };
  const words = typeof happened.data['text'] === 'string' ? happened.data['text'] : now.lastWords;
  switch (happened.kind) {
    case 'case_opened':
      return { status: 'open', holder: null, lastWords: null };
    case 'case_taken':
      return { ...now, status: now.status === 'open' ? 'in_hand' : now.status, holder: happened.officer };
    case 'case_asked':
      return { ...now, status: 'asked', lastWords: words };
    case 'case_answered':
      return { ...now, status: 'in_hand' };
    case 'case_noted':
    case 'case_introduced':
    case 'case_agreed':
    case 'case_matched':
      return now;
    case 'case_finished':
      return { ...now, status: 'finished', lastWords: words };
    case 'case_refused':
      return { ...now, status: 'refused', lastWords: words };
    case 'case_cancelled':
      return { ...now, status: 'cancelled' };
  }
}

/** What the resident reads of a fact, as `case-notice` and `officer-case-notice` name it; null: nothing. */
export const NOTICE_OF: { [K in CaseFactKind]: string | null } = {
  case_opened: null,
  case_taken: 'taken',
  case_asked: 'asked',
  case_answered: 'answered',
  case_noted: null,
  case_finished: 'finished',
  case_refused: 'refused',
  case_cancelled: 'cancelled',
  case_introduced: null,
  case_agreed: null,
  case_matched: null,
};

const CLOSED_BY: { [A in CaseAct]?: CaseStatus } = { finish: 'finished', refuse: 'refused' };

function decideResident(state: CaseState, act: 'answer' | 'cancel', text: string | undefined): Decision {
  if (act === 'cancel') {
    if (state.status === 'cancelled') return done([]);
    return isOpenCase(state.status) ? done([fact('case_cancelled', null)]) : denied('status');
  }
  if (state.status !== 'asked') return denied('status');
  return done([fact('case_answered', null, text?.trim() ? { text } : {})]);
}

function fact(kind: CaseFactKind, officer: Holder | null, data: JsonObject = {}): CaseFact {
  return { kind, officer: officer && { id: officer.id, name: officer.name }, data };
}

function done(facts: CaseFact[]): Decision {
  return { outcome: 'done', facts };
}

function denied(reason: 'role' | 'status' | 'no_words'): Decision {
  return { outcome: 'not_allowed', reason };
}
