import type { JsonObject } from '../core/json.js';
import { tellingOf, urgencyOf, type Pace } from '../core/pace.js';
import type { WorkingHours } from '../core/workingTime.js';
import { loadOfficeHours } from './officeHours.js';
import { OFFICER_CHAT } from './officerChats.js';
import type { Sql } from './sql.js';

/** Of an installation's keeper, who belongs to no village. */
const NOWHERE: WorkingHours = { zone: 'Asia/Jakarta', spans: [], holidays: new Set() };

/**
 * Decides for notifications that are new when and how each is told (core/pace.ts), at most `limit`; answers how many were
 * weighed. Hours are those of the case's village, else of the officer's first one.
 */
export async function weighNotifications(sql: Sql, now: Date, limit: number): Promise<number> {
  const { rows } = await sql.query<{
    id: string;
    kind: string;
    vars: JsonObject;
    pace: Pace;
    from: string;
    until: string;
    isCase: boolean;
    isUrgent: boolean;
    villageId: string | null;
    hasBoard: boolean;
  }>(
    `SELECT w.id, w.kind, w.vars, o.pace, o.quiet_from::text AS from, o.quiet_until::text AS until,
       c.id IS NOT NULL AS "isCase", coalesce(c.is_urgent, false) AS "isUrgent",
       coalesce(c.village_id, (SELECT min(r.village_id) FROM officer_roles r WHERE r.officer_id = o.id)) AS "villageId",
       coalesce((SELECT chat."canEdit" FROM (${OFFICER_CHAT('w.officer_id')}) chat), false) AS "hasBoard"
     FROM (
       SELECT id, officer_id, kind, subject_id, vars, created_at FROM notifications
       WHERE told_at IS NULL AND tell_at IS NULL ORDER BY created_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
     ) w
     JOIN officers o ON o.id = w.officer_id
     LEFT JOIN cases c ON c.id = w.subject_id`,
    [limit],
  );
  if (rows.length === 0) return 0;
  const hours = await loadOfficeHours(
    sql,
    rows.flatMap(({ villageId }) => villageId ?? []),
  );
  const told = rows.map((row) => {
    const telling = tellingOf(
      urgencyOf(row.kind, row.vars, row.isUrgent),
      row.isCase,
      {
        pace: row.pace,
        quiet: { from: row.from, until: row.until },
        hasBoard: row.hasBoard,
        hours: hours.get(row.villageId ?? '') ?? NOWHERE,
      },
      now,
    );
    return {
      id: row.id,
      at: 'at' in telling ? telling.at : now,
      way: telling.how === 'digest' || telling.how === 'board' ? 'digest' : 'alone',
      isOver: telling.how === 'never',
    };
  });
  // Who has chosen the console finds it there: nothing is owed by chat.
  await sql.query(
    `UPDATE notifications n SET tell_at = t.at, way = t.way, told_at = CASE WHEN t.is_over THEN $5::timestamptz END,
       error = CASE WHEN t.is_over THEN 'console' END
     FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::boolean[]) AS t (id, at, way, is_over)
     WHERE n.id = t.id`,
    [
      told.map(({ id }) => id),
      told.map(({ at }) => at),
      told.map(({ way }) => way),
      told.map(({ isOver }) => isOver),
      now,
    ],
  );
  return rows.length;
}

/** What was not told yet of these officers is weighed anew: their pace or quiet hours are others now. */
export async function weighAnew(sql: Sql, officerIds: string[]): Promise<void> {
  await sql.query(
    `UPDATE notifications SET tell_at = NULL, way = NULL
     WHERE officer_id = ANY ($1::uuid[]) AND told_at IS NULL AND tell_at IS NOT NULL`,
    [officerIds],
  );
}
