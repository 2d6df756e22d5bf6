import { describe, expect, test } from 'vitest';
import { compileWords, MISSING, WordsError } from '../../src/words/compile.js';

const fill = (
  source: string,
  values: { [name: string]: string | number | Date } = {},
  language = 'id',
  zone = 'Asia/Jakarta',
) => compileWords(source, language).fill((name) => values[name], zone);

describe('a text', () => {
  test('is filled with worded values', () => {
    expect(fill('Nomor {code}, urutan ke-{place}.', { code: 'K7', place: 3 })).toBe('Nomor K7, urutan ke-3.');
  });

  test('shows an ellipsis for what is missing, and never fails', () => {
    expect(fill('Nomor {code}.')).toBe(`Nomor ${MISSING}.`);
    expect(
      fill('{count, plural, other {# surat}} {at, date, long} {what, select, a {A} other {B}}'),
    ).toContain('0 surat');
  });

  test('has plurals, choices, dates and times of its language and the village’s zone', () => {
    expect(fill('{count, plural, one {# photo} other {# photos}}', { count: 1 }, 'en')).toBe('1 photo');
    expect(fill('{event, select, taken {diambil} other {kabar}}', { event: 'taken' })).toBe('diambil');
    const at = new Date('2026-11-24T18:30:00Z');
    expect(fill('{at, date, long} {at, time, short}', { at })).toBe('25 November 2026 01.30');
    expect(fill('{at, time, short}', { at }, 'id', 'Asia/Jayapura')).toBe('03.30');
  });

  test('may use one argument as words and to decide by', () => {
    const words = compileWords('{event, select, taken {diambil} other {{event}}}', 'id');
    expect(words.arguments).toEqual([
      { name: 'event', use: 'select' },
      { name: 'event', use: 'worded' },
    ]);
    expect(words.fill((_, use) => (use === 'select' ? 'other' : 'Kabar baru'), 'UTC')).toBe('Kabar baru');
  });

  test('keeps signs that are no tags, and doubled apostrophes', () => {
    expect(fill("Tulis <nama>, mis. Nur''aini & 5 > 3")).toBe("Tulis <nama>, mis. Nur'aini & 5 > 3");
  });

  test('in Osing or Madurese is written as in Indonesian', () => {
    const at = new Date('2026-08-17T02:00:00Z');
    for (const language of ['osi', 'mad'])
      expect(fill('{at, date, long}', { at }, language)).toBe('17 Agustus 2026');
  });

  test('is compiled once', () => {
    expect(compileWords('Halo {resident}.', 'id')).toBe(compileWords('Halo {resident}.', 'id'));
  });

  test.each([
    ['Nomor {code', 'a { is not closed by }'],
    ['Nomor {}', 'an argument has no name: {}'],
    ['Nomor {case.code}', 'not a plain name'],
    ['{n, plural, one {x}}', 'plural and select need'],
  ])('"%s" is refused with the reason', (source, reason) => {
    expect(() => compileWords(source, 'id')).toThrow(WordsError);
    expect(() => compileWords(source, 'id')).toThrow(reason);
  });
});
