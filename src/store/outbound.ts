import type { Outgoing } from '../core/outgoing.js';
import type { Sql } from './sql.js';

/** A message to be sent, in the order of the conversation. */
export interface OutboundInsert {
  conversationId: string;
  lineId: string;
  message: Outgoing;
}

const INSERT = {
  name: 'outbound-insert',
  text: `
    INSERT INTO outbound_messages (conversation_id, line_id, body, created_at)
    SELECT conversation_id, line_id, body, $4
    FROM unnest($1::uuid[], $2::text[], $3::jsonb[]) WITH ORDINALITY AS m (conversation_id, line_id, body, ord)
    ORDER BY ord`,
};

/** Puts messages into the outbox, in their order. */
export async function insertOutbound(sql: Sql, rows: OutboundInsert[], now: Date): Promise<void> {
  await sql.query(INSERT, [
    rows.map((r) => r.conversationId),
    rows.map((r) => r.lineId),
    rows.map((r) => JSON.stringify(r.message)),
    now,
  ]);
}

/** A message that this process is to send now; its row says `sending`, committed. */
export interface TakenRow {
  seq: number;
  conversationId: string;
  addressId: string;
  chatId: string;
  isGroup: boolean;
  message: Outgoing;
  attempts: number;
  isRepeat: boolean;
  createdAt: Date;
}

export interface OutboxTurn {
  lineId: string;
  /** Holder of the lease: without it nothing is taken. */
  owner: string;
  /** What went out since the last turn. */
  sent: { seq: number; externalIds: string[] }[];
  /** How many to take at most. */
  limit: number;
  /** Conversations that must rest a moment longer. */
  resting: string[];
}

/**
 * The oldest unfinished row of each conversation is the only one that may go: `sending` holds back what follows.
 * What is marked sent by this very statement is not seen as such by it, hence `$4` among the conditions.
 */
const TURN = {
  name: 'outbox-turn',
  text: `
    WITH sent AS (
      UPDATE outbound_messages o
      SET state = 'sent', sent_at = $3, external_ids = string_to_array(nullif(s.ids, ''), chr(31)), error = NULL
      FROM unnest($4::bigint[], $5::text[]) AS s (seq, ids)
      WHERE o.seq = s.seq
    ), heads AS (
      SELECT DISTINCT ON (conversation_id) seq, conversation_id, state, not_before
      FROM outbound_messages
      WHERE line_id = $1 AND state IN ('pending', 'sending') AND seq <> ALL ($4::bigint[]) AND $6 > 0
      ORDER BY conversation_id, seq
    ), chosen AS (
      SELECT h.seq, c.chat_id, c.is_group, c.address_id
      FROM heads h JOIN conversations c ON c.id = h.conversation_id
      WHERE h.state = 'pending' AND (h.not_before IS NULL OR h.not_before <= $3)
        AND (c.next_send_at IS NULL OR c.next_send_at <= $3) AND c.id <> ALL ($7::uuid[])
        AND EXISTS (SELECT 1 FROM lines l WHERE l.id = $1 AND l.lease_owner = $2 AND l.lease_until > now())
      ORDER BY h.seq
      LIMIT $6
    )
    UPDATE outbound_messages o SET state = 'sending', attempts = o.attempts + 1
    FROM chosen h WHERE o.seq = h.seq
    RETURNING o.seq, o.conversation_id AS "conversationId", h.address_id AS "addressId", h.chat_id AS "chatId",
      h.is_group AS "isGroup", o.body AS message, o.attempts, o.is_repeat AS "isRepeat", o.created_at AS "createdAt"`,
};

/** Marks what was sent and takes what is next, in one statement: one commit a turn of the outbox. */
export async function turnOutbox(sql: Sql, turn: OutboxTurn, now: Date): Promise<TakenRow[]> {
  const { rows } = await sql.query<TakenRow>(TURN, [
    turn.lineId,
    turn.owner,
    now,
    turn.sent.map((s) => s.seq),
    turn.sent.map((s) => s.externalIds.join('\u001f')),
    turn.limit,
    turn.resting,
  ]);
  return rows;
}

/** A row as its sender took it: one that another gateway has taken since is no longer in this one's hand. */
type InHand = Pick<TakenRow, 'seq' | 'attempts'>;

/** Back to the queue, not before `notBefore` (null: at once). `isRepeat`: it may have gone out already. */
export async function retryOutbound(
  sql: Sql,
  row: InHand,
  options: { notBefore: Date | null; error: string; isRepeat?: boolean },
): Promise<void> {
  await sql.query(
    `UPDATE outbound_messages SET state = 'pending', not_before = $2, error = $3, is_repeat = is_repeat OR $4
     WHERE seq = $1 AND state = 'sending' AND attempts = $5`,
    [row.seq, options.notBefore, options.error, options.isRepeat ?? false, row.attempts],
  );
}

/** Given up (`failed`), or nobody knows (`unknown`): releases what waits behind it. */
export async function closeOutbound(
  sql: Sql,
  row: InHand,
  state: 'failed' | 'unknown',
  error: string,
): Promise<void> {
  await sql.query(
    `UPDATE outbound_messages SET state = $2, error = $3 WHERE seq = $1 AND state = 'sending' AND attempts = $4`,
    [row.seq, state, error, row.attempts],
  );
}

/** Gives up all that waits for a conversation: the person blocked us. */
export async function failWaiting(sql: Sql, conversationId: string, error: string): Promise<number> {
  const { rowCount } = await sql.query(
    `UPDATE outbound_messages SET state = 'failed', error = $2
     WHERE conversation_id = $1 AND state IN ('pending', 'sending')`,
    [conversationId, error],
  );
  return rowCount ?? 0;
}

/** This person waits until then. */
export async function restChat(sql: Sql, conversationId: string, until: Date): Promise<void> {
  await sql.query('UPDATE conversations SET next_send_at = $2 WHERE id = $1', [conversationId, until]);
}

/**
 * Rows in the middle of a send whose sender is gone: nobody knows whether they went out. `resend_flagged`: each goes
 * once more, flagged; one that was a repeat already is left. `leave`: all are left. Answers those that were left.
 */
export async function recoverSending(
  sql: Sql,
  lineId: string,
  outcome: 'resend_flagged' | 'leave',
): Promise<{ repeated: number; left: { seq: number; conversationId: string }[] }> {
  const { rows } = await sql.query<{ seq: number; conversationId: string; state: string }>(
    `UPDATE outbound_messages SET
       state = CASE WHEN $2 AND NOT is_repeat THEN 'pending' ELSE 'unknown' END,
       is_repeat = is_repeat OR $2,
       error = 'the sender ended in the middle of it'
     WHERE line_id = $1 AND state = 'sending'
     RETURNING seq, conversation_id AS "conversationId", state`,
    [lineId, outcome === 'resend_flagged'],
  );
  return {
    repeated: rows.filter((row) => row.state === 'pending').length,
    left: rows.filter((row) => row.state === 'unknown'),
  };
}

/** Rows that say `sending` though the holder of the lease, who asks, has not begun them: back to the queue. */
export async function releaseOrphans(
  sql: Sql,
  lineId: string,
  owner: string,
  begun: number[],
): Promise<void> {
  await sql.query(
    `UPDATE outbound_messages SET state = 'pending'
     WHERE line_id = $1 AND state = 'sending' AND seq <> ALL ($3::bigint[])
       AND EXISTS (SELECT 1 FROM lines l WHERE l.id = $1 AND l.lease_owner = $2 AND l.lease_until > now())`,
    [lineId, owner, begun],
  );
}

/** Lines that have messages older than this waiting to be sent. */
export async function linesWithUnsent(sql: Sql, createdBefore: Date, now: Date): Promise<string[]> {
  const { rows } = await sql.query<{ line_id: string }>(
    `SELECT DISTINCT line_id FROM outbound_messages
     WHERE state = 'pending' AND created_at < $1 AND (not_before IS NULL OR not_before <= $2)`,
    [createdBefore, now],
  );
  return rows.map((row) => row.line_id);
}
