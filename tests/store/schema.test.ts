import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { readPrismaSchema } from '../support/prismaSchema.js';
import type { Table } from '../support/prismaSchema.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

test('schema.prisma describes every table, column, key and index that the migrations make', async () => {
  const described = readPrismaSchema('prisma/schema.prisma');
  const made = await readTables(db);
  expect(Object.keys(described).sort()).toEqual(Object.keys(made).sort());
  expect(described).toEqual(made);
});

test('the comparison sees a column, a default and an index that only the database has', async () => {
  const other = await testDatabase();
  try {
    await other.pool.query('ALTER TABLE lines ADD COLUMN colour text');
    await other.pool.query('ALTER TABLE lines ALTER COLUMN state DROP DEFAULT');
    await other.pool.query('CREATE INDEX lines_name ON lines (name)');
    const described = readPrismaSchema('prisma/schema.prisma').lines!;
    const made = (await readTables(other)).lines!;
    expect(Object.keys(made.columns)).toEqual([...Object.keys(described.columns), 'colour']);
    expect(made.columns.state).not.toEqual(described.columns.state);
    expect(made.indexes).toEqual({ ...described.indexes, lines_name: 'index (name)' });
  } finally {
    await other.drop();
  }
});

/** What Prisma has words for: no checks, no partial indexes, none over an expression. */
async function readTables({ pool }: TestDatabase): Promise<{ [table: string]: Table }> {
  const tables: { [table: string]: Table } = {};
  const columns = await pool.query<{
    table: string;
    name: string;
    type: string;
    nullable: boolean;
    default: boolean;
  }>(`
    SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
      a.atthasdef OR a.attidentity <> '' AS default
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> '_prisma_migrations'
      AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.oid, a.attnum`);
  for (const row of columns.rows) {
    const table = (tables[row.table] ??= { columns: {}, primaryKey: [], indexes: {}, foreignKeys: {} });
    // A list has no absence in Prisma: what is null there reads as empty.
    table.columns[row.name] = {
      type: row.type,
      isNullable: row.nullable && !row.type.endsWith('[]'),
      hasDefault: row.default,
    };
  }
  const indexes = await pool.query<{
    table: string;
    name: string;
    kind: string;
    method: string;
    columns: string[];
  }>(`
    SELECT t.relname AS table, i.relname AS name, am.amname AS method,
      CASE WHEN x.indisprimary THEN 'primary' WHEN x.indisunique THEN 'unique' ELSE 'index' END AS kind,
      (SELECT array_agg(a.attname || CASE WHEN o.opcdefault THEN '' ELSE ' ' || o.opcname END ORDER BY k.place)
       FROM unnest(x.indkey, x.indclass) WITH ORDINALITY AS k (attnum, class, place)
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
       JOIN pg_opclass o ON o.oid = k.class) AS columns
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid JOIN pg_am am ON am.oid = i.relam
    WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> '_prisma_migrations' AND x.indpred IS NULL AND x.indexprs IS NULL`);
  for (const row of indexes.rows) {
    const table = tables[row.table]!;
    if (row.kind === 'primary') table.primaryKey = row.columns;
    else
      table.indexes[row.name] =
        `${row.kind}${row.method === 'btree' ? '' : ` ${row.method}`} (${row.columns.join(', ')})`;
  }
  const keys = await pool.query<{
    table: string;
    name: string;
    own: string;
    target: string;
    other: string;
    on_delete: string;
  }>(`
    SELECT k.conrelid::regclass::text AS table, k.conname AS name, a.attname AS own, k.confrelid::regclass::text AS target,
      b.attname AS other, CASE k.confdeltype WHEN 'a' THEN 'no action' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE k.confdeltype::text END AS on_delete
    FROM pg_constraint k
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
    WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND array_length(k.conkey, 1) = 1`);
  for (const row of keys.rows) {
    tables[row.table]!.foreignKeys[row.name] =
      `${row.own} -> ${row.target} (${row.other}) on delete ${row.on_delete}`;
  }
  return tables;
}
