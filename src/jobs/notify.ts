import type { Pool } from 'pg';
import type { Counters } from '../core/counters.js';
import type { Now, Nudge } from '../core/ports.js';
import type { Service } from '../core/service.js';
import { refreshBoards } from '../store/boards.js';
import { tellOfficers } from '../store/notifications.js';
import { inTransaction } from '../store/sql.js';

export interface NotifyDeps {
  pool: Pool;
  now: Now;
  services: { [id: string]: Service };
  nudge: Pick<Nudge, 'converse'>;
  counters: Counters;
}

/**
 * The processor of `notify`: hands all notifications that are due to the officers' conversations, and brings their boards
 * up to date.
 */
export function createNotify({ pool, now, services, nudge, counters }: NotifyDeps): () => Promise<void> {
  async function tell(): Promise<void> {
    for (;;) {
      const { seen, told } = await inTransaction(pool, (sql) => tellOfficers(sql, now()));
      counters.notified += told;
      if (told > 0) nudge.converse();
      if (seen === 0) return;
    }
  }

  async function refresh(): Promise<void> {
    for (;;) {
      const boards = await inTransaction(pool, (sql) => refreshBoards(sql, { now: now(), services }));
      if (boards && boards.told > 0) nudge.converse();
      if (!boards?.isFull) return;
    }
  }

  return async () => {
    await tell();
    await refresh();
  };
}
