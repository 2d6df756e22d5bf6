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

/** Reads a whole text as a code, whatever the case, the spaces and the dashes; O is read as 0, I and L as 1. */
export function readCode(text: string): ReadCode {
  const typed = bareSymbols(text);
  if (!/^[0-9A-Z]+$/u.test(typed)) return { kind: 'none' };
  if (typed.length === CASE_SYMBOLS + 1)
    return isSound(typed) ? { kind: 'case', code: showCase(typed) } : { kind: 'typo' };
  if (typed.length === LISTING_SYMBOLS + 2 && typed.startsWith('P')) {
    const body = typed.slice(1);
    return isSound(body) ? { kind: 'listing', code: showListing(body) } : { kind: 'typo' };
  }
  return { kind: 'none' };
}

/** Finds the code in what a person wrote around it: "status k7qf 2m9p x", "cek P-7QF2-M9X ya". */
export function findCode(text: string): ReadCode {
  const whole = readCode(text);
  if (whole.kind === 'case' || whole.kind === 'listing') return whole;
  const words = text.split(/\s+/u).filter((word) => word !== '');
  let slip: ReadCode = whole;
  for (let first = 0; first < words.length; first++) {
    for (let last = Math.min(words.length, first + 4); last > first; last--) {
      const found = readCode(words.slice(first, last).join(''));
      if (found.kind === 'case' || found.kind === 'listing') return found;
      // Nine letters of ordinary words are no code with a slip: a code has a digit nearly always.
      if (found.kind === 'typo' && /\d/u.test(words.slice(first, last).join(''))) slip = found;
    }
  }
  return slip.kind === 'typo' && !/\d/u.test(text) ? { kind: 'none' } : slip;
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
