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
const ORPHANS = 100;

export function createOwn(): Own {
  const ids = new Set<string>();
  /** What went out, or not, with an id that we never heard: its words are all there is. */
  const orphans: string[] = [];
  const inHand = new Set<Promise<void>>();

  return {
    sending(text) {
      let end = (): void => {};
      const sending = new Promise<void>((resolve) => (end = resolve));
      inHand.add(sending);
      return (id) => {
        if (id !== null) ids.add(id);
        else if (text !== '') orphans.push(text);
        if (ids.size > REMEMBERED) ids.delete(ids.values().next().value!);
        if (orphans.length > ORPHANS) orphans.shift();
        inHand.delete(sending);
        end();
      };
    },
    async isOurs({ id, text }) {
      // Only those in hand now: later ones cannot have made it.
      if (!ids.has(id)) await Promise.all(inHand);
      return ids.has(id) || orphans.includes(text ?? '');
    },
    knows: (id) => ids.has(id),
  };
}
