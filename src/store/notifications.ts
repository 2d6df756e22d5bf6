import type { JsonObject } from '../core/json.js';
import type { NewId } from '../core/ports.js';
import { insertInternal } from './inbound.js';
import type { Sql } from './sql.js';

/** Something an officer is to be told; the same kind, subject and number is told once. */
export interface NotificationInsert {
  officerId: string;
  /** The flow that words it: 'officer-new-case' … */
  kind: string;
  /** The case, listing, invite, conversation or incident. */
  subjectId: string;
  /** The event that it tells of. */
  number: number;
  vars: JsonObject;
}

/** Stores notifications; what is there already stays. Answers how many were new. */
export async function insertNotifications(
  sql: Sql,
  rows: NotificationInsert[],
  newId: NewId,
  now: Date,
): Promise<number> {
  if (rows.length === 0) return 0;
  const { rowCount } = await sql.query(
    `INSERT INTO notifications (id, officer_id, kind, subject_id, number, vars, created_at)
     SELECT id, officer_id, kind, subject_id, number, vars, $7
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::int[], $6::jsonb[])
       AS n (id, officer_id, kind, subject_id, number, vars)
     ON CONFLICT (officer_id, kind, subject_id, number) DO NOTHING`,
    [
      rows.map(() => newId()),
      rows.map((r) => r.officerId),
      rows.map((r) => r.kind),
      rows.map((r) => r.subjectId),
      rows.map((r) => r.number),
      rows.map((r) => JSON.stringify(r.vars)),
      now,
    ],
  );
  return rowCount ?? 0;
}

/** How many notifications one call hands on. */
const BATCH = 200;

/**
 * The notify processor's work, in the caller's transaction: hands notifications that nobody told yet to the officers'
 * conversations, as internal rows. An officer without a linked chat finds them in the console: such a row is marked
 * with the error 'no_address', and told after all when a chat is linked (store/officers.ts). What is no longer news (a
 * new case that somebody took or that was withdrawn) is marked 'stale' and not told.
 * Call again while `seen` is not 0; wake converse where `told` is not.
 */
export async function tellOfficers(
  sql: Sql,
  now: Date,
  limit = BATCH,
): Promise<{ seen: number; told: number }> {
  const { rows } = await sql.query<{
    id: string;
    kind: string;
    vars: JsonObject;
    conversationId: string | null;
    isStale: boolean;
  }>(
    `WITH waiting AS (
       SELECT id, officer_id, kind, subject_id, vars, created_at FROM notifications
       WHERE told_at IS NULL ORDER BY created_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
     )
     SELECT w.id, w.kind, w.vars, chat.id AS "conversationId",
       (NOT o.is_active OR (w.kind = 'officer-new-case' AND c.status <> 'open')) IS TRUE AS "isStale"
     FROM waiting w
     JOIN officers o ON o.id = w.officer_id
     LEFT JOIN cases c ON w.kind = 'officer-new-case' AND c.id = w.subject_id
     LEFT JOIN LATERAL (
       SELECT v.id FROM addresses a JOIN conversations v ON v.address_id = a.id
       WHERE a.officer_id = w.officer_id AND a.blocked_at IS NULL AND NOT v.is_group
       ORDER BY v.last_inbound_at DESC NULLS LAST, v.created_at DESC LIMIT 1
     ) chat ON true
     ORDER BY w.created_at, w.id`,
    [limit],
  );
  if (rows.length === 0) return { seen: 0, told: 0 };
  const news = rows.flatMap(({ conversationId, isStale, ...row }) =>
    isStale || !conversationId ? [] : [{ ...row, conversationId }],
  );
  await insertInternal(
    sql,
    news.map((row) => ({
      conversationId: row.conversationId,
      externalId: `note:${row.id}`,
      flow: row.kind,
      vars: row.vars,
    })),
    now,
  );
  await sql.query(
    `UPDATE notifications n SET told_at = $3, error = t.error
     FROM unnest($1::uuid[], $2::text[]) AS t (id, error) WHERE n.id = t.id`,
    [
      rows.map((row) => row.id),
      rows.map((row) => (row.isStale ? 'stale' : row.conversationId ? null : 'no_address')),
      now,
    ],
  );
  return { seen: rows.length, told: news.length };
}
