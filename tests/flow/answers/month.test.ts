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

test.each([
  ['3 tahun', '2023-11'],
  ['3 thn yg lalu', '2023-11'],
  ['udah 5 thn', '2021-11'],
  ['2 thn lbh', '2024-11'],
  ['10 tahunan', '2016-11'],
  ['dua puluh lima tahun', '2001-11'],
  ['1 tahun 6 bulan', '2025-05'],
  ['1,5 thn', '2025-05'],
  ['setengah tahun', '2026-05'],
  ['setahun', '2025-11'],
  ['6 bulan', '2026-05'],
  ['kira2 6 bln', '2026-05'],
  ['telung taun', '2023-11'],
  ['three years', '2023-11'],
])('where the past is asked for "%s" is %s', (typed, month) => {
  expect(valueOf(typed, { type: 'month', from: 'now-100y', to: 'now' })).toBe(month);
});

test.each(['dari lahir', 'sejak kecil', 'bertahun-tahun', '2-3 tahun', 'dua atau tiga tahun', 'lama'])(
  '"%s" is no month of the past',
  (typed) => {
    expect(valueOf(typed, { type: 'month', to: 'now' })).toBe('hint_month');
  },
);

test('how far along she is, is not when the child comes', () => {
  const spec = { type: 'month', from: 'now', to: 'now+300d' } as const;
  expect(valueOf('7 bulan', spec)).toBe('hint_month');
  expect(valueOf('2 bulan lagi', spec)).toBe('2027-01');
});
