import { ALPHABET } from './code.js';
import type { Sealer } from './ports.js';

const SYMBOLS = 8;
/** The regency's clock (WIB, UTC+7): the page, the console and every chat change the code at the same moment. */
const ZONE_HOURS = 7;

/**
 * The code of the day, `K7M2-PXQ4`: the same in every chat of the installation, on the page /resmi and in the console.
 * Made from the installation's key, so that nobody can work out tomorrow's. It proves nothing alone, since it can be
 * copied from the page: whoever asks is told to compare the number as well.
 */
export function officialCode(sealer: Pick<Sealer, 'lookUpKey'>, now: Date): string {
  const day = new Date(now.getTime() + ZONE_HOURS * 60 * 60 * 1000).toISOString().slice(0, 10);
  const key = sealer.lookUpKey(`official:${day}`);
  const bytes = Buffer.from(key.slice(key.indexOf('.') + 1), 'base64url').subarray(0, SYMBOLS);
  const code = Array.from(bytes, (byte) => ALPHABET[byte & 31]).join('');
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
