import { describe, expect, test } from 'vitest';
import { describeHours } from '../../src/core/workingTime.js';
import { compileWords } from '../../src/words/compile.js';
import {
  wordDate,
  wordDateTime,
  wordList,
  wordMoney,
  wordMonth,
  wordNumber,
} from '../../src/words/values.js';

const HOURS = {
  zone: 'Asia/Jakarta',
  holidays: new Set<string>(),
  spans: [
    { weekday: 1, opens: '07:30', closes: '15:30' },
    { weekday: 7, opens: '08:00', closes: '10:00' },
  ],
};

/** Sunday, 29 November 2026, 14:00 in Banyuwangi. */
const SUNDAY = '2026-11-29T07:00:00Z';

describe.each([
  { language: 'id', sunday: 'Minggu', and: 'dan' },
  // Javanese has locale data of its own: the day is Ahad, and "lan" is "and".
  { language: 'jv', sunday: 'Ahad', and: 'lan' },
  { language: 'osi', sunday: 'Minggu', and: 'dan' },
  { language: 'mad', sunday: 'Minggu', and: 'dan' },
])('in $language', ({ language, sunday, and }) => {
  test('dates, months and days read as people write them', () => {
    expect(wordDate('2026-08-17', language)).toBe('17 Agustus 2026');
    expect(wordMonth('2026-08', language)).toBe('Agustus 2026');
    expect(wordDateTime(SUNDAY, language, 'Asia/Jakarta')).toBe(`${sunday}, 29 November 2026, 14.00`);
    expect(describeHours(HOURS, language)).toBe(`Senin 07.30–15.30; ${sunday} 08.00–10.00`);
  });

  test('money, numbers and lists do too', () => {
    expect(wordMoney(1_250_000)).toBe('Rp1.250.000');
    expect(wordNumber(1234.5, language)).toBe('1.234,5');
    expect(wordList(['KTP', 'KK'], language)).toBe(`KTP ${and} KK`);
  });

  test('a plural has one form, and numbers within it are grouped', () => {
    const words = compileWords('{count, plural, =0 {kosong} other {# foto}}', language);
    const fill = (count: number) => words.fill(() => count, 'Asia/Jakarta');
    expect([0, 1, 2, 1500].map(fill)).toEqual(['kosong', '1 foto', '2 foto', '1.500 foto']);
  });

  test('ICU’s own dates and times stand in the village’s zone', () => {
    const words = compileWords('{at, date, long} {at, time, short}', language);
    expect(words.fill(() => new Date(SUNDAY), 'Asia/Jayapura')).toBe('29 November 2026 16.00');
  });
});
