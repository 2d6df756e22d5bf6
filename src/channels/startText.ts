import { withoutToken } from '../core/inviteToken.js';

/**
 * Where a platform's links hand in no payload but only words for the text field (wa.me), the payload is what the person
 * sends as their first message: "Mulai inv-Ab3". Ours all have a short name, a hyphen and something behind it.
 */
export function startText(payload: string): string {
  return `Mulai ${payload}`;
}

/** The payload of such a message, as it may be stored; null for any other text. */
export function readStartText(text: string): string | null {
  const payload = /^\s*(?:mulai|start)\s+([a-z]{1,12}-[\w-]{1,60})\s*$/iu.exec(text)?.[1];
  return payload === undefined ? null : withoutToken(payload);
}
