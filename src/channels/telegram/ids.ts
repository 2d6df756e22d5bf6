/**
 * How this channel spells external ids. A redelivery carries the same; update ids alone would not do, since Telegram
 * begins anew with a random one after a week of silence.
 * - `m:<chat>:<message>` a message, theirs or ours
 * - `c:<query>:<chat>:<message>` a tap on a button of that message
 * - `e:<update>` an edit, `b:<update>` a block or its end
 */
export function messageId(chat: number | string, message: number): string {
  return `m:${chat}:${message}`;
}

export function tapId(query: string, chat: number, message: number): string {
  return `c:${query}:${chat}:${message}`;
}

/** The message of ours that an external id speaks of: itself, or the one that was tapped on. */
export function messageOf(externalId: string): { chat: string; message: number } | null {
  const found = /^(?:m|c:[^:]+):(-?\d+):(\d+)$/u.exec(externalId);
  return found ? { chat: found[1]!, message: Number(found[2]) } : null;
}

/** The callback query behind a tap. */
export function queryOf(externalId: string): string | null {
  return /^c:([^:]+):/u.exec(externalId)?.[1] ?? null;
}
