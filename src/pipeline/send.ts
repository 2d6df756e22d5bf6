import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Channel, MediaSource } from '../channels/channel.js';
import type { Counters } from '../core/counters.js';
import { SendError } from '../core/errors.js';
import type { Outgoing } from '../core/outgoing.js';
import type { Now } from '../core/ports.js';
import { lineRestsUntil } from '../store/lines.js';
import { countWaitingFiles } from '../store/attachmentRows.js';
import {
  recoverSending,
  releaseOrphans,
  retryOutbound,
  turnOutbox,
  type TakenRow,
} from '../store/outbound.js';
import { isConnectionFault } from './faults.js';
import { createPace, type Pace } from './pace.js';
import { settleFailure, type RaiseIncidents } from './settle.js';

export interface SenderDeps {
  pool: Pool;
  log: Logger;
  now: Now;
  counters: Counters;
  media: MediaSource;
  raiseIncidents: RaiseIncidents;
  /** Who holds the lines' leases: this process. */
  owner: string;
  limits?: Partial<SenderLimits>;
}

export interface SenderLimits {
  /** Wait before the n-th try again (from 1), in ms. */
  retryMs: (attempts: number) => number;
  /** A message that could not be sent for so long is given up on. */
  giveUpMs: number;
  /** A line that refuses the account is tried again after this long. */
  lineDownMs: number;
}

/** Sends for the lines that this process holds. */
export interface Sender {
  /** Begins to send for a line whose lease was taken; what a dead holder left in the middle is settled first. */
  start(channel: Channel): Promise<void>;
  /** Something waits for this line. */
  nudge(lineId: string): void;
  /** The line works again: what rested because it was down goes on. */
  resume(lineId: string): void;
  /** Sends no more for a line (all lines without one); resolves when what is in hand is done. */
  stop(lineId?: string): Promise<void>;
}

const LIMITS: SenderLimits = {
  retryMs: (n) => Math.min(1_000 * 2 ** (n - 1), 300_000),
  giveUpMs: 24 * 3_600_000,
  lineDownMs: 300_000,
};

/** The third stop of the road. */
export function createSender(deps: SenderDeps): Sender {
  const lines = new Map<string, LineSender>();
  return {
    async start(channel) {
      const line = await openLine(channel, { ...deps, limits: { ...LIMITS, ...deps.limits } });
      lines.set(channel.lineId, line);
      line.nudge();
    },
    nudge: (lineId) => lines.get(lineId)?.nudge(),
    resume: (lineId) => lines.get(lineId)?.resume(),
    async stop(lineId) {
      const ending = lineId === undefined ? [...lines.keys()] : [lineId];
      await Promise.all(ending.map(async (id) => await lines.get(id)?.stop()));
      for (const id of ending) lines.delete(id);
    },
  };
}

interface LineSender {
  nudge(): void;
  resume(): void;
  stop(): Promise<void>;
}

export type LineDeps = SenderDeps & { limits: SenderLimits };

const MOST_IN_FLIGHT = 256;
/** How long a message waits for its pictures, and how often they are looked for. */
const FILES_WAIT_MS = 60_000;
const FILES_LOOK_MS = 500;

async function openLine(channel: Channel, deps: LineDeps): Promise<LineSender> {
  const { pool, log, counters } = deps;
  const { lineId } = channel;
  const most = Math.max(1, Math.min(MOST_IN_FLIGHT, Math.ceil(channel.limits.perSecond)));
  await recover(channel, deps);
  const pace: Pace = createPace(channel.limits);
  pace.restLine(((await lineRestsUntil(pool, lineId))?.getTime() ?? 0) - deps.now().getTime());
  const inFlight = new Set<Promise<void>>();
  let sent: { seq: number; externalIds: string[] }[] = [];
  /** What became of messages while the database was away. */
  const unwritten: (() => Promise<void>)[] = [];
  /** Rows that say `sending` because of us. */
  const mine = new Set<number>();
  let isAnswerLost = false;
  let turning: Promise<void> | null = null;
  let isWanted = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let timerAt = 0;

  function nudge(): void {
    isWanted = true;
    turning ??= turns();
  }

  async function turns(): Promise<void> {
    try {
      while (isWanted) {
        isWanted = false;
        // What else ends in this moment is marked along with it.
        await new Promise((resolve) => setImmediate(resolve));
        await turn();
      }
    } catch (cause) {
      const level = isConnectionFault(cause) ? 'warn' : 'error';
      log[level]({ line: lineId, err: cause }, 'the outbox cannot be worked off; again in a second');
      nudgeIn(1_000);
    } finally {
      turning = null;
    }
  }

  /** Marks what went out, takes what is next, and begins to send it. */
  async function turn(): Promise<void> {
    for (const task of unwritten.splice(0)) await orLater(task);
    if (isAnswerLost) {
      // Taken, but we were never told: nothing of it was begun.
      await releaseOrphans(pool, lineId, deps.owner, [...mine]);
      isAnswerLost = false;
    }
    const marked = sent;
    sent = [];
    const limit = isStopped ? 0 : Math.min(pace.allowance(), most - inFlight.size);
    if (limit === 0 && marked.length === 0) return wait();
    let taken: TakenRow[];
    try {
      const resting = pace.restingChats();
      taken = await turnOutbox(pool, { lineId, owner: deps.owner, sent: marked, limit, resting }, deps.now());
    } catch (cause) {
      sent = [...marked, ...sent];
      isAnswerLost = true;
      throw cause;
    }
    counters.sent += marked.length;
    for (const { seq } of marked) mine.delete(seq);
    for (const row of taken) {
      mine.add(row.seq);
      pace.take();
      const sending = send(row).finally(() => {
        inFlight.delete(sending);
        nudge();
      });
      inFlight.add(sending);
    }
    wait();
  }

  /** Whoever rests is looked at again when the rest is over. */
  function wait(): void {
    const ms = pace.nextMs();
    if (ms !== null && !isStopped) nudgeIn(ms);
  }

  function nudgeIn(ms: number): void {
    const at = performance.now() + ms;
    if (timer && timerAt <= at) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(
      () => {
        timer = undefined;
        nudge();
      },
      Math.min(ms, 2 ** 31 - 1),
    );
    timer.unref();
  }

  async function send(row: TakenRow): Promise<void> {
    try {
      if (await waitsForFiles(row)) return;
    } catch {
      return await orLater(() => putBack(row, 'not begun'));
    }
    try {
      const { externalIds } = await channel.send(row.chatId, row.message, deps.media);
      sent.push({ seq: row.seq, externalIds });
      pace.restChat(row.conversationId, row.isGroup);
    } catch (cause) {
      const error =
        cause instanceof SendError
          ? cause
          : new SendError('unknown', `the channel failed: ${(cause as Error).message}`, { cause });
      pace.restChat(row.conversationId, row.isGroup);
      await settle(row, error);
    }
  }

  /** Pictures that are still being fetched from the platform they came by: the message waits a moment for them. */
  async function waitsForFiles(row: TakenRow): Promise<boolean> {
    const files = filesOf(row.message);
    const now = deps.now();
    if (files.length === 0 || now.getTime() - row.createdAt.getTime() > FILES_WAIT_MS) return false;
    if ((await countWaitingFiles(pool, files)) === 0) return false;
    await putBack(row, 'waits for its files');
    pace.restChatFor(row.conversationId, FILES_LOOK_MS);
    return true;
  }

  /** Writes down what follows from a failure; the row holds its conversation back until that has worked. */
  async function settle(row: TakenRow, error: SendError): Promise<void> {
    await orLater(async () => {
      const rest = await settleFailure(row, error, channel, deps);
      mine.delete(row.seq);
      if (rest.lineMs !== undefined) pace.restLine(rest.lineMs);
      if (rest.chatMs !== undefined) pace.restChatFor(row.conversationId, rest.chatMs);
    });
  }

  async function putBack(row: TakenRow, reason: string): Promise<void> {
    await retryOutbound(pool, row, { notBefore: null, error: reason });
    mine.delete(row.seq);
  }

  async function orLater(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (cause) {
      log.warn(
        { line: lineId, err: cause },
        'the outcome of a send could not be written down; again in a second',
      );
      unwritten.push(task);
      nudgeIn(1_000);
    }
  }

  return {
    nudge,
    resume() {
      pace.restLine(0);
      nudge();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await Promise.all(inFlight);
      nudge();
      while (turning) await turning;
    },
  };
}

function filesOf(message: Outgoing): string[] {
  return [...(message.photos ?? []), ...(message.document ? [message.document.attachmentId] : [])];
}

/** What the holder before us left in the middle of a send. */
async function recover(channel: Channel, deps: LineDeps): Promise<void> {
  const { lineId, limits } = channel;
  const { repeated, left } = await recoverSending(
    deps.pool,
    lineId,
    limits.unknownOutcome === 'look' ? 'leave' : limits.unknownOutcome,
  );
  if (repeated > 0)
    deps.log.warn({ line: lineId, messages: repeated }, 'messages of unknown outcome are sent once more');
  if (left.length === 0) return;
  deps.counters.sendUnknown += left.length;
  deps.log.error(
    { line: lineId, messages: left.map((row) => row.seq) },
    'nobody knows whether these messages went out',
  );
  await deps.raiseIncidents(
    deps.pool,
    left.map((row) => ({
      kind: 'outcome_unknown' as const,
      lineId,
      conversationId: row.conversationId,
      detail: { message: row.seq },
    })),
  );
}
