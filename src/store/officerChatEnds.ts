import type { OfficerIdentity } from '../core/asker.js';
import { HEADS } from '../core/handlers.js';
import { endBoards } from './boards.js';
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
 * chats there were; wake converse where there were any. The officer's row is locked first.
 */
export async function endOfficerChats(sql: Sql, officerId: string, now: Date): Promise<number> {
  const { rows: chats } = await sql.query<{ conversationId: string | null }>(
    `WITH ended AS (
       UPDATE addresses SET officer_id = NULL WHERE officer_id = $1 RETURNING id
     )
     SELECT v.id AS "conversationId" FROM ended e LEFT JOIN conversations v ON v.address_id = e.id`,
    [officerId],
  );
  if (chats.length === 0) return 0;
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
  return chats.length;
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
