import type { Sql } from './sql.js';

/** A subject's place in a group, as channels/channel.ts knows it (`Topic`). */
interface TopicRow {
  /** null where the group has no topics. */
  id: string | null;
  /** External id of the newest message with buttons. */
  buttons: string | null;
  isClosed: boolean;
}

/** The topics of a line's groups (`TopicBook` of channels/channel.ts), by the group's chat and what they are about. */
export function topicBook(sql: Sql, lineId: string) {
  return {
    async load(chatId: string, subject: string): Promise<TopicRow | null> {
      const { rows } = await sql.query<TopicRow>(
        `SELECT t.external_id AS id, t.buttons_id AS buttons, t.is_closed AS "isClosed"
         FROM topics t JOIN conversations c ON c.id = t.conversation_id
         WHERE c.line_id = $1 AND c.chat_id = $2 AND t.subject_id = $3`,
        [lineId, chatId, subject],
      );
      return rows[0] ?? null;
    },
    async save(chatId: string, subject: string, topic: TopicRow): Promise<void> {
      await sql.query(
        `INSERT INTO topics (conversation_id, subject_id, external_id, buttons_id, is_closed)
         SELECT c.id, $3, $4, $5, $6 FROM conversations c WHERE c.line_id = $1 AND c.chat_id = $2
         ON CONFLICT (conversation_id, subject_id) DO UPDATE
           SET external_id = excluded.external_id, buttons_id = excluded.buttons_id, is_closed = excluded.is_closed`,
        [lineId, chatId, subject, topic.id, topic.buttons, topic.isClosed],
      );
    },
  };
}
