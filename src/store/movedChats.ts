import { hideHistory } from './profiles.js';
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

/** Somebody who goes on under another name of the platform, and those that they gave up. */
export interface LeftNames {
  lineId: string;
  /** Of the message that tells of it. */
  externalId: string;
  platform: string;
  /** 'phone', 'bsuid' … */
  left: { kind: string; value: string }[];
}

/** Any number: a move is told to all lines and more than once, and is looked at one after the other. */
const MOVES = 7_204_113_530;

/**
 * Whether a move is to be followed: told for the first time, of somebody who is still known by one of the names. What was
 * followed before must not take along whoever has the old name by now. In the transaction that follows it.
 */
export async function isNewMove(
  sql: Sql,
  { lineId, externalId, platform, left }: LeftNames,
): Promise<boolean> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [MOVES]);
  const { rows } = await sql.query<{ is: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM inbound_messages WHERE line_id = $1 AND external_id = $2)
       AND EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS l (kind, value)
         JOIN address_ids i ON (i.platform, i.kind, i.value) = ($3, l.kind, l.value)) AS is`,
    [lineId, externalId, platform, left.map((one) => one.kind), left.map((one) => one.value)],
  );
  return rows[0]!.is;
}

/**
 * A person's number is given to somebody else once they left it: from now on they are not found by it, nor written to
 * there on any line. Whoever had the new one before has it no more: what is theirs is not told there. To be called
 * before followMoved; `to`: the new name.
 */
export async function leaveNames(
  sql: Sql,
  { conversationId, platform, to }: MovedChat,
  left: LeftNames['left'],
  now: Date,
): Promise<void> {
  const values = [conversationId, platform, left.map((one) => one.kind), left.map((one) => one.value)];
  await sql.query(
    `DELETE FROM address_ids i USING conversations c, unnest($3::text[], $4::text[]) AS l (kind, value)
     WHERE c.id = $1 AND i.address_id = c.address_id AND (i.platform, i.kind, i.value) = ($2, l.kind, l.value)`,
    values,
  );
  const phone = left.find(({ kind }) => kind === 'phone')?.value ?? null;
  if (phone !== null) {
    const isNumber = /^\d+$/u.test(to);
    await sql.query(
      `UPDATE addresses a SET phone = $3 FROM conversations c WHERE c.id = $1 AND a.id = c.address_id AND a.phone = $2`,
      [conversationId, phone, isNumber ? to : null],
    );
    // The lines of other kinds spell it with the platform's host: 62…@c.us.
    if (isNumber)
      await sql.query(
        `UPDATE conversations o SET chat_id = $3 || substr(o.chat_id, length($2) + 1) FROM conversations c
         WHERE c.id = $1 AND o.address_id = c.address_id AND (o.chat_id = $2 OR o.chat_id LIKE $2 || '@%')`,
        [conversationId, phone, to],
      );
  }
  const { rows } = await sql.query<{ id: string }>(
    `SELECT DISTINCT i.address_id AS id FROM address_ids i, conversations c
     WHERE c.id = $1 AND i.platform = $2 AND i.value = $3 AND i.address_id <> c.address_id`,
    [conversationId, platform, to],
  );
  for (const { id } of rows) await hideHistory(sql, id, now);
}
