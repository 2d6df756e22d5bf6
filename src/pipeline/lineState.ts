import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { LineState } from '../channels/channel.js';
import type { NewId, Now } from '../core/ports.js';
import { endLineDown } from '../store/incidents.js';
import { lastWorked, setLineState } from '../store/lines.js';
import type { RaiseIncidents } from './settle.js';

export interface LineStateDeps {
  pool: Pool;
  log: Logger;
  now: Now;
  newId: NewId;
  raiseIncidents: RaiseIncidents;
  /** Officers are to be told of something, or a line by which they can be told works again. */
  notify: () => void;
  /** Milliseconds on a clock that never jumps. */
  elapsed: () => number;
  timing: StateTiming;
}

export interface StateTiming {
  /**
   * A line that has not worked well for so long is an incident: a network that is away for a moment, or a browser that
   * is started anew, heals by itself within it; people who write meanwhile are answered late, not lost.
   */
  degradedMs: number;
  /** Up for so long, a line that came and went is well again: one that restarts again and again is not. */
  steadyMs: number;
}

/** How one line stands: written down in order, told to its keepers where it goes down, and when it is back. */
export interface LineStates {
  changed(state: LineState, reason?: string): Promise<void>;
  /** Looked at every few seconds: what has gone on too long is an incident. */
  look(): Promise<void>;
  /** Waiting for a person to link the account: no fault of the line. True the first time since it was up. */
  setLinking(isLinking: boolean): boolean;
  isLinking(): boolean;
  isUp(): boolean;
}

const HOUR_MS = 3_600_000;

/** `keepsHours`: for how long the platform keeps what we did not fetch, where it says. */
export function createLineStates(
  lineId: string,
  keepsHours: number | undefined,
  deps: LineStateDeps,
): LineStates {
  const { pool, log, timing } = deps;
  let state: LineState = 'starting';
  let reason: string | undefined;
  /** Since when it has not been up for long. */
  let unwellSince: number | null = deps.elapsed();
  let upSince = 0;
  let isLinking = false;
  let wasLinking = false;
  let raisedFor: 'down' | 'unwell' | null = null;
  /** What is written comes in the order in which it happened. */
  let writing: Promise<void> = Promise.resolve();
  let isWritten = true;

  function changed(next: LineState, why?: string): Promise<void> {
    const level = next === 'down' ? 'error' : 'info';
    log[level]({ line: lineId, state: next, reason: why }, 'a line changed its state');
    // It is only tried again, and is down until that has worked: whoever waits for it is reached elsewhere.
    if (state === 'down' && next === 'starting') return writing;
    state = next;
    reason = why;
    if (next === 'up') {
      upSince = deps.elapsed();
      wasLinking = false;
    } else unwellSince ??= deps.elapsed();
    return write();
  }

  function write(): Promise<void> {
    const [next, why] = [state, reason];
    const written = writing.then(async () => {
      isWritten = false;
      if (next === 'up') await raiseGap();
      await setLineState(pool, lineId, next, why ?? null, deps.now());
      if (next === 'down') await raise('down', why);
      if (next === 'up') {
        // One that comes and goes is back when it has stayed.
        if (raisedFor !== 'unwell') await back();
        deps.notify();
      }
      isWritten = true;
    });
    writing = written.catch(() => {});
    return written;
  }

  /** What the platform did not keep for us may be lost: nobody can know. */
  async function raiseGap(): Promise<void> {
    if (keepsHours === undefined) return;
    const from = await lastWorked(pool, lineId);
    const to = deps.now();
    if (!from || to.getTime() - from.getTime() <= keepsHours * HOUR_MS) return;
    log.warn({ line: lineId, from, to }, 'the line was away for longer than its platform keeps messages');
    const detail = { line: lineId, from: from.toISOString(), to: to.toISOString() };
    await deps.raiseIncidents(pool, [{ kind: 'possible_gap', lineId, detail }]);
  }

  async function raise(what: 'down' | 'unwell', why?: string): Promise<void> {
    const detail = { line: lineId, reason: why ?? '' };
    await deps.raiseIncidents(pool, [{ kind: 'line_down', lineId, detail }]);
    raisedFor = what;
  }

  /** Ends the incident, and tells those who were told of it. */
  async function back(): Promise<void> {
    if (await endLineDown(pool, lineId, deps.newId, deps.now())) deps.notify();
    raisedFor = null;
  }

  return {
    changed,
    async look() {
      await writing;
      // The database was away.
      if (!isWritten) await write();
      if (unwellSince === null) return;
      const at = deps.elapsed();
      if (state === 'up') {
        if (at - upSince < timing.steadyMs) return;
        unwellSince = null;
        await back();
      } else if (raisedFor === null && !isLinking && state !== 'stopped') {
        if (at - unwellSince > timing.degradedMs) await raise('unwell', reason);
      }
    },
    setLinking(is) {
      isLinking = is;
      const isNew = is && !wasLinking;
      wasLinking ||= is;
      return isNew;
    },
    isLinking: () => isLinking,
    isUp: () => state === 'up',
  };
}
