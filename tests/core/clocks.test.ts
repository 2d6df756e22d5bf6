import { describe, expect, test } from 'vitest';
import type { CaseFactKind } from '../../src/core/cases.js';
import { clocksOf, complaintClass, factOf, isBeyond } from '../../src/core/clocks.js';
import type { ClockedCase, ClockFact, Rung } from '../../src/core/clocks.js';
import type { JsonObject } from '../../src/core/json.js';
import type { WorkingHours } from '../../src/core/workingTime.js';

/** Eight hours on each working day; Monday 17 August is off. */
const HOURS: WorkingHours = {
  zone: 'Asia/Jakarta',
  spans: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens: '08:00', closes: '16:00' })),
  holidays: new Set(['2026-08-17']),
};
/** August 2026: the 10th is a Monday. */
const at = (time: string) => new Date(`2026-08-${time.replace(' ', 'T')}:00+07:00`);
const sri = { id: 'sri', name: 'Bu Sri' };

function facts(...list: [string, CaseFactKind, JsonObject?][]): ClockFact[] {
  return list.map(([time, kind, data = {}], n) => ({
    kind,
    number: n + 1,
    at: at(time),
    officer: kind === 'case_opened' || kind === 'case_answered' ? null : sri,
    data,
  }));
}

function aCase(history: ClockFact[], more: Partial<ClockedCase> = {}): ClockedCase {
  const service = { kind: 'letter' as const, promise_hours: 8 };
  return { facts: history, service, hours: HOURS, outages: [], escalates: false, hasChat: true, ...more };
}

const marks = (one: ClockedCase) => clocksOf(one).marks.map(({ rung, at: when }) => [rung, when]);
const opened: [string, CaseFactKind] = ['10 08:00', 'case_opened'];

describe('a case that nobody opened', () => {
  test('comes to each rung by working time; its promise goes before the rung of that moment', () => {
    expect(marks(aCase(facts(opened)))).toEqual([
      ['remind', at('10 10:00')],
      ['sekretaris', at('10 12:00')],
      ['due', at('10 16:00')],
      ['kepala_desa', at('10 16:00')],
    ]);
  });

  test('goes beyond the village only where it opted in', () => {
    const rungs = clocksOf(aCase(facts(opened), { escalates: true })).marks;
    expect(rungs.filter(({ rung }) => isBeyond(rung)).map(({ at: when }) => when)).toEqual([
      at('11 16:00'),
      at('12 16:00'),
    ]);
  });

  test('from Friday afternoon goes on after the weekend and the holiday', () => {
    expect(marks(aCase(facts(['14 15:00', 'case_opened']))).slice(0, 2)).toEqual([
      ['remind', at('18 09:00')],
      ['sekretaris', at('18 11:00')],
    ]);
  });

  test('is not told again of a rung that it came to', () => {
    const told = facts(opened, ['10 10:00', 'case_reminded', { rung: 'remind', since: 1 }]);
    expect(marks(aCase(told))[0]).toEqual(['sekretaris', at('10 12:00')]);
  });

  test('begins anew when it is opened again, and waits while somebody has it', () => {
    const told = { rung: 'remind', since: 1 };
    const again = facts(
      opened,
      ['10 10:00', 'case_reminded', told],
      ['10 11:00', 'case_finished'],
      ['12 09:00', 'case_reopened'],
    );
    expect(clocksOf(aCase(again)).marks[0]).toEqual({ rung: 'remind', since: 4, at: at('12 11:00') });
    const held = facts(opened, ['10 09:00', 'case_taken'], ['11 09:00', 'case_released']);
    expect(marks(aCase(held))[0]).toEqual(['due', at('10 16:00')]);
    expect(marks(aCase(held))[1]).toEqual(['remind', at('11 10:00')]);
    const taken = facts(opened, ['10 09:00', 'case_taken']);
    expect(marks(aCase(taken))).toEqual([['due', at('10 16:00')]]);
  });
});

describe('a promise', () => {
  test('that was missed and told, then put off and told anew, is missed anew', () => {
    const late: [string, CaseFactKind, JsonObject?][] = [
      opened,
      ['10 09:00', 'case_taken'],
      ['10 16:00', 'case_escalated', { rung: 'due', since: 1 }],
    ];
    const outages = [{ kind: 'power' as const, from: at('10 08:00'), to: at('11 10:00') }];
    expect(marks(aCase(facts(...late), { outages })).map(([rung]) => rung)).toEqual(['postponed']);
    const put = facts(...late, ['11 10:00', 'case_reminded', { rung: 'postponed', since: 1, days: 1.25 }]);
    expect(clocksOf(aCase(put, { outages })).marks).toEqual([{ rung: 'due', since: 4, at: at('12 10:00') }]);
  });

  test('stands still while the resident is asked, and in outages, which may overlap', () => {
    const asked = facts(opened, ['10 09:00', 'case_taken'], ['10 10:00', 'case_asked']);
    expect(clocksOf(aCase(asked))).toMatchObject({ due: null, pausedAt: at('10 10:00') });
    // What waits for the resident is said to them alone.
    expect(marks(aCase(asked))).toEqual([
      ['asked_2', at('12 10:00')],
      ['asked_7', at('18 08:00')],
    ]);
    const answered = [...asked, { ...facts(['10 14:00', 'case_answered'])[0]!, number: 4 }];
    const outages = [{ kind: 'power' as const, from: at('10 13:00'), to: at('10 15:00') }];
    expect(clocksOf(aCase(answered, { outages }))).toMatchObject({ due: at('11 13:00'), pausedAt: null });
  });

  test('of which only some items were answered goes on standing still', () => {
    const partly = facts(
      opened,
      ['10 10:00', 'case_asked', { items: ['ktp', 'kk'] }],
      ['10 12:00', 'case_answered', { items: ['ktp'] }],
    );
    expect(clocksOf(aCase(partly))).toMatchObject({ due: null, pausedAt: at('10 10:00') });
  });

  test('is none where the service makes none, or the office never opens', () => {
    const none = { kind: 'referral' as const, promise_hours: null };
    expect(clocksOf(aCase(facts(opened), { service: none })).due).toBeNull();
    const never = { ...HOURS, spans: [] };
    expect(clocksOf(aCase(facts(opened), { hours: never }))).toMatchObject({ due: null, marks: [] });
  });

  test('of a right runs by the calendar, whatever the office does, and is told of before it ends', () => {
    const right = { kind: 'rights' as const, promise_hours: null, calendar_hours: 72 };
    const asked = facts(['14 10:00', 'case_opened'], ['14 11:00', 'case_asked']);
    expect(marks(aCase(asked, { service: right }))).toEqual([
      ['calendar_24', at('16 10:00')],
      ['calendar_6', at('17 04:00')],
      ['due', at('17 10:00')],
      ['asked_2', at('18 08:00')],
      ['asked_7', at('21 11:00')],
    ]);
  });
});

describe('a complaint', () => {
  const complaint = (complaint_class?: 'light' | 'investigated') => ({
    kind: 'complaint' as const,
    promise_hours: null,
    complaint_class,
  });
  const only = (one: ClockedCase) =>
    marks(one).filter(([rung]) => ['verify', 'answer', 'resolve'].includes(rung as Rung));

  test('is looked into within three working days and answered within five', () => {
    expect(only(aCase(facts(opened), { service: complaint() }))).toEqual([
      ['verify', at('12 16:00')],
      ['answer', at('14 16:00')],
    ]);
  });

  test('is answered where an officer wrote to its resident since it was opened', () => {
    const wrote = (when: Date) => aCase(facts(opened), { service: complaint(), writtenTo: when });
    expect(only(wrote(at('11 09:00'))).map(([rung]) => rung)).toEqual(['verify']);
    expect(only(wrote(at('09 09:00'))).map(([rung]) => rung)).toEqual(['verify', 'answer']);
  });

  test('ends by its class from its check on: light 2, unless it says else 14', () => {
    const checked = facts(opened, ['11 08:00', 'case_taken'], ['11 08:00', 'case_verified', { next: null }]);
    expect(only(aCase(checked, { service: complaint('light') }))).toEqual([
      ['resolve', at('12 16:00')],
      ['answer', at('14 16:00')],
    ]);
    expect(only(aCase(checked, { service: complaint() }))[1]).toEqual(['resolve', at('31 16:00')]);
  });

  test('takes the class that its check found', () => {
    const checked = facts(opened, ['11 08:00', 'case_verified', { next: null, class: 'normative' }]);
    expect(only(aCase(checked, { service: complaint('investigated') }))).toContainEqual([
      'resolve',
      at('18 16:00'),
    ]);
  });

  test('takes the class that somebody set on it, before its check or after, and keeps it when it is opened again', () => {
    const set = { class: 'normative', text: 'Soal jam buka.' };
    const resolve = ['resolve', at('18 16:00')];
    const service = complaint('investigated');
    const before = facts(
      opened,
      ['11 07:50', 'case_classified', set],
      ['11 08:00', 'case_verified', { next: null }],
    );
    const after = facts(
      opened,
      ['11 08:00', 'case_verified', { next: null }],
      ['11 09:00', 'case_classified', set],
    );
    for (const one of [before, after]) {
      expect(only(aCase(one, { service }))).toContainEqual(resolve);
      expect(complaintClass(one, service)).toBe('normative');
    }
    expect(complaintClass(facts(opened), service)).toBe('investigated');
    const again = facts(
      opened,
      ['10 09:00', 'case_classified', set],
      ['10 10:00', 'case_finished'],
      ['10 11:00', 'case_reopened'],
      ['11 08:00', 'case_verified', { next: null }],
    );
    expect(only(aCase(again, { service }))).toContainEqual(resolve);
  });

  test('whose check, or question, was undone is as before', () => {
    const back = { status: 'in_hand', step: null, holder: sri, done_by: {}, missing: [], is_merged: false };
    const undo: JsonObject = { numbers: [3], back };
    const service = complaint('investigated');
    const taken = facts(opened, ['11 08:00', 'case_taken']);
    for (const done of ['case_verified', 'case_asked'] as const) {
      const history = facts(
        opened,
        ['11 08:00', 'case_taken'],
        ['11 09:00', done, { next: null, class: 'light' }],
        ['11 09:05', 'case_undone', undo],
      );
      // The five minutes in which the question stood were no office's: its clocks rested for them.
      expect(only(aCase(history, { service }))).toEqual(
        done === 'case_asked'
          ? [
              ['verify', at('13 08:05')],
              ['answer', at('18 08:05')],
            ]
          : only(aCase(taken, { service })),
      );
      expect(complaintClass(history, service)).toBe('investigated');
    }
  });

  test('of which its author is asked was looked into and answered', () => {
    const asked = facts(opened, ['10 09:00', 'case_asked'], ['10 10:00', 'case_answered']);
    expect(only(aCase(asked, { service: complaint() })).map(([rung]) => rung)).toEqual(['resolve']);
  });
});

describe('a letter on its way through the office', () => {
  const verified = facts(
    opened,
    ['10 09:00', 'case_taken'],
    ['10 10:00', 'case_verified', { next: 'initial' }],
  );

  test('waits for initials, then for a signature, each with a clock of its own', () => {
    expect(marks(aCase(verified))).toEqual([
      ['initial', at('10 14:00')],
      ['due', at('10 16:00')],
      ['initial_late', at('11 10:00')],
    ]);
    const initialled = [
      ...verified,
      { ...facts(['10 11:00', 'case_initialled', { next: 'sign' }])[0]!, number: 4 },
    ];
    expect(clocksOf(aCase(initialled)).marks[0]).toEqual({ rung: 'sign', since: 4, at: at('10 15:00') });
  });

  test('that lies ready is reminded of when the office opens, and is late no more', () => {
    const ready = facts(opened, ['13 09:00', 'case_taken'], ['13 10:00', 'case_ready']);
    expect(marks(aCase(ready))).toEqual([
      ['pickup_3', at('18 08:00')],
      ['pickup_10', at('24 08:00')],
      ['pickup_last', new Date('2026-09-14T01:00:00Z')],
    ]);
    expect(marks(aCase(ready, { hasChat: false }))).toEqual([]);
  });

  test('that is closed has no clock', () => {
    const closed = [...verified, { ...facts(['10 11:00', 'case_refused'])[0]!, number: 4 }];
    expect(clocksOf(aCase(closed)).marks).toEqual([]);
  });
});

test('reminders are told apart from what goes up', () => {
  expect((['remind', 'sign', 'pickup_3', 'calendar_6'] as const).map(factOf)).toEqual(
    Array(4).fill('case_reminded'),
  );
  expect((['sekretaris', 'due', 'sign_late', 'dinas'] as const).map(factOf)).toEqual(
    Array(4).fill('case_escalated'),
  );
});

test('a history that does not begin with its opening is refused', () => {
  expect(() => clocksOf(aCase(facts(['10 08:00', 'case_taken'])))).toThrow(RangeError);
});
