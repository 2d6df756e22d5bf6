import type { Sql } from './sql.js';

/** Which message holds a slot of a chat, as channels/channel.ts knows it (`Slot`). */
interface SlotRow {
  externalId: string;
  hasButtons: boolean;
}

/** The slots of a line's chats (`SlotBook` of channels/channel.ts), by the chat and the slot's name. */
export function slotBook(sql: Sql, lineId: string) {
  return {
    async load(chatId: string, slot: string): Promise<SlotRow | null> {
      const { rows } = await sql.query<SlotRow>(
        `SELECT external_id AS "externalId", has_buttons AS "hasButtons" FROM message_slots
         WHERE line_id = $1 AND chat_id = $2 AND slot = $3`,
        [lineId, chatId, slot],
      );
      return rows[0] ?? null;
    },
    async save(chatId: string, slot: string, held: SlotRow): Promise<void> {
      await sql.query(
        `INSERT INTO message_slots (line_id, chat_id, slot, external_id, has_buttons) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (line_id, chat_id, slot) DO UPDATE
           SET external_id = excluded.external_id, has_buttons = excluded.has_buttons, noted_at = now()`,
        [lineId, chatId, slot, held.externalId, held.hasButtons],
      );
    },
    async isHeld(chatId: string, externalId: string): Promise<boolean> {
      const { rows } = await sql.query(
        'SELECT FROM message_slots WHERE line_id = $1 AND chat_id = $2 AND external_id = $3',
        [lineId, chatId, externalId],
      );
      return rows.length > 0;
    },
  };
}
