import { withoutToken } from '../core/inviteToken.js';

/**
 * Where a platform's links hand in no payload but only words for the text field (wa.me), the payload is what the person
 * then sends, spelled as Telegram spells it. `payload`: at most 64 of A-Z a-z 0-9 _ -.
 */
export function startText(payload: string): string {
  return `/start ${payload}`;
}

/** A link that opens a chat with this number (digits) and proposes those words: whoever follows it presses Send. */
export function whatsAppStartLink(number: string, payload: string): string {
  return `https://wa.me/${number}?text=${encodeURIComponent(startText(payload))}`;
}

/** The payload of such a message, as it may be stored ('' for one that is none of ours); null for any other text. */
export function readStartText(text: string): string | null {
  const start = /^\s*\/start(?:\s+(\S*))?\s*$/iu.exec(text);
  if (!start) return null;
  const payload = start[1] ?? '';
  return /^[\w-]{0,64}$/u.test(payload) ? withoutToken(payload) : '';
}
