import type { Sealer } from './ports.js';

/** 22 letters of base64url. */
const LENGTH = 22;

/**
 * The token of a link that is sent in a chat: 128 bits that only the installation's key gives for this name, so that it need
 * be stored nowhere. Rows hold the name; the token takes its place as the message leaves (core/asItLeaves.ts).
 */
export function linkToken(keys: Pick<Sealer, 'lookUpKey'>, name: string): string {
  const digest = keys.lookUpKey(name);
  const begin = digest.indexOf('.') + 1;
  return digest.slice(begin, begin + LENGTH);
}
