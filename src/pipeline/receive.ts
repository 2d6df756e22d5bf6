import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Inbound } from '../core/content.js';
import type { Counters } from '../core/counters.js';
import type { NewId, Now, Nudge } from '../core/ports.js';
import { countWaiting, insertInbound, type InboundInsert } from '../store/inbound.js';
import { inTransaction, type Sql } from '../store/sql.js';
import { followMoved, isNewMove, leaveNames, type MovedChat } from '../store/movedChats.js';
import { identitiesOf, openConversations, type Writer } from '../store/openConversations.js';
import { cleanInbound, unreadable } from './clean.js';
import { isConnectionFault, isDataFault } from './faults.js';
import { LruMap } from './lruMap.js';
import { createQuietChats } from './quietChats.js';
import type { RaiseIncidents } from './settle.js';

export interface ReceiverDeps {
  pool: Pool;
  log: Logger;
  now: Now;
  newId: NewId;
  nudge: Pick<Nudge, 'converse'>;
  counters: Counters;
  raiseIncidents: RaiseIncidents;
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
  /** Nothing of this chat is taken: the phone's owner keeps it to themselves. */
  isPrivate(lineId: string, chatId: string): boolean;
  /** The phone's owner has the word there, or keeps the chat: nobody is shown to write. */
  isQuiet(lineId: string, chatId: string): boolean;
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
  const quiet = createQuietChats(deps);
  const slowDown = createBacklogBrake(deps, limits.backlog);
  let waiting: Waiting[] = [];
  let working: Promise<void> | null = null;
  let isStopped = false;

  async function work(): Promise<void> {
    // One batch at a time: two at once could swap a person's messages.
    while (waiting.length > 0) {
      if (waiting.length < limits.batch) await sleep(limits.gatherMs);
      const batch = waiting.slice(0, upToMove(waiting.slice(0, limits.batch)));
      waiting = waiting.slice(batch.length);
      try {
        // Which chats are private must be known before anything is stored.
        await quiet.ready();
      } catch (cause) {
        refuse(batch, cause as Error);
        continue;
      }
      await slowDown();
      await storeBatch(batch);
      deps.nudge.converse();
    }
    working = null;
  }

  /**
   * Stores a batch; halves it where it fails, so that one bad row holds up nobody else. False where the database went
   * away: then all that was not stored yet is refused, so that nothing is stored before what came earlier.
   */
  async function storeBatch(batch: Waiting[]): Promise<boolean> {
    try {
      await store(batch.map((item) => item.inbound));
      for (const item of batch) item.resolve();
      return true;
    } catch (cause) {
      for (const item of batch) for (const key of keysOf(item.inbound)) known.delete(key);
      if (isConnectionFault(cause)) return refuse(batch, cause as Error);
      if (batch.length === 1) return await storeAlone(batch[0]!, cause as Error);
      const half = Math.ceil(batch.length / 2);
      const [first, second] = [batch.slice(0, half), batch.slice(half)];
      if (await storeBatch(first)) return await storeBatch(second);
      return refuse(second, cause as Error);
    }
  }

  function refuse(batch: Waiting[], cause: Error): false {
    deps.log.warn(
      { err: cause, messages: batch.length },
      'messages could not be stored; the platform will deliver them again',
    );
    for (const item of batch) item.reject(cause);
    return false;
  }

  /**
   * A row that the database refuses: tried once more, since what was known of its conversation may have been old; then
   * kept as unreadable, or else as an incident, so that its line does not deliver it for ever. False as in storeBatch.
   */
  async function storeAlone(item: Waiting, refusal: Error): Promise<boolean> {
    const { lineId, externalId, chatId, content } = item.inbound;
    const fields = { line: lineId, message: externalId, kind: content.kind };
    let cause = refusal;
    for (const what of [content, unreadable('refused')]) {
      try {
        await store([{ ...item.inbound, content: what }]);
        if (what !== content) {
          deps.counters.unreadable += 1;
          deps.log.error(
            { ...fields, err: refusal },
            'a message could not be stored as it is, and was kept as unreadable',
          );
        }
        item.resolve();
        return true;
      } catch (error) {
        for (const key of keysOf(item.inbound)) known.delete(key);
        cause = error as Error;
        if (isConnectionFault(cause)) return refuse([item], cause);
      }
    }
    deps.log.error({ ...fields, err: cause }, 'a message could not be stored at all');
    // Where tables are missing or locked, nothing is wrong with the message: it shall come again.
    if (!isDataFault(cause)) return refuse([item], cause);
    const detail = { line: lineId, message: externalId, chat: chatId, kind: content.kind };
    try {
      await deps.raiseIncidents(deps.pool, [{ kind: 'message_lost', lineId, detail }]);
    } catch (error) {
      return refuse([item], error as Error);
    }
    deps.counters.unreadable += 1;
    item.resolve();
    return true;
  }

  async function store(given: Inbound[]): Promise<void> {
    let inbounds = given.filter((inbound) => !isKept(inbound));
    if (inbounds.length === 0) return;
    const strangers = inbounds.filter((inbound) => knownConversation(inbound) === null);
    const insert = (sql: Pick<Pool, 'query'>) => insertInbound(sql, inbounds.map(toInsert), deps.now());
    let stored: number;
    let repeated = 0;
    if (strangers.length === 0) {
      stored = await insert(deps.pool);
    } else {
      stored = await inTransaction(deps.pool, async (sql) => {
        const open = async (people: Inbound[]): Promise<void> => {
          const ids = await openConversations(sql, people.map(toWriter), deps.newId, deps.now());
          people.forEach((inbound, n) => remember(inbound, ids[n]!));
        };
        await open(strangers.filter(({ content }) => content.kind !== 'moved'));
        // The last of its batch: whoever is known by what came before it is known by now.
        const moving = strangers.find(({ content }) => content.kind === 'moved');
        const isNews =
          moving !== undefined && (await isNewMove(sql, { ...moving, left: identitiesOf(moving) }));
        if (isNews) await open([moving]);
        else if (moving) repeated = 1;
        // Known by another id than the one that its owner wrote in.
        inbounds = inbounds.filter((inbound) => (inbound === moving ? isNews : true) && !isKept(inbound));
        if (!moving || !inbounds.includes(moving)) return await insert(sql);
        await follow(sql, moving);
        const inserted = await insert(sql);
        // What comes from there next may be somebody else's.
        for (const key of keysOf(moving)) known.delete(key);
        return inserted;
      });
    }
    deps.counters.received += stored;
    deps.counters.duplicates += inbounds.length + repeated - stored;
  }

  /** Of a chat that its owner keeps to themselves only their own word is taken, which may give it back. */
  function isKept(inbound: Inbound): boolean {
    const { lineId, chatId, content } = inbound;
    if (content.kind === 'owner_wrote' && content.says !== 'pause') return false;
    return quiet.isPrivate(lineId, chatId, () => known.get(keysOf(inbound)[0]!)?.id);
  }

  /** Where a chat goes on; what was known of its new id is looked at anew. */
  async function follow(sql: Sql, inbound: Inbound): Promise<void> {
    const { content, platform, lineId, chatId } = inbound;
    if (content.kind !== 'moved') return;
    const { to } = content;
    const identities = identitiesOf(inbound);
    const isNumber = platform === 'whatsapp' && /^\d+$/u.test(to);
    const { kind } = isNumber
      ? { kind: 'phone' }
      : (identities.find(({ value }) => value === chatId) ?? identities[0]!);
    for (const key of keysOf({ lineId, platform, ids: { [kind]: to } })) known.delete(key);
    const moved: MovedChat = { conversationId: known.get(keysOf(inbound)[0]!)!.id, platform, kind, to };
    // A group keeps its old id for good; a person's number goes to somebody else.
    if (platform === 'whatsapp') await leaveNames(sql, moved, identities, deps.now());
    await followMoved(sql, [moved]);
  }

  function knownConversation(inbound: Inbound): string | null {
    // A chat that moves is written down like one that is new.
    if (inbound.content.kind === 'moved') return null;
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

  /** What can be stored of it; null where not even its sender can be told. */
  function readable(raw: Inbound): Inbound | null {
    const fields = { line: raw.lineId, message: raw.externalId, kind: raw.content?.kind };
    for (const given of [raw, { ...raw, content: unreadable('malformed') }]) {
      try {
        const inbound = cleanInbound(given);
        if (keysOf(inbound).length > 0) return inbound;
        deps.log.error(fields, 'a message without a sender was passed over');
        break;
      } catch (cause) {
        deps.log.error({ ...fields, err: cause }, 'a channel handed over what is no message');
      }
    }
    deps.counters.unreadable += 1;
    return null;
  }

  return {
    receive(raw) {
      if (isStopped) return Promise.reject(new Error('the gateway is stopping'));
      if (waiting.length >= limits.pending)
        return Promise.reject(new Error('too many messages wait to be stored'));
      const inbound = readable(raw);
      // Nobody could be answered, however often it came.
      if (!inbound) return Promise.resolve();
      quiet.heard(inbound);
      return new Promise<void>((resolve, reject) => {
        waiting.push({ inbound, resolve, reject });
        working ??= work();
      });
    },
    isPrivate: (lineId, chatId) => quiet.isPrivate(lineId, chatId),
    isQuiet: (lineId, chatId) => quiet.isQuiet(lineId, chatId),
    async stop() {
      isStopped = true;
      await working;
    },
  };
}

/** A chat that moves ends a batch: what comes next may already come from where it is then. */
function upToMove(waiting: Waiting[]): number {
  const moved = waiting.findIndex(({ inbound }) => inbound.content.kind === 'moved');
  return moved < 0 ? waiting.length : moved + 1;
}

function keysOf(inbound: Pick<Inbound, 'lineId' | 'platform' | 'ids'>): string[] {
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
