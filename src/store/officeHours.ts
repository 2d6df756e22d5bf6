import type { Span, WorkingHours } from '../core/workingTime.js';
import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';
import { wakeClocks } from './wakeClocks.js';

/**
 * Opening hours and days off of villages, by village id. A village with usual hours of its own uses only these; the others
 * use the installation's. Hours of some days (Ramadan) are the installation's and the village's together, of which the
 * village's go first (core/workingTime.ts). Days off are both's as well.
 */
export async function loadOfficeHours(sql: Sql, villageIds: string[]): Promise<Map<string, WorkingHours>> {
  const ids = [...new Set(villageIds)];
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<{
    id: string;
    zone: string;
    spans: Span[];
    holidays: string[];
  }>(
    `SELECT v.id, v.zone,
       coalesce((
         SELECT jsonb_agg(jsonb_build_object('weekday', w.weekday, 'opens', w.opens::text, 'closes', w.closes::text)
           || CASE WHEN w.from_day IS NULL THEN '{}' ELSE jsonb_build_object('fromDay', w.from_day::text,
             'toDay', w.to_day::text, 'name', w.name, 'isOwn', w.village_id IS NOT NULL) END)
         FROM working_hours w
         WHERE (w.from_day IS NULL AND w.village_id IS NOT DISTINCT FROM
             (SELECT o.village_id FROM working_hours o WHERE o.village_id = v.id AND o.from_day IS NULL LIMIT 1))
           OR (w.from_day IS NOT NULL AND (w.village_id IS NULL OR w.village_id = v.id))
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

/** Hours as they are kept: of a village, or of all that have none (null). */
export interface KeptSpan {
  id: string;
  villageId: string | null;
  /** ISO: 1 is Monday. */
  weekday: number;
  /** '07:30' */
  opens: string;
  closes: string;
  /** '2027-02-08'; null: the usual hours. */
  fromDay: string | null;
  toDay: string | null;
  name: string | null;
}

/** The hours of a village itself (null: of all that have none), the usual ones first, then by days. */
export async function listSpans(sql: Sql, villageId: string | null): Promise<KeptSpan[]> {
  const { rows } = await sql.query<KeptSpan>(
    `SELECT id, village_id AS "villageId", weekday, to_char(opens, 'HH24:MI') AS opens, to_char(closes, 'HH24:MI') AS closes,
       from_day::text AS "fromDay", to_day::text AS "toDay", name
     FROM working_hours WHERE village_id IS NOT DISTINCT FROM $1
     ORDER BY from_day NULLS FIRST, to_day, weekday, opens`,
    [villageId],
  );
  return rows;
}

/** Which hours: the usual ones, or those of some days, both included. */
export interface HoursSet {
  villageId: string | null;
  days: { from: string; to: string; name: string | null } | null;
}

/**
 * Puts these spans in the place of all that the set had; no spans end the set, and a village without usual hours of its own
 * has the installation's again. The promises of open cases follow. Throws where two spans of a weekday overlap: RangeError.
 */
export async function setSpans(
  sql: Sql,
  set: HoursSet,
  spans: readonly { weekday: number; opens: string; closes: string }[],
  newId: NewId,
  now: Date,
): Promise<void> {
  const sorted = spans.toSorted((a, b) => a.weekday - b.weekday || a.opens.localeCompare(b.opens));
  sorted.forEach((span, n) => {
    const next = sorted[n + 1];
    if (span.opens >= span.closes) throw new RangeError(`it closes at ${span.closes}, before it opens`);
    if (next?.weekday === span.weekday && next.opens < span.closes)
      throw new RangeError(`hours overlap at ${next.opens}`);
  });
  await sql.query(
    `DELETE FROM working_hours WHERE village_id IS NOT DISTINCT FROM $1
       AND from_day IS NOT DISTINCT FROM $2::date AND to_day IS NOT DISTINCT FROM $3::date`,
    [set.villageId, set.days?.from ?? null, set.days?.to ?? null],
  );
  await sql.query(
    `INSERT INTO working_hours (id, village_id, weekday, opens, closes, from_day, to_day, name)
     SELECT n.id, $1, n.weekday, n.opens, n.closes, $2::date, $3::date, $4
     FROM unnest($5::uuid[], $6::smallint[], $7::time[], $8::time[]) AS n (id, weekday, opens, closes)`,
    [
      set.villageId,
      set.days?.from ?? null,
      set.days?.to ?? null,
      set.days?.name ?? null,
      sorted.map(() => newId()),
      sorted.map((span) => span.weekday),
      sorted.map((span) => span.opens),
      sorted.map((span) => span.closes),
    ],
  );
  await wakeClocks(sql, set.villageId === null ? null : [set.villageId], newId, now);
}

export interface Holiday {
  id: string;
  /** null: of all villages. */
  villageId: string | null;
  /** '2027-03-10' */
  day: string;
  name: string;
}

/** Days off of a village and of all, from a day on, by day. `villageId` null: those of all alone. */
export async function listHolidays(sql: Sql, villageId: string | null, from: string): Promise<Holiday[]> {
  const { rows } = await sql.query<Holiday>(
    `SELECT id, village_id AS "villageId", day::text AS day, name FROM holidays
     WHERE (village_id IS NULL OR village_id = $1) AND day >= $2::date ORDER BY day, village_id NULLS FIRST`,
    [villageId, from],
  );
  return rows;
}

/** Adds a day off, or names one anew. `villageId` null: for all villages. The promises of open cases follow. */
export async function setHoliday(
  sql: Sql,
  holiday: { villageId: string | null; day: string; name: string },
  newId: NewId,
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO holidays (id, village_id, day, name) VALUES ($1, $2, $3::date, $4)
     ON CONFLICT (coalesce(village_id, ''), day) DO UPDATE SET name = excluded.name`,
    [newId(), holiday.villageId, holiday.day, holiday.name],
  );
  await wakeClocks(sql, holiday.villageId === null ? null : [holiday.villageId], newId, now);
}

/** Takes a day off away; false where it is not one of this village (null: of all). */
export async function removeHoliday(
  sql: Sql,
  id: string,
  villageId: string | null,
  newId: NewId,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    'DELETE FROM holidays WHERE id = $1 AND village_id IS NOT DISTINCT FROM $2',
    [id, villageId],
  );
  if (rowCount === 1) await wakeClocks(sql, villageId === null ? null : [villageId], newId, now);
  return rowCount === 1;
}
