import { describe, expect, test } from 'vitest';
import {
  dayEndedBefore,
  dayEndsNext,
  describeHours,
  describeToday,
  dueAfter,
  dueAt,
  groupHours,
  isOpen,
  opensNext,
  workedBetween,
} from '../../src/core/workingTime.js';
import type { WorkingHours } from '../../src/core/workingTime.js';

/** Monday to Thursday with a break at noon, Friday without, as many villages have it. */
const HOURS: WorkingHours = {
  zone: 'Asia/Jakarta',
  spans: [
    ...[1, 2, 3, 4].flatMap((weekday) => [
      { weekday, opens: '13:00:00', closes: '15:30:00' },
      { weekday, opens: '07:30:00', closes: '12:00:00' },
    ]),
    { weekday: 5, opens: '07:00:00', closes: '14:30:00' },
  ],
  holidays: new Set(['2026-08-17']),
};
const NEVER: WorkingHours = { zone: 'Asia/Jakarta', spans: [], holidays: new Set() };

/** A moment of the village's clock. August 2026: the 10th is a Monday, the 17th a holiday and a Monday. */
function at(time: string): Date {
  return new Date(`2026-08-${time.replace(' ', 'T')}:00+07:00`);
}

describe('isOpen', () => {
  test.each([
    ['10 07:29', false],
    ['10 07:30', true],
    ['10 11:59', true],
    ['10 12:00', false],
    ['10 12:30', false],
    ['10 13:00', true],
    ['10 15:30', false],
    ['14 14:29', true],
    ['14 14:30', false],
    ['15 09:00', false],
    ['17 09:00', false],
    ['18 09:00', true],
  ])('on %s is %s', (time, expected) => {
    expect(isOpen(HOURS, at(time))).toBe(expected);
  });

  test('reads the hours in the village’s own zone', () => {
    const moment = new Date('2026-08-10T00:45:00Z');
    expect(isOpen(HOURS, moment)).toBe(true);
    expect(isOpen({ ...HOURS, zone: 'Asia/Jayapura' }, moment)).toBe(true);
    expect(isOpen({ ...HOURS, zone: 'Europe/Berlin' }, moment)).toBe(false);
  });

  test('without any hours is never', () => {
    expect(isOpen(NEVER, at('10 09:00'))).toBe(false);
  });
});

describe('opensNext', () => {
  test.each([
    ['10 06:00', '10 07:30'],
    ['10 09:00', '10 09:00'],
    ['10 12:10', '10 13:00'],
    ['10 16:00', '11 07:30'],
    ['14 15:00', '18 07:30'],
    ['16 12:00', '18 07:30'],
  ])('from %s is %s', (time, expected) => {
    expect(opensNext(HOURS, at(time))).toEqual(at(expected));
  });

  test('without any hours is unknown', () => {
    expect(opensNext(NEVER, at('10 09:00'))).toBeNull();
  });
});

describe('dueAt', () => {
  test.each([
    ['within a span', '10 08:00', 2, '10 10:00'],
    ['at the very end of a span', '10 08:00', 4, '10 12:00'],
    ['over the break', '10 11:00', 2, '10 14:00'],
    ['over the night', '10 15:00', 1, '11 08:00'],
    ['before the office opens', '10 03:00', 1, '10 08:30'],
    ['in the break', '10 12:15', 1, '10 14:00'],
    ['on Friday afternoon, over the weekend and the holiday', '14 14:00', 1, '18 08:00'],
    ['on a Saturday', '15 10:00', 7, '18 15:30'],
    ['on the holiday', '17 09:00', 1, '18 08:30'],
    ['a whole working day from the morning', '11 07:30', 7, '11 15:30'],
    ['eight hours from Monday noon', '10 12:00', 8, '11 14:00'],
    ['half an hour', '10 11:45', 0.5, '10 13:15'],
    ['nothing', '10 09:00', 0, '10 09:00'],
  ])('%s', (_, from, hours, expected) => {
    expect(dueAt(HOURS, at(from), hours)).toEqual(at(expected));
  });

  test('an office that never opens promises nothing', () => {
    expect(dueAt(NEVER, at('10 09:00'), 8)).toBeNull();
  });

  test('an office whose every day is a holiday promises nothing', () => {
    const days = Array.from({ length: 500 }, (_, n) =>
      new Date(Date.UTC(2026, 7, 1 + n)).toISOString().slice(0, 10),
    );
    expect(dueAt({ ...HOURS, holidays: new Set(days) }, at('10 09:00'), 8)).toBeNull();
  });

  test('a change of the clock lengthens no working day', () => {
    const berlin: WorkingHours = {
      zone: 'Europe/Berlin',
      spans: [{ weekday: 7, opens: '08:00', closes: '16:00' }],
      holidays: new Set(),
    };
    // Clocks go back on Sunday 25 October 2026.
    expect(dueAt(berlin, new Date('2026-10-25T00:00:00+02:00'), 8)).toEqual(
      new Date('2026-10-25T16:00:00+01:00'),
    );
  });
});

describe('hours in words', () => {
  test('days with the same hours are told together, closed days are left out', () => {
    expect(groupHours(HOURS)).toEqual([
      {
        from: 1,
        to: 4,
        spans: [
          { opens: '07:30', closes: '12:00' },
          { opens: '13:00', closes: '15:30' },
        ],
      },
      { from: 5, to: 5, spans: [{ opens: '07:00', closes: '14:30' }] },
    ]);
  });

  test.each([
    ['id', 'Senin–Kamis 07.30–12.00, 13.00–15.30; Jumat 07.00–14.30'],
    ['osi', 'Senin–Kamis 07.30–12.00, 13.00–15.30; Jumat 07.00–14.30'],
    ['en', 'Monday–Thursday 07:30–12:00, 13:00–15:30; Friday 07:00–14:30'],
  ])('in %s', (language, line) => {
    expect(describeHours(HOURS, language)).toBe(line);
  });

  test('a day between that is closed breaks the row', () => {
    const spans = [1, 3].map((weekday) => ({ weekday, opens: '08:00', closes: '12:00' }));
    expect(describeHours({ ...HOURS, spans }, 'id')).toBe('Senin 08.00–12.00; Rabu 08.00–12.00');
    expect(describeHours(NEVER, 'id')).toBe('');
  });
});

describe('the hours of a day', () => {
  test.each([
    ['2026-08-18T01:00:00Z', 'id', '07.30–12.00, 13.00–15.30'],
    ['2026-08-18T01:00:00Z', 'en', '07:30–12:00, 13:00–15:30'],
    // A holiday, and a Sunday that has begun in the village but not in London.
    ['2026-08-17T01:00:00Z', 'id', ''],
    ['2026-08-22T18:00:00Z', 'id', ''],
  ])('at %s in %s', (at, language, line) => {
    expect(describeToday(HOURS, new Date(at), language)).toBe(line);
  });
});

/** Ramadan of an invented year, 18 August to 16 September: shorter days, and a Saturday the usual week has not. */
const FASTING: WorkingHours = {
  ...HOURS,
  spans: [
    ...HOURS.spans,
    ...[1, 2, 3, 4, 6].map((weekday) => ({
      weekday,
      opens: '08:00',
      closes: '12:00',
      fromDay: '2026-08-18',
      toDay: '2026-09-16',
      name: 'Ramadan',
    })),
  ],
};

describe('hours that hold for some days only', () => {
  test.each([
    ['14 14:00', true],
    ['18 07:45', false],
    ['18 08:30', true],
    ['18 13:30', false],
    ['21 09:00', false],
    ['22 09:00', true],
  ])('replace the usual ones of these days: open on %s is %s', (time, expected) => {
    expect(isOpen(FASTING, at(time))).toBe(expected);
  });

  test('a promise goes on by them: 8 hours from Friday 13:30 are over on the Wednesday after the next', () => {
    // One hour on Friday, Monday off, four hours on Tuesday and three on Wednesday.
    expect(dueAt(FASTING, at('14 13:30'), 8)).toEqual(at('19 11:00'));
  });

  test('a day off stays one, and the first opening is theirs', () => {
    expect(opensNext(FASTING, at('14 15:00'))).toEqual(at('18 08:00'));
  });

  test('are what a resident reads while they hold, with their days; before, the usual ones', () => {
    expect(describeHours(FASTING, 'id', at('18 09:00'))).toBe(
      'Senin–Kamis 08.00–12.00; Sabtu 08.00–12.00 (Ramadan, 18 Agustus – 16 September 2026)',
    );
    expect(describeHours(FASTING, 'en', at('18 09:00'))).toContain(
      '(Ramadan, August 18 – September 16, 2026)',
    );
    expect(describeHours(FASTING, 'id', at('14 09:00'))).toBe(
      'Senin–Kamis 07.30–12.00, 13.00–15.30; Jumat 07.00–14.30',
    );
    expect(describeToday(FASTING, at('19 09:00'), 'id')).toBe('08.00–12.00');
    expect(describeToday(FASTING, at('21 09:00'), 'id')).toBe('');
  });

  test('of two sets the village’s own counts, then the one that begins later', () => {
    const set = (opens: string, fromDay: string, isOwn: boolean) => ({
      weekday: 2,
      opens,
      closes: '16:00',
      fromDay,
      toDay: '2026-08-30',
      isOwn,
    });
    const both = { ...HOURS, spans: [set('09:00', '2026-08-10', true), set('10:00', '2026-08-17', false)] };
    expect(opensNext(both, at('18 00:00'))).toEqual(at('18 09:00'));
    const later = { ...HOURS, spans: [set('09:00', '2026-08-10', false), set('10:00', '2026-08-17', false)] };
    expect(opensNext(later, at('18 00:00'))).toEqual(at('18 10:00'));
  });
});

describe('dueAfter', () => {
  test('counts a working day by its own length: from Thursday noon to Friday’s middle', () => {
    // Thursday 10:15 leaves 4.25 of 7 hours; the other 2.75/7 of Friday’s 7.5 hours are over at 09:56:47.
    expect(dueAfter(HOURS, at('13 07:30'), { days: 1 })).toEqual(at('13 15:30'));
    expect(dueAfter(HOURS, at('13 15:30'), { days: 1 })).toEqual(at('14 14:30'));
    expect(dueAfter(HOURS, at('13 10:15'), { days: 1 })!.toISOString()).toBe('2026-08-14T02:56:47.143Z');
  });

  test('holidays and closed days are no working days', () => {
    expect(dueAfter(HOURS, at('14 14:30'), { days: 3 })).toEqual(at('20 15:30'));
  });

  test('stands still during pauses, also such that overlap, begin before it or lie outside the hours', () => {
    const pauses = [
      { from: at('10 06:00'), to: at('10 08:30') },
      { from: at('10 08:00'), to: at('10 09:00') },
      { from: at('10 12:00'), to: at('10 13:00') },
      { from: at('10 20:00'), to: at('11 08:00') },
    ];
    // 3 hours before noon, 2.5 after, 2.5 on Tuesday from 08:00.
    expect(dueAfter(HOURS, at('10 07:30'), { hours: 8 }, pauses)).toEqual(at('11 10:30'));
  });

  test('is not known while a pause goes on, but for what was over before it', () => {
    const going = [{ from: at('10 10:00'), to: null }];
    expect(dueAfter(HOURS, at('10 08:00'), { hours: 1 }, going)).toEqual(at('10 09:00'));
    expect(dueAfter(HOURS, at('10 08:00'), { hours: 3 }, going)).toBeNull();
  });
});

describe('workedBetween', () => {
  test('leaves out breaks, nights, holidays and pauses', () => {
    expect(workedBetween(HOURS, at('14 13:30'), at('18 08:30'))).toEqual({
      ms: 2 * 3600_000,
      days: 1 / 7.5 + 1 / 7,
    });
    expect(
      workedBetween(HOURS, at('10 07:30'), at('10 15:30'), [{ from: at('10 10:00'), to: null }]).ms,
    ).toBe(2.5 * 3600_000);
  });

  test('of moments in the wrong order is nothing', () => {
    expect(workedBetween(HOURS, at('11 10:00'), at('10 10:00'))).toEqual({ ms: 0, days: 0 });
  });

  test.each([1, 2.5, 8, 16, 40, 111])('is what dueAfter waited for: %s hours', (hours) => {
    const from = at('12 09:10');
    expect(workedBetween(FASTING, from, dueAfter(FASTING, from, { hours })!).ms).toBe(hours * 3600_000);
    expect(workedBetween(FASTING, from, dueAfter(FASTING, from, { days: hours })!).days).toBeCloseTo(
      hours,
      4,
    );
  });
});

test('a working day ends with its last span, and the next one after it', () => {
  expect(dayEndsNext(HOURS, at('10 12:30'))).toEqual(at('10 15:30'));
  expect(dayEndsNext(HOURS, at('14 14:30'))).toEqual(at('18 15:30'));
  expect(dayEndsNext(NEVER, at('10 12:30'))).toBeNull();
  expect(dayEndedBefore(HOURS, at('11 15:30'))).toEqual(at('10 15:30'));
  expect(dayEndedBefore(HOURS, at('18 15:30'))).toEqual(at('14 14:30'));
  expect(dayEndedBefore(HOURS, at('18 15:31'))).toEqual(at('18 15:30'));
  expect(dayEndedBefore(NEVER, at('10 12:30'))).toBeNull();
});
