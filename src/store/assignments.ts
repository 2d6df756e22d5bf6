import type { Load } from '../core/assign.js';
import { isOpen } from './cases.js';
import type { Sql } from './sql.js';

/** What these officers have on the table, by officer id. Nothing is locked: of two at once both may see the same. */
export async function loadsOf(sql: Sql, officerIds: string[]): Promise<Map<string, Load>> {
  const ids = [...new Set(officerIds)];
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<{ id: string } & Load>(
    `SELECT assigned_id AS id, count(*)::int AS open, max(assigned_at) AS "lastAt" FROM cases
     WHERE assigned_id = ANY ($1::uuid[]) AND ${isOpen('status')} GROUP BY assigned_id`,
    [ids],
  );
  return new Map(rows.map(({ id, open, lastAt }) => [id, { open, lastAt }]));
}

/** Lays cases on officers; null on nobody. The caller holds the cases' locks. */
export async function writeAssigned(
  sql: Sql,
  assigned: { caseId: string; officerId: string | null }[],
  now: Date,
): Promise<void> {
  if (assigned.length === 0) return;
  await sql.query(
    `UPDATE cases c SET assigned_id = a.officer_id, assigned_at = CASE WHEN a.officer_id IS NOT NULL THEN $3::timestamptz END
     FROM unnest($1::uuid[], $2::uuid[]) AS a (case_id, officer_id)
     WHERE c.id = a.case_id AND c.assigned_id IS DISTINCT FROM a.officer_id`,
    [assigned.map(({ caseId }) => caseId), assigned.map(({ officerId }) => officerId), now],
  );
}
