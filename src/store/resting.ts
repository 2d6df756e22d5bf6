import type { Sql } from './sql.js';

/** Words that wait in a conversation that rests. */
export interface RestingWords {
  seq: number;
  conversationId: string;
  text: string;
}

const RESTING = {
  name: 'inbound-resting',
  text: `
    SELECT i.seq, i.conversation_id AS "conversationId", coalesce(i.body ->> 'text', i.body ->> 'caption') AS text
    FROM inbound_messages i JOIN conversations c ON c.id = i.conversation_id
    WHERE i.handled_at IS NULL AND i.parked_at IS NULL AND i.kind IN ('text', 'edit', 'photo', 'document')
      AND (i.body ? 'text' OR i.body ? 'caption') AND c.wake_at > $1
    ORDER BY i.seq DESC LIMIT $2`,
};

/** What people wrote into conversations that rest, the newest `limit` of it. */
export async function loadRestingWords(sql: Sql, now: Date, limit: number): Promise<RestingWords[]> {
  const { rows } = await sql.query<RestingWords>(RESTING, [now, limit]);
  return rows;
}

/** Locks a conversation that rests; null where another worker holds it. */
export async function lockResting(
  sql: Sql,
  id: string,
): Promise<{ failures: number; wakeAt: Date | null } | null> {
  const { rows } = await sql.query<{ failures: number; wakeAt: Date | null }>(
    `SELECT failures, wake_at AS "wakeAt" FROM conversations WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED`,
    [id],
  );
  return rows[0] ?? null;
}

/** It rests on, as it did. */
export async function restOn(
  sql: Sql,
  id: string,
  rest: { failures: number; wakeAt: Date | null },
): Promise<void> {
  await sql.query('UPDATE conversations SET wake_at = $2, failures = $3 WHERE id = $1', [
    id,
    rest.wakeAt,
    rest.failures,
  ]);
}
