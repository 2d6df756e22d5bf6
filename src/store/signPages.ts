import type { Sql } from './sql.js';

/** A page on which one officer signs one batch, where their chat has no keypad. */
export interface SignPage {
  id: string;
  officerId: string;
  conversationId: string | null;
  codes: string[];
  expiresAt: Date;
  usedAt: Date | null;
}

/** Makes a page; those that the officer had not used yet end with it. */
export async function insertSignPage(
  sql: Sql,
  page: Omit<SignPage, 'usedAt'> & { tokenHash: string },
  now: Date,
): Promise<void> {
  await sql.query('UPDATE sign_pages SET used_at = $2 WHERE officer_id = $1 AND used_at IS NULL', [
    page.officerId,
    now,
  ]);
  await sql.query(
    `INSERT INTO sign_pages (id, token_hash, officer_id, conversation_id, codes, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [page.id, page.tokenHash, page.officerId, page.conversationId, page.codes, now, page.expiresAt],
  );
}

/** The page of a link, where it is this officer's, unused and not over; null otherwise. */
export async function findSignPage(
  sql: Sql,
  tokenHash: string,
  officerId: string,
  now: Date,
): Promise<SignPage | null> {
  const { rows } = await sql.query<SignPage>(
    `SELECT id, officer_id AS "officerId", conversation_id AS "conversationId", codes, expires_at AS "expiresAt",
       used_at AS "usedAt"
     FROM sign_pages WHERE token_hash = $1 AND officer_id = $2 AND used_at IS NULL AND expires_at > $3`,
    [tokenHash, officerId, now],
  );
  return rows[0] ?? null;
}

/** Ends an officer's page; answers for which conversation it was. null: it was none of theirs, or over already. */
export async function endSignPage(
  sql: Sql,
  id: string,
  officerId: string,
  now: Date,
): Promise<{ conversationId: string | null } | null> {
  const { rows } = await sql.query<{ conversationId: string | null }>(
    `UPDATE sign_pages SET used_at = $3 WHERE id = $1 AND officer_id = $2 AND used_at IS NULL
     RETURNING conversation_id AS "conversationId"`,
    [id, officerId, now],
  );
  return rows[0] ?? null;
}
