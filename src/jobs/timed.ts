import type { Pool } from 'pg';
import type { Counters } from '../core/counters.js';
import type { NewId, Now, Nudge } from '../core/ports.js';
import type { Service } from '../core/service.js';
import { clockIsBehind } from '../store/clockGuard.js';
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

/** The processor of `timed`: runs all timers that are due. Under a clock that is behind it lets them wait. */
export function createTimed({ pool, now, newId, services, nudge, counters }: TimedDeps): () => Promise<void> {
  return async () => {
    for (;;) {
      const at = now();
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
