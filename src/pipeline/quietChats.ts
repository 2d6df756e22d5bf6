import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Inbound } from '../core/content.js';
import type { Now } from '../core/ports.js';
import { loadQuietChats } from '../store/ownerWords.js';

/** What this process knows of chats in which the line keeps still, or which are none of its business. */
export interface QuietChats {
  /** Nothing of this chat is taken. By its id at the platform, or that of its conversation where it is known. */
  isPrivate(lineId: string, chatId: string, conversation?: () => string | undefined): boolean;
  /** Nobody is shown to write there. */
  isQuiet(lineId: string, chatId: string): boolean;
  /** What an owner just said counts at once, long before it is handled. */
  heard(inbound: Inbound): void;
  /** Resolves once it is known what was said before. Reads again, in the background, what is no longer fresh. */
  ready(): Promise<void>;
}

/** Other processes may hear an owner as well: this often, while messages come. */
const FRESH_MS = 5_000;
/** For so long what was heard here counts for more than what is written down: by then it was handled. */
const HEARD_MS = 10 * 60_000;

export function createQuietChats({ pool, log, now }: { pool: Pool; log: Logger; now: Now }): QuietChats {
  let privates = new Set<string>();
  let quiet = new Set<string>();
  const heardHere = new Map<string, { isPrivate: boolean; isQuiet: boolean; at: number }>();
  let readAt = -Infinity;
  let reading: Promise<void> | null = null;
  let isKnown = false;

  async function read(): Promise<void> {
    try {
      const rows = await loadQuietChats(pool, now());
      quiet = new Set(rows.map(key));
      privates = new Set(rows.filter((row) => row.isPrivate).flatMap((row) => [key(row), row.id]));
      isKnown = true;
      const old = performance.now() - HEARD_MS;
      for (const [chat, { at }] of heardHere) if (at < old) heardHere.delete(chat);
    } finally {
      readAt = performance.now();
      reading = null;
    }
  }

  function refresh(): void {
    if (performance.now() - readAt < FRESH_MS) return;
    reading ??= read();
    reading.catch((cause: unknown) => log.warn({ err: cause }, 'which chats are private is not known anew'));
  }

  return {
    isPrivate(lineId, chatId, conversation) {
      refresh();
      // On most lines there is none: then nothing is looked for.
      if (privates.size === 0 && heardHere.size === 0) return false;
      const chat = key({ lineId, chatId });
      const here = heardHere.get(chat);
      if (here) return here.isPrivate;
      return privates.has(chat) || privates.has(conversation?.() ?? '');
    },
    isQuiet(lineId, chatId) {
      const chat = key({ lineId, chatId });
      return heardHere.get(chat)?.isQuiet ?? quiet.has(chat);
    },
    heard({ lineId, chatId, content }) {
      if (content.kind !== 'owner_wrote') return;
      const chat = key({ lineId, chatId });
      const wasPrivate = heardHere.get(chat)?.isPrivate ?? privates.has(chat);
      const isPrivate = content.says === 'private' || (content.says === 'pause' && wasPrivate);
      heardHere.set(chat, { isPrivate, isQuiet: content.says !== 'resume', at: performance.now() });
    },
    async ready() {
      refresh();
      if (!isKnown) await (reading ??= read());
    },
  };
}

function key({ lineId, chatId }: { lineId: string; chatId: string }): string {
  return `${lineId} ${chatId}`;
}
