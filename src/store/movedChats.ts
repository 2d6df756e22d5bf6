import type { Sql } from './sql.js';

/** A chat that goes on under another id. */
export interface MovedChat {
  conversationId: string;
  platform: string;
  /** Which of an address's identities the chat's id is: 'telegram', 'lid' … */
  kind: string;
  to: string;
}

/** The same of one chat, told by a message that could not be sent: which of its identities it is, the old id says. */
export async function followSent(sql: Sql, conversationId: string, to: string): Promise<void> {
  const { rows } = await sql.query<{ platform: string; kind: string }>(
    `SELECT i.platform, i.kind FROM conversations c
     JOIN address_ids i ON i.address_id = c.address_id AND i.value = c.chat_id WHERE c.id = $1`,
    [conversationId],
  );
  if (rows[0]) await followMoved(sql, [{ conversationId, ...rows[0], to }]);
  else await sql.query('UPDATE conversations SET chat_id = $2 WHERE id = $1', [conversationId, to]);
}

/**
 * The platform gave chats other ids: their conversations and addresses follow, and are found by both from now on. One
 * that was opened under the new id meanwhile keeps what it has, but nothing new comes to it. Twice the same is once.
 */
export async function followMoved(sql: Sql, moved: MovedChat[]): Promise<void> {
  const values = [
    moved.map((m) => m.conversationId),
    moved.map((m) => m.platform),
    moved.map((m) => m.kind),
    moved.map((m) => m.to),
  ];
  await sql.query(
    `WITH m AS (
       SELECT DISTINCT ON (platform, kind, value) * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
         WITH ORDINALITY AS m (id, platform, kind, value, ord) ORDER BY platform, kind, value, ord DESC
     ), followed AS (
       UPDATE conversations c SET chat_id = m.value FROM m WHERE c.id = m.id AND c.chat_id <> m.value
     )
     INSERT INTO address_ids (platform, kind, value, address_id)
     SELECT m.platform, m.kind, m.value, c.address_id FROM m JOIN conversations c ON c.id = m.id
     ORDER BY m.value
     ON CONFLICT (platform, kind, value) DO UPDATE SET address_id = EXCLUDED.address_id`,
    values,
  );
}
