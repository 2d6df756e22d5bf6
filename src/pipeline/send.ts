import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Channel, MediaSource } from '../channels/channel.js';
import type { Counters } from '../core/counters.js';
import { SendError } from '../core/errors.js';
import type { Outgoing } from '../core/outgoing.js';
import type { NewId, Now } from '../core/ports.js';
import { endLineDown } from '../store/incidents.js';
import { lineRestsUntil, setLineState } from '../store/lines.js';
import { countWaitingFiles } from '../store/attachmentRows.js';
import {
  loadSending,
  recoverSending,
  releaseOrphans,
  retryOutbound,
  turnOutbox,
  type TakenRow,
} from '../store/outbound.js';
import { takeLateFailures } from '../store/sentMessages.js';
import type { Sql } from '../store/sql.js';
import { isConnectionFault } from './faults.js';
import { holdForTemplate, isWindowClosed, settleLateTemplate } from './hold.js';
import { createLookUp, LOOK_UP_LIMITS, type LookUpLimits } from './lookUp.js';
import { createPace, type Pace } from './pace.js';
import { leaveUnknown, settleFailure, type RaiseIncidents } from './settle.js';

export interface SenderDeps {
  pool: Pool;
  log: Logger;
  now: Now;
  newId: NewId;
  counters: Counters;
  media: MediaSource;
  /** A message as it leaves: what rows may not hold takes its place here (core/asItLeaves.ts). */
  asItLeaves?: (message: Outgoing) => Outgoing;
  raiseIncidents: RaiseIncidents;
  /** A group put us out: in the transaction that writes it down. */
  groupLost?: (sql: Sql, conversationId: string) => Promise<void>;
  /** Who holds the lines' leases: this process. */
  owner: string;
  limits?: Partial<SenderLimits>;
}

export interface SenderLimits extends LookUpLimits {
  /** Wait before the n-th try again (from 1), in ms. */
  retryMs: (attempts: number) => number;
  /** A message that could not be sent for so long, on a line that works, is given up on; after a week of these anyway. */
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
  ...LOOK_UP_LIMITS,
};

/** The third stop of the road. */
export function createSender(deps: SenderDeps): Sender {
  const lines = new Map<string, LineSender>();
  return {
    async start(channel) {
      // Begun before, and not come to an end where something else could not be opened.
      await lines.get(channel.lineId)?.stop();
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

export interface LineDeps extends SenderDeps {
  limits: SenderLimits;
  /** Since when the line works. */
  upSince: () => Date;
  /** When something last went out; null: nothing has yet. */
  workedAt: () => Date | null;
}

const MOST_IN_FLIGHT = 256;
/** What went out is marked along with what goes out in the next moment: one commit for both. */
const GATHER_MS = 3;
/** How long a message waits for its pictures, and how often they are looked for. */
const FILES_WAIT_MS = 60_000;
const FILES_LOOK_MS = 500;

async function openLine(through: Channel, given: SenderDeps & { limits: SenderLimits }): Promise<LineSender> {
  const channel = given.asItLeaves ? leavingAs(through, given.asItLeaves) : through;
  const { pool, log, counters } = given;
  const { lineId, limits } = channel;
  let upSince = given.now();
  let wasOpen = false;
  let workedAt: Date | null = null;
  const deps: LineDeps = { ...given, upSince: () => upSince, workedAt: () => workedAt };
  const most = Math.max(1, Math.min(MOST_IN_FLIGHT, Math.ceil(channel.limits.perSecond)));
  const isTracked = limits.reports === true || limits.unknownOutcome === 'look';
  const cutOff = await recover(channel, deps);
  const pace: Pace = createPace(channel.limits);
  pace.restLine(((await lineRestsUntil(pool, lineId))?.getTime() ?? 0) - deps.now().getTime());
  const inFlight = new Set<Promise<void>>();
  /** What is being sent to a chat: never two things at once. */
  const busy = new Map<string, Promise<void>>();
  let sent: { seq: number; externalIds: string[] }[] = [];
  /** What became of messages while the database was away. */
  const unwritten: (() => Promise<void>)[] = [];
  /** Rows that say `sending` because of us, each with the try that we are at. */
  const mine = new Map<number, number>(cutOff.map(({ seq, attempts }) => [seq, attempts]));
  const lookUp = createLookUp(channel, deps, {
    found(row, externalIds) {
      sent.push({ seq: row.seq, externalIds });
      nudge();
    },
    missing: (row) => orLater(() => putBack(row, 'it had not gone out').then(nudge)),
    unclear: (row, why) =>
      orLater(async () => {
        await leaveUnknown(row, why, lineId, deps);
        letGo(row);
        nudge();
      }),
  });
  let isAnswerLost = false;
  /** The platform refused the account, and nothing has worked since. */
  let isRefused = false;
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

  async function idle(): Promise<void> {
    while (turning) await turning;
  }

  /** Marks what went out, takes what is next, and begins to send it. */
  async function turn(): Promise<void> {
    for (const task of unwritten.splice(0)) await orLater(task);
    if (isAnswerLost) {
      // Taken, but we were never told: nothing of it was begun.
      await releaseOrphans(pool, lineId, deps.owner, [...mine.keys()]);
      isAnswerLost = false;
    }
    await takeAndSend();
    if (limits.reports && !isStopped) await settleLate();
    wait();
  }

  async function takeAndSend(): Promise<void> {
    const marked = sent;
    sent = [];
    // A line that is down holds its outbox: nothing is tried, and no try is used up.
    const isOpen = !isStopped && ['up', 'degraded'].includes(channel.health().state);
    if (isOpen && !wasOpen) upSince = deps.now();
    wasOpen = isOpen;
    // More may be in hand than the line sends at once: what failed late is.
    const limit = isOpen ? Math.max(0, Math.min(pace.allowance(), most - inFlight.size)) : 0;
    if (limit === 0 && marked.length === 0) return;
    let taken: TakenRow[];
    try {
      const { owner } = deps;
      const resting = pace.restingChats();
      taken = await turnOutbox(pool, { lineId, owner, sent: marked, limit, resting, isTracked }, deps.now());
    } catch (cause) {
      sent = [...marked, ...sent];
      isAnswerLost = true;
      throw cause;
    }
    counters.sent += marked.length;
    for (const { seq } of marked) mine.delete(seq);
    for (const row of taken) {
      mine.set(row.seq, row.attempts);
      pace.take();
      const sending = send(row).finally(() => {
        if (busy.get(row.conversationId) === sending) busy.delete(row.conversationId);
      });
      busy.set(row.conversationId, sending);
      inHand(sending);
    }
  }

  /** What failed after it was sent is settled as if it had failed at once. */
  async function settleLate(): Promise<void> {
    try {
      for (const late of await takeLateFailures(pool, { lineId, owner: deps.owner }, deps.now())) {
        const { row, failure, retryAfter } = late;
        const error = new SendError(failure, late.error, retryAfter === null ? {} : { retryAfter });
        if (late.isTemplate) {
          inHand(orLater(() => settleLateTemplate(row, error, lineId, deps)));
          continue;
        }
        mine.set(row.seq, row.attempts);
        const before = busy.get(row.conversationId) ?? Promise.resolve();
        inHand(before.then(() => settle(row, error)));
      }
    } catch (cause) {
      isAnswerLost = true;
      throw cause;
    }
  }

  function inHand(work: Promise<void>): void {
    const working = work.finally(() => {
      inFlight.delete(working);
      nudgeIn(GATHER_MS);
    });
    inFlight.add(working);
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
    if (isWindowClosed(row.lastInboundAt, channel, row.begunAt)) return await hold(row);
    try {
      const { externalIds } = await channel.send(row.chatId, row.message, deps.media);
      sent.push({ seq: row.seq, externalIds });
      workedAt = deps.now();
      pace.restChat(row.conversationId, row.isGroup, externalIds.length);
      if (isRefused) await worksAgain();
    } catch (cause) {
      const error =
        cause instanceof SendError
          ? cause
          : new SendError('unknown', `the channel failed: ${(cause as Error).message}`, { cause });
      pace.restChat(row.conversationId, row.isGroup);
      await settle(row, error);
    }
  }

  /** The person wrote too long ago: the message itself is not even tried. */
  async function hold(row: TakenRow): Promise<void> {
    await orLater(async () => {
      const passing = await holdForTemplate(
        row,
        'needs_template: the window is closed',
        false,
        channel,
        deps,
      );
      if (passing) return await settle(row, passing);
      letGo(row);
    });
  }

  /** Nobody else tells so where the channel itself has nothing that listens. */
  async function worksAgain(): Promise<void> {
    isRefused = false;
    await orLater(async () => {
      await setLineState(pool, lineId, 'up', null, deps.now());
      await endLineDown(pool, lineId, deps.newId, deps.now());
    });
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
      if (rest.isLookedUp) return lookUp.add([row]);
      letGo(row);
      if (rest.isRefused) isRefused = true;
      if (rest.lineMs !== undefined) pace.restLine(rest.lineMs);
      if (rest.chatMs !== undefined) pace.restChatFor(row.conversationId, rest.chatMs);
    });
  }

  /** Not where it was taken anew before we heard that it had gone back. */
  function letGo({ seq, attempts }: TakenRow): void {
    if (mine.get(seq) === attempts) mine.delete(seq);
  }

  async function putBack(row: TakenRow, reason: string): Promise<void> {
    await retryOutbound(pool, row, { notBefore: null, error: reason });
    letGo(row);
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

  lookUp.add(cutOff);
  return {
    nudge,
    resume() {
      isRefused = false;
      upSince = deps.now();
      pace.restLine(0);
      lookUp.wake();
      nudge();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      // What is being taken in this very moment is sent like the rest.
      await idle();
      await Promise.all([...inFlight, lookUp.stop()]);
      nudge();
      await idle();
      clearTimeout(timer);
    },
  };
}

function filesOf(message: Outgoing): string[] {
  return [...(message.photos ?? []), ...(message.document ? [message.document.attachmentId] : [])];
}

/** What the holder before us left in the middle of a send. Answers what is to be looked up once the line works. */
async function recover(channel: Channel, deps: LineDeps): Promise<TakenRow[]> {
  const { lineId, limits } = channel;
  const looks = limits.unknownOutcome === 'look' && channel.findSent !== undefined;
  const outcome = limits.unknownOutcome === 'look' && !looks ? 'leave' : limits.unknownOutcome;
  const { repeated, left } = await recoverSending(deps.pool, lineId, outcome);
  if (repeated > 0)
    deps.log.warn({ line: lineId, messages: repeated }, 'messages of unknown outcome are sent once more');
  const cutOff = looks ? await loadSending(deps.pool, lineId) : [];
  if (left.length === 0) return cutOff;
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
  return cutOff;
}

/** The channel, handed every message as it leaves; what it is asked to find in a chat is the same. */
function leavingAs(channel: Channel, leaving: (message: Outgoing) => Outgoing): Channel {
  const send: Channel['send'] = (chatId, message, media, how) =>
    channel.send(chatId, leaving(message), media, how);
  const findSent: Channel['findSent'] = (chatId, message, since) =>
    channel.findSent!(chatId, leaving(message), since);
  // Defined, not set: some channels are frozen.
  return Object.create(channel, {
    send: { value: send },
    ...(channel.findSent ? { findSent: { value: findSent } } : {}),
  }) as Channel;
}
