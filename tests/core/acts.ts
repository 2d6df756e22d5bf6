import { newState } from '../../src/core/cases.js';
import type { CaseFact, CaseState } from '../../src/core/cases.js';
import { decide } from '../../src/core/decide.js';
import type { Actor, Decision, Given, Situation } from '../../src/core/decide.js';
import type { CaseAct } from '../../src/core/effect.js';
import type { Step } from '../../src/core/path.js';

export const SRI = { id: 'sri', name: 'Bu Sri' };
export const ANI = { id: 'ani', name: 'Bu Ani' };
export const SLAMET = { id: 'slamet', name: 'Pak Slamet' };
export const HADI = { id: 'hadi', name: 'Pak Hadi' };
export const NOW = new Date('2026-08-10T03:00:00Z');

export const LETTER: readonly Step[] = [
  { act: 'verify', roles: ['operator'] },
  { act: 'initial', roles: ['sekretaris'] },
  { act: 'sign', roles: ['kepala_desa'] },
];
export const CHECKED: readonly Step[] = [{ act: 'verify', roles: ['operator'] }];

const SELF = { inPlaceOf: null };
/** Two of the desk, who check; the secretary, who initials; the head, who signs; somebody of another part of the office. */
export const ACTORS = {
  sri: { kind: 'officer', ...SRI, mayHandle: true, leads: false, steps: { verify: SELF } },
  ani: { kind: 'officer', ...ANI, mayHandle: true, leads: false, steps: { verify: SELF } },
  slamet: { kind: 'officer', ...SLAMET, mayHandle: true, leads: true, steps: { initial: SELF } },
  hadi: { kind: 'officer', ...HADI, mayHandle: true, leads: true, steps: { sign: SELF } },
  kader: { kind: 'officer', id: 'kader', name: 'Bu Kader', mayHandle: false, leads: false, steps: {} },
  resident: { kind: 'resident' },
} as const satisfies { [who: string]: Actor };
export type Who = keyof typeof ACTORS;

const state = (more: Partial<CaseState>): CaseState => ({ ...newState('verify'), ...more });
/** Every state that a letter can be in: nobody's, or in somebody's hands. */
export const STATES = {
  open: state({}),
  'in hand': state({ status: 'in_hand', holder: SRI }),
  asked: state({ status: 'asked', holder: SRI, lastWords: 'Foto KK?' }),
  'to be initialled': state({ status: 'signing', step: 'initial', doneBy: { verify: SRI } }),
  'at the secretary': state({ status: 'signing', step: 'initial', doneBy: { verify: SRI }, holder: SLAMET }),
  'to be signed': state({ status: 'signing', step: 'sign', doneBy: { verify: SRI, initial: SLAMET } }),
  ready: state({ status: 'ready', step: null, doneBy: { verify: SRI, initial: SLAMET, sign: HADI } }),
  finished: state({ status: 'finished', step: null, holder: SRI }),
  refused: state({ status: 'refused', holder: SRI, lastWords: 'Bukan warga' }),
  forwarded: state({ status: 'forwarded', holder: SRI, lastWords: 'Bukan di desa' }),
  cancelled: state({ status: 'cancelled', holder: SRI }),
} as const;
export type StateName = keyof typeof STATES;

export function aSituation(more: Partial<Situation> = {}): Situation {
  return {
    now: NOW,
    service: 'usaha',
    path: LETTER,
    way: 'wet',
    holderIsActive: true,
    closedAt: new Date(NOW.getTime() - 24 * 60 * 60 * 1000),
    isIssued: false,
    isMadeElsewhere: false,
    isOwnLetter: false,
    hasChat: true,
    hasPin: false,
    isSealed: false,
    isComplaint: false,
    isConfidential: false,
    residentId: 'siti',
    last: null,
    ...more,
  };
}

export const GIVEN: Given = {
  text: 'kata-kata',
  office: 'Dukcapil',
  colleague: { id: 'lain', name: 'Bu Lain' },
  other: {
    code: 'X',
    service: 'usaha',
    isOpen: true,
    isSealed: false,
    isConfidential: false,
    residentId: 'siti',
  },
};

/** What an act comes to, in short: facts, '=' done before, 'lost', or the reason of a refusal. */
export function cameTo(
  from: CaseState,
  act: CaseAct,
  who: Who,
  more: { situation?: Partial<Situation>; given?: Given } = {},
): string {
  const given = { ...GIVEN, ...more.given };
  return short(decide(from, act, ACTORS[who], given, aSituation(more.situation)));
}

export function short(decision: Decision): string {
  if (decision.outcome === 'lost') return 'lost';
  if (decision.outcome === 'not_allowed') return decision.reason;
  return decision.facts.map(shortFact).join(' ') || '=';
}

function shortFact(fact: CaseFact): string {
  return fact.kind.replace('case_', '');
}
