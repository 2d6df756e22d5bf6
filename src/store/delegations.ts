import type { VillageOfficer } from '../core/handlers.js';
import type { Sql } from './sql.js';
import { loadVillageOfficers } from './villageOfficers.js';

/** A delegation that holds today: who has whose role in a village. Days are read in the village's zone. */
export interface Standing {
  id: string;
  villageId: string;
  role: string;
  officerId: string;
  officerName: string;
  deputyId: string;
}

/** The delegations that hold at this moment in these villages, as long as both still serve there. */
export async function standingIn(sql: Sql, villageIds: string[], now: Date): Promise<Standing[]> {
  if (villageIds.length === 0) return [];
  const { rows } = await sql.query<Standing>(
    `SELECT d.id, d.village_id AS "villageId", d.role, o.id AS "officerId", o.name AS "officerName", p.id AS "deputyId"
     FROM delegations d JOIN villages v ON v.id = d.village_id JOIN officers o ON o.id = d.officer_id
     JOIN officers p ON p.id = d.deputy_id AND p.is_active
     WHERE d.village_id = ANY ($1::text[]) AND d.ended_at IS NULL
       AND ($2::timestamptz AT TIME ZONE v.zone)::date BETWEEN d.from_day AND d.to_day
       AND EXISTS (SELECT FROM officer_roles r WHERE r.officer_id = o.id AND r.village_id = d.village_id AND r.role = d.role)
     ORDER BY d.created_at`,
    [[...new Set(villageIds)], now],
  );
  return rows;
}

/**
 * As loadVillageOfficers, with the roles that they hold today for somebody who is away. For acting on cases alone: who
 * stands in is no receiver of what is sealed, and gets none of the other rights of a role.
 */
export async function loadActingOfficers(
  sql: Sql,
  villageIds: string[],
  now: Date,
): Promise<Map<string, VillageOfficer[]>> {
  const officers = await loadVillageOfficers(sql, villageIds);
  for (const { villageId, role, officerId, officerName, deputyId } of await standingIn(
    sql,
    villageIds,
    now,
  )) {
    const deputy = officers.get(villageId)?.find(({ id }) => id === deputyId);
    if (deputy) (deputy.deputyFor ??= []).push({ role, of: { id: officerId, name: officerName } });
  }
  return officers;
}
