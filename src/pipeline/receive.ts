import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Inbound } from '../core/content.js';
import type { Counters } from '../core/counters.js';
import type { NewId, Now, Nudge } from '../core/ports.js';
import { countWaiting, insertInbound, type InboundInsert } from '../store/inbound.js';
import { inTransaction } from '../store/sql.js';
import { identitiesOf, openConversations, type Writer } from '../store/openConversations.js';
import { cleanInbound, unreadable } from './clean.js';
import { isConnectionFault } from './faults.js';
import { LruMap } from './lruMap.js';

export interface ReceiverDeps {
  pool: Pool;
  log: Logger;
  now: Now;
  newId: NewId;
  nudge: Pick<Nudge, 'converse'>;
  counters: Counters;
  limits?: Partial<ReceiverLimits>;
}

export interface ReceiverLimits {
  /** Milliseconds for which what arrives is gathered into one statement. */
  gatherMs: number;
  batch: number;
  /** Messages that may wait for their commit in this process; beyond, the platform is asked to come again. */
  pending: number;
  /** Unhandled rows from which on each commit is answered late, the later the more there are. */
  backlog: number;
}

export interface Receiver {
  /** Resolves after the commit. Rejects if nothing was stored: then the platform must not be told that we have it. */
  receive(inbound: Inbound): Promise<void>;
  /** Stores what is in hand, and takes nothing more. */
  stop(): Promise<void>;
}

const LIMITS: ReceiverLimits = { gatherMs: 1, batch: 200, pending: 5_000, backlog: 20_000 };
const KNOWN_CONVERSATIONS = 20_000;
const LONGEST_DELAY_MS = 500;
const BACKLOG_LOOK_MS = 1_000;

interface Waiting {
  inbound: Inbound;
  resolve: () => void;
  reject: (cause: Error) => void;
}

/** The first stop of the road: gathers what arrives within about a millisecond and stores it in one statement. */
export function createReceiver(deps: ReceiverDeps): Receiver {
  const limits = { ...LIMITS, ...deps.limits };
  const known = new LruMap<string, { id: string; chatId: string }>(KNOWN_CONVERSATIONS);
  const slowDown = createBacklogBrake(deps, limits.backlog);
  let waiting: Waiting[] = [];
  let working: Promise<void> | null = null;
  let isStopped = false;

  async function work(): Promise<void> {
    // One batch at a time: two at once could swap a person's messages.
    while (waiting.length > 0) {
      if (waiting.length < limits.batch) await sleep(limits.gatherMs);
      const batch = waiting.slice(0, limits.batch);
      waiting = waiting.slice(limits.batch);
      await slowDown();
      await storeBatch(batch);
      deps.nudge.converse();
    }
    working = null;
  }

  /** Stores a batch; halves it where it fails, so that one bad row holds up nobody else. */
  async function storeBatch(batch: Waiting[]): Promise<void> {
    try {
      await store(batch.map((item) => item.inbound));
      for (const item of batch) item.resolve();
    } catch (cause) {
      const error = cause as Error;
      for (const item of batch) for (const key of keysOf(item.inbound)) known.delete(key);
      if (isConnectionFault(error)) {
        deps.log.warn(
          { error: error.message, messages: batch.length },
          'the database is away; the platform will deliver again',
        );
        for (const item of batch) item.reject(error);
      } else if (batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        await storeBatch(batch.slice(0, half));
        await storeBatch(batch.slice(half));
      } else {
        await storeUnreadable(batch[0]!, error);
      }
    }
  }

  /** A single row that the database refuses: kept as unreadable, so that its line does not deliver it for ever. */
  async function storeUnreadable(item: Waiting, cause: Error): Promise<void> {
    const { lineId, externalId, content } = item.inbound;
    const fields = { line: lineId, message: externalId, kind: content.kind, error: cause.message };
    try {
      await store([{ ...item.inbound, content: unreadable('refused') }]);
      deps.counters.unreadable += 1;
      deps.log.error(fields, 'a message could not be stored as it is, and was kept as unreadable');
      item.resolve();
    } catch (error) {
      deps.log.error({ ...fields, error: (error as Error).message }, 'a message could not be stored at all');
      item.reject(cause);
    }
  }

  async function store(inbounds: Inbound[]): Promise<void> {
    const strangers = inbounds.filter((inbound) => knownConversation(inbound) === null);
    const insert = (sql: Pick<Pool, 'query'>) => insertInbound(sql, inbounds.map(toInsert), deps.now());
    let stored: number;
    if (strangers.length === 0) {
      stored = await insert(deps.pool);
    } else {
      const writers = strangers.map(toWriter);
      stored = await inTransaction(deps.pool, async (sql) => {
        const ids = await openConversations(sql, writers, deps.newId);
        strangers.forEach((inbound, n) => remember(inbound, ids[n]!));
        return await insert(sql);
      });
    }
    deps.counters.received += stored;
    deps.counters.duplicates += inbounds.length - stored;
  }

  function knownConversation(inbound: Inbound): string | null {
    const keys = keysOf(inbound);
    const first = known.get(keys[0]!);
    // All identities must be known to lead to the same place: a new one is written down first.
    if (!first || first.chatId !== inbound.chatId) return null;
    return keys.every((key) => known.get(key)?.id === first.id) ? first.id : null;
  }

  function remember(inbound: Inbound, id: string): void {
    for (const key of keysOf(inbound)) known.set(key, { id, chatId: inbound.chatId });
  }

  function toInsert(inbound: Inbound): InboundInsert {
    const { lineId, externalId, content, sentAt } = inbound;
    return { lineId, externalId, content, sentAt, conversationId: known.get(keysOf(inbound)[0]!)!.id };
  }

  return {
    receive(raw) {
      if (isStopped) return Promise.reject(new Error('the gateway is stopping'));
      if (waiting.length >= limits.pending)
        return Promise.reject(new Error('too many messages wait to be stored'));
      let inbound: Inbound;
      try {
        inbound = cleanInbound(raw);
        if (keysOf(inbound).length === 0) throw new Error('the message names no sender');
      } catch (cause) {
        return Promise.reject(cause as Error);
      }
      return new Promise<void>((resolve, reject) => {
        waiting.push({ inbound, resolve, reject });
        working ??= work();
      });
    },
    async stop() {
      isStopped = true;
      await working;
    },
  };
}

function keysOf(inbound: Inbound): string[] {
  return identitiesOf(inbound).map((i) => `${inbound.lineId} ${i.platform} ${i.kind} ${i.value}`);
}

function toWriter(inbound: Inbound): Writer {
  const { lineId, platform, ids, chatId, isGroup, displayName } = inbound;
  return { lineId, platform, ids, chatId, isGroup: isGroup ?? false, displayName: displayName ?? null };
}

/** While too much lies unhandled, each commit waits a moment: platforms then deliver more slowly. */
function createBacklogBrake({ pool, log }: ReceiverDeps, backlog: number): () => Promise<void> {
  let lookedAt = 0;
  let delayMs = 0;
  return async () => {
    const at = performance.now();
    if (at - lookedAt > BACKLOG_LOOK_MS) {
      lookedAt = at;
      const waiting = await countWaiting(pool, backlog * 2).catch(() => 0);
      const isNew = delayMs === 0;
      delayMs = waiting <= backlog ? 0 : Math.ceil(((waiting - backlog) / backlog) * LONGEST_DELAY_MS);
      if (delayMs > 0 && isNew)
        log.warn({ waiting }, 'more messages wait than can be handled; receiving is slowed');
    }
    if (delayMs > 0) await sleep(delayMs);
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
