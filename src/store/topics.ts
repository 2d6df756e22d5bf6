import type { Sql } from './sql.js';

/** What is known of a case's place in a group: what channels/channel.ts calls a Topic. */
export interface TopicRow {
  /** The platform's id; null where the group has no topics, and the case's messages stand among the others. */
  id: string | null;
  /** External id of the newest message with buttons. */
  buttons: string | null;
  isClosed: boolean;
}

export async function loadTopic(
  sql: Sql,
  lineId: string,
  chatId: string,
  subject: string,
): Promise<TopicRow | null> {
  const { rows } = await sql.query<TopicRow>(
    `SELECT t.external_id AS id, t.buttons_id AS buttons, t.is_closed AS "isClosed"
     FROM topics t JOIN conversations c ON c.id = t.conversation_id
     WHERE c.line_id = $1 AND c.chat_id = $2 AND t.subject_id = $3`,
    [lineId, chatId, subject],
  );
  return rows[0] ?? null;
}

export async function saveTopic(
  sql: Sql,
  lineId: string,
  chatId: string,
  subject: string,
  topic: TopicRow,
): Promise<void> {
  await sql.query(
    `INSERT INTO topics (conversation_id, subject_id, external_id, buttons_id, is_closed)
     SELECT c.id, $3, $4, $5, $6 FROM conversations c WHERE c.line_id = $1 AND c.chat_id = $2
     ON CONFLICT (conversation_id, subject_id) DO UPDATE
       SET external_id = excluded.external_id, buttons_id = excluded.buttons_id, is_closed = excluded.is_closed`,
    [lineId, chatId, subject, topic.id, topic.buttons, topic.isClosed],
  );
}
