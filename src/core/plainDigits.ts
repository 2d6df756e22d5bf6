const DIGIT = /\p{Nd}/u;
const OTHER_DIGITS = /(?!\d)\p{Nd}/gu;
/** What is not seen: joiners, marks of direction, soft hyphens, and marks that change how the sign before them looks. */
const UNSEEN = /[\p{Cf}\p{M}]+/gu;

/**
 * A text as it reads where its digits are looked for: those of other scripts and wide ones (`３`, `٣`, `𝟛`) as 0–9, and nothing unseen
 * beside a digit. Letters and signs stay.
 */
export function withPlainDigits(text: string): string {
  const digits = text.replace(OTHER_DIGITS, (digit) => String(valueOf(digit.codePointAt(0)!)));
  return digits.replace(UNSEEN, (unseen, at: number) =>
    /\d/u.test(digits.charAt(at - 1)) || /\d/u.test(digits.charAt(at + unseen.length)) ? '' : unseen,
  );
}

/** Unicode has the digits of a script in one row from zero to nine; rows that touch are ten long as well (UAX #44, Nd). */
function valueOf(digit: number): number {
  let zero = digit;
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (digit - zero) % 10;
}
