import { chatOf, updateIdOf } from './take.js';

/** For so long later updates of a chat wait for one that was not stored and has not come again. */
const WAIT_MS = 60_000;
const MOST_CHATS = 5_000;

/** Thrown where an earlier update of the same chat is still to come again. */
export class OutOfOrderError extends Error {
  override readonly name = 'OutOfOrderError';
}

interface Chat {
  /** What is being stored, and what waits for it. */
  last: Promise<unknown>;
  inHand: number;
  /** Updates that were not stored, and until when they are waited for. */
  owed: Map<number, number>;
}

/**
 * Takes the updates of one chat one after the other, those of many side by side. After one that was not stored, later
 * ones of that chat are refused until it has come again: the platform brings all of them anew.
 */
export function createInOrder(
  take: (update: unknown) => Promise<void>,
  clock: () => number = () => performance.now(),
): (update: unknown) => Promise<void> {
  const chats = new Map<string, Chat>();

  function chatNamed(name: string): Chat {
    const known = chats.get(name);
    if (known) return known;
    const made: Chat = { last: Promise.resolve(), inHand: 0, owed: new Map() };
    // Those that owe something are few, unless the database is away: then the oldest is forgotten.
    const oldest =
      chats.size >= MOST_CHATS ? [...chats].find(([, chat]) => chat.inHand === 0)?.[0] : undefined;
    if (oldest !== undefined) chats.delete(oldest);
    chats.set(name, made);
    return made;
  }

  async function takeNext(chat: Chat, update: unknown): Promise<void> {
    const id = updateIdOf(update);
    const now = clock();
    for (const [owed, until] of chat.owed) if (until <= now) chat.owed.delete(owed);
    try {
      if ([...chat.owed.keys()].some((owed) => owed < id))
        throw new OutOfOrderError('an earlier update of this chat has not been stored yet');
      await take(update);
      chat.owed.delete(id);
    } catch (cause) {
      chat.owed.set(id, clock() + WAIT_MS);
      throw cause;
    }
  }

  return async (update) => {
    const name = chatOf(update);
    const chat = chatNamed(name);
    chat.inHand += 1;
    const mine = chat.last.then(() => takeNext(chat, update));
    chat.last = mine.catch(() => {});
    try {
      await mine;
    } finally {
      chat.inHand -= 1;
      if (chat.inHand === 0 && chat.owed.size === 0) chats.delete(name);
    }
  };
}
