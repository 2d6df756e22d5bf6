import type { MessageRecord } from './record.js';

/**
 * Tells what we sent from what the phone's owner wrote by hand: the page shows both as ours. While a send is in hand its
 * id is not known yet, so that a message of our account waits for it.
 */
export interface Own {
  /** A send begins; call what it answers with the id once it is known, or null where it never was. */
  sending(text: string): (id: string | null) => void;
  isOurs(record: Pick<MessageRecord, 'id' | 'text'>): Promise<boolean>;
  /** Whether an id is one that we were told of. */
  knows(id: string): boolean;
}

const REMEMBERED = 5_000;

export function createOwn(): Own {
  const ids = new Set<string>();
  /** What went out, or not, with an id that we never heard: its words are all there is. */
  const orphans: string[] = [];
  let inHand = 0;
  let waiting: (() => void)[] = [];

  return {
    sending(text) {
      inHand += 1;
      return (id) => {
        if (id !== null) ids.add(id);
        else if (text !== '') orphans.push(text);
        if (ids.size > REMEMBERED) ids.delete(ids.values().next().value!);
        if (orphans.length > 100) orphans.shift();
        inHand -= 1;
        if (inHand > 0) return;
        for (const go of waiting) go();
        waiting = [];
      };
    },
    async isOurs({ id, text }) {
      if (!ids.has(id) && inHand > 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return ids.has(id) || orphans.includes(text ?? '');
    },
    knows: (id) => ids.has(id),
  };
}
