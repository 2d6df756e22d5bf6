import { createChatTurns, OutOfOrderError, OWED_MS } from '../chatTurns.js';
import { chatOf, updateIdOf } from './take.js';

/**
 * Takes the updates of one chat one after the other, those of many side by side. After one that was not stored, later
 * ones of that chat are refused (`OutOfOrderError`) until it has come again: the platform brings all of them anew.
 */
export function createInOrder(
  take: (update: unknown) => Promise<void>,
  clock: () => number = () => performance.now(),
): (update: unknown) => Promise<void> {
  const turns = createChatTurns<number>(clock);
  return (update) =>
    turns.take(chatOf(update), async (owed) => {
      const id = updateIdOf(update);
      try {
        if ([...owed.keys()].some((earlier) => earlier < id))
          throw new OutOfOrderError('an earlier update of this chat has not been stored yet');
        await take(update);
        owed.delete(id);
      } catch (cause) {
        owed.set(id, clock() + OWED_MS);
        throw cause;
      }
    });
}
