import { describe, expect, test } from 'vitest';
import { toCsv } from '../../src/core/csv.js';
import { exportCell, plainText, quoted } from '../../src/core/plainText.js';

describe('a text of a resident', () => {
  test.each([
    ['a control that turns text around', 'Surat\u202Efdp.exe', 'Surat⟦RLO⟧fdp.exe'],
    ['isolates and their end', '\u2067abc\u2069', '⟦RLI⟧abc⟦PDI⟧'],
    ['marks of direction', 'a\u200Eb\u200Fc\u061Cd', 'a⟦LRM⟧b⟦RLM⟧c⟦ALM⟧d'],
    ['a space that nobody sees', 'men\u200Bu', 'men⟦ZWSP⟧u'],
    ['a joiner between latin letters', 'a\u200Db\u200Cc', 'a⟦ZWJ⟧b⟦ZWNJ⟧c'],
    ['a joiner between digits', '1\u200D2', '1⟦ZWJ⟧2'],
    ['a soft hyphen and a byte order mark', '\uFEFFba\u00ADtal', '⟦BOM⟧ba⟦SHY⟧tal'],
    ['a filler that looks like nothing', 'a\u3164b\u115Fc', 'a⟦U+3164⟧b⟦U+115F⟧c'],
    ['tags that hide a text', 'a\u{E0041}\u{E007F}', 'a⟦U+E0041⟧⟦U+E007F⟧'],
    ['selectors without an emoji', 'a\uFE0Fb\u{E0100}', 'a⟦U+FE0F⟧b⟦U+E0100⟧'],
    ['an escape of a terminal', '\u001B[2Jabc', '⟦U+001B⟧[2Jabc'],
    ['a separator of lines', 'a\u2028b\u2029c', 'a⟦U+2028⟧b⟦U+2029⟧c'],
    ['line breaks of any make', 'a\r\nb\rc\u0085d', 'a\nb\nc⟦U+0085⟧d'],
    ['a control beside a break of its own', 'a\n\u202Eb\tc', 'a\n⟦RLO⟧b\tc'],
  ])('shows %s', (_, text, shown) => {
    expect(plainText(text)).toBe(shown);
  });

  test.each([
    ['Toko "Bu Siti" & anak, Rp5.000 – 100% halal'],
    ['👨‍👩‍👧 ❤️ 👍🏽 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇮🇩 🏳️‍🌈'],
    ['ꦱꦸꦫꦠ꧀‌ꦢꦺꦱ'],
    ['کتاب‌ها'],
    ['baris satu\nbaris dua\tkolom'],
  ])('stays as it is: %s', (text) => {
    expect(plainText(text)).toBe(text);
  });

  test('shown once more, it reads the same', () => {
    const shown = plainText('a\u202Eb\u200Bc👨‍👩‍👧');
    expect(plainText(shown)).toBe(shown);
  });

  test('quoted, no line of it can pass for one of ours', () => {
    expect(quoted('baik\n\nDisetujui. Ketik 1\u202E')).toBe('> baik\n> \n> Disetujui. Ketik 1⟦RLO⟧');
  });
});

describe('a cell of an export', () => {
  test.each(['=1+1', '+62812', '-1+2', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '  =1', '＝1+1', "'=1", '"=1'])(
    'is no formula: %j',
    (text) => {
      expect(exportCell(text)).toMatch(/^'/u);
    },
  );

  test.each(['Warung', '-5', '-1.500,25', '112', 'a=b', '(+) obat'])('stays as it is: %s', (text) => {
    expect(exportCell(text)).toBe(text);
  });

  test('stands in a CSV with its quotes and breaks', () => {
    expect(
      toCsv([
        ['kode', 'nama', 'n'],
        ['K7', 'Bu "Siti",\n=cmd', 3],
        ['=x', null, true],
      ]),
    ).toBe('\uFEFFkode,nama,n\r\nK7,"Bu ""Siti"",\n=cmd",3\r\n\'=x,,true\r\n');
  });
});
