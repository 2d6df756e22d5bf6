import type { Pool } from 'pg';
import type { Log, NewId, Now } from '../core/ports.js';
import { clockIsBehind } from '../store/clockGuard.js';
import { eraseOld } from '../store/retention.js';
import { inTransaction } from '../store/sql.js';

export interface RetentionDeps {
  pool: Pool;
  log: Log;
  now: Now;
  newId: NewId;
}

/** Transactions in one run: a backlog is worked off over several hours, not in one. */
const ROUNDS = 20;

/** Erases what has been kept long enough. Under a clock that is behind nothing is erased. Run it hourly. */
export function createRetention({ pool, log, now, newId }: RetentionDeps): () => Promise<void> {
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
    if (sum.files + sum.messages + sum.rows > 0) log.info(sum, 'erased what has been kept long enough');
  };
}
