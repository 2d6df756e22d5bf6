import type { AddressIds } from '../../core/content.js';

/**
 * How WhatsApp Web writes addresses: `62…@c.us` is a phone number, `…@lid` a number that hides it. One person may appear
 * under either, so that both are kept; an answer goes to the one that was received.
 */
export function isPerson(chatId: string): boolean {
  return /^[1-9]\d{4,20}@(?:c\.us|s\.whatsapp\.net|lid)$/u.test(chatId);
}

/** What is known of a person by these addresses. */
export function idsOf(...addresses: (string | undefined)[]): AddressIds {
  const ids: AddressIds = {};
  for (const address of addresses) {
    const found = /^(\d{5,21})(?::\d+)?@(c\.us|s\.whatsapp\.net|lid)$/u.exec(address ?? '');
    if (found?.[2] === 'lid') ids.lid ??= found[1]!;
    else if (found) ids.phone ??= found[1]!;
  }
  return ids;
}
