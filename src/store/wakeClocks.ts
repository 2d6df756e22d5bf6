import { OPEN_STATUSES } from '../core/cases.js';
import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

/**
 * Lets the clocks of all open cases ring at once: hours, days off, an outage or what the village promises has changed. A clock
 * that rings works out anew when its case is due and what comes next; nothing is told before its time. null: all villages.
 * Wake `timed` after the commit; the sweep does else.
 */
export async function wakeClocks(
  sql: Sql,
  villageIds: readonly string[] | null,
  newId: NewId,
  now: Date,
): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM cases WHERE status = ANY ($1) AND ($2::text[] IS NULL OR village_id = ANY ($2)) ORDER BY id`,
    [OPEN_STATUSES, villageIds],
  );
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO timers (id, subject_kind, subject_id, kind, due_at)
     SELECT id, 'case', subject_id, 'case_clock', $3 FROM unnest($1::uuid[], $2::uuid[]) AS n (id, subject_id)
     ON CONFLICT (subject_kind, subject_id, kind) DO UPDATE SET due_at = excluded.due_at, done_at = NULL`,
    [rows.map(() => newId()), rows.map((row) => row.id), now],
  );
}
