import { OUTSIDERS } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import type { Sql } from './sql.js';

/** The active officers who serve each village, its own and the installation's keepers, by village id. */
export async function loadVillageOfficers(
  sql: Sql,
  villageIds: string[],
): Promise<Map<string, VillageOfficer[]>> {
  const ids = [...new Set(villageIds)];
  const byVillage = new Map<string, VillageOfficer[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return byVillage;
  const { rows } = await sql.query<VillageOfficer & { village: string }>(
    `SELECT v.id AS village, o.id, o.name, array_agg(r.role ORDER BY r.role) AS roles, bool_and(r.village_id IS NULL) AS "isKeeper"
     FROM unnest($1::text[]) AS v (id)
     JOIN officer_roles r ON r.village_id = v.id OR r.village_id IS NULL
     JOIN officers o ON o.id = r.officer_id
     WHERE o.is_active AND r.role <> ALL ($2)
     GROUP BY v.id, o.id
     ORDER BY o.id`,
    [ids, OUTSIDERS],
  );
  for (const { village, ...officer } of rows) byVillage.get(village)!.push(officer);
  return byVillage;
}
