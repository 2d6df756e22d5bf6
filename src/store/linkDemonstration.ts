import type { Platform } from '../core/content.js';
import type { NewId } from '../core/ports.js';
import { SIMULATED_PEOPLE } from '../core/simulator.js';
import { registerLines } from './lines.js';
import { openConversations } from './openConversations.js';
import type { Sql } from './sql.js';

/** Where an officer of the demonstration is reached: a private chat of a platform that is played. */
export interface OfficerChat {
  /** The officer's, 62…. */
  phone: string;
  name: string;
  lineId: string;
  platform: Exclude<Platform, 'whatsapp'>;
  /** The chat, and its owner on that platform. */
  id: string;
}

export const SIMULATED_OFFICERS: OfficerChat[] = SIMULATED_PEOPLE.filter(
  ({ role }) => role === 'officer',
).map(({ phone, name, lineId, id }) => ({ phone, name, lineId, platform: 'simulator', id }));

/**
 * Links chats to the demonstration's officers, as an accepted invite would, so that whoever tries it out need not begin
 * with invites. An officer who has a chat already keeps that one.
 */
export async function linkDemonstration(
  sql: Sql,
  chats: OfficerChat[],
  newId: NewId,
  now: Date,
): Promise<void> {
  const { rows } = await sql.query<{ id: string; phone: string }>(
    `SELECT id, phone FROM officers WHERE phone = ANY ($1::text[])
       AND NOT EXISTS (SELECT FROM addresses WHERE addresses.officer_id = officers.id)`,
    [chats.map(({ phone }) => phone)],
  );
  const people = rows.map(({ id, phone }) => ({
    officerId: id,
    chat: chats.find((one) => one.phone === phone)!,
  }));
  if (people.length === 0) return;
  await registerLines(
    sql,
    [...new Map(chats.map((chat) => [chat.lineId, chat])).values()].map(({ lineId, platform }) => ({
      id: lineId,
      platform,
      name: lineId,
    })),
  );
  const conversations = await openConversations(
    sql,
    people.map(({ chat }) => ({
      lineId: chat.lineId,
      platform: chat.platform,
      ids: { [chat.platform]: chat.id },
      chatId: chat.id,
      isGroup: false,
      displayName: chat.name,
    })),
    newId,
  );
  await sql.query(
    `UPDATE addresses SET officer_id = n.officer_id, phone = n.phone
     FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS n (conversation_id, officer_id, phone)
       JOIN conversations ON conversations.id = n.conversation_id
     WHERE addresses.id = conversations.address_id AND addresses.officer_id IS NULL`,
    [conversations, people.map(({ officerId }) => officerId), people.map(({ chat }) => chat.phone)],
  );
  // Officers know the office: nobody introduces it to them.
  await sql.query('UPDATE conversations SET met_at = coalesce(met_at, $2) WHERE id = ANY ($1::uuid[])', [
    conversations,
    now,
  ]);
}
