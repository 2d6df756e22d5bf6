/** A link that opens the chat with a bot and hands in `payload` (at most 64 of A-Z a-z 0-9 _ -). */
export function telegramStartLink(username: string, payload: string): string {
  return `https://t.me/${username}?start=${encodeURIComponent(payload)}`;
}

/** A link by which whoever opens it adds the bot to a group of theirs, which then hands in `payload`. */
export function telegramGroupLink(username: string, payload: string): string {
  return `https://t.me/${username}?startgroup=${encodeURIComponent(payload)}`;
}
