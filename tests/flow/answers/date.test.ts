import { expect, test } from 'vitest';
import { parse, valueOf } from './parse.js';

test.each([
  ['17/8/2025', '2025-08-17'],
  ['17-08-2025', '2025-08-17'],
  ['17.8.25', '2025-08-17'],
  ['17 8 2025', '2025-08-17'],
  ['2025-08-17', '2025-08-17'],
  ['17 agustus 2025', '2025-08-17'],
  ['tgl 17 Agt 2025', '2025-08-17'],
  ['17 august 2025', '2025-08-17'],
  ['hari ini', '2026-11-24'],
  ['besok', '2026-11-25'],
  ['sesuk', '2026-11-25'],
  ['lusa', '2026-11-26'],
  ['kemarin', '2026-11-23'],
  ['wingi', '2026-11-23'],
  ['kmrn', '2026-11-23'],
  ['3 hari lagi', '2026-11-27'],
  ['minggu depan tgl 1/12', '2026-12-01'],
  ['3 bulan lalu', '2026-08-24'],
  ['2 minggu yang lalu', '2026-11-10'],
  ['setahun lalu', '2025-11-24'],
  ['29/2/2024', '2024-02-29'],
])('"%s" is %s', (typed, day) => {
  expect(valueOf(typed, { type: 'date' })).toBe(day);
});

test.each(['entah', '31/6/2025', '29/2/2025', '45/13/2025', 'bulan depan saja', '17'])(
  '"%s" is no day',
  (typed) => {
    expect(valueOf(typed, { type: 'date' })).toBe('hint_date');
  },
);

test('a day without its year is past where only the past is allowed, else the next one', () => {
  expect(valueOf('17/8', { type: 'date', to: 'now' })).toBe('2026-08-17');
  expect(valueOf('17 desember', { type: 'date', to: 'now' })).toBe('2025-12-17');
  expect(valueOf('17/8', { type: 'date', from: 'now' })).toBe('2027-08-17');
  expect(valueOf('17 desember', { type: 'date', from: 'now' })).toBe('2026-12-17');
});

test('a year of two figures is of this century, but of the last where it would lie ahead of a past day', () => {
  expect(valueOf('1/2/98', { type: 'date', to: 'now' })).toBe('1998-02-01');
  expect(valueOf('1/2/20', { type: 'date', to: 'now' })).toBe('2020-02-01');
});

test('an age is a day where the flow asks for one', () => {
  const spec = { type: 'date', to: 'now', from: 'now-18y', age: true } as const;
  expect(valueOf('3 bulan', spec)).toBe('2026-08-24');
  expect(valueOf('2 thn', spec)).toBe('2024-11-24');
  expect(valueOf('1 tahun 6 bulan', spec)).toBe('2025-05-24');
  expect(valueOf('umur tiga bulan', spec)).toBe('2026-08-24');
  expect(valueOf('sebulan', spec)).toBe('2026-10-24');
  expect(valueOf('2 minggu', spec)).toBe('2026-11-10');
  expect(valueOf('3 bulan', { type: 'date', to: 'now' })).toBe('hint_date');
});

test('bounds may be days or reckoned from now, and are told in words', () => {
  expect(parse('1/1/2000', { type: 'date', from: 'now-18y' })).toEqual({
    hint: 'hint_date_early',
    arguments: { from: '24 November 2008' },
  });
  expect(parse('1/1/2030', { type: 'date', to: '2027-01-31' })).toEqual({
    hint: 'hint_date_late',
    arguments: { to: '31 Januari 2027' },
  });
});

test('today is that of the village: past midnight in Banyuwangi, the evening before in UTC', () => {
  expect(valueOf('hari ini', { type: 'date' }, '2026-11-24T18:30:00Z')).toBe('2026-11-25');
});
