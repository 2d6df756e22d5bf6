import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Counters } from '../core/counters.js';
import type { Now, Nudge } from '../core/ports.js';
import { finishMerges, hasMerging } from '../store/mergeAddresses.js';
import { linesWithUnsent } from '../store/outbound.js';
import { linesWithLateFailures } from '../store/sentMessages.js';
import { rescueWaiting } from './rescue.js';
import type { RaiseIncidents } from './settle.js';
import { hasLettersToMake } from '../store/letters/making.js';
import { hasBoardsDue } from '../store/boards.js';
import { hasUntold } from '../store/notifications.js';
import { inTransaction } from '../store/sql.js';
import { hasDueTimers, hasWaiting, linesWithWaitingFiles, tryToSweep } from '../store/sweep.js';

export interface SweeperDeps {
  pool: Pool;
  log: Logger;
  now: Now;
  nudge: Nudge;
  counters: Counters;
  raiseIncidents: RaiseIncidents;
  /** Wakes whoever runs due timers. */
  wakeTimed: () => void;
  /** Is the clock right? Looked at before anything else: timers stand still under one that is behind. */
  checkClock: () => Promise<boolean>;
  everyMs?: number;
}

export interface Sweeper {
  start(): void;
  /** One round, at once. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_MS = 2_000;
/** What is younger than this most likely has its nudge under way. */
const FRESH_MS = 1_500;

/** Wakes, every few seconds, whatever a crash or a lost nudge left lying. One worker at a time does it. */
export function createSweeper(deps: SweeperDeps): Sweeper {
  const { pool, log, nudge, counters } = deps;
  const everyMs = deps.everyMs ?? EVERY_MS;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | null = null;
  let isStopped = false;

  async function sweep(): Promise<void> {
    const isRight = await deps.checkClock();
    const now = deps.now();
    const before = new Date(now.getTime() - FRESH_MS);
    await inTransaction(pool, async (sql) => {
      if (!(await tryToSweep(sql))) return;
      // Before what waits is handled: it may belong elsewhere by now.
      if (await hasMerging(sql)) await finishMerges(sql, null, now);
      if (await hasWaiting(sql, before, now)) found(() => nudge.converse());
      if (await hasUntold(sql, before)) found(() => nudge.notify());
      // Nothing was lost: a board changes a moment after what changed it, and by the clock.
      else if (await hasBoardsDue(sql, now)) nudge.notify();
      if (await hasLettersToMake(sql, before)) found(() => nudge.letters());
      for (const line of await linesWithUnsent(sql, before, now)) found(() => nudge.send(line));
      for (const line of await linesWithWaitingFiles(sql, before)) nudge.send(line);
      for (const line of await linesWithLateFailures(sql)) nudge.send(line);
      if (isRight && (await hasDueTimers(sql, now))) deps.wakeTimed();
    });
    await rescueWaiting(deps);
  }

  function found(wake: () => void): void {
    counters.swept += 1;
    wake();
  }

  async function safely(): Promise<void> {
    try {
      await sweep();
    } catch (cause) {
      log.warn({ err: cause }, 'the sweep failed; again soon');
    }
  }

  function again(): void {
    if (isStopped) return;
    timer = setTimeout(() => {
      working = safely().finally(again);
    }, everyMs);
  }

  return {
    start() {
      working = safely().finally(again);
    },
    sweep,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await working;
      clearTimeout(timer);
    },
  };
}
