import { describe, expect, test } from 'vitest';
import { fold, NOTICE_OF } from '../../src/core/cases.js';
import type { CaseFact, CaseFactKind, CaseState, CaseStatus } from '../../src/core/cases.js';
import { SLAMET, SRI, STATES } from './acts.js';

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
    expect(fold(STATES.asked, happened('case_taken', SLAMET))).toMatchObject({
      status: 'asked',
      holder: SLAMET,
    });
  });

  // What an RT head, the person helped or the register says of who it is, is for the office alone.
  test('every fact is told but what is the office’s own business, or told by others', () => {
    const silent = Object.entries(NOTICE_OF).filter(([, notice]) => notice === null);
    expect(silent.map(([kind]) => kind).toSorted()).toEqual([
      'case_agreed',
      'case_classified',
      'case_escalated',
      'case_given',
      'case_initialled',
      'case_introduced',
      'case_matched',
      'case_noted',
      'case_opened',
      'case_rated',
      'case_related',
      'case_released',
      'case_reminded',
      'case_returned',
      'case_signed',
    ]);
  });
});
