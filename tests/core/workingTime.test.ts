import { describe, expect, test } from 'vitest';
import {
  describeHours,
  describeToday,
  dueAt,
  groupHours,
  isOpen,
  opensNext,
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
