import type { LetterPrint } from './letter.js';

/**
 * Signs that the fonts of a letter have (Libertinus Serif and DejaVu Sans Mono, which come with Typst), in ranges of code
 * points: Latin, Greek and Cyrillic letters, marks, signs of sums and of money. All others would print as boxes, so that a
 * letter with one is not issued. tests/letters/signs.test.ts sets each of them.
 */
export const PRINTABLE: readonly (readonly [from: number, to: number])[] = [
  [0x09, 0x0a],
  [0x20, 0x7e],
  [0xa0, 0x36f],
  [0x374, 0x377],
  [0x37a, 0x37f],
  [0x384, 0x38a],
  [0x38c, 0x38c],
  [0x38e, 0x3a1],
  [0x3a3, 0x3ce],
  [0x400, 0x45f],
  [0x490, 0x4c4],
  [0x1e00, 0x1e9b],
  [0x1e9e, 0x1ef9],
  [0x2000, 0x2037],
  [0x2039, 0x203f],
  [0x2044, 0x204b],
  [0x205f, 0x2064],
  [0x2066, 0x2071],
  [0x2074, 0x208e],
  [0x20a0, 0x20b5],
  [0x20b8, 0x20ba],
  [0x20bd, 0x20bd],
  [0x2100, 0x2103],
  [0x2113, 0x2113],
  [0x2116, 0x2117],
  [0x2122, 0x2122],
  [0x2126, 0x2126],
  [0x2153, 0x2184],
  [0x2190, 0x2220],
  [0x2241, 0x226b],
  [0x25a0, 0x25ff],
  [0x2713, 0x2714],
  [0xfb01, 0xfb02],
  [0xfeff, 0xfeff],
];

/** What of a text cannot be printed: each sign as a person sees it (an emoji is one), once, in the order of the text. */
export function unprintable(text: string): string[] {
  if ([...text].every(isPrintable)) return [];
  const signs = [...new Intl.Segmenter('id', { granularity: 'grapheme' }).segment(text)];
  return [...new Set(signs.flatMap(({ segment }) => ([...segment].every(isPrintable) ? [] : [segment])))];
}

function isPrintable(sign: string): boolean {
  const code = sign.codePointAt(0)!;
  return PRINTABLE.some(([from, to]) => code >= from && code <= to);
}

/** A part of a letter with signs that cannot be printed, as officers call it. */
export interface UnprintablePart {
  /** The field; null: what stands there whoever it is for. */
  field: string | null;
  label: string;
  signs: string[];
}

/**
 * The parts of a letter that cannot be printed as they are: the fields that it says (`fields`, with their values and labels),
 * and of what stands around them the letterhead, the signer and the words of the template.
 */
export function unprintableParts(
  print: LetterPrint,
  fields: readonly { field: string; label: string; value: string }[],
): UnprintablePart[] {
  const own = fields.map(({ field, label, value }) => ({ field, label, signs: unprintable(value) }));
  const known = new Set(own.flatMap(({ signs }) => signs));
  const { heading, contact, place, title, number, date, signer, blocks } = print;
  const around: [label: string, texts: string[]][] = [
    ['Kop surat', [...heading, ...contact, place]],
    ['Penandatangan', [...signer.lines, signer.name, signer.number ?? '']],
    [
      'Contoh surat',
      [
        title,
        number,
        date,
        ...blocks.flatMap((block) => (block.kind === 'rows' ? block.rows.flat() : [block.text])),
      ],
    ],
  ];
  const rest = around.map(([label, texts]) => ({
    field: null,
    label,
    signs: unprintable(texts.join('\n')).filter((sign) => !known.has(sign)),
  }));
  return [...own, ...rest].filter(({ signs }) => signs.length > 0);
}
