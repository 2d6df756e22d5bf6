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

test('the token of an invite or a group’s link that somebody pastes is not kept', () => {
  const token = 'aB3_-'.repeat(7).slice(0, 32);
  expect(cleanText(`https://t.me/desa_bot?start=inv-${token} ini apa ya`)).toBe(
    'https://t.me/desa_bot?start=inv-… ini apa ya',
  );
  expect(cleanText(`https://wa.me/6281200000041?text=%2Fstart%20grp-${token}`)).not.toContain(token);
  expect(cleanText('grp-kantor desa')).toBe('grp-kantor desa');
});
