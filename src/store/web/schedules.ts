import type { NewId } from '../../core/ports.js';
import { searchHamlet } from '../../core/registerNames.js';
import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

export interface ScheduleRow {
  id: string;
  village: string;
  zone: string;
  hamlet: string | null;
  startsAt: Date;
  place: string;
  officer: string | null;
}

/** The dates of the posyandu to come, in a scope. */
export async function schedulesInScope(sql: Sql, scope: Scope, now: Date): Promise<ScheduleRow[]> {
  const { rows } = await sql.query<ScheduleRow>(
    `SELECT s.id, v.name AS village, v.zone, s.hamlet, s.starts_at AS "startsAt", s.place, o.name AS officer
     FROM health_schedules s JOIN villages v ON v.id = s.village_id LEFT JOIN officers o ON o.id = s.officer_id
     WHERE ($1::text[] IS NULL OR s.village_id = ANY ($1)) AND s.cancelled_at IS NULL
       AND s.starts_at > $2::timestamptz - interval '12 hours'
     ORDER BY s.starts_at, v.name, s.hamlet LIMIT 300`,
    [scope.villages, now],
  );
  return rows;
}

/** Dates of one posyandu: `days` (2026-12-08) at `time` (08:00) of the village's clock. The caller has held the village to its scope. */
export async function addSchedules(
  sql: Sql,
  given: {
    villageId: string;
    hamlet: string | null;
    days: string[];
    time: string;
    place: string;
    officerId: string;
  },
  { newId, now }: { newId: NewId; now: Date },
): Promise<void> {
  await sql.query(
    `INSERT INTO health_schedules (id, village_id, kind, hamlet, search_hamlet, starts_at, place, officer_id, created_at)
     SELECT d.id, v.id, 'posyandu', $3, $4, (d.day || ' ' || $5)::timestamp AT TIME ZONE v.zone, $6, $7, $8
     FROM unnest($1::uuid[], $9::text[]) AS d (id, day), villages v WHERE v.id = $2`,
    [
      given.days.map(() => newId()),
      given.villageId,
      given.hamlet,
      (given.hamlet && searchHamlet(given.hamlet)) || null,
      given.time,
      given.place,
      given.officerId,
      now,
      given.days,
    ],
  );
}

/** Takes a date back. False: there is none in the scope. */
export async function cancelSchedule(sql: Sql, scope: Scope, id: string, now: Date): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE health_schedules SET cancelled_at = $3 WHERE id = $1 AND cancelled_at IS NULL
       AND ($2::text[] IS NULL OR village_id = ANY ($2))`,
    [id, scope.villages, now],
  );
  return rowCount === 1;
}
