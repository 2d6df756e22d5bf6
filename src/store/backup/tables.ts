import type { Sql } from '../sql.js';

export interface TableShape {
  name: string;
  columns: string[];
}

/**
 * Left out: the record of migrations is made anew by migrating, what cases are found by is made anew by its triggers, and
 * whoever holds a backup must not hold anybody's signed-in session: officers sign in again after a restore.
 */
const LEFT_OUT = ['_prisma_migrations', 'auth_sessions', 'case_search'];

/** A code by which anybody could link a phone of theirs in the place of the village's: of no use after a minute. */
const COLUMNS_LEFT_OUT = ['lines.linking'];

/** Our tables with their columns, each after all that it refers to. */
export async function listTables(sql: Sql): Promise<TableShape[]> {
  const { rows } = await sql.query<{ name: string; columns: string[]; refers: string[] }>(
    `SELECT c.relname AS name,
       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
          AND c.relname || '.' || a.attname <> ALL ($2)) AS columns,
       ARRAY(SELECT DISTINCT t.relname::text FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid
             WHERE k.conrelid = c.oid AND k.contype = 'f' AND t.oid <> c.oid) AS refers
     FROM pg_class c
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> ALL ($1)
     ORDER BY c.relname`,
    [LEFT_OUT, COLUMNS_LEFT_OUT],
  );
  const done = new Set<string>(LEFT_OUT);
  const ordered: TableShape[] = [];
  while (ordered.length < rows.length) {
    const ready = rows.filter((row) => !done.has(row.name) && row.refers.every((table) => done.has(table)));
    if (ready.length === 0) throw new Error('tables refer to each other in a ring: no order restores them');
    for (const { name, columns } of ready) {
      done.add(name);
      ordered.push({ name, columns });
    }
  }
  return ordered;
}

export interface Counter {
  table: string;
  column: string;
  sequence: string;
}

/** The columns that count by themselves. */
export async function listCounters(sql: Sql): Promise<Counter[]> {
  const { rows } = await sql.query<Counter>(
    `SELECT c.relname AS table, a.attname AS column, pg_get_serial_sequence(c.oid::regclass::text, a.attname) AS sequence
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attidentity <> '' ORDER BY 1, 2`,
  );
  return rows;
}

/** A name as SQL spells it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"cases" ("id", "code", …)`. */
export function columnList({ name, columns }: TableShape): string {
  return `${quoted(name)} (${columns.map(quoted).join(', ')})`;
}
