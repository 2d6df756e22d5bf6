import { createHash, randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import pg from 'pg';
import { SetupError } from '../core/errors.js';

/** Any number, the same in every process: one of them migrates, the others wait. */
const LOCK = 7_204_113_526;
const FOLDER = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

export interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Brings the database to this program's tables, under a lock, and answers the names of the migrations applied now.
 * Recorded as Prisma does, so that its own tools agree. Throws SetupError where the database was migrated by other
 * files than these.
 */
export async function migrate(databaseUrl: string, folder = FOLDER): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'kentongan migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query(RECORD_TABLE);
    const done = await readRecord(client);
    compare(migrations, done);
    return await apply(client, migrations, done);
  } finally {
    // Ends the session, and with it the lock.
    await client.end();
  }
}

/**
 * Our migrations by a backup's record: those that made its tables, and those that came later. Throws SetupError where the
 * backup was made by other files, or by a newer program.
 */
export async function splitMigrations(
  applied: { name: string; checksum: string }[],
  folder = FOLDER,
): Promise<{ made: Migration[]; later: Migration[] }> {
  const migrations = await readMigrations(folder);
  compare(
    migrations,
    applied.map(({ name, checksum }) => ({ migration_name: name, checksum, finished_at: new Date(0) })),
  );
  const names = new Set(applied.map(({ name }) => name));
  return {
    made: migrations.filter(({ name }) => names.has(name)),
    later: migrations.filter(({ name }) => !names.has(name)),
  };
}

/** Applies migrations and records them, within the caller's transaction; others wait with theirs until its end. */
export async function applyTo(client: pg.Client, migrations: Migration[]): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  await client.query(RECORD_TABLE);
  for (const migration of migrations) await applyAndRecord(client, migration);
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

interface Recorded {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

async function readRecord(client: pg.Client): Promise<Recorded[]> {
  const { rows } = await client.query<Recorded>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at',
  );
  return rows;
}

/** What was applied must be what lies here: nobody can tell otherwise which tables there are. */
function compare(migrations: Migration[], done: Recorded[]): void {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  const faults = done.flatMap((row) => {
    const ours = byName.get(row.migration_name);
    if (!row.finished_at)
      return [
        `Migration ${row.migration_name} was begun by another tool and not finished; finish or undo it with that tool.`,
      ];
    if (!ours)
      return [
        `The database was migrated by a newer program (${row.migration_name} is not known here). Update this one.`,
      ];
    if (ours.checksum !== row.checksum) {
      return [
        `Migration ${row.migration_name} was changed after it had been applied to this database. Put back the file as it was and make the change in a new migration.`,
      ];
    }
    return [];
  });
  if (faults.length > 0) throw new SetupError(faults);
}

async function apply(client: pg.Client, migrations: Migration[], done: Recorded[]): Promise<string[]> {
  const { Umzug } = await import('umzug');
  const umzug = new Umzug({
    migrations: migrations.map((migration) => ({
      name: migration.name,
      up: () => applyOne(client, migration),
    })),
    storage: {
      executed: async () => done.map((row) => row.migration_name),
      // Recorded by applyOne, within the migration's own transaction.
      logMigration: async () => {},
      unlogMigration: async () => {},
    },
    logger: undefined,
  });
  return (await umzug.up()).map((migration) => migration.name);
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await applyAndRecord(client, migration);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    throw new Error(`migration ${migration.name} failed and was undone`, { cause });
  }
}

async function applyAndRecord(client: pg.Client, migration: Migration): Promise<void> {
  await client.query(migration.sql);
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp(), 1)`,
    [randomUUID(), migration.checksum, migration.name],
  );
}

/** Prisma's own table, to the letter. */
const RECORD_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;
