import type { WorkingHours } from '../core/workingTime.js';
import type { Sql } from './sql.js';

/**
 * Opening hours and days off of villages, by village id. A village with hours of its own uses only these; the others
 * use the installation's. Days off are the installation's and the village's together.
 */
export async function loadOfficeHours(sql: Sql, villageIds: string[]): Promise<Map<string, WorkingHours>> {
  const ids = [...new Set(villageIds)];
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<{
    id: string;
    zone: string;
    spans: WorkingHours['spans'];
    holidays: string[];
  }>(
    `SELECT v.id, v.zone,
       coalesce((
         SELECT jsonb_agg(jsonb_build_object('weekday', w.weekday, 'opens', w.opens::text, 'closes', w.closes::text))
         FROM working_hours w
         WHERE w.village_id IS NOT DISTINCT FROM
           (SELECT o.village_id FROM working_hours o WHERE o.village_id = v.id LIMIT 1)
       ), '[]') AS spans,
       coalesce((
         SELECT jsonb_agg(h.day::text) FROM holidays h WHERE h.village_id IS NULL OR h.village_id = v.id
       ), '[]') AS holidays
     FROM villages v WHERE v.id = ANY ($1::text[])`,
    [ids],
  );
  return new Map(
    rows.map((row) => [row.id, { zone: row.zone, spans: row.spans, holidays: new Set(row.holidays) }]),
  );
}
