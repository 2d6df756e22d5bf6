import type { Pool } from 'pg';
import { DURATIONS } from '../core/figures.js';
import { inTransaction, type Sql } from './sql.js';

/** Where the figures stand: the newest event that they know, and when they were worked out. */
interface Mark {
  event: string;
  at: string;
}

const SETTING = 'case_figures';
/** One that works them out at a time. */
const LOCK = 7_204_113_541;
/** An event may be committed after one that was made later: so far back are they looked at again. */
const OVERLAP_MS = 15 * 60_000;
/** Villages in one transaction. */
const AT_ONCE = 20;

/**
 * Brings the figures up to date (table case_figures): works out anew the months of villages whose cases changed since, or
 * came due while open, and then the sums of their districts and of the regency. Answers how many months of villages those
 * were. Another process that is at it has its way: then none. Everything is worked out from the cases, so that it may be run
 * as often as one likes; the first time that is all of them, some villages in each transaction.
 */
export async function refreshFigures(pool: Pool, now: Date): Promise<number> {
  const mark = await readMark(pool);
  const newest = await newestEvent(pool);
  if (newest === null) return 0;
  const changed = await changedMonths(pool, mark, now);
  const villages = [...new Set(changed.map(({ village }) => village))];
  for (let n = 0; n < villages.length; n += AT_ONCE) {
    const some = new Set(villages.slice(n, n + AT_ONCE));
    const isDone = await inTransaction(pool, async (sql) => {
      if (!(await lock(sql))) return false;
      await workOut(
        sql,
        changed.filter(({ village }) => some.has(village)),
        now,
      );
      return true;
    });
    if (!isDone) return 0;
  }
  await inTransaction(pool, async (sql) => {
    if (!(await lock(sql))) return;
    await sumUp(sql, changed);
    await sql.query(
      `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      [SETTING, JSON.stringify({ event: newest, at: now.toISOString() } satisfies Mark)],
    );
  });
  return changed.length;
}

/** When the figures were worked out; null: not yet. */
export async function figuresAt(sql: Sql): Promise<Date | null> {
  const mark = await readMark(sql);
  return mark && new Date(mark.at);
}

async function readMark(sql: Sql): Promise<Mark | null> {
  const { rows } = await sql.query<{ value: Mark }>('SELECT value FROM settings WHERE name = $1', [SETTING]);
  return rows[0]?.value ?? null;
}

async function newestEvent(sql: Sql): Promise<string | null> {
  const { rows } = await sql.query<{ id: string }>('SELECT id FROM case_events ORDER BY id DESC LIMIT 1');
  return rows[0]?.id ?? null;
}

async function lock(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ ours: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS ours', [LOCK]);
  return rows[0]!.ours;
}

interface Month {
  village: string;
  /** Its first day. */
  month: string;
}

/** A case belongs to the month in which it was asked for, by its village's clock. */
const MONTH = `date_trunc('month', c.opened_at AT TIME ZONE v.zone)::date`;

async function changedMonths(sql: Sql, mark: Mark | null, now: Date): Promise<Month[]> {
  const { rows } = mark
    ? await sql.query<Month>(
        `SELECT c.village_id AS village, ${MONTH}::text AS month
         FROM case_events e JOIN cases c ON c.id = e.case_id JOIN villages v ON v.id = c.village_id WHERE e.id > $1
         UNION
         SELECT c.village_id, ${MONTH}::text FROM cases c JOIN villages v ON v.id = c.village_id
         WHERE c.closed_at IS NULL AND c.due_at > $2 AND c.due_at <= $3`,
        [before(mark.event), mark.at, now],
      )
    : await sql.query<Month>(
        `SELECT DISTINCT c.village_id AS village, ${MONTH}::text AS month
         FROM cases c JOIN villages v ON v.id = c.village_id`,
      );
  return rows;
}

/** The id that an event OVERLAP_MS earlier could have had: a UUIDv7 begins with its time (RFC 9562, 5.7). */
function before(id: string): string {
  const hex = id.replaceAll('-', '');
  const at = Math.max(0, Number.parseInt(hex.slice(0, 12), 16) - OVERLAP_MS);
  const begin = at.toString(16).padStart(12, '0');
  return `${begin.slice(0, 8)}-${begin.slice(8)}-7000-8000-000000000000`;
}

const COUNTS = [
  'opened',
  'waiting',
  'overdue',
  'finished',
  'refused',
  'forwarded',
  'cancelled',
  'kept',
  'missed',
  'rated',
  'stars',
] as const;

async function workOut(sql: Sql, months: Month[], now: Date): Promise<void> {
  const given = [months.map(({ village }) => village), months.map(({ month }) => month)];
  await sql.query(
    `DELETE FROM case_figures f USING unnest($1::text[], $2::date[]) AS d (village, month)
     WHERE f.area = d.village AND f.month = d.month`,
    given,
  );
  await sql.query(
    `INSERT INTO case_figures (area, service, month, ${COUNTS.join(', ')}, durations)
     SELECT s.village, coalesce(s.service, ''), s.month, ${COUNTS.map((name) => `s.${name}`).join(', ')},
       ARRAY(SELECT count(took)::int FROM generate_series(0, ${DURATIONS.length}) AS n
         LEFT JOIN unnest(s.took) AS took ON took = n GROUP BY n ORDER BY n)
     FROM (
       SELECT d.village, d.month, c.service, count(*)::int AS opened,
         count(*) FILTER (WHERE c.status IN ('open', 'in_hand', 'asked', 'signing'))::int AS waiting,
         count(*) FILTER (WHERE c.status IN ('open', 'in_hand', 'asked', 'signing') AND c.due_at < $3)::int AS overdue,
         count(done.at)::int AS finished,
         count(*) FILTER (WHERE c.status = 'refused')::int AS refused,
         count(*) FILTER (WHERE c.status = 'forwarded')::int AS forwarded,
         count(*) FILTER (WHERE c.status = 'cancelled')::int AS cancelled,
         count(*) FILTER (WHERE done.at <= c.due_at)::int AS kept,
         count(*) FILTER (WHERE done.at > c.due_at)::int AS missed,
         count(rating.score)::int AS rated, coalesce(sum(rating.score), 0)::int AS stars,
         array_agg(width_bucket(extract(epoch FROM done.at - c.opened_at)::float8 / 3600, $4::float8[]))
           FILTER (WHERE done.at IS NOT NULL) AS took
       FROM unnest($1::text[], $2::date[]) AS d (village, month)
       JOIN villages v ON v.id = d.village
       JOIN cases c ON c.village_id = d.village
         AND c.opened_at >= d.month::timestamp AT TIME ZONE v.zone
         AND c.opened_at < (d.month + interval '1 month') AT TIME ZONE v.zone
       -- What is ready waits for the resident: the office was done then.
       CROSS JOIN LATERAL (SELECT CASE WHEN c.status IN ('ready', 'finished') THEN coalesce((
           SELECT max(e.at) FROM case_events e WHERE e.case_id = c.id AND e.kind = 'case_ready'), c.closed_at) END AS at) done
       LEFT JOIN LATERAL (SELECT (e.data->>'score')::int AS score FROM case_events e
         WHERE e.case_id = c.id AND e.kind = 'case_rated' ORDER BY e.number DESC LIMIT 1) rating ON true
       WHERE NOT c.is_confidential AND c.receiver_role IS NULL
       GROUP BY d.village, d.month, GROUPING SETS ((c.service), ())
     ) s WHERE s.opened > 0`,
    [...given, now, DURATIONS],
  );
}

/** The districts of changed villages, and then the regency, from what stands for their parts. */
async function sumUp(sql: Sql, changed: Month[]): Promise<void> {
  if (changed.length === 0) return;
  const months = [...new Set(changed.map(({ month }) => month))];
  const villages = [...new Set(changed.map(({ village }) => village))];
  const { rows } = await sql.query<{ district: string }>(
    'SELECT DISTINCT district_code AS district FROM villages WHERE id = ANY ($1::text[]) ORDER BY 1',
    [villages],
  );
  const districts = rows.map(({ district }) => district);
  await sumOf(
    sql,
    'SELECT id AS part, district_code AS whole FROM villages WHERE district_code = ANY ($1)',
    districts,
    months,
  );
  const regencies = [...new Set(districts.map(regencyOf))];
  await sumOf(
    sql,
    `SELECT code AS part, ${REGENCY} AS whole FROM districts WHERE ${REGENCY} = ANY ($1)`,
    regencies,
    months,
  );
}

/** 35.10 of 35.10.25: the first two parts of a Kemendagri code. */
export function regencyOf(code: string): string {
  return code.split('.').slice(0, 2).join('.');
}
const REGENCY = `split_part(code, '.', 1) || '.' || split_part(code, '.', 2)`;

async function sumOf(sql: Sql, parts: string, areas: string[], months: string[]): Promise<void> {
  const given = [areas, months];
  await sql.query('DELETE FROM case_figures WHERE area = ANY ($1) AND month = ANY ($2::date[])', given);
  await sql.query(
    `WITH parts AS (${parts}),
     rows AS (
       SELECT p.whole, f.* FROM parts p JOIN case_figures f ON f.area = p.part WHERE f.month = ANY ($2::date[])
     ),
     spans AS (
       SELECT whole, service, month, array_agg(n ORDER BY span) AS durations FROM (
         SELECT r.whole, r.service, r.month, u.span, sum(u.n)::int AS n
         FROM rows r CROSS JOIN LATERAL unnest(r.durations) WITH ORDINALITY AS u (n, span)
         GROUP BY r.whole, r.service, r.month, u.span) s
       GROUP BY whole, service, month
     )
     INSERT INTO case_figures (area, service, month, ${COUNTS.join(', ')}, durations)
     SELECT r.whole, r.service, r.month, ${COUNTS.map((name) => `sum(r.${name})::int`).join(', ')}, s.durations
     FROM rows r JOIN spans s USING (whole, service, month) GROUP BY r.whole, r.service, r.month, s.durations`,
    given,
  );
}
