import { expect, test } from 'vitest';
import { matchOption } from '../../../src/flow/understand/options.js';
import { vocabulary } from '../answers/parse.js';

const OPTIONS = [
  { label: 'Warung / dagang', words: ['toko', 'jualan'] },
  { label: 'Tani / kebun', words: ['sawah', 'petani'] },
  { label: 'Jasa', words: ['bengkel'] },
  { label: 'Lainnya' },
];
const match = (text: string, isNumbered = true): string | null =>
  matchOption(OPTIONS, vocabulary.read(text), vocabulary, isNumbered)?.label ?? null;

test.each([
  ['1', 'Warung / dagang'],
  ['no 2', 'Tani / kebun'],
  ['nomor 2.', 'Tani / kebun'],
  ['dua', 'Tani / kebun'],
  ['yang ketiga', 'Jasa'],
  ['loro', 'Tani / kebun'],
  ['Jasa', 'Jasa'],
  ['JASA!', 'Jasa'],
  ['warung dagang', 'Warung / dagang'],
  ['tani', 'Tani / kebun'],
  ['toko', 'Warung / dagang'],
  ['saya punya toko kecil', 'Warung / dagang'],
  ['bengkell', 'Jasa'],
  ['bngkel motor', 'Jasa'],
  ['lainya', 'Lainnya'],
  ['lain', 'Lainnya'],
])('"%s" is %s', (typed, label) => {
  expect(match(typed)).toBe(label);
});

test.each(['5', '0', 'entah', '', 'x'])('"%s" is no option', (typed) => {
  expect(match(typed)).toBeNull();
});

test('two options named at once are none', () => {
  expect(match('toko dan sawah')).toBeNull();
});

test('numbers mean nothing beside a question that is answered by one', () => {
  expect(match('1', false)).toBeNull();
  expect(match('jasa', false)).toBe('Jasa');
});

test('yes and no have their many words', () => {
  const options = [
    { label: 'Ya', means: 'ya' as const },
    { label: 'Tidak', means: 'tidak' as const },
  ];
  const said = (text: string): string | undefined =>
    matchOption(options, vocabulary.read(text), vocabulary, true)?.label;
  for (const typed of ['ya', 'iya', 'nggih', 'enggeh', 'ok', 'y', '1']) expect(said(typed), typed).toBe('Ya');
  for (const typed of ['tidak', 'gak', 'mboten', 'ora', 'no', 'g', '2'])
    expect(said(typed), typed).toBe('Tidak');
  expect(said('mungkin')).toBeUndefined();
});
