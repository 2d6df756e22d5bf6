import { describe, expect, test } from 'vitest';
import { afterQuiet, isQuiet, tellingOf, urgencyOf, type Rhythm } from '../../src/core/pace.js';
import type { WorkingHours } from '../../src/core/workingTime.js';

/** Monday to Thursday 07:30–12:00 and 13:00–15:30, Friday 07:00–14:30; 2026-11-27 is a Friday. */
const hours: WorkingHours = {
  zone: 'Asia/Jakarta',
  spans: [
    ...[1, 2, 3, 4].flatMap((weekday) => [
      { weekday, opens: '07:30', closes: '12:00' },
      { weekday, opens: '13:00', closes: '15:30' },
    ]),
    { weekday: 5, opens: '07:00', closes: '14:30' },
  ],
  holidays: new Set(['2026-12-25']),
};
const at = (local: string) => new Date(`${local}+07:00`);
const local = (date: Date) => new Date(date.getTime() + 7 * 3_600_000).toISOString().slice(0, 16);
const rhythm = (more: Partial<Rhythm> = {}): Rhythm => ({
  pace: 'board',
  quiet: { from: '20:00', until: '06:00' },
  hasBoard: true,
  hours,
  ...more,
});
function told(
  urgency: Parameters<typeof tellingOf>[0],
  now: string,
  more: Partial<Rhythm> = {},
  isCase = true,
) {
  const telling = tellingOf(urgency, isCase, rhythm(more), at(now));
  return 'at' in telling ? `${telling.how} ${local(telling.at)}` : telling.how;
}

describe('what an officer is told', () => {
  test.each([
    ['board', '2026-11-26T09:10', 'board 2026-11-27T07:00'],
    ['board', '2026-11-27T16:00', 'board 2026-11-30T07:30'],
    ['board', '2026-11-26T05:00', 'board 2026-11-26T07:30'],
    ['morning', '2026-11-26T09:10', 'digest 2026-11-27T07:00'],
    ['morning', '2026-12-24T09:10', 'digest 2026-12-28T07:30'],
    ['hourly', '2026-11-26T09:10', 'digest 2026-11-26T10:00'],
    // The break passes, and the office closes.
    ['hourly', '2026-11-26T11:20', 'digest 2026-11-26T13:00'],
    ['hourly', '2026-11-26T14:59', 'digest 2026-11-26T15:00'],
    ['hourly', '2026-11-26T15:00', 'digest 2026-11-27T07:00'],
    ['hourly', '2026-11-27T22:00', 'digest 2026-11-30T07:30'],
    ['immediate', '2026-11-26T09:10', 'now'],
    ['immediate', '2026-11-26T21:00', 'at 2026-11-27T06:00'],
    ['immediate', '2026-11-27T02:00', 'at 2026-11-27T06:00'],
    ['console', '2026-11-26T09:10', 'never'],
  ] as const)('of everyday work, with the pace %s at %s: %s', (pace, now, expected) => {
    expect(told('routine', now, { pace })).toBe(expected);
  });

  test('by a chat that cannot edit, "board" means by the hour', () => {
    expect(told('routine', '2026-11-26T09:10', { hasBoard: false })).toBe('digest 2026-11-26T10:00');
  });

  test('what no digest can list is told by itself at the digest’s time', () => {
    expect(told('routine', '2026-11-26T09:10', {}, false)).toBe('at 2026-11-27T07:00');
    expect(told('routine', '2026-11-26T09:10', { pace: 'hourly' }, false)).toBe('at 2026-11-26T10:00');
  });

  test.each(['board', 'hourly', 'morning', 'console', 'immediate'] as const)(
    'of what cannot wait, with the pace %s: at once, after the quiet hours',
    (pace) => {
      expect(told('urgent', '2026-11-26T09:10', { pace })).toBe('now');
      expect(told('urgent', '2026-11-26T23:30', { pace })).toBe('at 2026-11-27T06:00');
      expect(told('emergency', '2026-11-26T23:30', { pace })).toBe('now');
    },
  );

  test('of somebody who waits at the other end: at once, but not who has chosen the console', () => {
    expect(told('talk', '2026-11-26T09:10')).toBe('now');
    expect(told('talk', '2026-11-26T21:10')).toBe('at 2026-11-27T06:00');
    expect(told('talk', '2026-11-26T09:10', { pace: 'console' })).toBe('never');
  });

  test('where nobody set an office’s hours, digests keep to the quiet hours', () => {
    const closed: WorkingHours = { zone: 'Asia/Jakarta', spans: [], holidays: new Set() };
    expect(told('routine', '2026-11-26T09:10', { hours: closed })).toBe('board 2026-11-27T08:00');
    expect(told('routine', '2026-11-26T19:30', { hours: closed, pace: 'hourly' })).toBe(
      'digest 2026-11-27T06:00',
    );
  });

  test('quiet hours that swallow the opening move the morning behind them', () => {
    const quiet = { from: '20:00', until: '09:00' };
    expect(told('routine', '2026-11-26T07:45', { quiet })).toBe('board 2026-11-26T09:00');
    expect(told('routine', '2026-11-26T09:00', { quiet })).toBe('board 2026-11-27T09:00');
  });
});

describe('quiet hours', () => {
  const quiet = (from: string, until: string) => ({ hours, quiet: { from, until } });
  test.each([
    ['2026-11-26T19:59', false],
    ['2026-11-26T20:00', true],
    ['2026-11-27T00:00', true],
    ['2026-11-27T05:59', true],
    ['2026-11-27T06:00', false],
  ])('over midnight: at %s %s', (now, expected) => {
    expect(isQuiet(quiet('20:00', '06:00'), at(now))).toBe(expected);
  });

  test('within a day, and none', () => {
    expect(isQuiet(quiet('12:00', '13:00'), at('2026-11-26T12:30'))).toBe(true);
    expect(isQuiet(quiet('12:00', '13:00'), at('2026-11-26T13:00'))).toBe(false);
    expect(isQuiet(quiet('00:00', '00:00'), at('2026-11-26T00:00'))).toBe(false);
  });

  test('end on the same morning, or on the next', () => {
    expect(local(afterQuiet(quiet('20:00', '06:00'), at('2026-11-26T23:00')))).toBe('2026-11-27T06:00');
    expect(local(afterQuiet(quiet('20:00', '06:00'), at('2026-11-27T01:00')))).toBe('2026-11-27T06:00');
    expect(local(afterQuiet(quiet('20:00:00', '06:00:00'), at('2026-11-27T10:00')))).toBe('2026-11-27T10:00');
  });

  test('by the clock of the village', () => {
    const there = { ...hours, zone: 'Asia/Makassar' };
    expect(isQuiet({ hours: there, quiet: { from: '20:00', until: '06:00' } }, at('2026-11-26T19:30'))).toBe(
      true,
    );
  });
});

test.each([
  ['officer-incident', { incident: 'late_emergency' }, false, 'emergency'],
  ['officer-incident', { incident: 'line_down' }, false, 'urgent'],
  ['officer-new-case', {}, true, 'urgent'],
  ['officer-new-case', {}, false, 'routine'],
  ['officer-case-notice', { event: 'due' }, false, 'urgent'],
  ['officer-case-notice', { event: 'answered' }, false, 'routine'],
  ['officer-case-notice', { event: 'answered', urgent: true }, false, 'urgent'],
  ['officer-hand-over', {}, false, 'talk'],
  ['officer-escalation', {}, false, 'urgent'],
  ['officer-recap', {}, false, 'talk'],
  ['officer-listing', {}, false, 'routine'],
] as const)('%s %o (urgent case: %s) is %s', (kind, vars, isUrgentCase, expected) => {
  expect(urgencyOf(kind, vars, isUrgentCase)).toBe(expected);
});
