import { describe, expect, test } from 'vitest';
import { maskIdentityNumbers } from '../../src/core/identityNumbers.js';

const NIK = '3510121708900001';
const MASKED = '351012******0001';

describe('identity and card numbers are masked', () => {
  test.each([
    ['as one run', NIK],
    ['with a plus before it', `+${NIK}`],
    ['with spaces', '3510 1217 0890 0001'],
    ['with two spaces', '3510  1217  0890  0001'],
    ['with no-break spaces', '3510\u00a01217\u00a00890\u00a00001'],
    ['with dots', '35.1012.170890.0001'],
    ['with hyphens', '3510-1217-0890-0001'],
    ['with hyphens between spaces', '3510 - 1217 - 0890 - 0001'],
    ['with en dashes', '3510–1217–0890–0001'],
    ['with slashes', '351012/170890/0001'],
    ['with underscores', '351012_170890_0001'],
    ['with commas', '351012,170890,0001'],
    ['with commas and spaces', '3510, 1217, 0890, 0001'],
    ['with letters for digits', '35IO1217O890OOO1'],
    ['with letters for digits, in groups', '351O 1217 O89O 0OO1'],
    ['in groups of three', '3.510.121.708.900.001'],
  ])('%s', (_, written) => {
    expect(maskIdentityNumbers(`NIK saya ${written}, ya`)).toEqual({
      text: `NIK saya ${MASKED}, ya`,
      found: true,
    });
  });

  test.each([
    ["a woman's", '3510124108900001', '351012******0001'],
    ['of a province that begins like a phone number', '6271 0123 0590 8901', '627101******8901'],
    ['of thirteen digits', '3510121708901', '351012***8901'],
    ['of a card', '4111 1111 1111 1111', '411111******1111'],
    ['two pasted together', `${NIK}3510122005100002`, `351012${'*'.repeat(22)}0002`],
    ['two with a space between', `${NIK} 3510122005100002`, `351012${'*'.repeat(22)}0002`],
    ['two with a slash between', `${NIK} / 3510122005100002`, `${MASKED} / 351012******0002`],
    ['a woman, in groups', '351012/410890/0001', '351012******0001'],
  ])('%s', (_, written, masked) => {
    expect(maskIdentityNumbers(written)).toEqual({ text: masked, found: true });
  });
});

test.each([
  '081234567890',
  'O812 3456 789O',
  'IlOlIOlIOlIOlIOl',
  '+6281234567890',
  '+62 812-3456-7890',
  '+8801712345678',
  '0333 421234',
  '081234567890 / 081234567891',
  '081234567890, 081234567891',
  '0812-3456-7890 0812-3456-7891',
  'Rp1.500.000 - 2.000.000',
  '1.500.000-2.000.000',
  '10.000.000 - 12.000.000',
  '10.000.000-12.000.000',
  '1.500.000,00 / 2.000.000,00',
  '17-08-1990',
  '17/08/1990 - 20/08/1990',
  '17-08-1990/20-08-1990',
  '2026-08-10 07.30 - 2026-08-12 15.30',
  '-8.219233, 114.369227',
  '-8.2192331,114.3692271',
  '10, 20, 30, 40, 50, 60, 70, 80',
  '5000, 10000, 15000, 20000',
  'RT 03/RW 05, nomor 12, tahun 2026',
])('%s is left as it was written', (written) => {
  expect(maskIdentityNumbers(written)).toEqual({ text: written, found: false });
});

test('a long run of digits is masked at once', () => {
  expect(maskIdentityNumbers('0 '.repeat(4000)).found).toBe(true);
});
