import type { NewId } from '../../core/ports.js';
import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

/** A reply that officers use again and again; `villageId` null: every village's. */
export interface CannedReply {
  id: string;
  villageId: string | null;
  village: string | null;
  title: string;
  text: string;
}

const SELECT = `SELECT r.id, r.village_id AS "villageId", v.name AS village, r.title, r.text
  FROM canned_replies r LEFT JOIN villages v ON v.id = r.village_id`;

/** What may be used in a village: its own first, then what is shared. */
export async function repliesFor(sql: Sql, villageId: string): Promise<CannedReply[]> {
  const { rows } = await sql.query<CannedReply>(
    `${SELECT} WHERE r.removed_at IS NULL AND (r.village_id = $1 OR r.village_id IS NULL)
     ORDER BY r.village_id IS NULL, r.title, r.id`,
    [villageId],
  );
  return rows;
}

/** All replies of a scope's villages, and those that are shared. */
export async function repliesInScope(sql: Sql, scope: Scope): Promise<CannedReply[]> {
  const { rows } = await sql.query<CannedReply>(
    `${SELECT} WHERE r.removed_at IS NULL AND (r.village_id IS NULL OR $1::text[] IS NULL OR r.village_id = ANY ($1))
     ORDER BY r.village_id IS NULL, v.name, r.title, r.id LIMIT 500`,
    [scope.villages],
  );
  return rows;
}

export async function addReply(
  sql: Sql,
  reply: { villageId: string | null; title: string; text: string; officerId: string },
  { newId, now }: { newId: NewId; now: Date },
): Promise<void> {
  await sql.query(
    `INSERT INTO canned_replies (id, village_id, title, text, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [newId(), reply.villageId, reply.title, reply.text, reply.officerId, now],
  );
}

/** Changes or takes away a reply of the scope; a shared one where the scope is every village. False: there is none such. */
export async function changeReply(
  sql: Sql,
  scope: Scope,
  id: string,
  change: { title: string; text: string } | 'remove',
  officerId: string,
  now: Date,
): Promise<boolean> {
  const words = change === 'remove' ? null : change;
  const { rowCount } = await sql.query(
    `UPDATE canned_replies SET title = coalesce($4, title), text = coalesce($5, text), changed_by = $3, changed_at = $6,
       removed_at = CASE WHEN $4::text IS NULL THEN $6::timestamptz END
     WHERE id = $1 AND removed_at IS NULL AND ($2::text[] IS NULL OR village_id = ANY ($2))`,
    [id, scope.villages, officerId, words?.title ?? null, words?.text ?? null, now],
  );
  return rowCount === 1;
}
