/** Punctuation and signs that carry no meaning between words; an apostrophe inside a word is dropped with them. */
const SEPARATORS = /[^\p{L}\p{N}?]+/gu;
const APOSTROPHES = /['’`ʼ]/gu;
const MARKS = /\p{M}+/gu;
/** "tolooong": nobody means three. */
const DRAWN_OUT = /(\p{L})\1{2,}/gu;
const PLAIN = /^[a-z0-9?]+(?: [a-z0-9?]+)*$/u;
const DRAWN_OUT_ASCII = /([a-z])\1\1/u;
/** "rame2" is "rame rame". */
const TWICE = /^(\p{L}{3,})2$/u;

/**
 * A message in its plainest form: small letters, no accents, no signs, one space between words. "?" stays, since
 * some people type nothing else.
 */
export function plain(text: string): string {
  const small = text.toLowerCase();
  // Most messages are plain already.
  if (PLAIN.test(small) && !DRAWN_OUT_ASCII.test(small)) return small;
  return text
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(APOSTROPHES, '')
    .replace(DRAWN_OUT, '$1')
    .replace(SEPARATORS, ' ')
    .trim();
}

/** Spells out what people abbreviate, word by word. */
export type Abbreviations = ReadonlyMap<string, readonly string[]>;

/** The words of a message, abbreviations spelled out. */
export function wordsOf(text: string, abbreviations: Abbreviations): string[] {
  return wordsOfPlain(plain(text), abbreviations);
}

/** The same of a text in its plainest form. */
export function wordsOfPlain(text: string, abbreviations: Abbreviations): string[] {
  const words: string[] = [];
  for (const typed of (text.includes('?') ? text.replaceAll('?', ' ') : text).split(' ')) {
    if (typed === '') continue;
    const twice = typed.endsWith('2') ? TWICE.exec(typed) : null;
    const parts = twice ? [twice[1]!, twice[1]!] : [typed];
    for (const part of parts) {
      const meant = abbreviations.get(part);
      if (meant) words.push(...meant);
      else words.push(part);
    }
  }
  return words;
}
