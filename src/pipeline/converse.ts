import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Counters } from '../core/counters.js';
import { ClockBehindError } from '../core/errors.js';
import type { NewId, Now, Nudge, RandomBytes, Sealer } from '../core/ports.js';
import type { Service } from '../core/service.js';
import type { ApplyContext } from '../effects/applier.js';
import { claimConversations, lockConversation, restConversation } from '../store/conversations.js';
import { isCollision } from '../store/faults.js';
import { loadRestingWords, lockResting, restOn } from '../store/resting.js';
import { inTransaction } from '../store/sql.js';
import type { Registries } from './answer.js';
import { workBatch, type BatchDeps } from './batch.js';
import type { Engine } from './engine.js';
import { isConnectionFault } from './faults.js';
import { parkMessage, tellOfWait } from './park.js';
import { createVillages } from './villages.js';

export interface ConverserDeps extends Registries {
  pool: Pool;
  log: Logger;
  now: Now;
  newId: NewId;
  random: RandomBytes;
  sealer: Sealer;
  engine: Engine;
  services: { [id: string]: Service };
  nudge: Nudge;
  counters: Counters;
  publicUrl: string | null;
  /** Where secure forms are reached (core/formLink.ts); absent: none is offered. */
  formUrl?: string | null;
  /** How the choices of a line are shown. */
  choicesOf: (lineId: string) => 'buttons' | 'numbers';
  limits?: Partial<ConverserLimits>;
}

export interface ConverserLimits {
  /** Conversations in one transaction, at most. */
  batch: number;
  /** Tries of a message that fails, before it is given up on. */
  tries: number;
  /** Rest after the n-th failure (from 1), in ms. */
  restMs: (failures: number) => number;
}

export interface Converser {
  /** Works off all that waits and may be handled now. Calls that come meanwhile are served by the run in hand. */
  run(): Promise<void>;
  /** Finishes the batch in hand and does no more. */
  stop(): Promise<void>;
}

const LIMITS: ConverserLimits = {
  batch: 128,
  tries: 5,
  restMs: (n) => Math.min(1_000 * 4 ** (n - 1), 60_000),
};
/** Conversations in one transaction as long as there is no backlog, and after how many full ones there is. */
const SMALL_BATCH = 32;
const FULL_BEFORE_LARGE = 4;
const CLOCK_REST_MS = 30_000;
/** How often, in a long run, conversations that rest are looked through for emergencies; and how much of them. */
const LOOK_EVERY_MS = 250;
const MOST_LOOKED_AT = 1_000;

/** The second stop of the road: claims conversations with waiting messages and works them off, batch after batch. */
export function createConverser(deps: ConverserDeps): Converser {
  const { pool, log, counters } = deps;
  const limits = { ...LIMITS, ...deps.limits };
  const { newId, publicUrl, formUrl, choicesOf } = deps;
  const batchDeps: BatchDeps = {
    appliers: deps.appliers,
    lookUps: deps.lookUps,
    engine: deps.engine,
    surroundings: { newId, publicUrl, formUrl, choicesOf, villages: createVillages() },
  };
  let running: Promise<void> | null = null;
  let isWanted = false;
  let isStopped = false;
  let isLooking = false;
  let lookedAt = 0;
  /** Messages of resting conversations that were looked at already. */
  let looked = new Set<number>();

  async function loop(): Promise<void> {
    try {
      do {
        isWanted = false;
        await allOf([hearEmergencies(), work()]);
      } while (isWanted && !isStopped);
    } catch (cause) {
      // The sweep calls again; what is waiting stays where it is.
      log.error({ err: cause }, 'converse was interrupted');
    } finally {
      // In the same breath as the last look at isWanted: a call in between would be lost.
      running = null;
    }
  }

  /**
   * Batch after batch, until nothing is left. Small ones, so that the next is thought through while this one is sent;
   * where they stay full there is a backlog, and large ones are done with it sooner.
   */
  async function work(): Promise<void> {
    for (let full = 0; !isStopped;) {
      const limit = full < FULL_BEFORE_LARGE ? Math.min(SMALL_BATCH, limits.batch) : limits.batch;
      const taken = await takeBatch(limit);
      if (taken === 0) return;
      full = taken === limit ? full + 1 : 0;
      if (performance.now() - lookedAt > LOOK_EVERY_MS) await hearEmergencies();
    }
  }

  /** One transaction: claim, work off, commit. Answers how many conversations it took. */
  async function takeBatch(limit: number): Promise<number> {
    const context = applyContext();
    let claimed: string[] = [];
    try {
      const turns = await inTransaction(pool, async (sql, commit) => {
        claimed = await claimConversations(sql, limit, context.now);
        if (claimed.length === 0) return 0;
        return (await workBatch(sql, claimed, batchDeps, context, { seqs: [] }, { commit })).turns;
      });
      count(turns, claimed.length);
      wake(context);
    } catch (cause) {
      if (claimed.length === 0 || isConnectionFault(cause)) throw cause;
      if (claimed.length > 1)
        log.warn({ err: cause, conversations: claimed.length }, 'a batch failed; going one by one');
      for (const id of claimed) await workAlone(id);
    }
    return claimed.length;
  }

  /** One conversation, one message a transaction: so that what fails harms nothing else, not even its own earlier ones. */
  async function workAlone(id: string): Promise<void> {
    for (let left = 1; left > 0 && !isStopped;) {
      const trace = { seqs: [] as number[] };
      const context = applyContext();
      try {
        left = await inTransaction(pool, async (sql) => {
          if (!(await lockConversation(sql, id, context.now))) return 0;
          const done = await workBatch(sql, [id], batchDeps, context, trace, { onlyFirst: true });
          count(done.turns, 1);
          return done.left;
        });
        wake(context);
      } catch (cause) {
        if (isConnectionFault(cause)) throw cause;
        await failed(id, trace.seqs[0] ?? null, cause);
        return;
      }
    }
  }

  /** A cry for help does not wait behind a message that failed, nor for a clock: it is heard out of its turn. */
  async function hearEmergencies(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      await lookForEmergencies();
    } finally {
      isLooking = false;
    }
  }

  async function lookForEmergencies(): Promise<void> {
    lookedAt = performance.now();
    const waiting = await loadRestingWords(pool, deps.now(), MOST_LOOKED_AT);
    const fresh = waiting.filter(({ seq }) => !looked.has(seq)).toReversed();
    looked = new Set(waiting.map(({ seq }) => seq));
    for (const { seq, conversationId, text } of fresh) {
      if (!deps.engine.isEmergency(text) || isStopped) continue;
      if (!(await hearAside(conversationId, seq))) looked.delete(seq);
    }
  }

  /** That one message; where the session itself is at fault, without it. False where another worker holds it. */
  async function hearAside(id: string, seq: number): Promise<boolean> {
    for (const isBlank of [false, true]) {
      const context = applyContext();
      try {
        const isDone = await inTransaction(pool, async (sql) => {
          const rest = await lockResting(sql, id);
          if (!rest) return false;
          const { turns } = await workBatch(
            sql,
            [id],
            batchDeps,
            context,
            { seqs: [] },
            { only: seq, isBlank },
          );
          // What rested goes on resting, and is as near to being given up on as it was.
          await restOn(sql, id, rest);
          count(turns, 1);
          return true;
        });
        wake(context);
        return isDone;
      } catch (cause) {
        if (isConnectionFault(cause)) throw cause;
        log.error(
          { conversation: id, message: seq, err: cause },
          'an emergency could not be heard out of turn',
        );
      }
    }
    return true;
  }

  /** A conversation that fails rests, longer each time; then the message is given up on, and people are told. */
  async function failed(id: string, seq: number | null, cause: unknown): Promise<void> {
    counters.conversationFailures += 1;
    // An emergency may wait behind it.
    isWanted = true;
    const context = applyContext();
    await inTransaction(pool, async (sql) => {
      const row = await lockConversation(sql, id, null);
      if (!row) return;
      const failures = row.failures + 1;
      const fields = { conversation: id, message: seq, failures };
      if (cause instanceof ClockBehindError) {
        log.error(fields, cause.message);
        await tellOfWait(sql, id, batchDeps, context);
        await restConversation(sql, id, later(context, CLOCK_REST_MS), false);
      } else if (isCollision(cause) && failures < limits.tries) {
        log.warn({ ...fields, err: cause }, 'a conversation collided with another; again at once');
        await restConversation(sql, id, later(context, 50), true);
      } else if (seq === null || failures < limits.tries) {
        log.error({ ...fields, err: cause }, 'a conversation failed; it rests and is tried again');
        await restConversation(sql, id, later(context, limits.restMs(failures)), true);
      } else {
        log.error(
          { ...fields, err: cause },
          'a message is given up on; the person and the officers are told',
        );
        await parkMessage(sql, { conversation: id, seq, error: errorName(cause) }, batchDeps, context, log);
        counters.conversationsParked += 1;
      }
    });
    wake(context);
  }

  function applyContext(): ApplyContext {
    const { newId, random, sealer, services } = deps;
    const nudges = { converse: false, notify: false, letters: false, send: new Set<string>() };
    return { now: deps.now(), newId, random, sealer, services, nudges };
  }

  function wake({ nudges }: ApplyContext): void {
    for (const lineId of nudges.send) deps.nudge.send(lineId);
    if (nudges.notify) deps.nudge.notify();
    if (nudges.letters) deps.nudge.letters();
    if (nudges.converse) deps.nudge.converse();
  }

  function count(turns: number, conversations: number): void {
    counters.turns += turns;
    if (conversations > 0) counters.batches += 1;
  }

  return {
    run() {
      isWanted = true;
      running ??= loop();
      return running;
    },
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

/** Waits for all to end; then throws what the first of them threw. */
async function allOf(working: Promise<void>[]): Promise<void> {
  await Promise.allSettled(working);
  await Promise.all(working);
}

function later({ now }: ApplyContext, ms: number): Date {
  return new Date(now.getTime() + ms);
}

/** What may stand in a row: the kind of fault, not its words, which may quote a message. */
function errorName(cause: unknown): string {
  const { name, code } = cause as { name?: string; code?: string };
  return [name ?? 'Error', code].filter(Boolean).join(' ');
}
