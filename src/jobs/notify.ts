import type { Pool } from 'pg';
import type { Counters } from '../core/counters.js';
import type { Now, Nudge } from '../core/ports.js';
import { tellOfficers } from '../store/notifications.js';
import { inTransaction } from '../store/sql.js';

export interface NotifyDeps {
  pool: Pool;
  now: Now;
  nudge: Pick<Nudge, 'converse'>;
  counters: Counters;
}

/** The processor of `notify`: hands all untold notifications to the officers' conversations. */
export function createNotify({ pool, now, nudge, counters }: NotifyDeps): () => Promise<void> {
  return async () => {
    for (;;) {
      const { seen, told } = await inTransaction(pool, (sql) => tellOfficers(sql, now()));
      counters.notified += told;
      if (told > 0) nudge.converse();
      if (seen === 0) return;
    }
  };
}
