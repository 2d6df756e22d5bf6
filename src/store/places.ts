import type { Sql } from './sql.js';

/** Names of villages by their ids. */
export async function villageNames(sql: Sql, ids: string[]): Promise<Map<string, string>> {
  const { rows } = await sql.query<{ id: string; name: string }>(
    'SELECT id, name FROM villages WHERE id = ANY ($1::text[])',
    [[...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Those of these villages that take requests. */
export async function activeVillages(sql: Sql, ids: string[]): Promise<Set<string>> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM villages WHERE id = ANY ($1::text[]) AND state = 'active'`,
    [[...new Set(ids)]],
  );
  return new Set(rows.map((row) => row.id));
}
