import type { RandomBytes } from './ports.js';

/**
 * Codes that people read out, copy and mistype. A case is `K7QF-2M9P-X`: 40 random bits and a check character;
 * a listing is `P-7QF2-M9X`: 30 bits and one. Digits and capitals without I, L, O and U (Crockford's alphabet).
 * The shown form is the stored form.
 */
export const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const CASE_SYMBOLS = 8;
const LISTING_SYMBOLS = 6;

export type CodeKind = 'case' | 'listing';

/** What was typed: a code, something that is one but for a slip (`typo`), or no code at all. */
export type ReadCode = { kind: CodeKind; code: string } | { kind: 'typo' } | { kind: 'none' };

/** A new case code; 40 of its bits are random. */
export function newCaseCode(random: RandomBytes): string {
  return showCase(withCheck(symbols(random(CASE_SYMBOLS))));
}

/** A new listing code. A listing is public: its code only has to be unique. */
export function newListingCode(random: RandomBytes): string {
  return showListing(withCheck(symbols(random(LISTING_SYMBOLS))));
}

/**
 * Reads a whole text as a code, whatever the case, the spaces and the dashes; O is read as 0, I and L as 1. One in
 * thirty-two of nine letters is sound by chance ("akta cerai"): letters alone are a code only as it is shown, with its
 * dashes or with spaces just there.
 */
export function readCode(text: string): ReadCode {
  const typed = bareSymbols(text);
  if (!/^[0-9A-Z]+$/u.test(typed)) return { kind: 'none' };
  const isCase = typed.length === CASE_SYMBOLS + 1;
  if (!isCase && !(typed.length === LISTING_SYMBOLS + 2 && typed.startsWith('P'))) return { kind: 'none' };
  const hasDigit = /\d/u.test(text);
  if (!hasDigit && !DASHED.test(text) && !isSpacedLetters(text)) return { kind: 'none' };
  const body = isCase ? typed : typed.slice(1);
  if (isSound(body))
    return isCase ? { kind: 'case', code: showCase(body) } : { kind: 'listing', code: showListing(body) };
  // Words of four letters, four and one with a slip would be any words.
  return { kind: hasDigit || DASHED.test(text) ? 'typo' : 'none' };
}

/**
 * Finds the code in what a person wrote around it: "status k7qf 2m9p x", "cek P-7QF2-M9X ya". A word before it may make
 * one with its first part by chance ("nomor k7qf"): what is written as codes are shown comes first, then what is one
 * word, then the one of whose words the most have a digit.
 */
export function findCode(text: string): ReadCode {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  const windows = [words];
  for (let first = 0; first < words.length; first++)
    for (let last = Math.min(words.length, first + MOST_WORDS); last > first; last--)
      windows.push(words.slice(first, last));
  let best: ReadCode = { kind: 'none' };
  let most = -1;
  for (const window of windows) {
    const found = readCode(window.join(' '));
    if (found.kind === 'typo' && most < 0) best = found;
    if (found.kind !== 'case' && found.kind !== 'listing') continue;
    const likely = likelihood(window);
    if (likely <= most) continue;
    best = found;
    most = likely;
  }
  return best;
}

/** So many words may make one code: `P - 7QF2 - M9X`. */
const MOST_WORDS = 5;
const DASH = String.raw`\s*[-–—]\s*`;
/** As a code is shown, with what people put around it: "#K7QF-2M9P-X." */
const DASHED = shape(DASH);
const SPACED = shape(String.raw`\s+`);

/** The shape of both kinds of code, with something between their groups. */
function shape(between: string): RegExp {
  return new RegExp(
    String.raw`^[^0-9a-z]*(?:[0-9a-z]{4}${between}[0-9a-z]{4}${between}[0-9a-z]|p${between}[0-9a-z]{4}${between}[0-9a-z]{3})[^0-9a-z]*$`,
    'iu',
  );
}

/** Letters with spaces where a code has its dashes. A code has no O, I, L or U of its own: most words have one. */
function isSpacedLetters(text: string): boolean {
  return SPACED.test(text) && !/[oilu]/iu.test(text);
}

/** How likely words that make a sound code were meant as one: the more, the likelier. */
function likelihood(words: readonly string[]): number {
  const written = words.join(' ');
  const withDigit = words.filter((word) => /\d/u.test(word)).length / words.length;
  if (DASHED.test(written) || (withDigit > 0 && SPACED.test(written))) return 3;
  return words.length === 1 ? 2 : withDigit;
}

/** What was typed, as symbols of the alphabet if it is a code at all. */
export function bareSymbols(text: string): string {
  return text
    .toUpperCase()
    .replace(/[\s\-–—_.#:/]+/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/gu, '1');
}

function showCase(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

function showListing(code: string): string {
  return `P-${code.slice(0, 4)}-${code.slice(4)}`;
}

/** Five bits of each byte; 256 is a multiple of 32, so no symbol is likelier than another. */
export function symbols(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET[byte & 31]).join('');
}

/** With its check character. */
export function withCheck(code: string): string {
  return code + ALPHABET[checkOf(code)];
}

/** Whether its check character is right. */
export function isSound(code: string): boolean {
  return (
    [...code].every((symbol) => ALPHABET.includes(symbol)) &&
    checkOf(code.slice(0, -1)) === ALPHABET.indexOf(code.at(-1)!)
  );
}

/**
 * A polynomial over GF(32), where every place has a weight of its own: one wrong symbol and any two that changed
 * places are always noticed.
 */
function checkOf(code: string): number {
  let sum = 0;
  for (const symbol of code) sum = double(sum ^ ALPHABET.indexOf(symbol));
  return sum;
}

/** Times x in GF(32), modulo x^5 + x^2 + 1. */
function double(value: number): number {
  return (value << 1) ^ (value & 16 ? 0b100101 : 0);
}
