import { describe, expect, test } from 'vitest';
import { fold, isOpenCase, newState, STATUSES } from '../../src/core/cases.js';
import type { CaseFactKind, CaseState } from '../../src/core/cases.js';
import { decide, mayReopen, possibleActs, REOPEN_DAYS, UNDO_MINUTES } from '../../src/core/decide.js';
import type { Actor, Given, LastAct, Situation } from '../../src/core/decide.js';
import { CASE_ACTS } from '../../src/core/effect.js';
import type { CaseAct } from '../../src/core/effect.js';
import {
  aSituation,
  ACTORS,
  ANI,
  cameTo,
  CHECKED,
  GIVEN,
  HADI,
  NOW,
  short,
  SLAMET,
  SRI,
  STATES,
} from './acts.js';
import type { StateName, Who } from './acts.js';

/**
 * What each act on a letter comes to, by whom, in a village that signs on paper: facts in short, '=' done before, 'lost',
 * or why not. Columns: two of the desk (sri has it where somebody has), secretary, head, somebody of another part of the
 * office, the resident.
 */
const TABLE = `
  act | sri | ani | slamet | hadi | kader | resident
  # open
  take | taken | taken | role | role | role | role
  release | = | = | = | = | role | role
  give | taken given | taken given | taken given | taken given | role | role
  ask | taken asked | taken asked | taken asked | taken asked | role | role
  answer | role | role | role | role | role | status
  note | noted | noted | noted | noted | role | role
  verify | taken verified | taken verified | role | role | role | role
  initial | role | role | step | role | role | role
  sign | role | role | role | step | role | role
  return | status | status | status | status | role | role
  ready | step | step | step | step | role | role
  finish | step | step | step | step | role | role
  refuse | taken refused | taken refused | taken refused | taken refused | role | role
  forward | taken forwarded | taken forwarded | taken forwarded | taken forwarded | role | role
  reopen | status | status | status | status | role | status
  cancel | role | role | role | role | role | cancelled
  merge | merged | merged | merged | merged | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
  # in hand
  take | = | lost | lost | lost | role | role
  release | released | lost | released | released | role | role
  give | given | lost | given | given | role | role
  ask | asked | lost | lost | lost | role | role
  answer | role | role | role | role | role | status
  note | noted | noted | noted | noted | role | role
  verify | verified | lost | lost | lost | role | role
  initial | role | lost | lost | lost | role | role
  sign | role | lost | lost | lost | role | role
  return | status | lost | lost | lost | role | role
  ready | step | lost | lost | lost | role | role
  finish | step | lost | lost | lost | role | role
  refuse | refused | lost | lost | lost | role | role
  forward | forwarded | lost | lost | lost | role | role
  reopen | status | status | status | status | role | status
  cancel | role | role | role | role | role | cancelled
  merge | merged | lost | lost | lost | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
  # asked
  take | = | lost | lost | lost | role | role
  release | released | lost | released | released | role | role
  give | given | lost | given | given | role | role
  ask | asked | lost | lost | lost | role | role
  answer | role | role | role | role | role | answered
  note | noted | noted | noted | noted | role | role
  verify | verified | lost | lost | lost | role | role
  initial | role | lost | lost | lost | role | role
  sign | role | lost | lost | lost | role | role
  return | status | lost | lost | lost | role | role
  ready | step | lost | lost | lost | role | role
  finish | step | lost | lost | lost | role | role
  refuse | refused | lost | lost | lost | role | role
  forward | forwarded | lost | lost | lost | role | role
  reopen | status | status | status | status | role | status
  cancel | role | role | role | role | role | cancelled
  merge | merged | lost | lost | lost | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
  # to be initialled
  take | role | role | taken | role | role | role
  release | = | = | = | = | role | role
  give | step | step | given | given | role | role
  ask | step | step | taken asked | taken asked | role | role
  answer | role | role | role | role | role | status
  note | noted | noted | noted | noted | role | role
  verify | = | lost | lost | lost | role | role
  initial | role | role | initialled | role | role | role
  sign | role | role | role | step | role | role
  return | role | role | returned | returned | role | role
  ready | step | step | step | step | role | role
  finish | step | step | step | step | role | role
  refuse | step | step | refused | refused | role | role
  forward | step | step | forwarded | forwarded | role | role
  reopen | status | status | status | status | role | status
  cancel | role | role | role | role | role | cancelled
  merge | merged | merged | merged | merged | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
  # at the secretary
  take | lost | lost | = | lost | role | role
  release | lost | lost | released | released | role | role
  give | lost | lost | given | given | role | role
  ask | lost | lost | asked | lost | role | role
  answer | role | role | role | role | role | status
  note | noted | noted | noted | noted | role | role
  verify | = | lost | lost | lost | role | role
  initial | lost | lost | initialled | lost | role | role
  sign | lost | lost | role | lost | role | role
  return | lost | lost | returned | lost | role | role
  ready | lost | lost | step | lost | role | role
  finish | lost | lost | step | lost | role | role
  refuse | lost | lost | refused | lost | role | role
  forward | lost | lost | forwarded | lost | role | role
  reopen | status | status | status | status | role | status
  cancel | role | role | role | role | role | cancelled
  merge | lost | lost | merged | lost | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
  # to be signed
  take | role | role | role | taken | role | role
  release | = | = | = | = | role | role
  give | step | step | given | given | role | role
  ask | step | step | taken asked | taken asked | role | role
  answer | role | role | role | role | role | status
  note | noted | noted | noted | noted | role | role
  verify | = | lost | lost | lost | role | role
  initial | lost | lost | = | lost | role | role
  sign | role | role | role | signed ready | role | role
  return | role | role | returned | returned | role | role
  ready | ready | ready | ready | ready | role | role
  finish | step | step | step | step | role | role
  refuse | step | step | refused | refused | role | role
  forward | step | step | forwarded | forwarded | role | role
  reopen | status | status | status | status | role | status
  cancel | role | role | role | role | role | cancelled
  merge | merged | merged | merged | merged | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
  # ready
  take | status | status | status | status | role | role
  release | = | = | = | = | role | role
  give | status | status | status | status | role | role
  ask | status | status | status | status | role | role
  answer | role | role | role | role | role | status
  note | noted | noted | noted | noted | role | role
  verify | = | lost | lost | lost | role | role
  initial | lost | lost | = | lost | role | role
  sign | lost | lost | lost | = | role | role
  return | status | status | status | status | role | role
  ready | = | = | = | = | role | role
  finish | finished | finished | finished | finished | role | role
  refuse | status | status | status | status | role | role
  forward | status | status | status | status | role | role
  reopen | status | status | status | status | role | status
  cancel | role | role | role | role | role | issued
  merge | status | status | status | status | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
  # finished
  take | status | lost | lost | lost | role | role
  release | status | lost | lost | lost | role | role
  give | status | lost | lost | lost | role | role
  ask | status | lost | lost | lost | role | role
  answer | role | role | role | role | role | status
  note | noted | noted | noted | noted | role | role
  verify | status | lost | lost | lost | role | role
  initial | status | lost | lost | lost | role | role
  sign | status | lost | lost | lost | role | role
  return | status | lost | lost | lost | role | role
  ready | status | lost | lost | lost | role | role
  finish | = | lost | lost | lost | role | role
  refuse | status | lost | lost | lost | role | role
  forward | status | lost | lost | lost | role | role
  reopen | reopened | reopened | reopened | reopened | role | reopened
  cancel | role | role | role | role | role | status
  merge | status | lost | lost | lost | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
  # refused
  take | status | lost | lost | lost | role | role
  release | status | lost | lost | lost | role | role
  give | status | lost | lost | lost | role | role
  ask | status | lost | lost | lost | role | role
  answer | role | role | role | role | role | status
  note | noted | noted | noted | noted | role | role
  verify | status | lost | lost | lost | role | role
  initial | status | lost | lost | lost | role | role
  sign | status | lost | lost | lost | role | role
  return | status | lost | lost | lost | role | role
  ready | status | lost | lost | lost | role | role
  finish | status | lost | lost | lost | role | role
  refuse | = | lost | lost | lost | role | role
  forward | status | lost | lost | lost | role | role
  reopen | reopened | reopened | reopened | reopened | role | reopened
  cancel | role | role | role | role | role | status
  merge | status | lost | lost | lost | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
  # forwarded
  take | status | lost | lost | lost | role | role
  release | status | lost | lost | lost | role | role
  give | status | lost | lost | lost | role | role
  ask | status | lost | lost | lost | role | role
  answer | role | role | role | role | role | status
  note | noted | noted | noted | noted | role | role
  verify | status | lost | lost | lost | role | role
  initial | status | lost | lost | lost | role | role
  sign | status | lost | lost | lost | role | role
  return | status | lost | lost | lost | role | role
  ready | status | lost | lost | lost | role | role
  finish | status | lost | lost | lost | role | role
  refuse | status | lost | lost | lost | role | role
  forward | = | lost | lost | lost | role | role
  reopen | reopened | reopened | reopened | reopened | role | reopened
  cancel | role | role | role | role | role | status
  merge | status | lost | lost | lost | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
  # cancelled
  take | status | status | status | status | role | role
  release | status | status | status | status | role | role
  give | status | status | status | status | role | role
  ask | status | status | status | status | role | role
  answer | role | role | role | role | role | status
  note | noted | noted | noted | noted | role | role
  verify | status | status | status | status | role | role
  initial | status | status | status | status | role | role
  sign | status | status | status | status | role | role
  return | status | status | status | status | role | role
  ready | status | status | status | status | role | role
  finish | status | status | status | status | role | role
  refuse | status | status | status | status | role | role
  forward | status | status | status | status | role | role
  reopen | status | status | status | status | role | status
  cancel | role | role | role | role | role | =
  merge | status | status | status | status | role | role
  relate | related | related | related | related | role | role
  classify | status | status | status | status | role | role
  undo | status | status | status | status | role | role
`;

const [head, ...lines] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim());
const WHO = head!.split(' | ').slice(1) as Who[];
let state = '';
const CELLS = lines.flatMap((line) => {
  if (line.startsWith('# ')) {
    state = line.slice(2);
    return [];
  }
  const [act, ...expected] = line.split(' | ');
  return expected.map((cell, n) => [state as StateName, act as CaseAct, WHO[n]!, cell] as const);
});

describe('an act on a letter', () => {
  test('the table covers every state, act and person', () => {
    expect(new Set(Object.values(STATES).map(({ status }) => status))).toEqual(new Set(STATUSES));
    expect(WHO).toEqual(Object.keys(ACTORS));
    expect(new Set(CELLS.map(([from, act, who]) => `${from} ${act} ${who}`)).size).toBe(
      Object.keys(STATES).length * CASE_ACTS.length * WHO.length,
    );
  });

  test.each(CELLS)('that is %s: %s by %s → %s', (from, act, who, expected) => {
    expect(cameTo(STATES[from], act, who)).toBe(expected);
  });

  test('leads to a state of the list, and a closed one is opened by reopening alone', () => {
    for (const [from, act, who] of CELLS) {
      const decision = decide(STATES[from], act, ACTORS[who], GIVEN, aSituation());
      if (decision.outcome !== 'done') continue;
      const after = decision.facts.reduce<CaseState>(fold, STATES[from]);
      expect(STATUSES).toContain(after.status);
      if (!isOpenCase(STATES[from].status) && act !== 'reopen')
        expect(after.status, `${from} ${act}`).toBe(STATES[from].status);
    }
  });

  test.each(['refuse', 'note', 'return', 'forward'] as const)('%s needs words', (act) => {
    const from = act === 'return' ? STATES['to be initialled'] : STATES['in hand'];
    const who = act === 'return' ? 'slamet' : 'sri';
    for (const text of [undefined, '', '   '])
      expect(cameTo(from, act, who, { given: { text } })).toBe('no_words');
  });

  test('asking needs words or items of the checklist, and forwarding an office', () => {
    expect(cameTo(STATES.open, 'ask', 'sri', { given: { text: '' } })).toBe('no_words');
    expect(cameTo(STATES.open, 'ask', 'sri', { given: { text: '', items: ['ktp'] } })).toBe('taken asked');
    expect(cameTo(STATES.open, 'forward', 'sri', { given: { office: ' ' } })).toBe('no_words');
  });

  test.each(['take', 'ask', 'verify', 'refuse', 'forward'] as const)(
    '%s is possible again where the holder serves no more',
    (act) => {
      expect(cameTo(STATES['in hand'], act, 'ani', { situation: { holderIsActive: false } })).not.toBe(
        'lost',
      );
    },
  );

  test('each fact names who did it, and the resident as nobody', () => {
    expect(decide(STATES.open, 'ask', ACTORS.sri, { text: 'Foto KK?' }, aSituation())).toEqual({
      outcome: 'done',
      facts: [
        { kind: 'case_taken', officer: SRI, data: {} },
        { kind: 'case_asked', officer: SRI, data: { text: 'Foto KK?' } },
      ],
    });
    expect(decide(STATES.asked, 'answer', ACTORS.resident, { text: 'Ini' }, aSituation())).toEqual({
      outcome: 'done',
      facts: [{ kind: 'case_answered', officer: null, data: { text: 'Ini' } }],
    });
  });

  test('who lost reads who was first: whoever has it, or did that very step', () => {
    expect(decide(STATES['in hand'], 'verify', ACTORS.ani, {}, aSituation())).toEqual({
      outcome: 'lost',
      by: 'Bu Sri',
    });
    expect(decide(STATES['to be signed'], 'initial', ACTORS.hadi, {}, aSituation())).toEqual({
      outcome: 'lost',
      by: 'Pak Slamet',
    });
  });
});

describe('taking', () => {
  const taken = (who: Actor, from: CaseState, more: Partial<Situation> = {}) =>
    short(decide(from, 'take', who, GIVEN, aSituation(more)));
  const { sri, slamet, hadi } = ACTORS;
  const away = { officers: [SRI.id], steps: ['verify'] as const };

  test('a letter is for who may do the step that waits; what is no letter for whoever may finish it', () => {
    expect([taken(sri, STATES.open), taken(slamet, STATES.open)]).toEqual(['taken', 'role']);
    expect(taken(slamet, STATES.open, { path: CHECKED })).toBe('taken');
    expect(taken(slamet, STATES.open, { path: [] })).toBe('taken');
  });

  test('the heads take over what waits for somebody who is away, and what that one has in hand', () => {
    expect(taken({ ...hadi, away }, STATES.open)).toBe('taken');
    expect(taken({ ...hadi, away }, STATES['in hand'])).toBe('taken');
    expect(taken({ ...hadi, away: { officers: [ANI.id], steps: [] } }, STATES['in hand'])).toBe('lost');
    expect(taken({ ...hadi, away }, STATES['to be initialled'])).toBe('role');
    expect(taken({ ...ACTORS.ani, steps: { initial: { inPlaceOf: null } }, away }, STATES.open)).toBe('role');
  });

  test('a deputy goes on with what whoever is away has in hand; nobody else does', () => {
    const deputy = { ...ACTORS.ani, steps: { verify: { inPlaceOf: SRI } }, away };
    const acts = (who: Actor, act: 'take' | 'verify' | 'ask') =>
      short(decide(STATES['in hand'], act, who, GIVEN, aSituation()));
    expect([acts(deputy, 'take'), acts(deputy, 'verify'), acts(deputy, 'ask')]).toEqual([
      'taken',
      'verified',
      'taken asked',
    ]);
    expect([acts({ ...ACTORS.ani, away }, 'take'), acts({ ...ACTORS.ani, away }, 'verify')]).toEqual([
      'lost',
      'lost',
    ]);
    expect(acts({ ...hadi, away }, 'ask')).toBe('lost');
  });
});

describe('the path', () => {
  const all = { verify: { inPlaceOf: null }, initial: { inPlaceOf: null }, sign: { inPlaceOf: null } };
  const alone = { ...ACTORS.hadi, steps: all };
  const acting = (situation: Parameters<typeof aSituation>[0], act: CaseAct, from = STATES.open) =>
    short(decide(from, act, alone, {}, aSituation(situation)));

  test('steps in a row that one person holds are one tap, but for the signature', () => {
    expect(acting({}, 'verify')).toBe('taken verified initialled');
    expect(acting({}, 'sign')).toBe('taken verified initialled signed ready');
    const two = { ...ACTORS.sri, steps: { verify: all.verify, initial: all.initial } };
    expect(short(decide(STATES.open, 'initial', two, {}, aSituation()))).toBe('taken verified initialled');
  });

  test('an electronic signature needs the PIN, and goes into the chat; where nobody can be written to it is fetched', () => {
    expect(acting({ way: 'electronic' }, 'sign')).toBe('pin');
    expect(acting({ way: 'electronic', hasPin: true }, 'sign')).toBe(
      'taken verified initialled signed finished',
    );
    const counter = { way: 'electronic', hasPin: true, hasChat: false } as const;
    expect(acting(counter, 'sign')).toBe('taken verified initialled signed ready');
    // Nobody says of it that it was signed on paper.
    expect(cameTo(STATES['to be signed'], 'ready', 'sri', { situation: { way: 'electronic' } })).toBe('step');
  });

  test('a letter of ours is signed on paper once it is issued, or is ready by the number of one that was made elsewhere', () => {
    const own = { isOwnLetter: true };
    const to = STATES['to be signed'];
    expect(cameTo(to, 'ready', 'sri', { situation: own })).toBe('no_letter');
    expect(cameTo(to, 'sign', 'hadi', { situation: own })).toBe('no_letter');
    expect(cameTo(to, 'ready', 'sri', { situation: own, given: { number: '470/1' } })).toBe('ready');
    expect(cameTo(to, 'ready', 'sri', { situation: { ...own, isIssued: true } })).toBe('ready');
    expect(cameTo(to, 'sign', 'hadi', { situation: { ...own, isIssued: true } })).toBe('signed ready');
    const electronic = { ...own, way: 'electronic', hasPin: true } as const;
    expect(cameTo(to, 'sign', 'hadi', { situation: electronic })).toBe('signed finished');
  });

  test('a deputy’s step says in whose place', () => {
    const deputy = { ...ACTORS.slamet, steps: { sign: { inPlaceOf: HADI } } };
    const decision = decide(STATES['to be signed'], 'sign', deputy, {}, aSituation());
    expect(decision.outcome === 'done' && decision.facts[0]).toEqual({
      kind: 'case_signed',
      officer: SLAMET,
      data: { next: null, in_place_of: HADI, way: 'wet' },
    });
  });

  test('what is only checked stays with whoever checked it, and is then finished, or ready', () => {
    const checking = { situation: { path: CHECKED } };
    expect(cameTo(STATES.open, 'verify', 'sri', checking)).toBe('taken verified');
    const checked = decide(STATES.open, 'verify', ACTORS.sri, {}, aSituation({ path: CHECKED }));
    const after = checked.outcome === 'done' ? checked.facts.reduce<CaseState>(fold, STATES.open) : null;
    expect(after).toMatchObject({ status: 'in_hand', step: null, holder: SRI, doneBy: { verify: SRI } });
    for (const from of [STATES.open, STATES['in hand'], after!]) {
      expect(cameTo(from, 'finish', 'sri', checking)).toMatch(/finished$/u);
      expect(cameTo(from, 'ready', 'sri', checking)).toMatch(/ready$/u);
    }
    // Without any path too.
    expect(cameTo(newState(null), 'finish', 'sri', { situation: { path: [] } })).toBe('taken finished');
  });

  test('a step back goes to whoever did it, one step or more, and never forward', () => {
    const back = (step?: 'verify' | 'initial' | 'sign') =>
      decide(STATES['to be signed'], 'return', ACTORS.hadi, { text: 'Nama keliru', step }, aSituation());
    const after = (step?: 'verify' | 'initial') => {
      const decision = back(step);
      return decision.outcome === 'done'
        ? decision.facts.reduce<CaseState>(fold, STATES['to be signed'])
        : null;
    };
    expect(after()).toMatchObject({
      status: 'signing',
      step: 'initial',
      holder: SLAMET,
      doneBy: { verify: SRI },
    });
    expect(after('verify')).toMatchObject({ status: 'in_hand', step: 'verify', holder: SRI, doneBy: {} });
    expect(back('sign')).toEqual({ outcome: 'not_allowed', reason: 'step' });
    expect(cameTo(STATES['to be signed'], 'return', 'hadi', { situation: { isIssued: true } })).toBe(
      'issued',
    );
  });

  test.each(['refuse', 'forward'] as const)('once a letter is issued nobody may %s', (act) => {
    expect(cameTo(STATES['to be signed'], act, 'hadi', { situation: { isIssued: true } })).toBe('issued');
  });
});

describe('the checklist', () => {
  const asked = (items: string[]) => decide(STATES['in hand'], 'ask', ACTORS.sri, { items }, aSituation());
  const after = (from: CaseState, decision: ReturnType<typeof decide>): CaseState =>
    decision.outcome === 'done' ? decision.facts.reduce<CaseState>(fold, from) : from;

  test('what was asked for is missing until it comes, item by item; words alone answer all', () => {
    const waiting = after(STATES['in hand'], asked(['ktp', 'kk']));
    expect(waiting).toMatchObject({ status: 'asked', missing: ['ktp', 'kk'] });
    const answer = (from: CaseState, items?: string[]) =>
      after(from, decide(from, 'answer', ACTORS.resident, { text: 'Ini', items }, aSituation()));
    expect(answer(waiting, ['ktp'])).toMatchObject({ status: 'asked', missing: ['kk'] });
    expect(answer(answer(waiting, ['ktp']), ['kk'])).toMatchObject({
      status: 'in_hand',
      missing: [],
      holder: SRI,
    });
    expect(answer(waiting)).toMatchObject({ status: 'in_hand', missing: [] });
    // Of what nobody asked for nothing is crossed off, and it counts as words.
    expect(answer(waiting, ['foto'])).toMatchObject({ status: 'in_hand', missing: [] });
  });

  test('whoever checks it in spite of that takes it as complete', () => {
    const waiting = after(STATES['in hand'], asked(['ktp']));
    expect(after(waiting, decide(waiting, 'verify', ACTORS.sri, {}, aSituation()))).toMatchObject({
      status: 'signing',
      missing: [],
    });
  });

  test('a question asked on the way to the signature leads back there', () => {
    const from = STATES['at the secretary'];
    const waiting = after(from, decide(from, 'ask', ACTORS.slamet, { text: 'Nama lengkap?' }, aSituation()));
    expect(waiting).toMatchObject({ status: 'asked', step: 'initial' });
    expect(
      after(waiting, decide(waiting, 'answer', ACTORS.resident, { text: 'Siti' }, aSituation())),
    ).toMatchObject({
      status: 'signing',
      step: 'initial',
      // Whoever gives the initials, and not whoever asked, who may be another head.
      holder: null,
    });
  });
});

describe('opening again', () => {
  test('goes the path anew, from its beginning, in nobody’s hands', () => {
    const decision = decide(STATES.finished, 'reopen', ACTORS.sri, { text: 'Nama salah' }, aSituation());
    expect(decision.outcome === 'done' && decision.facts.reduce<CaseState>(fold, STATES.finished)).toEqual(
      newState('verify'),
    );
  });

  test('by the resident within some days, by an officer at any time, and never what was erased', () => {
    const days = (n: number) => ({ closedAt: new Date(NOW.getTime() - n * 24 * 60 * 60 * 1000) });
    expect(cameTo(STATES.finished, 'reopen', 'resident', { situation: days(REOPEN_DAYS) })).toBe('reopened');
    expect(cameTo(STATES.finished, 'reopen', 'resident', { situation: days(REOPEN_DAYS + 0.01) })).toBe(
      'late',
    );
    expect(cameTo(STATES.finished, 'reopen', 'sri', { situation: days(400) })).toBe('reopened');
    const erased = { service: 'data.hapus', ...days(0) };
    for (const who of ['sri', 'resident'] as const)
      expect(cameTo(STATES.finished, 'reopen', who, { situation: erased })).toBe('status');
    expect(mayReopen({ status: 'finished', ...erased }, NOW)).toBe(false);
  });

  test.each(['wet', 'electronic'] as const)(
    'what lies ready without its letter (%s), since it was withdrawn, is handed out by nobody, and signed again',
    (way) => {
      const situation = { way, isOwnLetter: true };
      const ready = (act: 'reopen' | 'finish', more: Partial<Situation> = {}) =>
        cameTo(STATES.ready, act, 'sri', { situation: { ...situation, ...more } });
      expect([ready('reopen'), ready('finish')]).toEqual(['reopened', 'no_letter']);
      for (const more of [{ isIssued: true }, { isMadeElsewhere: true }, { isOwnLetter: false }])
        expect([ready('reopen', more), ready('finish', more)]).toEqual(['status', 'finished']);
      expect(cameTo(STATES.ready, 'reopen', 'resident', { situation })).toBe('status');
    },
  );

  test('with a letter that is replaced goes back: on paper to its signature alone, electronically to the beginning', () => {
    const back = (way: 'wet' | 'electronic') => {
      const decision = decide(
        STATES.ready,
        'reopen',
        ACTORS.slamet,
        { text: 'Nama salah' },
        aSituation({ way, isOwnLetter: true, isReplacing: true }),
      );
      return decision.outcome === 'done' ? decision.facts.reduce<CaseState>(fold, STATES.ready) : null;
    };
    const checked = { verify: SRI, initial: SLAMET };
    expect(back('wet')).toMatchObject({ status: 'signing', step: 'sign', doneBy: checked, holder: null });
    expect(back('wet')!.doneBy).toEqual(checked);
    expect(back('electronic')).toMatchObject({ status: 'open', step: 'verify', doneBy: {}, holder: null });
  });

  test('what was opened again may go a step back, though its letter of before stands until the next is signed', () => {
    const back = (way: 'wet' | 'electronic') =>
      cameTo(STATES['to be signed'], 'return', 'hadi', {
        given: { text: 'Nama salah' },
        situation: { way, isIssued: true },
      });
    expect(back('electronic')).toBe('returned');
    // On paper that is the very letter that waits to be signed.
    expect(back('wet')).toBe('issued');
  });

  test('taking back is the resident’s while nothing was issued', () => {
    for (const from of ['open', 'in hand', 'asked', 'to be initialled', 'to be signed'] as const)
      expect(cameTo(STATES[from], 'cancel', 'resident')).toBe('cancelled');
    expect(cameTo(STATES['to be signed'], 'cancel', 'resident', { situation: { isIssued: true } })).toBe(
      'issued',
    );
  });
});

describe('two cases that are one', () => {
  const other = GIVEN.other!;
  test('are of the same service, both open, and neither sealed', () => {
    const merged = (more: object, situation = {}) =>
      cameTo(STATES.open, 'merge', 'sri', { given: { other: { ...other, ...more } }, situation });
    expect(merged({})).toBe('merged');
    expect(merged({ isOpen: false })).toBe('not_there');
    expect(merged({ service: 'sktm' })).toBe('not_there');
    expect(merged({ isSealed: true })).toBe('not_there');
    expect(merged({}, { isSealed: true })).toBe('not_there');
    expect(merged({ residentId: 'tono' })).toBe('merged');
    expect(merged({ residentId: 'tono' }, { isConfidential: true })).toBe('not_there');
    expect(merged({}, { isConfidential: true })).toBe('merged');
    expect(merged({ residentId: 'tono', isConfidential: true })).toBe('not_there');
    expect(cameTo(STATES.open, 'merge', 'sri', { given: { other: null } })).toBe('not_there');
  });

  test('is named in the history of another only where both are as shut', () => {
    const { other } = GIVEN;
    const related = (more: object, situation: object = {}) =>
      cameTo(STATES.open, 'relate', 'sri', { given: { other: { ...other!, ...more } }, situation });
    const [sealed, confidential] = [{ isSealed: true, isConfidential: true }, { isConfidential: true }];
    expect(related({})).toBe('related');
    expect(related(sealed)).toBe('shut');
    expect(related({}, sealed)).toBe('shut');
    expect(related(confidential)).toBe('shut');
    expect(related({}, confidential)).toBe('shut');
    expect(related(sealed, confidential)).toBe('shut');
    expect(related(confidential, confidential)).toBe('related');
    expect(related(sealed, sealed)).toBe('related');
  });

  test('what was merged is closed, and is not opened again by itself', () => {
    const decision = decide(STATES.open, 'merge', ACTORS.sri, GIVEN, aSituation());
    const after = decision.outcome === 'done' ? decision.facts.reduce<CaseState>(fold, STATES.open) : null;
    expect(after).toMatchObject({ status: 'cancelled', isMerged: true });
    expect(cameTo(after!, 'reopen', 'sri')).toBe('status');
  });
});

describe('undoing', () => {
  const last = (kinds: CaseFactKind[], more: Partial<LastAct> = {}): LastAct => ({
    officerId: SRI.id,
    officerName: SRI.name,
    at: new Date(NOW.getTime() - 60 * 1000),
    kinds,
    numbers: [3],
    stands: false,
    before: STATES['in hand'],
    ...more,
  });
  const undo = (act: LastAct | null, situation = {}) =>
    cameTo(STATES['to be initialled'], 'undo', 'sri', { situation: { last: act, ...situation } });

  test('puts back what was before, words and all', () => {
    const before: CaseState = { ...STATES.asked, missing: ['ktp'] };
    const decision = decide(
      STATES['to be initialled'],
      'undo',
      ACTORS.sri,
      {},
      aSituation({ last: last(['case_verified'], { before }) }),
    );
    expect(
      decision.outcome === 'done' && decision.facts.reduce<CaseState>(fold, STATES['to be initialled']),
    ).toEqual(before);
  });

  test('is for one’s own last act, for some minutes', () => {
    expect(undo(last(['case_verified']))).toBe('undone');
    expect(undo(null)).toBe('status');
    expect(undo(last(['case_verified'], { officerId: ANI.id, officerName: ANI.name }))).toBe('lost');
    expect(undo(last(['case_answered'], { officerId: null, officerName: null }))).toBe('not_yours');
    const at = (minutes: number) => new Date(NOW.getTime() - minutes * 60 * 1000);
    expect(undo(last(['case_verified'], { at: at(UNDO_MINUTES) }))).toBe('undone');
    expect(undo(last(['case_verified'], { at: at(UNDO_MINUTES + 0.1) }))).toBe('late');
  });

  test('is for what can be taken back: no letter, no erasure', () => {
    expect(undo(last(['case_signed', 'case_finished'], { stands: true }))).toBe('issued');
    expect(undo(last(['case_signed', 'case_ready']), { isIssued: true })).toBe('issued');
    expect(undo(last(['case_finished']), { service: 'data.hapus' })).toBe('issued');
    // Handing out is no issuing.
    expect(undo(last(['case_finished']), { isIssued: true })).toBe('undone');
    expect(undo(last(['case_undone']))).toBe('status');
  });
});

describe('the class of a complaint', () => {
  const set = (from: StateName, who: Who, given: Given = { class: 'investigated', text: 'Ada kuitansi.' }) =>
    decide(STATES[from], 'classify', ACTORS[who], given, aSituation({ isComplaint: true }));

  test('is set by who has it, by anybody of the desk where nobody has, with its reason; nothing else changes', () => {
    for (const [from, who] of [
      ['open', 'ani'],
      ['in hand', 'sri'],
      ['asked', 'sri'],
      ['in hand', 'slamet'],
    ] as const)
      expect(set(from, who)).toMatchObject({
        outcome: 'done',
        facts: [{ kind: 'case_classified', data: { class: 'investigated', text: 'Ada kuitansi.' } }],
      });
    expect(set('in hand', 'ani')).toMatchObject({ outcome: 'lost' });
    expect(set('finished', 'sri')).toEqual({ outcome: 'not_allowed', reason: 'status' });
    expect(set('open', 'kader')).toEqual({ outcome: 'not_allowed', reason: 'role' });
  });

  test('wants a class that there is, and a reason', () => {
    expect(set('open', 'sri', { class: null, text: 'x' })).toEqual({
      outcome: 'not_allowed',
      reason: 'not_there',
    });
    expect(set('open', 'sri', { class: 'light', text: ' ' })).toEqual({
      outcome: 'not_allowed',
      reason: 'no_words',
    });
  });
});

test('what is possible is what would change something, in the order of the acts', () => {
  const possible = (from: StateName, who: Who) => possibleActs(STATES[from], ACTORS[who], aSituation());
  expect(possible('open', 'sri')).toEqual([
    'take',
    'give',
    'ask',
    'note',
    'verify',
    'refuse',
    'forward',
    'merge',
    'relate',
  ]);
  expect(possible('to be signed', 'hadi')).toContain('sign');
  expect(possible('to be initialled', 'hadi')).not.toContain('sign');
  expect(possible('in hand', 'kader')).toEqual([]);
});
