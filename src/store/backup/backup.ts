import { to as copyTo } from 'pg-copy-streams';
import type { Encrypter } from 'age-encryption';
import pg from 'pg';
import { KEY_CHECK } from '../keyCheck.js';
import { writeArchive } from './archive.js';
import type { Entry } from './archive.js';
import { FORMAT } from './manifest.js';
import type { Ending, Manifest } from './manifest.js';
import { columnList, listCounters, listTables } from './tables.js';

/** The media storage, as far as a backup needs it. */
export interface BackupFiles {
  read(key: string): Promise<Uint8Array>;
}

export interface BackupReport {
  tables: number;
  rows: number;
  files: number;
  missing: string[];
  bytes: number;
  /** The id of the key that sealed values need. */
  keyId: string | null;
}

/** Rows are cut into pieces of about a megabyte, so that none has to lie in a file or in memory whole. */
const PIECE = 1_000_000;

/**
 * Writes all tables, as they were at one moment, and the files that they name into one encrypted file, while the
 * gateway goes on. Never in it: SECRET_KEY, the key that opens the backup, anybody's signed-in session, a
 * linked WhatsApp account (DATA_DIR/whatsapp-web), whose phone is linked again by its QR.
 */
export async function createBackup(options: {
  databaseUrl: string;
  file: string;
  encrypter: Encrypter;
  files: BackupFiles;
  now: Date;
}): Promise<BackupReport> {
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    application_name: 'kentongan backup',
  });
  await client.connect();
  try {
    // Everything below sees the same moment, whatever is written meanwhile.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const manifest = await describe(client, options.now);
    const ending: Ending = { rows: {}, counters: [], files: 0, missing: [] };
    const bytes = await writeArchive(
      options.file,
      options.encrypter,
      entries(client, manifest, ending, options.files),
    );
    return {
      bytes,
      tables: manifest.tables.length,
      rows: Object.values(ending.rows).reduce((sum, count) => sum + count, 0),
      files: ending.files,
      missing: ending.missing,
      keyId: manifest.keyId,
    };
  } finally {
    await client.end();
  }
}

async function describe(client: pg.Client, now: Date): Promise<Manifest> {
  const { rows: migrations } = await client.query<{ name: string; checksum: string }>(
    'SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name',
  );
  const { rows: check } = await client.query<{ value: string }>(
    'SELECT value FROM settings WHERE name = $1',
    [KEY_CHECK],
  );
  return {
    format: FORMAT,
    madeAt: now.toISOString(),
    migrations,
    tables: await listTables(client),
    keyId: check[0]?.value.split('.')[0] ?? null,
  };
}

async function* entries(
  client: pg.Client,
  manifest: Manifest,
  ending: Ending,
  files: BackupFiles,
): AsyncGenerator<Entry> {
  yield json('manifest.json', manifest);
  for (const table of manifest.tables) {
    const rows = client.query(copyTo(`COPY ${columnList(table)} TO STDOUT`));
    let number = 0;
    for await (const piece of pieces(rows))
      yield { path: `tables/${table.name}/${(number += 1)}`, data: piece };
    ending.rows[table.name] = rows.rowCount;
  }
  for (const counter of await listCounters(client)) {
    // A counter does not belong to the snapshot: it may only be further than the rows, never behind.
    const { rows } = await client.query<{ last: string; is_called: boolean }>(
      `SELECT last_value AS last, is_called FROM ${counter.sequence}`,
    );
    ending.counters.push({
      table: counter.table,
      column: counter.column,
      last: Number(rows[0]!.last),
      isCalled: rows[0]!.is_called,
    });
  }
  const { rows: keys } = await client.query<{ key: string }>(
    `SELECT storage_key AS key FROM attachments WHERE storage_key IS NOT NULL AND state = 'stored' ORDER BY id`,
  );
  for (const { key } of keys) {
    const data = await files.read(key).catch(() => null);
    if (data === null) {
      ending.missing.push(key);
      continue;
    }
    ending.files += 1;
    yield { path: `media/${key}`, data };
  }
  yield json('end.json', ending);
}

async function* pieces(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    held.push(chunk);
    length += chunk.length;
    if (length < PIECE) continue;
    yield Buffer.concat(held);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held);
}

function json(path: string, value: unknown): Entry {
  return { path, data: Buffer.from(JSON.stringify(value)) };
}
