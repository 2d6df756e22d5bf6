import type { KnownOutage, OutageKind } from '../core/clocks.js';
import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';
import { wakeClocks } from './wakeClocks.js';

export type { OutageKind } from '../core/clocks.js';

export interface Outage {
  id: string;
  /** null: all villages. */
  villageId: string | null;
  kind: OutageKind;
  from: Date;
  /** null: it goes on. */
  to: Date | null;
  note: string | null;
  isAutomatic: boolean;
  recordedBy: string | null;
}

/** Outages of a village and of all, the newest first; `villageId` null: of all alone. */
export async function listOutages(sql: Sql, villageId: string | null, limit = 50): Promise<Outage[]> {
  const { rows } = await sql.query<Outage>(
    `SELECT o.id, o.village_id AS "villageId", o.kind, o.from_at AS "from", o.to_at AS "to", o.note,
       o.is_automatic AS "isAutomatic", w.name AS "recordedBy"
     FROM outages o LEFT JOIN officers w ON w.id = o.recorded_by
     WHERE o.village_id IS NULL OR o.village_id = $1
     ORDER BY o.from_at DESC LIMIT $2`,
    [villageId, limit],
  );
  return rows;
}

/** Stretches in which promises of these villages stand still, as far as they reach past `since`; by village id. */
export async function outagesOf(
  sql: Sql,
  villageIds: string[],
  since: Date,
): Promise<Map<string, KnownOutage[]>> {
  const ids = [...new Set(villageIds)];
  const found = new Map<string, KnownOutage[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return found;
  const { rows } = await sql.query<KnownOutage & { villageId: string | null }>(
    `SELECT village_id AS "villageId", kind, from_at AS "from", to_at AS "to" FROM outages
     WHERE (village_id IS NULL OR village_id = ANY ($1::text[])) AND (to_at IS NULL OR to_at > $2)
     ORDER BY from_at`,
    [ids, since],
  );
  for (const { villageId, ...one } of rows)
    for (const id of villageId === null ? ids : [villageId]) found.get(id)!.push(one);
  return found;
}

/**
 * An officer records an outage: one that goes on (`to` null), or one that is over. Clocks stand still in it from then on, and
 * promises are put off by it. Throws where it ends before it begins, or begins in the future: RangeError. Whether the
 * officer serves the village is asked before; of all villages (null) only the installation's keepers may say so.
 */
export async function addOutage(
  sql: Sql,
  outage: Pick<Outage, 'villageId' | 'kind' | 'from' | 'to' | 'note'> & { officerId: string },
  newId: NewId,
  now: Date,
): Promise<string> {
  if (outage.to !== null && outage.to < outage.from) throw new RangeError('it ends before it begins');
  if (outage.from > now) throw new RangeError('it has not begun');
  const id = newId();
  await sql.query(
    `INSERT INTO outages (id, village_id, kind, from_at, to_at, note, recorded_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, outage.villageId, outage.kind, outage.from, outage.to, outage.note, outage.officerId, now],
  );
  await wakeClocks(sql, villages(outage.villageId), newId, now);
  return id;
}

/** Ends an outage that goes on; false where there is none of this id that is the village's (null: of all villages). */
export async function endOutage(
  sql: Sql,
  id: string,
  villageId: string | null,
  newId: NewId,
  now: Date,
): Promise<boolean> {
  return await change(
    sql,
    `UPDATE outages SET to_at = greatest(from_at, $3) WHERE id = $1 AND to_at IS NULL
       AND village_id IS NOT DISTINCT FROM $2 RETURNING village_id AS village`,
    [id, villageId, now],
    newId,
    now,
  );
}

/** Takes away an outage that somebody recorded by mistake; what was recorded from incidents stays. As `endOutage`. */
export async function removeOutage(
  sql: Sql,
  id: string,
  villageId: string | null,
  newId: NewId,
  now: Date,
): Promise<boolean> {
  return await change(
    sql,
    `DELETE FROM outages WHERE id = $1 AND NOT is_automatic
       AND village_id IS NOT DISTINCT FROM $2 RETURNING village_id AS village`,
    [id, villageId],
    newId,
    now,
  );
}

async function change(
  sql: Sql,
  statement: string,
  values: unknown[],
  newId: NewId,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql.query<{ village: string | null }>(statement, values);
  for (const { village } of rows) await wakeClocks(sql, villages(village), newId, now);
  return rows.length > 0;
}

/**
 * Holds what is recorded against the lines as they stand: of a village whose lines are all down an outage begins with the last
 * of them, and ends with the first that works again. A line that was stopped on purpose neither works nor is down.
 */
export async function recordLineOutages(sql: Sql, newId: NewId, now: Date): Promise<void> {
  const { rows: down } = await sql.query<{ village: string; since: Date }>(
    `SELECT v.id AS village, max(i.opened_at) AS since
     FROM villages v JOIN lines l ON l.removed_at IS NULL AND (l.village_id = v.id
       OR EXISTS (SELECT FROM line_villages s WHERE s.line_id = l.id AND s.village_id = v.id)
       OR (l.village_id IS NULL AND NOT EXISTS (SELECT FROM line_villages s WHERE s.line_id = l.id)))
     LEFT JOIN incidents i ON i.kind = 'line_down' AND i.line_id = l.id AND i.closed_at IS NULL
     WHERE v.state = 'active' AND (l.state <> 'stopped' OR i.id IS NOT NULL)
     GROUP BY v.id HAVING bool_and(i.id IS NOT NULL)`,
  );
  const { rows: over } = await sql.query<{ village: string }>(
    `UPDATE outages SET to_at = greatest(from_at, $2)
     WHERE kind = 'line_down' AND is_automatic AND to_at IS NULL AND village_id <> ALL ($1::text[])
     RETURNING village_id AS village`,
    [down.map(({ village }) => village), now],
  );
  await sql.query(
    `INSERT INTO outages (id, village_id, kind, from_at, is_automatic, created_at)
     SELECT id, village_id, 'line_down', from_at, true, $4
     FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS n (id, village_id, from_at)
     ON CONFLICT DO NOTHING`,
    [down.map(() => newId()), down.map(({ village }) => village), down.map(({ since }) => since), now],
  );
  if (over.length > 0)
    await wakeClocks(
      sql,
      over.map(({ village }) => village),
      newId,
      now,
    );
}

/**
 * A clock that was behind is right again: nothing was issued and no timer rang meanwhile, so the time is an outage of all
 * villages. It began when the clock was found wrong, by the right time (`seconds` of the incident); each is recorded once.
 */
export async function recordClockOutages(sql: Sql, newId: NewId, now: Date): Promise<void> {
  const { rows } = await sql.query<{ from: Date; to: Date }>(
    `SELECT * FROM (
       SELECT opened_at + make_interval(secs => coalesce((detail->>'seconds')::float, 0)) AS "from", closed_at AS "to"
       FROM incidents WHERE kind = 'clock_behind' AND closed_at IS NOT NULL
     ) i
     WHERE i."to" > i."from" AND NOT EXISTS (
       SELECT FROM outages o WHERE o.kind = 'clock_behind' AND o.from_at = i."from")`,
  );
  for (const { from, to } of rows)
    await sql.query(
      `INSERT INTO outages (id, village_id, kind, from_at, to_at, is_automatic, created_at)
       VALUES ($1, NULL, 'clock_behind', $2, $3, true, $4)`,
      [newId(), from, to, now],
    );
  if (rows.length > 0) await wakeClocks(sql, null, newId, now);
}

function villages(villageId: string | null): string[] | null {
  return villageId === null ? null : [villageId];
}
