import type { Pool } from 'pg';
import type { Log, NewId, Now } from '../core/ports.js';
import { keptServices, type Service } from '../core/service.js';
import { clockIsBehind } from '../store/clockGuard.js';
import { eraseWhatStayed } from '../store/residentErasure.js';
import { eraseOld } from '../store/retention.js';
import { inTransaction } from '../store/sql.js';

export interface RetentionDeps {
  pool: Pool;
  log: Log;
  now: Now;
  newId: NewId;
  services: { readonly [id: string]: Service };
}

/** Transactions in one run: a backlog is worked off over several hours, not in one. */
const ROUNDS = 20;
const PERSONS = 50;

/** Erases what has been kept long enough, and what stayed of people who asked to be forgotten. Under a clock that is behind nothing is erased. Run it hourly. */
export function createRetention({ pool, log, now, newId, services }: RetentionDeps): () => Promise<void> {
  return async () => {
    const sum = { files: 0, messages: 0, rows: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const at = now();
      const erased = await inTransaction(pool, async (sql) =>
        (await clockIsBehind(sql, at)).isBehind ? null : await eraseOld(sql, { now: at, newId }),
      );
      if (!erased || erased.files + erased.messages + erased.rows === 0) break;
      sum.files += erased.files;
      sum.messages += erased.messages;
      sum.rows += erased.rows;
    }
    const at = now();
    const persons = await inTransaction(pool, async (sql) => {
      if ((await clockIsBehind(sql, at)).isBehind) return 0;
      return await eraseWhatStayed(sql, { keptServices: keptServices(services), newId, now: at }, PERSONS);
    });
    if (persons > 0) log.info({ persons }, 'erased what had stayed for open requests');
    if (sum.files + sum.messages + sum.rows > 0) log.info(sum, 'erased what has been kept long enough');
  };
}
