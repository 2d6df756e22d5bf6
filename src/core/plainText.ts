/**
 * What people wrote is data, wherever it is shown: plain text whose order and whose letters are what the reader sees.
 * Characters that turn text around (Unicode UAX 9) or that nobody sees (UAX 44, Default_Ignorable_Code_Point) are shown
 * as marks, `⟦RLO⟧`; they stay where a script or an emoji needs them. Rows keep what was written: this is for showing it.
 */

/** Bidirectional controls: UAX 9, table 4 and the marks of its section 2.6. */
const TURNS: { [char: string]: string } = {
  '\u061c': 'ALM',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
};
const UNSEEN: { [char: string]: string } = {
  '\u00ad': 'SHY',
  '\u034f': 'CGJ',
  '\u200b': 'ZWSP',
  '\u200c': 'ZWNJ',
  '\u200d': 'ZWJ',
  '\u2060': 'WJ',
  '\ufeff': 'BOM',
};

/**
 * All that is marked where nothing excuses it: controls but line feed and tab, what is ignorable, and separators of
 * lines that no input field knows.
 */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cf}\u2028\u2029]|(?![\n\t])\p{Cc}/u;
/**
 * An emoji with its selectors and joiners, a flag of a region with its tags (UTS 51), and a joiner between letters of a
 * script that writes with it (UTS 39, Javanese and Arabic): left as they are. Else one character that is marked.
 */
const EMOJI = String.raw`(?:\p{ExtPict}\ufe0f?\p{EMod}?|[0-9#*]\ufe0f?\u20e3)[\ufe0e\ufe0f]?`;
const JOINED = String.raw`[\p{Script=Javanese}\p{Script=Arabic}\p{M}]`;
const PARTS = new RegExp(
  [
    String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f}`,
    String.raw`${EMOJI}(?:\u200d${EMOJI})*`,
    String.raw`(?<=${JOINED})[\u200c\u200d](?=${JOINED})`,
    `(?<hidden>${HIDDEN.source})`,
  ].join('|'),
  'gu',
);

/** A person's words as they may be shown: what turns or hides text is a visible mark. Line breaks become `\n`. */
export function plainText(text: string): string {
  if (!HIDDEN.test(text)) return text;
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .replace(PARTS, (whole: string, ...rest: unknown[]) => {
      const { hidden } = rest.at(-1) as { hidden: string | undefined };
      return hidden === undefined ? whole : `⟦${markOf(hidden)}⟧`;
    });
}

/** `RLO`, `ZWSP`, or the number of the character: `U+0007`. */
function markOf(char: string): string {
  return (
    TURNS[char] ?? UNSEEN[char] ?? `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
  );
}

/**
 * The words of somebody else within a message of ours: each line begins with `> `, so that none can pass for a line of
 * ours ("Ketik 1 untuk …"). WhatsApp draws it as a quotation.
 */
export function quoted(text: string): string {
  return plainText(text)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/** How a cell begins that a spreadsheet would work out (OWASP, "CSV Injection"), also behind spaces and as full-width forms. */
const FORMULA = /^[\s'"]*[=+\-@\t\r\n＝＋－＠]/u;
/** Less than nothing is a number, and no formula. A `+` is none: a telephone number would be rounded. */
const NUMBER = /^-\d{1,15}(?:[.,]\d+)*$/u;

/** The text of a cell of an export (CSV or XLSX): never a formula, which an apostrophe in front makes plain text. */
export function exportCell(text: string): string {
  const shown = plainText(text);
  return FORMULA.test(text) && !NUMBER.test(shown) ? `'${shown}` : shown;
}
