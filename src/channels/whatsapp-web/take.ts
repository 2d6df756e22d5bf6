import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../core/ports.js';
import type { Intake } from '../channel.js';
import { toInbound } from './toInbound.js';
import type { MessageRecord } from './record.js';

export interface TakerDeps {
  lineId: string;
  intake: Intake;
  log: Log;
  /** Rest before the nth try again, in ms. */
  receiveMs: (failures: number) => number;
  /** Whether a message from our own account was sent by us. */
  isOurs: (record: MessageRecord) => Promise<boolean>;
  /** Everything that a person wrote is stored: the platform may be told. */
  stored: (chat: string) => void;
}

export interface Taker {
  /** Takes one message; those of a chat one after the other, in the order in which they are handed in. */
  take(record: unknown): void;
  /** From now on what comes waits for `release`: what was missed goes first. */
  hold(): void;
  /** Takes what was missed, then what waited. `isOnlyNew`: of what was missed only what never came here before. */
  release(missed: unknown[], isOnlyNew?: boolean): void;
  /** The time (seconds) up to which everything is stored; null where nothing came yet. */
  storedUntil(): number | null;
  /** Takes no more; resolves when what is being stored is stored, or has failed. */
  stop(): Promise<void>;
}

const REMEMBERED = 5_000;

/**
 * Hands what came on to the road. What could not be stored is tried again, and holds back what its writer said after it:
 * the phone has it, and nobody else will bring it again. After a crash, the history of the chats does (see client.ts).
 */
export function createTaker(deps: TakerDeps): Taker {
  const { lineId, intake, log } = deps;
  const stopping = new AbortController();
  const chats = new Map<string, Promise<void>>();
  /** What is not stored yet, with its time. */
  const open = new Map<symbol, number>();
  /** Chats of which something was stored since the platform was told. */
  const unseen = new Set<string>();
  /** What came and was dealt with. One that could not be decrypted comes again as what it is. */
  const dealtWith = new Set<string>();
  let newest: number | null = null;
  let held: unknown[] | null = null;

  function take(raw: unknown): void {
    if (stopping.signal.aborted) return;
    if (held) {
      held.push(raw);
      return;
    }
    const record = raw as Partial<MessageRecord> | null;
    const chat = typeof record?.chat === 'string' ? record.chat : '';
    const key = Symbol(chat);
    const at = typeof record?.at === 'number' ? record.at : null;
    if (at !== null) open.set(key, at);
    const mine = (chats.get(chat) ?? Promise.resolve())
      .then(() => receive(raw))
      .then((outcome) => {
        // What was not stored keeps its time: from there on the history is read again.
        if (outcome === 'stopped') return;
        open.delete(key);
        noteDealtWith(record);
        if (at !== null) newest = Math.max(newest ?? 0, at);
        if (outcome === 'stored') unseen.add(chat);
      });
    chats.set(chat, mine);
    void mine.finally(() => {
      if (chats.get(chat) !== mine) return;
      chats.delete(chat);
      // What was passed over stays unread.
      if (unseen.delete(chat) && !stopping.signal.aborted) deps.stored(chat);
    });
  }

  function noteDealtWith(record: Partial<MessageRecord> | null): void {
    if (record?.edit !== undefined) return;
    dealtWith.add(nameOf(record));
    if (dealtWith.size > REMEMBERED) dealtWith.delete(dealtWith.values().next().value!);
  }

  async function receive(raw: unknown): Promise<'stored' | 'passed' | 'stopped'> {
    try {
      if (await isOwn(raw)) return 'passed';
    } catch (cause) {
      log.warn(
        { err: cause, line: lineId },
        'whatsapp-web: a message of our own account could not be told apart',
      );
      return 'passed';
    }
    const reading = toInbound(raw, { lineId, isPrivate: (chat) => intake.isPrivate?.(chat) ?? false });
    if (reading.kind === 'ignored') {
      log.info({ line: lineId, why: reading.why }, 'whatsapp-web: passed over');
      return 'passed';
    }
    const { externalId } = reading.inbound;
    for (let failures = 1; !stopping.signal.aborted; failures += 1) {
      try {
        await intake.receive(reading.inbound);
        return reading.inbound.content.kind === 'owner_wrote' ? 'passed' : 'stored';
      } catch (cause) {
        log.warn(
          { err: cause, line: lineId, message: externalId, failures },
          'whatsapp-web: not stored; again soon',
        );
        await sleep(deps.receiveMs(failures), undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
    return 'stopped';
  }

  async function isOwn(raw: unknown): Promise<boolean> {
    const record = raw as MessageRecord | null;
    return record?.fromMe === true && (await deps.isOurs(record));
  }

  return {
    take,
    hold() {
      held ??= [];
    },
    release(given, isOnlyNew = false) {
      const missed = isOnlyNew
        ? given.filter((one) => !dealtWith.has(nameOf(one as Partial<MessageRecord> | null)))
        : given;
      const waited = held ?? [];
      held = null;
      // Much of it was stored before: its row's unique key knows.
      const known = new Set(missed.map((record) => (record as MessageRecord | null)?.id));
      for (const record of missed) take(record);
      for (const record of waited) {
        const { id, edit } = (record ?? {}) as Partial<MessageRecord>;
        if (edit !== undefined || !known.has(id)) take(record);
      }
    },
    storedUntil: () => (open.size === 0 ? newest : Math.min(...open.values()) - 1),
    async stop() {
      stopping.abort();
      held = null;
      await Promise.all(chats.values());
    },
  };
}

function nameOf(record: Partial<MessageRecord> | null): string {
  return `${record?.type} ${record?.id}`;
}
