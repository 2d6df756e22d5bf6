import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

/** Who stands in for an officer, in one village; days as '2026-11-24', both included. */
export interface DelegationRow {
  id: string;
  role: string;
  village: string;
  deputy: string;
  from: string;
  to: string;
}

/** An officer's delegations that hold or are to come, in the villages of a scope. */
export async function delegationsOf(
  sql: Sql,
  scope: Scope,
  officerId: string,
  now: Date,
): Promise<DelegationRow[]> {
  const { rows } = await sql.query<DelegationRow>(
    `SELECT d.id, d.role, v.name AS village, p.name AS deputy, d.from_day::text AS "from", d.to_day::text AS "to"
     FROM delegations d JOIN villages v ON v.id = d.village_id JOIN officers p ON p.id = d.deputy_id
     WHERE d.officer_id = $1 AND d.ended_at IS NULL AND d.to_day >= ($2::timestamptz AT TIME ZONE v.zone)::date
       AND ($3::text[] IS NULL OR d.village_id = ANY ($3))
     ORDER BY d.from_day, d.id`,
    [officerId, now, scope.villages],
  );
  return rows;
}
