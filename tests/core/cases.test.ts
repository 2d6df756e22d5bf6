import { describe, expect, test } from 'vitest';
import { decide, fold, isOpenCase, NOTICE_OF, STATUSES } from '../../src/core/cases.js';
import type { Actor, CaseFact, CaseFactKind, CaseState, CaseStatus } from '../../src/core/cases.js';
import type { CaseAct } from '../../src/core/effect.js';

const SRI = { id: 'sri', name: 'Bu Sri' };
const SLAMET = { id: 'slamet', name: 'Pak Slamet' };
const ACTORS: { [who: string]: Actor } = {
  sri: { kind: 'officer', ...SRI, mayHandle: true },
  slamet: { kind: 'officer', ...SLAMET, mayHandle: true },
  kader: { kind: 'officer', id: 'kader', name: 'Bu Kader', mayHandle: false },
  resident: { kind: 'resident' },
};
/** Every state that a case can be in: nobody's, or in Bu Sri's hands. */
const STATES: { [name: string]: CaseState } = {
  open: { status: 'open', holder: null, lastWords: null },
  in_hand: { status: 'in_hand', holder: SRI, lastWords: null },
  asked: { status: 'asked', holder: SRI, lastWords: 'Foto KK?' },
  finished: { status: 'finished', holder: SRI, lastWords: null },
  refused: { status: 'refused', holder: SRI, lastWords: 'Bukan warga' },
  cancelled: { status: 'cancelled', holder: SRI, lastWords: null },
  'cancelled, never taken': { status: 'cancelled', holder: null, lastWords: null },
};

/** What each act comes to: facts in short, '=' done before, 'lost', or the reason of a refusal. */
const TABLE: { [state: string]: { [act in CaseAct]: { [who: string]: string } } } = {
  open: {
    take: { sri: 'taken', slamet: 'taken', kader: 'role', resident: 'role' },
    ask: { sri: 'taken asked', slamet: 'taken asked', kader: 'role', resident: 'role' },
    finish: { sri: 'taken finished', slamet: 'taken finished', kader: 'role', resident: 'role' },
    refuse: { sri: 'taken refused', slamet: 'taken refused', kader: 'role', resident: 'role' },
    note: { sri: 'noted', slamet: 'noted', kader: 'role', resident: 'role' },
    answer: { sri: 'role', slamet: 'role', kader: 'role', resident: 'status' },
    cancel: { sri: 'role', slamet: 'role', kader: 'role', resident: 'cancelled' },
  },
  in_hand: {
    take: { sri: '=', slamet: 'lost', kader: 'role', resident: 'role' },
    ask: { sri: 'asked', slamet: 'lost', kader: 'role', resident: 'role' },
    finish: { sri: 'finished', slamet: 'lost', kader: 'role', resident: 'role' },
    refuse: { sri: 'refused', slamet: 'lost', kader: 'role', resident: 'role' },
    note: { sri: 'noted', slamet: 'noted', kader: 'role', resident: 'role' },
    answer: { sri: 'role', slamet: 'role', kader: 'role', resident: 'status' },
    cancel: { sri: 'role', slamet: 'role', kader: 'role', resident: 'cancelled' },
  },
  asked: {
    take: { sri: '=', slamet: 'lost', kader: 'role', resident: 'role' },
    ask: { sri: 'asked', slamet: 'lost', kader: 'role', resident: 'role' },
    finish: { sri: 'finished', slamet: 'lost', kader: 'role', resident: 'role' },
    refuse: { sri: 'refused', slamet: 'lost', kader: 'role', resident: 'role' },
    note: { sri: 'noted', slamet: 'noted', kader: 'role', resident: 'role' },
    answer: { sri: 'role', slamet: 'role', kader: 'role', resident: 'answered' },
    cancel: { sri: 'role', slamet: 'role', kader: 'role', resident: 'cancelled' },
  },
  finished: {
    take: { sri: 'status', slamet: 'lost', kader: 'role', resident: 'role' },
    ask: { sri: 'status', slamet: 'lost', kader: 'role', resident: 'role' },
    finish: { sri: '=', slamet: 'lost', kader: 'role', resident: 'role' },
    refuse: { sri: 'status', slamet: 'lost', kader: 'role', resident: 'role' },
    note: { sri: 'noted', slamet: 'noted', kader: 'role', resident: 'role' },
    answer: { sri: 'role', slamet: 'role', kader: 'role', resident: 'status' },
    cancel: { sri: 'role', slamet: 'role', kader: 'role', resident: 'status' },
  },
  refused: {
    take: { sri: 'status', slamet: 'lost', kader: 'role', resident: 'role' },
    ask: { sri: 'status', slamet: 'lost', kader: 'role', resident: 'role' },
    finish: { sri: 'status', slamet: 'lost', kader: 'role', resident: 'role' },
    refuse: { sri: '=', slamet: 'lost', kader: 'role', resident: 'role' },
    note: { sri: 'noted', slamet: 'noted', kader: 'role', resident: 'role' },
    answer: { sri: 'role', slamet: 'role', kader: 'role', resident: 'status' },
    cancel: { sri: 'role', slamet: 'role', kader: 'role', resident: 'status' },
  },
  cancelled: {
    take: { sri: 'status', slamet: 'status', kader: 'role', resident: 'role' },
    ask: { sri: 'status', slamet: 'status', kader: 'role', resident: 'role' },
    finish: { sri: 'status', slamet: 'status', kader: 'role', resident: 'role' },
    refuse: { sri: 'status', slamet: 'status', kader: 'role', resident: 'role' },
    note: { sri: 'noted', slamet: 'noted', kader: 'role', resident: 'role' },
    answer: { sri: 'role', slamet: 'role', kader: 'role', resident: 'status' },
    cancel: { sri: 'role', slamet: 'role', kader: 'role', resident: '=' },
  },
};
TABLE['cancelled, never taken'] = TABLE['cancelled']!;

const ROWS = Object.entries(TABLE).flatMap(([state, acts]) =>
  Object.entries(acts).flatMap(([act, whos]) =>
    Object.entries(whos).map(([who, expected]) => [state, act as CaseAct, who, expected] as const),
  ),
);

describe('an act', () => {
  test('the table covers every state, act and person', () => {
    expect(new Set(Object.values(STATES).map((state) => state.status))).toEqual(new Set(STATUSES));
    expect(ROWS).toHaveLength(Object.keys(STATES).length * 7 * Object.keys(ACTORS).length);
  });

  test.each(ROWS)('on a case that is %s: %s by %s → %s', (state, act, who, expected) => {
    const decision = decide(STATES[state]!, act, ACTORS[who]!, 'kata-kata');
    if (decision.outcome === 'lost') expect(expected).toBe('lost');
    else if (decision.outcome === 'not_allowed') expect(decision.reason).toBe(expected);
    else expect(decision.facts.map(short).join(' ') || '=').toBe(expected);
    if (decision.outcome === 'lost') expect(decision.by).toBe('Bu Sri');
  });

  test.each(['ask', 'refuse', 'note'] as const)('%s needs words', (act) => {
    for (const text of [undefined, '', '   '])
      expect(decide(STATES['in_hand']!, act, ACTORS['sri']!, text)).toEqual({
        outcome: 'not_allowed',
        reason: 'no_words',
      });
  });

  test.each(['take', 'ask', 'finish', 'refuse'] as const)(
    '%s is possible again where the holder serves no more',
    (act) => {
      const decision = decide(STATES['in_hand']!, act, ACTORS['slamet']!, 'kata', false);
      expect(decision.outcome === 'done' && decision.facts[0]).toEqual({
        kind: 'case_taken',
        officer: SLAMET,
        data: {},
      });
    },
  );

  test('each fact names who did it, and the resident as nobody', () => {
    const asked = decide(STATES['open']!, 'ask', ACTORS['sri']!, 'Foto KK?');
    expect(asked).toEqual({
      outcome: 'done',
      facts: [
        { kind: 'case_taken', officer: SRI, data: {} },
        { kind: 'case_asked', officer: SRI, data: { text: 'Foto KK?' } },
      ],
    });
    expect(decide(STATES['asked']!, 'answer', ACTORS['resident']!, 'Ini')).toEqual({
      outcome: 'done',
      facts: [{ kind: 'case_answered', officer: null, data: { text: 'Ini' } }],
    });
  });
});

describe('the fold', () => {
  const happened = (kind: CaseFactKind, officer: typeof SRI | null, text?: string): CaseFact => ({
    kind,
    officer,
    data: text === undefined ? {} : { text },
  });

  test('of a whole story tells the state after each fact', () => {
    const story: [CaseFact, CaseStatus, string | null, string | null][] = [
      [happened('case_opened', null), 'open', null, null],
      [happened('case_noted', SLAMET, 'cek dulu'), 'open', null, null],
      [happened('case_taken', SRI), 'in_hand', 'Bu Sri', null],
      [happened('case_asked', SRI, 'Foto KK?'), 'asked', 'Bu Sri', 'Foto KK?'],
      [happened('case_answered', null, 'Ini'), 'in_hand', 'Bu Sri', 'Foto KK?'],
      [happened('case_taken', SLAMET), 'in_hand', 'Pak Slamet', 'Foto KK?'],
      [happened('case_finished', SLAMET, 'Loket 1'), 'finished', 'Pak Slamet', 'Loket 1'],
    ];
    let state: CaseState | null = null;
    for (const [fact, status, holder, words] of story) {
      state = fold(state, fact);
      expect([state.status, state.holder?.name ?? null, state.lastWords], fact.kind).toEqual([
        status,
        holder,
        words,
      ]);
    }
  });

  test('of a question that is taken over leaves it asked', () => {
    expect(fold(STATES['asked']!, happened('case_taken', SLAMET))).toMatchObject({
      status: 'asked',
      holder: SLAMET,
    });
  });

  test('every decision leads from an open case to a state of the list', () => {
    for (const [state, act, who] of ROWS) {
      const decision = decide(STATES[state]!, act, ACTORS[who]!, 'kata');
      if (decision.outcome !== 'done') continue;
      const after = decision.facts.reduce(fold, STATES[state]!);
      expect(STATUSES).toContain(after.status);
      if (!isOpenCase(STATES[state]!.status))
        expect(after.status, `${state} ${act}`).toBe(STATES[state]!.status);
    }
  });

  // What an RT head, the person helped or the register says of who it is, is for the office alone.
  test('every fact but the opening, a note and who it is, is told', () => {
    const silent = Object.entries(NOTICE_OF).filter(([, notice]) => notice === null);
    expect(silent.map(([kind]) => kind).toSorted()).toEqual([
      'case_agreed',
      'case_introduced',
      'case_matched',
      'case_noted',
      'case_opened',
    ]);
  });
});

function short(fact: CaseFact): string {
  return fact.kind.replace('case_', '');
}
