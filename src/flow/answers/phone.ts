import type { Parser } from './parser.js';

/** A mobile number of Indonesia in any spelling, kept as `62…`; null where it is none. */
export function readPhone(written: string): string | null {
  const digits = written.replace(/[\s.()\-–]/gu, '');
  const local = digits.replace(/^(?:(?:\+|00)?62)0?/u, '0').replace(/^8/u, '08');
  return /^08[1-9]\d{7,10}$/u.test(local) ? `62${local.slice(1)}` : null;
}

/**
 * A mobile number of Indonesia in any spelling, kept as `62…`; a shared contact is one too.
 *
 * ```yaml
 * answer: { type: phone }
 * ```
 */
export const parsePhone: Parser<'phone'> = (message) => {
  const found = /(?:\+|00)?\d[\d\s.()\-–]{7,}/u.exec(message.text);
  const phone = found ? readPhone(found[0]) : null;
  return phone ? { value: phone } : { hint: 'hint_phone' };
};
