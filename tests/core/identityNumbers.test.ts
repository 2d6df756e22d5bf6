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
    ['over two lines', '3510121708\n900001'],
    ['over two lines after the district', '351012\r\n1708900001'],
    ['over two lines, in groups of three', '351.012\n170.890.0001'],
    ['over four lines, with blanks', '3510\n  1217\n\n0890\n0001'],
    ['with colons', '3510:1217:0890:0001'],
    ['with colons, in pairs', '35:10:12:17:08:90:00:01'],
    ['with pipes', '3510|1217|0890|0001'],
    ['with pipes between spaces', '3510 | 1217 | 0890 | 0001'],
    ['with middle dots', '3510·1217·0890·0001'],
    ['with brackets', '3510 (1217) 0890 0001'],
    ['with square brackets', '[3510][1217][0890][0001]'.slice(1, -1)],
    ['with stars', '3510*1217*0890*0001'],
    ['with signs of several kinds', '3510#1217=0890~0001'],
    ['with arrows', '3510 → 1217 → 0890 → 0001'],
    ['in wide digits', '３５１０１２１７０８９００００１'],
    ['in wide digits, in groups', '３５１０ １２１７ ０８９０ ０００１'],
    ['in Arabic digits', '٣٥١٠١٢١٧٠٨٩٠٠٠٠١'],
    ['in digits of mathematics', '𝟛𝟝𝟙𝟘𝟙𝟚𝟙𝟟𝟘𝟠𝟡𝟘𝟘𝟘𝟘𝟙'],
    ['in Javanese digits', '꧓꧕꧑꧐꧑꧒꧑꧗꧐꧘꧙꧐꧐꧐꧐꧑'],
    ['with zero-width spaces', '3510\u200b1217\u200b0890\u200b0001'],
    ['with joiners between all digits', [...NIK].join('\u2060')],
    ['with soft hyphens and spaces', '3510\u00ad 1217\u00ad 0890\u00ad 0001'],
    ['with a mark of direction after a dash', '3510-\u200e1217-\u200e0890-\u200e0001'],
    ['on keys', [...NIK].map((digit) => `${digit}\ufe0f\u20e3`).join('')],
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
    ['a card in wide digits', '４１１１ １１１１ １１１１ １１１１', '411111******1111'],
    ['of a province that reads as a phone, over two lines', '6203121708\n900001', '620312******0001'],
    ['with a phone below it', '351012\n1708900001\n081234567890', `${MASKED}\n081234567890`],
    ['with a phone below it, by colons', '3510:1217:0890:0001\n0812-3456-7890', `${MASKED}\n0812-3456-7890`],
    ['in a list', '1. 351012\n1708900001\n2. 351012\n2005100002', `1. ${MASKED}\n2. 351012******0002`],
    ['after what is no number', '12345: 3510|1217|0890|0001', `12345: ${MASKED}`],
    ['between other lines', '99\n35:10:12:17:08:90:00:01\n77', `99\n${MASKED}\n77`],
    ['below one that stands in one piece', `${NIK}\n3510:1220:0510:0002`, `${MASKED}\n351012******0002`],
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
  '081234567890\n081234567891\n6281234567892',
  '+62 812-3456-7890\n+62 813-3456-7891\n+62 811-1234-567',
  '0333 421234\n0333 424567',
  '15.000\n12.500\n150.000\n1.250.000',
  '17/08/1945 | 12.500 | 350',
  '17-08-1945\n12-10-2024',
  '17-08-1945 | 12-10-2024 | 13-11-2024',
  '17/08/1945 10:30 - 18/08/1945 11:30',
  '13:15-15:30\n16:45-17:00',
  'Senin 08.00-12.00, 13.00-15.30',
  '1, 2, 3, 4: 07:30-12:00, 13:00-15:30',
  '2026-11-26 19:32:37',
  '31031201\n35102217\n35101220\n35100112',
  '3510121708\n3510121709\n3510121710\n3510121711',
  '3510|1217|0812|0001|4512',
  '12 | 15 | 20 | 33 | 40 | 12 | 15 | 18 | 20 | 22',
  '35\n10\n12\n17\n08\n90\n00\n01\n15',
  '1: 20, 2: 30, 3: 40, 4: 50, 5: 60, 6: 70',
  '351012 dan 1708900001',
  'wis １２ ewu, ٣ kali',
])('%s is left as it was written', (written) => {
  expect(maskIdentityNumbers(written)).toEqual({ text: written, found: false });
});

test('a long run of digits is masked at once', () => {
  expect(maskIdentityNumbers('0 '.repeat(4000)).found).toBe(true);
});

test('digits of other scripts stay as they were written where there is no number', () => {
  expect(maskIdentityNumbers('０８１２３４５６７８９０ utawi 5\u200b0').text).toBe(
    '０８１２３４５６７８９０ utawi 5\u200b0',
  );
});

test.each([
  '1:',
  '12 | ',
  '3510121\n',
  '35\n\n',
  '1*',
  '17.08.',
  '0812 3456\n',
  '１٣',
  '1\u200b\u200b',
  '\u200b',
  '1'.concat(' '.repeat(50)),
])('of %j without end nothing is lost but numbers', (piece) => {
  const text = piece.repeat(10_000);
  const letters = (words: string) => words.replaceAll(/[\d*\s\p{Nd}\p{Cf}\p{P}|]/gu, '');
  expect(letters(maskIdentityNumbers(`a${text}b`).text)).toBe('ab');
});
