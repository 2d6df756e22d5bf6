import type { Sql } from '../sql.js';

const NAME = 'console_setup';

/** Keeps the digest of the set-up link; the one before it works no longer. */
export async function keepSetupToken(sql: Sql, digest: string, expiresAt: Date): Promise<void> {
  await sql.query(
    `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value`,
    [NAME, { digest, expiresAt: expiresAt.toISOString() }],
  );
}

/** Whether this is the link that was printed, and still good. Locks it in a transaction, so that it works once. */
export async function isSetupToken(sql: Sql, digest: string, now: Date): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT 1 FROM settings WHERE name = $1 AND value->>'digest' = $2 AND (value->>'expiresAt')::timestamptz > $3
     FOR UPDATE`,
    [NAME, digest, now],
  );
  return rowCount === 1;
}

export async function dropSetupToken(sql: Sql): Promise<void> {
  await sql.query('DELETE FROM settings WHERE name = $1', [NAME]);
}
