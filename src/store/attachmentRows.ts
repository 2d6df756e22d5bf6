import type { RefusedBecause } from '../core/errors.js';
import type { FileKind } from '../core/file.js';
import type { JsonObject } from '../core/json.js';
import type { Sql } from './sql.js';

/** A file that a person sent, before it is fetched from the platform. */
export interface AttachmentInsert {
  id: string;
  conversationId: string;
  kind: FileKind;
  /** The platform's reference. */
  remote: JsonObject;
  mime: string | null;
  name: string | null;
  bytes: number | null;
  /** An identity document, as far as its own words tell: it is stored sealed. */
  isRestricted: boolean;
}

export async function insertAttachments(sql: Sql, rows: AttachmentInsert[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO attachments (id, conversation_id, kind, remote, mime, name, bytes, is_restricted, created_at)
     SELECT id, conversation_id, kind, remote, mime, name, bytes, is_restricted, $9
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::text[], $6::text[], $7::int[], $8::boolean[])
       AS a (id, conversation_id, kind, remote, mime, name, bytes, is_restricted)`,
    [
      rows.map((r) => r.id),
      rows.map((r) => r.conversationId),
      rows.map((r) => r.kind),
      rows.map((r) => JSON.stringify(r.remote)),
      rows.map((r) => r.mime),
      rows.map((r) => r.name),
      rows.map((r) => r.bytes),
      rows.map((r) => r.isRestricted),
      now,
    ],
  );
}

/** Nobody wanted these: they are never fetched. */
export async function refuseAttachments(sql: Sql, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(`UPDATE attachments SET state = 'refused', remote = NULL WHERE id = ANY ($1::uuid[])`, [
    ids,
  ]);
}

/** What turned out to be identity documents, before anybody fetches them. */
export async function restrictAttachments(sql: Sql, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(
    'UPDATE attachments SET is_restricted = true WHERE id = ANY ($1::uuid[]) AND NOT is_restricted',
    [ids],
  );
}

/** Writes into stored messages which attachment their file became. */
export async function noteAttachments(
  sql: Sql,
  notes: { seq: number; attachmentId: string }[],
): Promise<void> {
  if (notes.length === 0) return;
  await sql.query(
    `UPDATE inbound_messages i SET body = jsonb_set(i.body, '{file,attachmentId}', to_jsonb(n.id))
     FROM unnest($1::bigint[], $2::text[]) AS n (seq, id) WHERE i.seq = n.seq`,
    [notes.map((n) => n.seq), notes.map((n) => n.attachmentId)],
  );
}

/** A file that waits to be fetched by the gateway of its line. */
export interface WaitingFile {
  id: string;
  kind: FileKind;
  remote: JsonObject;
  name: string | null;
  createdAt: Date;
}

/** Files of a line that wait, oldest first, but for those in `skipped`. */
export async function waitingFiles(
  sql: Sql,
  lineId: string,
  skipped: string[],
  limit: number,
): Promise<WaitingFile[]> {
  const { rows } = await sql.query<WaitingFile>(
    `SELECT a.id, a.kind, a.remote, a.name, a.created_at AS "createdAt"
     FROM attachments a JOIN conversations c ON c.id = a.conversation_id
     WHERE a.state = 'waiting' AND c.line_id = $1 AND a.id <> ALL ($2::uuid[])
     ORDER BY a.created_at, a.id LIMIT $3`,
    [lineId, skipped, limit],
  );
  return rows;
}

/**
 * The platform no longer has it, or it may not be kept. Who sent it is told why and what to do, where it still waited:
 * once a minute for each reason, however many there were.
 */
export async function loseFile(
  sql: Sql,
  id: string,
  because: RefusedBecause | 'lost',
  at: Date,
): Promise<void> {
  await sql.query(
    `WITH lost AS (
       UPDATE attachments SET state = $2, remote = NULL WHERE id = $1 AND state = 'waiting' RETURNING conversation_id
     )
     INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, received_at)
     SELECT c.line_id, 'file-refused:' || c.id || ':' || $3 || ':' || $4, c.id, 'internal',
       jsonb_build_object('flow', 'file-refused', 'vars', jsonb_build_object('because', $3::text)), $5, $5
     FROM lost JOIN conversations c ON c.id = lost.conversation_id
     ON CONFLICT (line_id, external_id) DO NOTHING`,
    [id, because === 'lost' ? 'lost' : 'refused', because, at.toISOString().slice(0, 16), at],
  );
}

/** How many of these are still to be fetched. */
export async function countWaitingFiles(sql: Sql, ids: string[]): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM attachments WHERE id = ANY ($1::uuid[]) AND state = 'waiting'`,
    [ids],
  );
  return rows[0]!.n;
}
