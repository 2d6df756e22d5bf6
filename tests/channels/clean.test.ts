import { expect, test } from 'vitest';
import { cleanName, cleanPhone, cleanText } from '../../src/channels/clean.js';

test('a number at the cut is masked as well: its first half does not stay in clear', () => {
  const cleaned = cleanText(`${'a'.repeat(4086)}3510121708900001`);
  expect(cleaned).toBe(`${'a'.repeat(4086)}351012****`);
});

test.each([
  ['+62 812-0000-0041', '6281200000041'],
  ['081200000041', '6281200000041'],
  ['6281200000041', '6281200000041'],
  ['+1 (415) 555-0100', '14155550100'],
  ['112', null],
  ['', null],
  ['62812000000410000000', null],
])('the phone %s is %s', (written, expected) => expect(cleanPhone(written)).toBe(expected));

test('a name is cut', () => expect(cleanName('a'.repeat(300))).toHaveLength(64));
