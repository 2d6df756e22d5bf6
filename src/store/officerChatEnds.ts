import type { OfficerIdentity } from '../core/asker.js';
import { HEADS } from '../core/handlers.js';
import type { NewId } from '../core/ports.js';
import { endBoards } from './boards.js';
import { insertInternal } from './inbound.js';
import { followLinkedOfficers } from './linkedOfficers.js';
import { IS_TOLD_BY } from './notifications.js';
import type { Sql } from './sql.js';

/** The villages whose officers' chats an officer may end: those that they head, or administer; null: all, a keeper's. */
export function villagesLed(officer: OfficerIdentity | null): string[] | null {
  const roles = (officer?.roles ?? []).filter(({ role }) => role === 'admin' || HEADS.includes(role));
  if (roles.some(({ village }) => village === null)) return null;
  return roles.flatMap(({ village }) => village ?? []);
}

/**
 * Takes all chats of an officer away: nothing that waits there is said any more, and goes back to be told in another chat
 * or in the console; their board ends, open invites are void, and their sessions in the console are over. Answers how many
 * chats there were, and their conversations; wake converse where there were any. The officer's row is locked first.
 */
export async function endOfficerChats(
  sql: Sql,
  officerId: string,
  now: Date,
): Promise<{ count: number; conversations: string[] }> {
  const { rows: chats } = await sql.query<{ conversationId: string | null }>(
    `WITH ended AS (
       UPDATE addresses SET officer_id = NULL WHERE officer_id = $1 RETURNING id
     )
     SELECT v.id AS "conversationId" FROM ended e LEFT JOIN conversations v ON v.address_id = e.id`,
    [officerId],
  );
  if (chats.length === 0) return { count: 0, conversations: [] };
  const conversations = chats.flatMap(({ conversationId }) => conversationId ?? []);
  await takeBack(sql, conversations, now);
  await endBoards(sql, [officerId], now);
  await sql.query(
    'UPDATE invites SET expires_at = $2 WHERE officer_id = $1 AND confirmed_at IS NULL AND expires_at > $2',
    [officerId, now],
  );
  await sql.query('DELETE FROM auth_sessions s USING officers o WHERE o.id = $1 AND s.user_id = o.user_id', [
    officerId,
  ]);
  await followLinkedOfficers(sql, [officerId], now);
  return { count: chats.length, conversations };
}

/**
 * Whoever held a guarded role hears in each chat that was taken from them by whom: flow officer-unlinked. It is the one place that
 * reaches them; somebody else who has the phone learns nothing by it.
 */
export async function tellInEndedChats(
  sql: Sql,
  conversationIds: string[],
  news: { by: string; role: string },
  newId: NewId,
  now: Date,
): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT v.id FROM conversations v JOIN addresses a ON a.id = v.address_id
     WHERE v.id = ANY ($1::uuid[]) AND a.blocked_at IS NULL AND a.merged_into IS NULL AND v.merged_into IS NULL
       AND NOT v.is_group AND NOT v.is_private ORDER BY v.id`,
    [conversationIds],
  );
  await insertInternal(
    sql,
    rows.map(({ id }) => ({
      conversationId: id,
      externalId: `unlinked:${newId()}`,
      flow: 'officer-unlinked',
      vars: news,
    })),
    now,
  );
}

/** What was on its way to these chats does not arrive: notices nobody handled yet, and messages nobody sent. */
async function takeBack(sql: Sql, conversationIds: string[], now: Date): Promise<void> {
  const waiting = `i.conversation_id = ANY ($1::uuid[]) AND i.kind = 'internal' AND i.handled_at IS NULL
    AND i.external_id ~ '^(note|digest|board):'`;
  await sql.query(
    `UPDATE notifications n SET error = 'no_address' FROM inbound_messages i WHERE ${waiting} AND ${IS_TOLD_BY('n', 'i')}`,
    [conversationIds],
  );
  await sql.query(`UPDATE inbound_messages i SET handled_at = $2 WHERE ${waiting}`, [conversationIds, now]);
  await sql.query(
    `UPDATE outbound_messages SET state = 'failed', error = 'the chat is no officer''s any more'
     WHERE conversation_id = ANY ($1::uuid[]) AND state = 'pending'`,
    [conversationIds],
  );
}
