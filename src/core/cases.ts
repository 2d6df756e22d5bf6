import type { JsonObject } from './json.js';
import { STEP_ACTS } from './path.js';
import type { StepAct } from './path.js';

/**
 * The rules of a case, pure: what happened is told by facts, a status is their fold, and `decide` (core/decide.ts) says
 * what an act comes to. `open` waits for somebody to take it, `in_hand` is being checked (Sedang Diperiksa), `asked`
 * waits for the resident (Belum Lengkap), `signing` was checked and waits for initials or a signature (Menunggu
 * Tandatangan), `ready` waits to be fetched (Siap Diambil).
 */
export const STATUSES = [
  'open',
  'in_hand',
  'asked',
  'signing',
  'ready',
  'finished',
  'refused',
  'forwarded',
  'cancelled',
] as const;
export type CaseStatus = (typeof STATUSES)[number];

/** Statuses of what still waits for somebody. store/cases.ts `isOpen` says the same in SQL. */
export const OPEN_STATUSES = ['open', 'in_hand', 'asked', 'signing', 'ready'] as const;
/** Of these, what waits for an officer; the others wait for the resident. */
export const OFFICE_STATUSES = ['open', 'in_hand', 'signing'] as const;

export type CaseFactKind =
  | 'case_opened'
  | 'case_taken'
  | 'case_released'
  | 'case_given'
  | 'case_asked'
  | 'case_answered'
  | 'case_noted'
  | 'case_verified'
  | 'case_initialled'
  | 'case_signed'
  | 'case_returned'
  | 'case_ready'
  | 'case_finished'
  | 'case_refused'
  | 'case_forwarded'
  | 'case_reopened'
  | 'case_cancelled'
  /** It was one with another, and follows that one. */
  | 'case_merged'
  | 'case_related'
  | 'case_undone'
  /** Nobody acted in time: it went up the ladder. */
  | 'case_escalated'
  /** Whoever has to do something, or to fetch it, was reminded. */
  | 'case_reminded'
  /** The resident said how it was. */
  | 'case_rated'
  /** The RT head said whether the resident is theirs. */
  | 'case_introduced'
  /** Whoever it was asked for said whether they agree. */
  | 'case_agreed'
  /** An officer said who it is in the register. */
  | 'case_matched'
  /** A complaint was found to be of another kind than its service says: its clock runs by that. */
  | 'case_classified';

/** One thing that happened to a case: a row of case_events. */
export interface CaseFact {
  kind: CaseFactKind;
  /** The officer who did it; null for the resident, or the clock. */
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
  /** The step of its path that waits; null: none, or none any more. */
  step: StepAct | null;
  /** Who did which step, since it was last returned or opened again. */
  doneBy: { readonly [A in StepAct]?: Holder };
  /** Items of the checklist that the resident was asked for and has not sent yet. */
  missing: readonly string[];
  isMerged: boolean;
}

const OPEN: ReadonlySet<CaseStatus> = new Set(OPEN_STATUSES);

/** The service by which a resident asks for their data to be erased: finishing it erases them (effects/actOnCase.ts). */
export const ERASURE_SERVICE = 'data.hapus';

/** Whether it still waits for somebody. */
export function isOpenCase(status: CaseStatus): boolean {
  return OPEN.has(status);
}

/** A case as it begins, at the first step of its path. */
export function newState(step: StepAct | null): CaseState {
  return {
    status: 'open',
    holder: null,
    lastWords: null,
    step,
    doneBy: {},
    missing: [],
    isMerged: false,
  };
}

/** The state after a fact; of a case that was just opened where there is none yet. What it needs of the path, the fact says. */
export function fold(state: CaseState | null, happened: CaseFact): CaseState {
  const now = state ?? newState(null);
  const { data, officer } = happened;
  const words = typeof data['text'] === 'string' ? data['text'] : now.lastWords;
  switch (happened.kind) {
    case 'case_opened':
      return newState(stepIn(data['step']));
    case 'case_taken':
      return { ...now, status: now.status === 'open' ? 'in_hand' : now.status, holder: officer };
    case 'case_released':
      return { ...now, status: now.status === 'in_hand' ? 'open' : now.status, holder: null };
    case 'case_given':
      return { ...now, status: now.status === 'open' ? 'in_hand' : now.status, holder: personIn(data['to']) };
    case 'case_asked':
      return {
        ...now,
        status: 'asked',
        lastWords: words,
        missing: [...new Set([...now.missing, ...listIn(data['items'])])],
      };
    case 'case_answered':
      return answered(now, listIn(data['items']));
    case 'case_verified':
      return stepDone(now, 'verify', happened);
    case 'case_initialled':
      return stepDone(now, 'initial', happened);
    case 'case_signed':
      return stepDone(now, 'sign', happened);
    case 'case_returned':
      return returned(now, data['to'], personIn(data['holder']));
    case 'case_ready':
      return { ...now, status: 'ready', step: null, holder: null, missing: [], lastWords: words };
    case 'case_finished':
      return { ...now, status: 'finished', step: null, holder: officer ?? now.holder, lastWords: words };
    case 'case_refused':
      return { ...now, status: 'refused', holder: officer ?? now.holder, lastWords: words };
    case 'case_forwarded':
      return { ...now, status: 'forwarded', holder: officer ?? now.holder, lastWords: words };
    case 'case_reopened':
      // What was done before the step to which it goes stands; at the first step that is nothing.
      return { ...returned(now, data['step'], null), missing: [], isMerged: false };
    case 'case_cancelled':
      return { ...now, status: 'cancelled' };
    case 'case_merged':
      return { ...now, status: 'cancelled', isMerged: true };
    case 'case_undone':
      return undone(now, happened);
    case 'case_noted':
    case 'case_related':
    case 'case_escalated':
    case 'case_reminded':
    case 'case_rated':
    case 'case_introduced':
    case 'case_agreed':
    case 'case_matched':
    case 'case_classified':
      return now;
  }
}

/** What the resident reads of a fact, as `case-notice` and `officer-case-notice` name it; null: nothing. */
export const NOTICE_OF: { [K in CaseFactKind]: string | null } = {
  case_opened: null,
  case_taken: 'taken',
  case_released: null,
  case_given: null,
  case_asked: 'asked',
  case_answered: 'answered',
  case_noted: null,
  // Checked and waiting for its signature: one notice for both, at the first of them.
  case_verified: 'verified',
  case_initialled: null,
  case_signed: null,
  case_returned: null,
  case_ready: 'ready',
  case_finished: 'finished',
  case_refused: 'refused',
  case_forwarded: 'forwarded',
  case_reopened: 'reopened',
  case_cancelled: 'cancelled',
  case_merged: 'merged',
  case_related: null,
  case_undone: 'undone',
  // The clocks tell by themselves (store/timers.ts).
  case_escalated: null,
  case_reminded: null,
  case_rated: null,
  case_introduced: null,
  case_agreed: null,
  case_matched: null,
  case_classified: null,
};

/** The fact that a step of the path leaves. */
export const FACT_OF_STEP = {
  verify: 'case_verified',
  initial: 'case_initialled',
  sign: 'case_signed',
} as const satisfies { [A in StepAct]: CaseFactKind };

/** What an undone act puts back, as its fact holds it. */
export function backOf(state: CaseState): JsonObject {
  const { status, holder, step, doneBy, missing, isMerged } = state;
  return {
    status,
    step,
    holder: holder && { id: holder.id, name: holder.name },
    done_by: Object.fromEntries(Object.entries(doneBy).map(([act, { id, name }]) => [act, { id, name }])),
    missing: [...missing],
    is_merged: isMerged,
  };
}

/** The status of what goes on in the office: by the step that waits, and whether somebody has it. */
function working(state: Pick<CaseState, 'step' | 'holder' | 'doneBy'>): CaseStatus {
  if (state.doneBy.verify && (state.step === 'initial' || state.step === 'sign')) return 'signing';
  return state.holder ? 'in_hand' : 'open';
}

/**
 * Words without items answer whatever was asked; of several items the others are still missing. What waits for a signature waits
 * for whoever gives it, not for the head who asked in between.
 */
function answered(now: CaseState, items: string[]): CaseState {
  const missing = items.length > 0 ? now.missing.filter((item) => !items.includes(item)) : [];
  const status = missing.length > 0 ? 'asked' : working(now);
  return { ...now, status, missing, holder: status === 'signing' ? null : now.holder };
}

/** After the last of its steps what has no signature stays with whoever checked it; all else goes to the next. */
function stepDone(now: CaseState, act: StepAct, { officer, data }: CaseFact): CaseState {
  const step = stepIn(data['next']);
  const doneBy = { ...now.doneBy, ...(officer ? { [act]: officer } : {}) };
  const holder = step === null && act === 'verify' ? (now.holder ?? officer) : null;
  return { ...now, step, doneBy, holder, missing: [], status: working({ step, holder, doneBy }) };
}

/** Back at a step, in these hands: what was done from it on is to be done again. */
function returned(now: CaseState, to: unknown, holder: Holder | null): CaseState {
  const step = stepIn(to);
  const kept = STEP_ACTS.slice(0, step === null ? 0 : STEP_ACTS.indexOf(step));
  const doneBy = Object.fromEntries(
    Object.entries(now.doneBy).filter(([act]) => kept.includes(act as StepAct)),
  );
  return { ...now, step, doneBy, holder, status: working({ step, holder, doneBy }) };
}

function undone(now: CaseState, { data }: CaseFact): CaseState {
  const back = data['back'] as JsonObject | undefined;
  if (!back) return now;
  const doneBy = (back['done_by'] ?? {}) as unknown as CaseState['doneBy'];
  return {
    status: back['status'] as CaseStatus,
    step: stepIn(back['step']),
    holder: personIn(back['holder']),
    doneBy,
    missing: listIn(back['missing']),
    isMerged: back['is_merged'] === true,
    lastWords: typeof data['text'] === 'string' ? data['text'] : null,
  };
}

function stepIn(value: unknown): StepAct | null {
  return STEP_ACTS.find((act) => act === value) ?? null;
}

function personIn(value: unknown): Holder | null {
  const { id, name } = (value ?? {}) as { id?: unknown; name?: unknown };
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : null;
}

function listIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
