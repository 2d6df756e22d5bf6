import type { Pool } from 'pg';
import type { Sealer } from '../core/ports.js';
import { KEY_CHECK } from './keyCheck.js';
import { SEALED_COLUMNS } from './sealedColumns.js';
import type { SealedColumn } from './sealedColumns.js';
import { keyId, keyIdOfBytes } from './sealer.js';
import { inTransaction } from './sql.js';
import type { Sql } from './sql.js';

/** The media storage, as far as resealing needs it. */
export interface SealedFiles {
  read(key: string): Promise<Uint8Array>;
  /** Replaces the whole file at once. */
  write(key: string, bytes: Uint8Array): Promise<void>;
}

export interface Resealed {
  values: number;
  files: number;
  /** Ids of restricted attachments whose file is missing or does not open. */
  unreadable: string[];
}

const BATCH = 200;

/**
 * Seals anew, under the first of `keys`, everything that an older key sealed. In small transactions, row locks held
 * shortly, so that the gateway goes on meanwhile; may be broken off and run again.
 */
export async function reseal(
  pool: Pool,
  sealer: Sealer,
  keys: Uint8Array[],
  files: SealedFiles,
): Promise<Resealed> {
  const newest = keyId(keys[0]!);
  let values = 0;
  for (const column of SEALED_COLUMNS) values += await resealColumn(pool, sealer, newest, column);
  await resealCheck(pool, sealer);
  return { values, ...(await resealFiles(pool, sealer, newest, files)) };
}

async function resealColumn(pool: Pool, sealer: Sealer, newest: string, of: SealedColumn): Promise<number> {
  let count = 0;
  for (let after: string | null = null; ;) {
    const last = await inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ id: string; context: string; sealed: string }>(
        `SELECT ${of.id}::text AS id, ${of.context}::text AS context, ${of.column} AS sealed FROM ${of.table}
         WHERE ${of.column} IS NOT NULL AND ${of.column} NOT LIKE $1 AND ($2::${of.idType} IS NULL OR ${of.id} > $2::${of.idType})
         ORDER BY ${of.table}.${of.id} LIMIT ${BATCH} FOR UPDATE`,
        [`${newest}.%`, after],
      );
      await sql.query(
        `UPDATE ${of.table} SET ${of.column} = n.sealed
         FROM unnest($1::${of.idType}[], $2::text[]) AS n (id, sealed) WHERE ${of.table}.${of.id} = n.id`,
        [
          rows.map((row) => row.id),
          rows.map((row) =>
            sealer.seal(of.purpose, row.context, sealer.open(of.purpose, row.context, row.sealed)),
          ),
        ],
      );
      count += rows.length;
      return rows.at(-1)?.id ?? null;
    });
    if (last === null) return count;
    after = last;
  }
}

async function resealCheck(pool: Pool, sealer: Sealer): Promise<void> {
  await pool.query('UPDATE settings SET value = to_jsonb($2::text) WHERE name = $1', [
    KEY_CHECK,
    sealer.seal('check', KEY_CHECK, {}),
  ]);
}

async function resealFiles(
  pool: Pool,
  sealer: Sealer,
  newest: string,
  files: SealedFiles,
): Promise<{ files: number; unreadable: string[] }> {
  const { rows } = await pool.query<{ id: string; storage_key: string }>(
    `SELECT id, storage_key FROM attachments WHERE is_restricted AND state = 'stored' AND storage_key IS NOT NULL ORDER BY id`,
  );
  let count = 0;
  const unreadable: string[] = [];
  for (const { id, storage_key: key } of rows) {
    try {
      const sealed = await files.read(key);
      if (keyIdOfBytes(sealed) === newest) continue;
      await files.write(key, sealer.sealBytes('attachment', id, sealer.openBytes('attachment', id, sealed)));
      count += 1;
    } catch {
      // One file that is gone or damaged must not keep the rest under an old key; the command names it.
      unreadable.push(id);
    }
  }
  return { files: count, unreadable };
}

/** How many values of the database each key seals, by its id. */
export async function countSealed(sql: Sql): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ id: string; count: number }>(
    `SELECT split_part(sealed, '.', 1) AS id, count(*)::int AS count FROM (${SEALED_COLUMNS.map(
      ({ table, column }) => `SELECT ${column} AS sealed FROM ${table} WHERE ${column} IS NOT NULL`,
    ).join(' UNION ALL ')}) AS all_sealed GROUP BY 1`,
  );
  return new Map(rows.map((row) => [row.id, row.count]));
}
