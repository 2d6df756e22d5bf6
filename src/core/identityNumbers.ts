import { ALL_HARMLESS } from './harmlessNumbers.js';
import { maskRuns } from './identityRuns.js';
import { withPlainDigits } from './plainDigits.js';

/**
 * Identity numbers (NIK, No. KK: 16 digits) and payment card numbers typed in chat. What is one number as written (13
 * digits and more, also two pasted together, with at most one mark between them) is masked; what stands further apart
 * (`3510 / 1217 / 0890 / 0001`, also over two lines, or between any other signs: identityRuns.ts) only where it reads as an
 * identity number: lists of small numbers are no secret. Digits of any script count, with nothing unseen between them.
 */
const NEAR = /(?<!\d)\+?\d(?:[ \u00a0\u202f.\-–_]?\d){12,}/gu;
const APART = /(?<!\d)\+?\d(?:[ \t\u00a0\u202f.,/_–—-]{0,3}\d){12,}/gu;

/** A number with the letters O, l and I among its digits, as hurried thumbs and poor cameras write it. */
const MISTYPED = /(?<![\p{L}\d])[\doOlI](?:[ \u00a0\u202f.\-–_/]{0,3}[\doOlI]){15}(?![\p{L}\d])/gu;

/** With fewer true digits among its sixteen it is no number. */
const FEWEST_DIGITS = 8;

/** A longer run is not looked at so closely: it is no list of phone numbers. */
const LONGEST_LIST = 80;

/** Masks identity and card numbers: `3510121708900001` → `351012******0001`. `found` tells whether there was any. */
export function maskIdentityNumbers(text: string): { text: string; found: boolean } {
  if (!mayHoldOne(text)) return { text, found: false };
  const masked = maskPlain(withPlainDigits(text));
  return masked.found ? masked : { text, found: false };
}

/** Ordinary messages have few digits, and are done with here. */
function mayHoldOne(text: string): boolean {
  let digits = 0;
  for (let n = 0; n < text.length; n += 1) {
    const unit = text.charCodeAt(n);
    // From the Arabic ones on there are digits of other scripts, some of two units.
    if ((unit >= 0x30 && unit <= 0x39) || (unit >= FIRST_OTHER_DIGIT && OTHER_DIGIT.test(text.charAt(n)))) {
      digits += 1;
      if (digits === FEWEST_DIGITS) return true;
    }
  }
  return false;
}

const FIRST_OTHER_DIGIT = 0x660;
const OTHER_DIGIT = /[\p{Nd}\p{Cs}]/u;

function maskPlain(text: string): { text: string; found: boolean } {
  let found = false;
  const hide = (digits: string) => {
    found = true;
    return masked(digits);
  };
  const mask = (isNumber: (digits: string) => boolean) => (written: string) => {
    const digits = written.replace(/\D/gu, '');
    return isHarmless(written, digits) || !isNumber(digits) ? written : hide(digits);
  };
  const near = text.replace(
    NEAR,
    mask(() => true),
  );
  const apart = near.replace(APART, mask(isIdentity));
  const mistyped = apart.replace(MISTYPED, (written) => {
    const digits = written.replace(/[oO]/gu, '0').replace(/[lI]/gu, '1').replace(/\D/gu, '');
    const isMistyped = /[oOlI]/u.test(written) && written.replace(/\D/gu, '').length >= FEWEST_DIGITS;
    return isMistyped && isIdentity(digits) ? hide(digits) : written;
  });
  const all = maskRuns(mistyped, hide);
  return { text: all, found };
}

function masked(digits: string): string {
  return `${digits.slice(0, 6)}${'*'.repeat(digits.length - 10)}${digits.slice(-4)}`;
}

function isHarmless(written: string, digits: string): boolean {
  if (digits.length < 15 && /^(?:0|62)/u.test(digits)) return true;
  // E.164: fifteen digits at most.
  if (written.startsWith('+') && digits.length <= 15) return true;
  return written.length <= LONGEST_LIST && ALL_HARMLESS.test(written);
}

/** Six digits of the district, six of a date (forty added to a woman's day), four of a count; one number or two. */
function isIdentity(digits: string): boolean {
  return /^(?:[1-9]\d{5}(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}){1,2}$/u.test(digits);
}

/** Takes out what Postgres refuses in text and jsonb: NUL and lone surrogates. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
