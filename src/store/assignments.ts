import type { Load } from '../core/assign.js';
import { isOpen } from './cases.js';
import { SEALED_TO, sealedToOf } from './cases.js';
import type { SealedColumns } from './cases.js';
import type { SealedTo } from '../core/complaints.js';
import type { StepAct } from '../core/path.js';
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

/** A case that lies on somebody, and that nobody has in hand. */
export interface LyingCase {
  id: string;
  villageId: string;
  service: string;
  isConfidential: boolean;
  sealedTo: SealedTo | null;
  step: StepAct | null;
}

/** What lies on an officer in a village and nobody has taken, locked; what somebody is acting on at this moment is left. */
export async function lockLying(sql: Sql, officerId: string, villageId: string): Promise<LyingCase[]> {
  const { rows } = await sql.query<Omit<LyingCase, 'sealedTo'> & SealedColumns>(
    `SELECT c.id, c.village_id AS "villageId", c.service, c.is_confidential AS "isConfidential", ${SEALED_TO}, c.step
     FROM cases c WHERE c.assigned_id = $1 AND c.village_id = $2 AND c.officer_id IS NULL AND ${isOpen('c.status')}
     ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED`,
    [officerId, villageId],
  );
  return rows.map((row) => ({ ...row, sealedTo: sealedToOf(row) }));
}
