import type { Pool } from 'pg';
import type { Counters } from '../core/counters.js';
import type { NewId, Now, Nudge } from '../core/ports.js';
import type { Service } from '../core/service.js';
import { clockIsBehind } from '../store/clockGuard.js';
import { recordClockOutages, recordLineOutages } from '../store/outages.js';
import { ensureRecaps } from '../store/recaps.js';
import { inTransaction } from '../store/sql.js';
import { fireTimers } from '../store/timers.js';

export interface TimedDeps {
  pool: Pool;
  now: Now;
  newId: NewId;
  services: { [id: string]: Service };
  nudge: Nudge;
  counters: Counters;
}

/** How often it is looked whether every village has the timers of its recaps, and whether outages are as the lines are. */
const ENSURE_MS = 60 * 60 * 1000;

/** The processor of `timed`: runs all timers that are due. Under a clock that is behind it lets them wait. */
export function createTimed({ pool, now, newId, services, nudge, counters }: TimedDeps): () => Promise<void> {
  let ensured = -Infinity;
  return async () => {
    for (;;) {
      const at = now();
      if (Math.abs(at.getTime() - ensured) >= ENSURE_MS) {
        await inTransaction(pool, async (sql) => {
          if ((await clockIsBehind(sql, at)).isBehind) return;
          await ensureRecaps(sql, newId, at);
          // What a crash left between an incident's end and its outage's would hold promises for ever.
          await recordLineOutages(sql, newId, at);
          await recordClockOutages(sql, newId, at);
          ensured = at.getTime();
        });
      }
      const fired = await inTransaction(pool, async (sql) =>
        (await clockIsBehind(sql, at)).isBehind ? null : await fireTimers(sql, { now: at, newId, services }),
      );
      if (!fired) return;
      counters.timersFired += fired.done;
      if (fired.converse) nudge.converse();
      if (fired.notify) nudge.notify();
      if (fired.seen === 0 || fired.done === 0) return;
    }
  };
}
