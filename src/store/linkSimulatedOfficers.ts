import type { NewId } from '../core/ports.js';
import { SIMULATED_PEOPLE, SIMULATOR_LINES } from '../core/simulator.js';
import { registerLines } from './lines.js';
import { openConversations } from './openConversations.js';
import type { Sql } from './sql.js';

/**
 * Links the officers' phones of the simulator to the demonstration's officers, as an accepted invite would, so that
 * whoever tries it out need not begin with invites. An officer who has a chat already keeps that one.
 */
export async function linkSimulatedOfficers(sql: Sql, newId: NewId, now: Date): Promise<void> {
  const { rows } = await sql.query<{ id: string; phone: string }>(
    `SELECT id, phone FROM officers WHERE phone = ANY ($1::text[])
       AND NOT EXISTS (SELECT FROM addresses WHERE addresses.officer_id = officers.id)`,
    [SIMULATED_PEOPLE.filter(({ role }) => role === 'officer').map(({ phone }) => phone)],
  );
  const people = rows.map(({ id, phone }) => ({
    officerId: id,
    person: SIMULATED_PEOPLE.find((one) => one.phone === phone)!,
  }));
  if (people.length === 0) return;
  await registerLines(
    sql,
    Object.values(SIMULATOR_LINES).map((id) => ({ id, platform: 'simulator', name: id })),
  );
  const conversations = await openConversations(
    sql,
    people.map(({ person }) => ({
      lineId: person.lineId,
      platform: 'simulator' as const,
      ids: { simulator: person.id },
      chatId: person.id,
      isGroup: false,
      displayName: person.name,
    })),
    newId,
  );
  await sql.query(
    `UPDATE addresses SET officer_id = n.officer_id, phone = n.phone
     FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS n (conversation_id, officer_id, phone)
       JOIN conversations ON conversations.id = n.conversation_id
     WHERE addresses.id = conversations.address_id AND addresses.officer_id IS NULL`,
    [conversations, people.map(({ officerId }) => officerId), people.map(({ person }) => person.phone)],
  );
  // Officers know the office: nobody introduces it to them.
  await sql.query('UPDATE conversations SET met_at = coalesce(met_at, $2) WHERE id = ANY ($1::uuid[])', [
    conversations,
    now,
  ]);
}
