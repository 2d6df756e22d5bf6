import { withoutFormTokens } from '../core/formLink.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { withoutTokensWithin } from '../core/inviteToken.js';
import { withoutPasswordTokens } from '../core/passwordLink.js';

/** The longest text that is kept of what a person writes: that of the platforms. */
export const TEXT_LENGTH = 4096;
const NAME_LENGTH = 64;
/** Two identity numbers with separators: a cut must not leave the first half of one unmasked. */
const MARGIN = 80;

/** A person's words as they may be stored: cut, identity numbers masked, without what Postgres refuses or links officers. */
export function cleanText(text: string, length = TEXT_LENGTH): string {
  const words = withoutPasswordTokens(withoutFormTokens(withoutTokensWithin(text.slice(0, length + MARGIN))));
  return storable(maskIdentityNumbers(words).text.slice(0, length));
}

/** A name on one line, short; undefined where nothing of it is left. */
export function cleanName(...parts: (string | undefined)[]): string | undefined {
  const joined = parts.filter((part) => part !== undefined && part !== '').join(' ');
  const name = cleanText(joined.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim(), NAME_LENGTH).trim();
  return name === '' ? undefined : name;
}

/** A phone number as 62…, digits only; null where it cannot be one. */
export function cleanPhone(written: string): string | null {
  const digits = written.replace(/\D/gu, '').replace(/^0(?=[1-9])/u, '62');
  return /^[1-9]\d{7,14}$/u.test(digits) ? digits : null;
}
