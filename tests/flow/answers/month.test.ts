import { expect, test } from 'vitest';
import { valueOf } from './parse.js';

test.each([
  ['agustus 2025', '2025-08'],
  ['Agt 2025', '2025-08'],
  ['8/2025', '2025-08'],
  ['2025-08', '2025-08'],
  ['bulan ini', '2026-11'],
  ['bulan depan', '2026-12'],
  ['bulan lalu', '2026-10'],
  ['desember', '2026-12'],
  ['maret', '2027-03'],
])('"%s" is %s', (typed, month) => {
  expect(valueOf(typed, { type: 'month' })).toBe(month);
});

test('a month without its year is past where only the past is allowed', () => {
  expect(valueOf('desember', { type: 'month', to: 'now' })).toBe('2025-12');
  expect(valueOf('maret', { type: 'month', to: 'now' })).toBe('2026-03');
});

test.each(['entah', '13/2025', '2025'])('"%s" is no month', (typed) => {
  expect(valueOf(typed, { type: 'month' })).toBe('hint_month');
});

test('bounds hold', () => {
  expect(valueOf('januari 2020', { type: 'month', from: 'now-1y' })).toBe('hint_date_early');
  expect(valueOf('januari 2030', { type: 'month', to: 'now' })).toBe('hint_date_late');
});
