import type { Pool } from 'pg';
import { v7 } from 'uuid';

/** The village of the rows below: Gintangan. */
export const VILLAGE = '35.10.25.2004';

/** A resident with a conversation on line 'sim:resident'; answers the conversation's id. */
export async function aConversation(
  pool: Pool,
  more: { id?: string; private?: string } = {},
): Promise<{ id: string; residentId: string }> {
  const [residentId, addressId, id] = [v7(), v7(), more.id ?? v7()];
  await pool.query(
    `INSERT INTO lines (id, platform, name) VALUES ('sim:resident', 'simulator', 'Simulator') ON CONFLICT DO NOTHING`,
  );
  await pool.query('INSERT INTO residents (id, village_id, name) VALUES ($1, $2, $3)', [
    residentId,
    VILLAGE,
    'Ibu Siti',
  ]);
  await pool.query(`INSERT INTO addresses (id, platform, resident_id) VALUES ($1, 'simulator', $2)`, [
    addressId,
    residentId,
  ]);
  await pool.query(
    `INSERT INTO conversations (id, address_id, line_id, chat_id, private) VALUES ($1, $2, 'sim:resident', $3, $4)`,
    [id, addressId, id, more.private ?? null],
  );
  return { id, residentId };
}

/** A message of that conversation; answers its seq. */
export async function anInbound(
  pool: Pool,
  conversationId: string,
  body: object = { kind: 'text', text: 'halo' },
): Promise<number> {
  const { rows } = await pool.query<{ seq: number }>(
    `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at)
     VALUES ('sim:resident', $1, $2, 'text', $3, now()) RETURNING seq`,
    [v7(), conversationId, JSON.stringify(body)],
  );
  return rows[0]!.seq;
}

/** An open case; answers its id. */
export async function aCase(
  pool: Pool,
  of: { id: string; residentId: string },
  more: { id?: string; private?: string; code?: string; openedAt?: Date } = {},
): Promise<string> {
  const id = more.id ?? v7();
  await pool.query(
    `INSERT INTO cases (id, code, draft_id, village_id, service, flow, status, resident_id, conversation_id, answers, private, opened_at)
     VALUES ($1, $2, $3, $4, 'usaha', 'business-letter', 'open', $5, $6, '{"business":"Warung"}', $7, $8)`,
    [
      id,
      more.code ?? id,
      v7(),
      VILLAGE,
      of.residentId,
      of.id,
      more.private ?? null,
      more.openedAt ?? new Date(),
    ],
  );
  return id;
}
