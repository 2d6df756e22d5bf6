import type { Pool } from 'pg';
import type { Log, Now } from '../core/ports.js';
import { clockIsBehind } from '../store/clockGuard.js';
import { refreshFigures } from '../store/caseFigures.js';

/** Keeps the figures of the regency's view; run it every few minutes. Under a clock that is behind they stay as they are. */
export function createFigures({ pool, log, now }: { pool: Pool; log: Log; now: Now }): () => Promise<void> {
  return async () => {
    const at = now();
    if ((await clockIsBehind(pool, at)).isBehind) return;
    const months = await refreshFigures(pool, at);
    if (months > 0) log.info({ months }, 'figures are up to date');
  };
}
