/**
 * Identity numbers (NIK, No. KK: 16 digits) and payment card numbers typed in chat, with or without separators.
 * A run of 13 to 19 digits that is one number as written; phone numbers (at most 14 digits, starting 0 or 62) are left alone.
 */
const LONG_NUMBER = /(?<![\d+])\d(?:[ .-]?\d){12,18}(?!\d)/gu;

/** Masks identity and card numbers: `3510121708900001` → `351012******0001`. `found` tells whether there was any. */
export function maskIdentityNumbers(text: string): { text: string; found: boolean } {
  let found = false;
  const masked = text.replace(LONG_NUMBER, (written) => {
    const digits = written.replace(/\D/gu, '');
    if (digits.length < 15 && /^(?:0|62)/u.test(digits)) return written;
    found = true;
    return `${digits.slice(0, 6)}${'*'.repeat(digits.length - 10)}${digits.slice(-4)}`;
  });
  return { text: masked, found };
}

/** Takes out what Postgres refuses in text and jsonb: NUL and lone surrogates. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
