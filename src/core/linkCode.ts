import { bareSymbols, isSound, symbols, withCheck } from './code.js';
import type { RandomBytes } from './ports.js';

/**
 * The short code that joins two addresses, or shows that an address is still its person's: `ABCD-EFG9`, 35 random bits
 * and a check character of the alphabet of core/code.ts. It never begins with P, as a listing's code does, and always
 * has a digit, as a word of eight letters has not.
 */
const SYMBOLS = 7;
/** So many readings of one text are looked up: more is guessing. */
const MOST_READINGS = 3;

/** How long such a code may be used, in minutes; and how long its question may be answered, in hours. */
export const LINK_CODE_MINUTES = 15;
export const LINK_ANSWER_HOURS = 24;
/** How many codes one address may ask for within an hour. */
export const LINK_CODES_AN_HOUR = 5;

export type ReadLinkCode = { kind: 'link'; code: string } | { kind: 'typo' } | { kind: 'none' };

/** A new code, as it is shown. */
export function newLinkCode(random: RandomBytes): string {
  for (;;) {
    const code = withCheck(symbols(random(SYMBOLS)));
    if (!code.startsWith('P') && /\d/u.test(code)) return show(code);
  }
}

/** Reads a whole text as such a code, whatever the case, the spaces and the dashes. */
export function readLinkCode(text: string): ReadLinkCode {
  const typed = bareSymbols(text);
  if (
    typed.length !== SYMBOLS + 1 ||
    !/^[0-9A-Z]+$/u.test(typed) ||
    !/\d/u.test(text) ||
    typed.startsWith('P')
  )
    return { kind: 'none' };
  return isSound(typed) ? { kind: 'link', code: show(typed) } : { kind: 'typo' };
}

/**
 * What in a text may be such a code, whatever was written around it: "akun saya k7qf 2m9x ya". A word before it may make one
 * with its first half by chance, so that there may be several: whoever looks them up tells.
 */
export function findLinkCodes(
  text: string,
): { kind: 'link'; codes: string[] } | Exclude<ReadLinkCode, { kind: 'link' }> {
  const whole = readLinkCode(text);
  if (whole.kind === 'link') return { kind: 'link', codes: [whole.code] };
  const words = text.split(/\s+/u).filter((word) => word !== '');
  const codes = new Set<string>();
  let isSlip = whole.kind === 'typo';
  for (let first = 0; first < words.length; first++)
    for (let last = Math.min(words.length, first + 4); last > first; last--) {
      const found = readLinkCode(words.slice(first, last).join(''));
      if (found.kind === 'link') codes.add(found.code);
      isSlip ||= found.kind === 'typo';
    }
  if (codes.size > 0) return { kind: 'link', codes: [...codes].slice(0, MOST_READINGS) };
  return { kind: isSlip ? 'typo' : 'none' };
}

/** Whether a text is such a code just as it is shown: then it is meant as one, whatever was asked. */
export function isShownLinkCode(text: string): boolean {
  return /^[0-9a-z]{4}[-–—][0-9a-z]{4}$/iu.test(text.trim()) && readLinkCode(text).kind === 'link';
}

function show(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
