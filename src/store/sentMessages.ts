import type { SendFailure } from '../core/errors.js';
import type { Sql } from './sql.js';
import type { TakenRow } from './outbound.js';

/** What a platform reports of one message that went out; of several on one message the furthest alone. */
export interface ReportRow {
  lineId: string;
  externalId: string;
  status: 'sent' | 'delivered' | 'read' | 'failed';
  at: Date;
  failure: SendFailure | null;
  /** Seconds. */
  retryAfter: number | null;
  error: string | null;
}

/** Statuses in the order in which they win. What was delivered did not fail after all, whichever is told first. */
export const REPORT_ORDER = ['sent', 'failed', 'delivered', 'read'] as const;

const rank = (column: string) =>
  `coalesce(array_position('{${REPORT_ORDER.join(',')}}'::text[], ${column}), 0)`;

/**
 * Takes reports down, inside a transaction: a status only moves forward, and the message itself learns when all its
 * parts were delivered and read. A report may be of a message that is not known yet. Answers the lines that have a
 * failure to be settled.
 */
export async function storeReports(sql: Sql, reports: ReportRow[]): Promise<string[]> {
  const { rows } = await sql.query<{ seq: number | null; lineId: string; status: string }>(
    `INSERT INTO sent_messages AS m (line_id, external_id, status, at, failure, retry_after, error)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::int[], $7::text[])
       AS r (line_id, external_id, status, at, failure, retry_after, error)
     ORDER BY line_id, external_id
     ON CONFLICT (line_id, external_id) DO UPDATE SET status = EXCLUDED.status, at = EXCLUDED.at,
       failure = EXCLUDED.failure, retry_after = EXCLUDED.retry_after, error = EXCLUDED.error
     WHERE ${rank('EXCLUDED.status')} > ${rank('m.status')}
     RETURNING m.seq, m.line_id AS "lineId", m.status`,
    [
      reports.map((r) => r.lineId),
      reports.map((r) => r.externalId),
      reports.map((r) => r.status),
      reports.map((r) => r.at),
      reports.map((r) => r.failure),
      reports.map((r) => r.retryAfter),
      reports.map((r) => r.error),
    ],
  );
  const arrived = rows.filter((row) => row.seq !== null && ['delivered', 'read'].includes(row.status));
  if (arrived.length > 0) await noteArrival(sql, [...new Set(arrived.map((row) => row.seq!))]);
  return [...new Set(rows.filter((row) => row.status === 'failed').map((row) => row.lineId))];
}

/** A long message went out in parts: it has arrived when the last of them has. */
async function noteArrival(sql: Sql, seqs: number[]): Promise<void> {
  await sql.query(
    `UPDATE outbound_messages o SET delivered_at = coalesce(o.delivered_at, t.delivered_at),
       read_at = coalesce(o.read_at, t.read_at)
     FROM (
       SELECT q.seq, ${ARRIVED}
       FROM outbound_messages q
       JOIN sent_messages m ON m.line_id = q.line_id AND m.external_id = ANY (q.external_ids)
       WHERE q.seq = ANY ($1::bigint[]) GROUP BY q.seq
     ) t
     WHERE o.seq = t.seq AND t.delivered_at IS NOT NULL`,
    [seqs],
  );
}

/** When all parts were delivered, and read; over rows of `sent_messages m`. */
export const ARRIVED = `
  CASE WHEN bool_and(coalesce(m.status IN ('delivered', 'read'), false)) THEN max(m.at) END AS delivered_at,
  CASE WHEN bool_and(coalesce(m.status = 'read', false)) THEN max(m.at) END AS read_at`;

/** A message that was counted as sent, and of which the platform says later that it failed. */
export interface LateFailure {
  failure: SendFailure;
  retryAfter: number | null;
  error: string;
  /** The template that tells of the row failed, not the row. */
  isTemplate: boolean;
  /** Back in the sender's hand: its row says `sending`. Of a template: as it waits. */
  row: TakenRow;
}

/**
 * Takes messages of this line that failed after they were sent back into the hand of the lease's holder, each once: what
 * should follow is settled like a send that fails. Of a message that is on its way anew, an old report says nothing.
 */
export async function takeLateFailures(
  sql: Sql,
  line: { lineId: string; owner: string },
  now: Date,
  limit = 100,
): Promise<LateFailure[]> {
  const { rows } = await sql.query<
    TakenRow & { failure: SendFailure; retryAfter: number | null; error: string; isTemplate: boolean }
  >(
    `WITH late AS (
       SELECT external_id, seq, is_template, failure, retry_after, error FROM sent_messages
       WHERE line_id = $1 AND status = 'failed' AND settled_at IS NULL AND seq IS NOT NULL
         AND EXISTS (SELECT 1 FROM lines l WHERE l.id = $1 AND l.lease_owner = $2 AND l.lease_until > now())
       ORDER BY seq LIMIT $4 FOR UPDATE SKIP LOCKED
     ), settled AS (
       UPDATE sent_messages m SET settled_at = $3 FROM late l WHERE m.line_id = $1 AND m.external_id = l.external_id
     ), back AS (
       UPDATE outbound_messages o SET state = 'sending'
       FROM late l
       WHERE o.seq = l.seq AND NOT l.is_template AND o.state = 'sent' AND l.external_id = ANY (o.external_ids)
       RETURNING o.seq
     )
     SELECT DISTINCT ON (o.seq) o.seq, o.conversation_id AS "conversationId", c.address_id AS "addressId",
       c.chat_id AS "chatId", c.is_group AS "isGroup", o.body AS message, o.attempts, o.is_repeat AS "isRepeat",
       o.created_at AS "createdAt", coalesce(o.begun_at, o.sent_at, o.created_at) AS "begunAt",
       c.last_inbound_at AS "lastInboundAt", coalesce(l.failure, 'permanent') AS failure,
       l.retry_after AS "retryAfter", coalesce(l.error, '') AS error, l.is_template AS "isTemplate"
     FROM late l JOIN outbound_messages o ON o.seq = l.seq JOIN conversations c ON c.id = o.conversation_id
     WHERE o.seq IN (SELECT seq FROM back)
       OR (l.is_template AND o.state = 'pending' AND c.held_since IS NOT NULL)
     ORDER BY o.seq`,
    [line.lineId, line.owner, now, limit],
  );
  return rows.map(({ failure, retryAfter, error, isTemplate, ...row }) => ({
    failure,
    retryAfter,
    error,
    isTemplate,
    row,
  }));
}

/** Lines that have such failures. */
export async function linesWithLateFailures(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ line_id: string }>(
    `SELECT DISTINCT line_id FROM sent_messages
     WHERE status = 'failed' AND settled_at IS NULL AND seq IS NOT NULL`,
  );
  return rows.map((row) => row.line_id);
}

/** The template that tells of a row went out under these ids. */
export async function noteTemplate(
  sql: Sql,
  template: { lineId: string; seq: number; externalIds: string[] },
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO sent_messages (line_id, external_id, seq, at, is_template)
     SELECT $1, id, $2, $4, true FROM unnest($3::text[]) AS t (id)
     ON CONFLICT (line_id, external_id) DO UPDATE SET seq = EXCLUDED.seq, is_template = true`,
    [template.lineId, template.seq, template.externalIds, now],
  );
}

/** Which of these ids are of other messages than this one: such a find proves nothing. */
export async function isOfAnother(
  sql: Sql,
  row: { lineId: string; seq: number },
  ids: string[],
): Promise<boolean> {
  const { rows } = await sql.query<{ is: boolean }>(
    `SELECT EXISTS (SELECT FROM sent_messages
       WHERE line_id = $1 AND external_id = ANY ($3::text[]) AND (seq <> $2 OR is_template)) AS is`,
    [row.lineId, row.seq, ids],
  );
  return rows[0]!.is;
}
