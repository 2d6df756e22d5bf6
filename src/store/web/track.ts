import type { Sql } from '../sql.js';

/** The state of a case by its code, and nothing else of it; of a confidential one not even that it is there. */
export async function publicState(sql: Sql, code: string): Promise<string | null> {
  const { rows } = await sql.query<{ status: string }>(
    'SELECT status FROM cases WHERE code = $1 AND NOT is_confidential',
    [code],
  );
  return rows[0]?.status ?? null;
}
