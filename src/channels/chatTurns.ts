const MOST_CHATS = 5_000;

/** Thrown where something earlier of the same chat is still to come again. */
export class OutOfOrderError extends Error {
  override readonly name = 'OutOfOrderError';
}

/** For so long what is later of a chat waits for what was not stored and has not come again, in ms. */
export const OWED_MS = 60_000;

interface Chat<Id> {
  /** What is being stored, and what waits for it. */
  last: Promise<unknown>;
  inHand: number;
  /** What was not stored, in the order in which it came, and until when it is waited for. */
  owed: Map<Id, number>;
}

/**
 * Gives the work of each chat its turn: one after the other within a chat, those of many side by side. The work is handed
 * what its chat owes, without what was waited for long enough, and notes there what it could not store. What is owed is
 * remembered while the chat has any, of so many chats at most.
 */
export function createChatTurns<Id>(clock: () => number): {
  take(key: string, work: (owed: Map<Id, number>) => Promise<void>): Promise<void>;
} {
  const chats = new Map<string, Chat<Id>>();

  function chatOf(key: string): Chat<Id> {
    const known = chats.get(key);
    if (known) return known;
    const made: Chat<Id> = { last: Promise.resolve(), inHand: 0, owed: new Map() };
    // Those that owe something are few, unless the database is away: then the oldest is forgotten.
    const oldest =
      chats.size >= MOST_CHATS ? [...chats].find(([, chat]) => chat.inHand === 0)?.[0] : undefined;
    if (oldest !== undefined) chats.delete(oldest);
    chats.set(key, made);
    return made;
  }

  return {
    async take(key, work) {
      const chat = chatOf(key);
      chat.inHand += 1;
      const mine = chat.last.then(() => {
        for (const [id, until] of chat.owed) if (until <= clock()) chat.owed.delete(id);
        return work(chat.owed);
      });
      chat.last = mine.catch(() => {});
      try {
        await mine;
      } finally {
        chat.inHand -= 1;
        if (chat.inHand === 0 && chat.owed.size === 0) chats.delete(key);
      }
    },
  };
}
