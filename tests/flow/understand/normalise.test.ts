import { expect, test } from 'vitest';
import { plain, wordsOf } from '../../../src/flow/understand/normalise.js';

test.each([
  ['  HALO,  Pak!! ', 'halo pak'],
  ["sake' ta' bisa", 'sake ta bisa'],
  ['Bhâsa', 'bhasa'],
  ['tolooong', 'tolong'],
  ['surat-usaha/kur', 'surat usaha kur'],
  ['???', '???'],
  ['🙏 suwun', 'suwun'],
  ['', ''],
  ['maaf', 'maaf'],
])('"%s" is plainly "%s"', (typed, expected) => {
  expect(plain(typed)).toBe(expected);
});

test('abbreviations are spelled out, and a 2 doubles its word', () => {
  const short = new Map([
    ['sy', ['saya']],
    ['suket', ['surat', 'keterangan']],
  ]);
  expect(wordsOf('sy mau suket rame2', short)).toEqual([
    'saya',
    'mau',
    'surat',
    'keterangan',
    'rame',
    'rame',
  ]);
});
