import type { Content } from '../core/content.js';
import type { JsonObject } from '../core/json.js';
import type { Sql } from './sql.js';

/** A message about to be stored. */
export interface InboundInsert {
  lineId: string;
  externalId: string;
  conversationId: string;
  content: Content;
  sentAt: Date;
}

const INSERT = {
  name: 'inbound-insert',
  text: `
    INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, received_at)
    SELECT line_id, external_id, conversation_id, kind, body, sent_at, $7
    FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::jsonb[], $6::timestamptz[])
      WITH ORDINALITY AS m (line_id, external_id, conversation_id, kind, body, sent_at, ord)
    ORDER BY ord
    ON CONFLICT (line_id, external_id) DO NOTHING`,
};

/** Stores a batch in its order (`seq`); what is there already stays. Answers how many were new. */
export async function insertInbound(sql: Sql, rows: InboundInsert[], now: Date): Promise<number> {
  const { rowCount } = await sql.query(INSERT, [
    rows.map((r) => r.lineId),
    rows.map((r) => r.externalId),
    rows.map((r) => r.conversationId),
    rows.map((r) => r.content.kind),
    rows.map((r) => JSON.stringify(r.content)),
    rows.map((r) => r.sentAt),
    now,
  ]);
  return rowCount ?? 0;
}

/** Something that another part of the program wants said in a conversation; `externalId` the same on every try. */
export interface InternalRow {
  conversationId: string;
  externalId: string;
  flow: string;
  vars: JsonObject;
}

/** Inserts internal rows, each into the line of its conversation. Twice the same is once. Answers how many were new. */
export async function insertInternal(sql: Sql, rows: InternalRow[], now: Date): Promise<number> {
  if (rows.length === 0) return 0;
  const { rowCount } = await sql.query(
    `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, received_at)
     SELECT c.line_id, r.external_id, c.id, 'internal', r.body, $4, $4
     FROM unnest($1::uuid[], $2::text[], $3::jsonb[]) WITH ORDINALITY AS r (conversation_id, external_id, body, ord)
     JOIN conversations c ON c.id = r.conversation_id
     ORDER BY r.ord
     ON CONFLICT (line_id, external_id) DO NOTHING`,
    [
      rows.map((r) => r.conversationId),
      rows.map((r) => r.externalId),
      rows.map((r) => JSON.stringify({ flow: r.flow, vars: r.vars })),
      now,
    ],
  );
  return rowCount ?? 0;
}

/** A message that waits, as converse reads it. */
export interface WaitingRow {
  seq: number;
  conversationId: string;
  externalId: string;
  kind: string;
  body: JsonObject;
  sentAt: Date;
  receivedAt: Date;
}

const WAITING = {
  name: 'inbound-waiting',
  text: `
    SELECT seq, conversation_id AS "conversationId", external_id AS "externalId", kind, body,
      sent_at AS "sentAt", received_at AS "receivedAt"
    FROM inbound_messages
    WHERE conversation_id = ANY ($1::uuid[]) AND handled_at IS NULL AND parked_at IS NULL
    ORDER BY seq`,
};

/**
 * The waiting messages of locked conversations, in order of arrival. A statement of its own, after the lock: its
 * snapshot then holds what the last holder of the lock committed.
 */
export async function loadWaiting(sql: Sql, conversationIds: string[]): Promise<WaitingRow[]> {
  return (await sql.query<WaitingRow>(WAITING, [conversationIds])).rows;
}

/** Gives up on one message: it is not tried again, and stays for a person to read. */
export async function parkInbound(sql: Sql, seq: number, error: string, now: Date): Promise<void> {
  await sql.query('UPDATE inbound_messages SET parked_at = $2, error = $3 WHERE seq = $1', [seq, now, error]);
}

/** How many messages wait, counted up to `atMost`. */
export async function countWaiting(sql: Sql, atMost: number): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM
       (SELECT 1 FROM inbound_messages WHERE handled_at IS NULL AND parked_at IS NULL LIMIT $1) w`,
    [atMost],
  );
  return rows[0]!.n;
}
