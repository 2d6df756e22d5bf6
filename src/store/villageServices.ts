import type { VillageService } from '../core/village.js';
import type { Sql } from './sql.js';

/** Where villages differ from the catalogue, by village and service id. */
export async function loadVillageServices(
  sql: Sql,
  villageIds: string[],
): Promise<Map<string, { [service: string]: VillageService }>> {
  const ids = [...new Set(villageIds)];
  const found = new Map<string, { [service: string]: VillageService }>(ids.map((id) => [id, {}]));
  if (ids.length === 0) return found;
  const { rows } = await sql.query<VillageService & { villageId: string; service: string }>(
    `SELECT village_id AS "villageId", service, CASE WHEN NOT is_offered THEN off_reason END AS "offReason",
       promise_hours AS "promiseHours", counter
     FROM village_services WHERE village_id = ANY ($1::text[])`,
    [ids],
  );
  for (const { villageId, service, ...own } of rows) found.get(villageId)![service] = own;
  return found;
}
