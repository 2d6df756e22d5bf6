import type { Outgoing } from '../core/outgoing.js';
import { ARRIVED } from './sentMessages.js';
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
  /** When this try began. */
  begunAt: Date;
  /** When the newest message of the person was received; null where none was heard yet. */
  lastInboundAt: Date | null;
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
  /** Whether the platform reports on messages of this line, or they can be looked up in the chat. */
  isTracked?: boolean;
}

/**
 * The oldest unfinished row of each conversation is the only one that may go: `sending` holds back what follows.
 * What is marked sent by this very statement is not seen as such by it, hence `$4` among the conditions.
 * `isTracked`: on a line whose messages are reported on, or looked up, their ids are written down one by one, and what
 * was reported before we knew that we had sent is taken over.
 */
const turn = (isTracked: boolean) => ({
  name: isTracked ? 'outbox-turn-tracked' : 'outbox-turn',
  text: `
    WITH ${isTracked ? NOTED : ''} sent AS (
      UPDATE outbound_messages o
      SET state = 'sent', sent_at = $3, external_ids = string_to_array(nullif(s.ids, ''), chr(31)), error = NULL
        ${isTracked ? ', delivered_at = t.delivered_at, read_at = t.read_at' : ''}
      FROM unnest($4::bigint[], $5::text[]) AS s (seq, ids) ${isTracked ? 'LEFT JOIN told t ON t.seq = s.seq' : ''}
      WHERE o.seq = s.seq
    ), heads AS (
      SELECT DISTINCT ON (conversation_id) seq, conversation_id, state, not_before
      FROM outbound_messages
      WHERE line_id = $1 AND state IN ('pending', 'sending') AND seq <> ALL ($4::bigint[]) AND $6 > 0
      ORDER BY conversation_id, seq
    ), chosen AS (
      SELECT h.seq, c.chat_id, c.is_group, c.address_id, c.last_inbound_at
      FROM heads h JOIN conversations c ON c.id = h.conversation_id
      WHERE h.state = 'pending' AND (h.not_before IS NULL OR h.not_before <= $3)
        AND (c.next_send_at IS NULL OR c.next_send_at <= $3) AND c.held_since IS NULL AND c.id <> ALL ($7::uuid[])
        AND EXISTS (SELECT 1 FROM lines l WHERE l.id = $1 AND l.lease_owner = $2 AND l.lease_until > now())
      ORDER BY h.seq
      LIMIT $6
    )
    UPDATE outbound_messages o SET state = 'sending', attempts = least(o.attempts + 1, 32767) ${isTracked ? ', begun_at = $3' : ''}
    FROM chosen h WHERE o.seq = h.seq AND o.state = 'pending'
    RETURNING o.seq, o.conversation_id AS "conversationId", h.address_id AS "addressId", h.chat_id AS "chatId",
      h.is_group AS "isGroup", o.body AS message, o.attempts, o.is_repeat AS "isRepeat", o.created_at AS "createdAt",
      $3::timestamptz AS "begunAt", h.last_inbound_at AS "lastInboundAt"`,
});

const NOTED = `
    noted AS (
      INSERT INTO sent_messages AS m (line_id, external_id, seq, at)
      SELECT DISTINCT ON (e.id) $1, e.id, s.seq, $3::timestamptz
      FROM unnest($4::bigint[], $5::text[]) AS s (seq, ids),
        unnest(string_to_array(nullif(s.ids, ''), chr(31))) AS e (id)
      ORDER BY e.id
      ON CONFLICT (line_id, external_id) DO UPDATE SET seq = EXCLUDED.seq
      RETURNING m.seq, m.status, m.at
    ), told AS (
      SELECT m.seq, ${ARRIVED} FROM noted m GROUP BY m.seq
    ),`;

const TURN = turn(false);
const TRACKED_TURN = turn(true);

/** Marks what was sent and takes what is next, in one statement: one commit a turn of the outbox. */
export async function turnOutbox(sql: Sql, given: OutboxTurn, now: Date): Promise<TakenRow[]> {
  const { rows } = await sql.query<TakenRow>(given.isTracked ? TRACKED_TURN : TURN, [
    given.lineId,
    given.owner,
    now,
    given.sent.map((s) => s.seq),
    given.sent.map((s) => s.externalIds.join('\u001f')),
    given.limit,
    given.resting,
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

/** Gives up what waits on lines that were removed before `before`. Answers the conversations concerned. */
export async function failOfRemovedLines(sql: Sql, before: Date): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `UPDATE outbound_messages SET state = 'failed', error = 'the line was removed'
     WHERE state = 'pending' AND line_id IN (SELECT id FROM lines WHERE removed_at <= $1)
     RETURNING conversation_id AS id`,
    [before],
  );
  return [...new Set(rows.map(({ id }) => id))];
}

/** This person waits until then. */
export async function restChat(sql: Sql, conversationId: string, until: Date): Promise<void> {
  await sql.query('UPDATE conversations SET next_send_at = $2 WHERE id = $1', [conversationId, until]);
}

/**
 * Rows in the middle of a send whose sender is gone: nobody knows whether they went out. `resend_flagged`: each goes
 * once more, flagged; one that was a repeat already is left. `leave`: all are left. `look`: all stay as they are
 * (loadSending). Answers those that were left. Of a conversation that is held only the template was on its way: it is
 * taken to have gone out, so that nobody gets it twice, and the row waits.
 */
export async function recoverSending(
  sql: Sql,
  lineId: string,
  outcome: 'resend_flagged' | 'leave' | 'look',
): Promise<{ repeated: number; left: { seq: number; conversationId: string }[] }> {
  const { rows } = await sql.query<{ seq: number; conversationId: string; state: string; isHeld: boolean }>(
    `UPDATE outbound_messages o SET
       state = CASE WHEN c.held_since IS NOT NULL OR ($2 AND NOT o.is_repeat) THEN 'pending' ELSE 'unknown' END,
       is_repeat = o.is_repeat OR ($2 AND c.held_since IS NULL),
       error = 'the sender ended in the middle of it'
     FROM conversations c
     WHERE o.line_id = $1 AND o.state = 'sending' AND c.id = o.conversation_id AND (NOT $3 OR c.held_since IS NOT NULL)
     RETURNING o.seq, o.conversation_id AS "conversationId", o.state, c.held_since IS NOT NULL AS "isHeld"`,
    [lineId, outcome === 'resend_flagged', outcome === 'look'],
  );
  return {
    repeated: rows.filter((row) => row.state === 'pending' && !row.isHeld).length,
    left: rows
      .filter((row) => row.state === 'unknown')
      .map(({ seq, conversationId }) => ({ seq, conversationId })),
  };
}

/** Rows in the middle of a send, as their sender took them. */
export async function loadSending(sql: Sql, lineId: string): Promise<TakenRow[]> {
  const { rows } = await sql.query<TakenRow>(
    `SELECT o.seq, o.conversation_id AS "conversationId", c.address_id AS "addressId", c.chat_id AS "chatId",
       c.is_group AS "isGroup", o.body AS message, o.attempts, o.is_repeat AS "isRepeat", o.created_at AS "createdAt",
       coalesce(o.begun_at, o.created_at) AS "begunAt", c.last_inbound_at AS "lastInboundAt"
     FROM outbound_messages o JOIN conversations c ON c.id = o.conversation_id
     WHERE o.line_id = $1 AND o.state = 'sending' ORDER BY o.seq`,
    [lineId],
  );
  return rows;
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
