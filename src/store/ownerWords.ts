import type { Sql } from './sql.js';

/** Who has the word in a chat of the phone that a line lives on, and whether the chat is the line's at all. */
export interface OwnerWord {
  conversationId: string;
  /** Until then the owner has it; null: the line. */
  ownerUntil: Date | null;
  isPrivate: boolean;
}

/** Writes down what owners said. What waits to be sent to a chat that they keep to themselves is given up. */
export async function setOwnerWords(sql: Sql, words: OwnerWord[]): Promise<void> {
  await sql.query(
    `WITH s AS (
       SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::boolean[]) AS s (id, until, is_private)
     ), set AS (
       UPDATE conversations c SET owner_until = s.until, is_private = s.is_private FROM s WHERE c.id = s.id
     )
     UPDATE outbound_messages o SET state = 'failed', error = 'the owner of the phone keeps this chat'
     FROM s WHERE s.is_private AND o.conversation_id = s.id AND o.state = 'pending'`,
    [
      words.map((word) => word.conversationId),
      words.map((word) => word.ownerUntil),
      words.map((word) => word.isPrivate),
    ],
  );
}

export interface QuietRow {
  id: string;
  lineId: string;
  chatId: string;
  isPrivate: boolean;
}

/** Chats that are private, and those in which an owner has the word. */
export async function loadQuietChats(sql: Sql, now: Date): Promise<QuietRow[]> {
  const { rows } = await sql.query<QuietRow>(
    `SELECT id, line_id AS "lineId", chat_id AS "chatId", is_private AS "isPrivate" FROM conversations
     WHERE is_private OR owner_until > $1`,
    [now],
  );
  return rows;
}
