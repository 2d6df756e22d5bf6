import type { ChannelLimits } from '../core/limits.js';

/** How fast a line may send: a bucket for the line, a rest for each chat. By this machine's steady clock. */
export interface Pace {
  /** How many messages may begin now. */
  allowance(): number;
  /** One begins. */
  take(): void;
  /**
   * A message was sent to this chat: the next waits the platform's least time. `parts`: as how many it went out (a long
   * text, an album, a topic that was made for it); each counts, for the chat and for the line.
   */
  restChat(conversationId: string, isGroup: boolean, parts?: number): void;
  restChatFor(conversationId: string, ms: number): void;
  /** The whole line rests; 0 ends a rest. */
  restLine(ms: number): void;
  restingChats(): string[];
  /** In how many ms something that was at rest when last looked at may go on; null where nothing was. */
  nextMs(): number | null;
}

/** The bucket holds a tenth of a second's worth, and is filled so much the slower: no second has more than the rate. */
const BUCKET_SECONDS = 0.1;

export function createPace(limits: ChannelLimits, clock: () => number = () => performance.now()): Pace {
  const size = Math.max(1, limits.perSecond * BUCKET_SECONDS);
  const perMs = Math.max(limits.perSecond - size, limits.perSecond / 2) / 1_000;
  let tokens = size;
  let filledAt = clock();
  let lineUntil = 0;
  const chats = new Map<string, number>();

  function fill(): void {
    const at = clock();
    tokens = Math.min(size, tokens + (at - filledAt) * perMs);
    filledAt = at;
  }

  function restChatFor(conversationId: string, ms: number): void {
    if (ms > 0) chats.set(conversationId, Math.max(clock() + ms, chats.get(conversationId) ?? 0));
  }

  return {
    allowance() {
      fill();
      if (clock() < lineUntil) return 0;
      lineUntil = 0;
      return Math.max(0, Math.floor(tokens));
    },
    take() {
      tokens -= 1;
    },
    restChat(conversationId, isGroup, parts = 1) {
      const ms = isGroup ? (limits.perGroupMs ?? limits.perChatMs) : limits.perChatMs;
      restChatFor(conversationId, ms * Math.max(1, parts));
      tokens -= Math.max(0, parts - 1);
    },
    restChatFor,
    restLine(ms) {
      lineUntil = ms <= 0 ? 0 : clock() + ms;
    },
    restingChats() {
      const at = clock();
      for (const [id, until] of chats) if (until <= at) chats.delete(id);
      return [...chats.keys()];
    },
    nextMs() {
      const at = clock();
      const waits: number[] = [];
      // What was at rest when last looked at may be over by now, and must be looked at again all the same.
      if (lineUntil > 0) waits.push(lineUntil - at);
      else if (tokens < 1) waits.push((1 - tokens) / perMs);
      for (const until of chats.values()) waits.push(until - at);
      return waits.length === 0 ? null : Math.max(1, Math.ceil(Math.min(...waits)));
    },
  };
}
