import type { Inbound } from '../../core/content.js';

/** For so long later messages of a chat wait for one that was not stored and has not come again. */
const WAIT_MS = 60_000;
const MOST_CHATS = 5_000;

/** Thrown where an earlier message of the same chat is still to come again. */
export class OutOfOrderError extends Error {
  override readonly name = 'OutOfOrderError';
}

interface Chat {
  /** What is being stored, and what waits for it. */
  last: Promise<unknown>;
  inHand: number;
  /** Messages that were not stored, in the order in which they came, and until when they are waited for. */
  owed: Map<string, number>;
}

/**
 * Takes the messages of one chat one payload after the other, those of many side by side: Meta's calls overlap. After
 * one that was not stored, later ones of that chat are refused until it has come again: Meta brings all of them anew.
 */
export function createInOrder(
  clock: () => number = () => performance.now(),
): (messages: Inbound[], store: (message: Inbound) => Promise<void>) => Promise<void> {
  const chats = new Map<string, Chat>();

  function chatOf(key: string): Chat {
    const known = chats.get(key);
    if (known) return known;
    const made: Chat = { last: Promise.resolve(), inHand: 0, owed: new Map() };
    // Those that owe something are few, unless the database is away: then the oldest is forgotten.
    const oldest =
      chats.size >= MOST_CHATS ? [...chats].find(([, chat]) => chat.inHand === 0)?.[0] : undefined;
    if (oldest !== undefined) chats.delete(oldest);
    chats.set(key, made);
    return made;
  }

  /** All at once, in their order: the store gathers them. None where an earlier one is owed. */
  async function takeNext(
    chat: Chat,
    messages: Inbound[],
    store: (message: Inbound) => Promise<void>,
  ): Promise<void> {
    for (const [id, until] of chat.owed) if (until <= clock()) chat.owed.delete(id);
    const ids = messages.map(({ externalId }) => externalId);
    // The first that is owed, and what comes along with it, may be taken; nothing else.
    const [first] = chat.owed.keys();
    const mayBeTaken = first === undefined || ids.includes(first);
    const results = mayBeTaken ? await Promise.allSettled(messages.map(store)) : [];
    ids.forEach((id, n) => {
      if (results[n]?.status === 'fulfilled') chat.owed.delete(id);
      else if (!chat.owed.has(id)) chat.owed.set(id, clock() + WAIT_MS);
    });
    if (!mayBeTaken) throw new OutOfOrderError('an earlier message of this chat has not been stored yet');
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  return async (messages, store) => {
    const { lineId, chatId } = messages[0]!;
    const key = `${lineId} ${chatId}`;
    const chat = chatOf(key);
    chat.inHand += 1;
    const mine = chat.last.then(() => takeNext(chat, messages, store));
    chat.last = mine.catch(() => {});
    try {
      await mine;
    } finally {
      chat.inHand -= 1;
      if (chat.inHand === 0 && chat.owed.size === 0) chats.delete(key);
    }
  };
}
