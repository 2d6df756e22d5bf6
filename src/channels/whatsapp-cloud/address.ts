/**
 * A business-scoped user id: what Meta names a person by who hides their number. A country, at times `ENT`, and letters
 * and digits. Source: developers.facebook.com, "Business-scoped user IDs".
 */
const BSUID = /^[A-Z]{2}(?:\.ENT)?\.[A-Za-z0-9]{1,128}$/u;

export function isBsuid(text: string): boolean {
  return BSUID.test(text);
}

/**
 * How a send names the person. A chat id of ours is the number (digits), or where Meta does not tell it the BSUID: that
 * one stands in a field of its own. Null for what is neither.
 */
export function addressOf(chatId: string): { to: string } | { recipient: string } | null {
  if (isBsuid(chatId)) return { recipient: chatId };
  return /^[1-9]\d{4,17}$/u.test(chatId) ? { to: chatId } : null;
}
