import type { Inbound } from '../../core/content.js';
import { createChatTurns, OutOfOrderError, OWED_MS } from '../chatTurns.js';

/**
 * Takes the messages of one chat one payload after the other, those of many side by side: Meta's calls overlap. After
 * one that was not stored, later ones of that chat are refused (`OutOfOrderError`) until it has come again: Meta brings
 * all of them anew. All of a payload at once, in their order: the store gathers them.
 */
export function createInOrder(
  clock: () => number = () => performance.now(),
): (messages: Inbound[], store: (message: Inbound) => Promise<void>) => Promise<void> {
  const turns = createChatTurns<string>(clock);
  return async (messages, store) => {
    const { lineId, chatId } = messages[0]!;
    await turns.take(`${lineId} ${chatId}`, async (owed) => {
      const ids = messages.map(({ externalId }) => externalId);
      // The first that is owed, and what comes along with it, may be taken; nothing else.
      const [first] = owed.keys();
      const mayBeTaken = first === undefined || ids.includes(first);
      const results = mayBeTaken ? await Promise.allSettled(messages.map(store)) : [];
      ids.forEach((id, n) => {
        if (results[n]?.status === 'fulfilled') owed.delete(id);
        else if (!owed.has(id)) owed.set(id, clock() + OWED_MS);
      });
      if (!mayBeTaken) throw new OutOfOrderError('an earlier message of this chat has not been stored yet');
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    });
  };
}
