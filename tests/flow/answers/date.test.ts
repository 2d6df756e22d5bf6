import { describe, expect, test } from 'vitest';
import { parse, valueOf } from './parse.js';

test.each([
  ['17/8/2025', '2025-08-17'],
  ['17-08-2025', '2025-08-17'],
  ['17.8.25', '2025-08-17'],
  ['17 8 2025', '2025-08-17'],
  ['at 17/8/2025', '2025-08-17'],
  ['17/8/2025 10:30', '2025-08-17'],
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

const PAST = { type: 'date', from: 'now-1y', to: 'now' } as const;
const AHEAD_ONLY = { type: 'date', from: 'now', to: 'now+1y' } as const;

describe('a day as villagers tell of it, on Tuesday 24 November 2026', () => {
  test.each([
    ['td malem', '2026-11-23'],
    ['tadi malam', '2026-11-23'],
    ['Tdi mlm jam 10an pak', '2026-11-23'],
    ['semalam', '2026-11-23'],
    ['smlm', '2026-11-23'],
    ['kemarin malam', '2026-11-23'],
    ['kmrn sore', '2026-11-23'],
    ['kmren', '2026-11-23'],
    ['meninggalnya kemaren pagi', '2026-11-23'],
    ['td pagi', '2026-11-24'],
    ['tadi pagi jam 4.30', '2026-11-24'],
    ['tadi subuh', '2026-11-24'],
    ['pagi ini', '2026-11-24'],
    ['barusan', '2026-11-24'],
    ['baru aja', '2026-11-24'],
    ['hari ini jam 4', '2026-11-24'],
    ['hr ini pukul empat sore', '2026-11-24'],
    ['kemarin dulu', '2026-11-22'],
    ['tgl 20 kmrn', '2026-11-20'],
    ['tgl 20', '2026-11-20'],
    ['kira2 tgl 20', '2026-11-20'],
    ['tgl 20 november kemarin', '2026-11-20'],
    ['kemarin hari senin jam 8 malam', '2026-11-23'],
    ['tgl20 jam 3 sore', '2026-11-20'],
    ['tgl 24', '2026-11-24'],
    ['tgl 27', '2026-10-27'],
    ['tgl 31', '2026-10-31'],
    ['senin tgl 16 kmrn', '2026-11-16'],
    ['kemarin tgl 20', '2026-11-20'],
    ['tgl 3 bulan lalu', '2026-10-03'],
    ['senin kemarin', '2026-11-23'],
    ['hari rabu kmrn', '2026-11-18'],
    ['selasa lalu', '2026-11-17'],
    ['hari minggu kemarin', '2026-11-22'],
    ['minggu lalu hari senin', '2026-11-16'],
    ["jum'at minggu lalu", '2026-11-20'],
    ['hari sabtu', '2026-11-21'],
    ['dua hari lalu', '2026-11-22'],
    ['2 hr yg lalu', '2026-11-22'],
    ['3 hari yg lalu', '2026-11-21'],
    ['sepuluh hari yang lalu', '2026-11-14'],
    ['dua belas hari lalu', '2026-11-12'],
  ])('"%s" is %s', (typed, day) => {
    expect(valueOf(typed, PAST)).toBe(day);
  });

  test.each([
    ['mau bengi', '2026-11-23'],
    ['dek mau bengi', '2026-11-23'],
    ['mau esuk', '2026-11-24'],
    ['wau enjing', '2026-11-24'],
    ['wingi', '2026-11-23'],
    ['wingi sore', '2026-11-23'],
    ['dek wingi', '2026-11-23'],
    ['kala wingi dalu', '2026-11-23'],
    ['saiki', '2026-11-24'],
    ['dina iki', '2026-11-24'],
    ['dinten niki', '2026-11-24'],
    ['rong dina kepungkur', '2026-11-22'],
    ['telung dina kepungkur', '2026-11-21'],
    ['senen wingi', '2026-11-23'],
  ])('in Javanese "%s" is %s', (typed, day) => {
    expect(valueOf(typed, PAST)).toBe(day);
  });

  test.each([
    ['last night', '2026-11-23'],
    ['this morning', '2026-11-24'],
    ['yesterday evening', '2026-11-23'],
    ['today at 4 pm', '2026-11-24'],
    ['two days ago', '2026-11-22'],
    ['the day before yesterday', '2026-11-22'],
    ['last Monday', '2026-11-23'],
  ])('in English "%s" is %s', (typed, day) => {
    expect(valueOf(typed, PAST)).toBe(day);
  });

  test.each([
    ['bsk', '2026-11-25'],
    ['besok jam 16.30', '2026-11-25'],
    ['bsk pagi jam 9', '2026-11-25'],
    ['sesuk esuk', '2026-11-25'],
    ['nanti malam', '2026-11-24'],
    ['lusa', '2026-11-26'],
    ['tgl 27', '2026-11-27'],
    ['tgl 20', '2026-12-20'],
    ['tgl 5 bulan depan', '2026-12-05'],
    ['jumat', '2026-11-27'],
    ['jumat ini', '2026-11-27'],
    ['senin depan', '2026-11-30'],
    ['minggu depan hari kamis', '2026-12-03'],
  ])('of the days to come "%s" is %s', (typed, day) => {
    expect(valueOf(typed, AHEAD_ONLY)).toBe(day);
  });

  test('a day of a month lies within what is asked for', () => {
    expect(valueOf('tgl 20', { type: 'date', from: 'now+30d', to: 'now+1y' })).toBe('2027-01-20');
    expect(valueOf('tgl 20', { type: 'date', to: '2026-10-15' })).toBe('2026-09-20');
    expect(valueOf('tgl 20 kmrn', { type: 'date', from: 'now-1y', to: 'now+1y' })).toBe('2026-11-20');
  });

  test.each([
    'dulu',
    'kapan-kapan',
    'kapan kapan',
    'sudah lama',
    'malam',
    'malam senin',
    'pagi',
    'nanti',
    'beberapa hari lalu',
    '2-3 hari yg lalu',
    'dua atau tiga hari lalu',
    'minggu lalu',
    'minggu kemarin',
    'bulan lalu',
    'tgl 32',
    'tgl 20 atau 21',
    'bukan kemarin',
    'jam 4',
    'besok atau lusa',
  ])('"%s" tells of none', (typed) => {
    expect(valueOf(typed, PAST)).toBe('hint_date');
  });

  test('a weekday alone tells of none where the past and the future may be meant', () => {
    expect(valueOf('senin', { type: 'date', from: 'now-1y', to: 'now+1y' })).toBe('hint_date');
  });
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
  expect(valueOf('1,5 tahun', spec)).toBe('2025-05-24');
  expect(valueOf('dua tahun setengah', spec)).toBe('2024-05-24');
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
