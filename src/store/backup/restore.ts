import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Decrypter } from 'age-encryption';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { SetupError } from '../../core/errors.js';
import type { NewId } from '../../core/ports.js';
import { eraseAgain, readErasures } from '../erasures.js';
import type { Erasure } from '../erasures.js';
import { passOverGiven, readGivenNumbers } from '../letters/numberList.js';
import type { GivenNumber, PassedOver } from '../letters/numberList.js';
import { applyTo, splitMigrations } from '../migrate.js';
import type { Migration } from '../migrate.js';
import type { Sql } from '../sql.js';
import { readArchive } from './archive.js';
import type { Entry } from './archive.js';
import { Ending, Manifest, parseJson } from './manifest.js';
import { columnList, listCounters, listTables, quoted } from './tables.js';

/** The media storage, as far as a restore needs it. */
export interface RestoreFiles {
  write(key: string, bytes: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface RestoreOptions {
  databaseUrl: string;
  file: string;
  decrypter: Decrypter;
  files: RestoreFiles;
  /** Erasures known from outside: the list that outlives a database. */
  erasures: Erasure[];
  /** How far letter numbers had come, from outside as well. */
  numbers: GivenNumber[];
  /** Take away what is in the database now. */
  replace: boolean;
  newId: NewId;
  now: Date;
}

export interface RestoreReport {
  madeAt: string;
  rows: number;
  files: number;
  /** Erased again: what was erased after the backup had been made. */
  erased: number;
  /** Messages that were waiting to go out, most likely gone out since: not sent again. */
  unsent: number;
  /** Letter numbers that were given after the backup had been made: they are not given again. */
  passedOver: PassedOver[];
  keyId: string | null;
}

/**
 * Puts a backup into an empty database (or, with `replace`, in the place of what is there) and brings it up to date, in
 * one transaction: it is all there afterwards, or nothing has changed. What was erased since the backup is erased again
 * before anybody can read it. Throws SetupError where the database is in use or not empty, or the backup is damaged or of
 * a newer program.
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    application_name: 'kentongan restore',
  });
  await client.connect();
  try {
    await client.query('BEGIN');
    await refuseIfRunning(client);
    const hadTables = await isMigrated(client);
    if (!hadTables) await refuseIfForeign(client);
    else if (!options.replace) await refuseIfFilled(client);
    const erasures = [...options.erasures, ...(hadTables ? await readErasures(client) : [])];
    const oldFiles = hadTables ? await listFiles(client) : [];
    const numbers = [
      ...options.numbers,
      ...((await hasLetters(client)) ? await readGivenNumbers(client) : []),
    ];
    const report = await fill(client, { ...options, erasures, numbers });
    const files = new Set(await listFiles(client));
    await client.query('COMMIT');
    for (const key of oldFiles) if (!files.has(key)) await options.files.delete(key);
    return report;
  } finally {
    await client.end();
  }
}

/** Reads a whole backup without touching anything: it opens, and is complete. */
export async function checkBackup(file: string, decrypter: Decrypter): Promise<RestoreReport> {
  let manifest: Manifest | null = null;
  let ending: Ending | null = null;
  const rows: { [table: string]: number } = {};
  let files = 0;
  for await (const entry of readArchive(file, decrypter)) {
    const place = placeOf(entry);
    if (place.kind === 'manifest') manifest = parseJson(Manifest, entry.data);
    // A row of COPY's text is a line; line ends within values are written as \n.
    if (place.kind === 'rows')
      rows[place.table] =
        (rows[place.table] ?? 0) + entry.data.reduce((sum, byte) => sum + Number(byte === 0x0a), 0);
    if (place.kind === 'file') files += 1;
    if (place.kind === 'end') ending = parseJson(Ending, entry.data);
  }
  if (!manifest || !ending) throw new SetupError([`${file}: is not complete`]);
  compare(file, ending, rows, files);
  return {
    madeAt: manifest.madeAt,
    rows: sum(rows),
    files,
    erased: 0,
    unsent: 0,
    passedOver: [],
    keyId: manifest.keyId,
  };
}

async function fill(client: pg.Client, options: RestoreOptions): Promise<RestoreReport> {
  let manifest: Manifest | null = null;
  let later: Migration[] = [];
  let erased: Set<string> | null = null;
  let copying: { table: string; stream: Writable & { rowCount: number } } | null = null;
  const rows: { [table: string]: number } = {};
  let files = 0;
  let skipped = 0;
  let ending: Ending | null = null;
  let erasedAgain = 0;
  let unsent = 0;

  const endTable = async () => {
    if (!copying) return;
    copying.stream.end();
    await finished(copying.stream);
    rows[copying.table] = copying.stream.rowCount;
    copying = null;
  };

  for await (const entry of readArchive(options.file, options.decrypter)) {
    const place = placeOf(entry);
    if ((place.kind === 'manifest') !== (manifest === null))
      throw new SetupError([`${options.file}: its parts are out of order`]);
    if (place.kind === 'manifest') {
      manifest = parseJson(Manifest, entry.data);
      later = await makeTables(client, manifest);
      continue;
    }
    if (place.kind === 'rows') {
      if (copying?.table !== place.table) {
        await endTable();
        const shape = manifest!.tables.find((table) => table.name === place.table);
        if (!shape)
          throw new SetupError([
            `${options.file}: holds rows of a table that it does not describe (${place.table})`,
          ]);
        copying = {
          table: shape.name,
          stream: client.query(copyFrom(`COPY ${columnList(shape)} FROM STDIN`)),
        };
      }
      await write(copying.stream, entry.data);
      continue;
    }
    await endTable();
    if (!erased) {
      // New rows of a migration are numbered after those of the backup.
      await setCounters(client, null);
      // What erases knows the tables of this program only: an older backup becomes one of today first.
      await applyTo(client, later);
      // First: the words of a message that is still to be sent are never erased.
      unsent = await calmDown(client);
      erasedAgain = await eraseAgain(client, options.erasures, options);
      erased = await listErased(client);
    }
    if (place.kind === 'file') {
      files += 1;
      if (erased.has(place.key)) skipped += 1;
      else await options.files.write(place.key, entry.data);
    }
    if (place.kind === 'end') ending = parseJson(Ending, entry.data);
  }
  if (!manifest || !ending) throw new SetupError([`${options.file}: is not complete`]);
  compare(options.file, ending, rows, files);
  await setCounters(client, ending);
  const passedOver = await passOverGiven(client, options.numbers, options);
  return {
    madeAt: manifest.madeAt,
    rows: sum(rows),
    files: files - skipped,
    erased: erasedAgain,
    unsent,
    passedOver,
    keyId: manifest.keyId,
  };
}

type Place =
  { kind: 'manifest' } | { kind: 'rows'; table: string } | { kind: 'file'; key: string } | { kind: 'end' };

/** What a file of the archive is, by its path; nothing else is let in. */
function placeOf({ path }: Entry): Place {
  if (path === 'manifest.json') return { kind: 'manifest' };
  if (path === 'end.json') return { kind: 'end' };
  const table = /^tables\/([a-z_][a-z0-9_]*)\/\d+$/u.exec(path)?.[1];
  if (table) return { kind: 'rows', table };
  const key = /^media\/((?:[\w-][\w.-]*\/)*[\w-][\w.-]*)$/u.exec(path)?.[1];
  if (key) return { kind: 'file', key };
  throw new SetupError([`The backup holds a file that does not belong there: ${path}`]);
}

/** A connection that was just closed is listed for a moment longer. */
const LOOKS = 10;
const LOOK_AGAIN_MS = 100;

/** Other programs of ours would write into what is being restored. */
async function refuseIfRunning(sql: Sql): Promise<void> {
  for (let look = 1; await isRunning(sql); look++) {
    if (look > LOOKS)
      throw new SetupError([
        'Kentongan is running on this database. Stop it (all its processes), then restore.',
      ]);
    await sleep(LOOK_AGAIN_MS);
    // Within a transaction the list stays as it was first read.
    await sql.query('SELECT pg_stat_clear_snapshot()');
  }
}

async function isRunning(sql: Sql): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'kentongan' AND pid <> pg_backend_pid() LIMIT 1`,
  );
  return rowCount !== 0;
}

async function isMigrated(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>(
    `SELECT to_regclass('public.conversations') IS NOT NULL AS found`,
  );
  return rows[0]!.found;
}

/** A database that is replaced may be older than letters are. */
async function hasLetters(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>(
    `SELECT to_regclass('public.letter_counters') IS NOT NULL AS found`,
  );
  return rows[0]!.found;
}

/** Without our tables, any others are another program's: what is there is taken away, and nobody asked for that. */
async function refuseIfForeign(sql: Sql): Promise<void> {
  const tables = await listTables(sql);
  if (tables.length === 0) return;
  throw new SetupError([
    `The database holds tables of another program (${tables.map((table) => table.name).join(', ')}). Restore into a database of its own.`,
  ]);
}

/** What a first start fills in by itself. */
const SEEDED = [
  'districts',
  'villages',
  'working_hours',
  'holidays',
  'settings',
  'flow_versions',
  'lines',
  'canned_replies',
];

async function refuseIfFilled(sql: Sql): Promise<void> {
  const tables = (await listTables(sql)).map((table) => table.name).filter((name) => !SEEDED.includes(name));
  const { rows } = await sql.query<{ name: string }>(
    tables
      .map((name) => `SELECT '${name}' AS name WHERE EXISTS (SELECT FROM ${quoted(name)})`)
      .join(' UNION ALL '),
  );
  if (rows.length === 0) return;
  throw new SetupError([
    `The database is not empty (${rows.map((row) => row.name).join(', ')}). Restore into an empty one, or add --replace to take away what is there.`,
  ]);
}

/** The tables as they were when the backup was made; answers what brings them up to date once they are filled. */
async function makeTables(client: pg.Client, manifest: Manifest): Promise<Migration[]> {
  const { made, later } = await splitMigrations(manifest.migrations);
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await applyTo(client, made);
  const known = new Map((await listTables(client)).map((table) => [table.name, table.columns]));
  const strange = manifest.tables.flatMap(({ name, columns }) =>
    columns.filter((column) => !known.get(name)?.includes(column)).map((column) => `${name}.${column}`),
  );
  if (strange.length > 0)
    throw new SetupError([
      `The backup holds columns that its own version does not have: ${strange.join(', ')}`,
    ]);
  return later;
}

async function write(stream: Writable, data: Uint8Array): Promise<void> {
  await new Promise<void>((done, fail) => stream.write(data, (cause) => (cause ? fail(cause) : done())));
}

async function listFiles(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ key: string }>(
    'SELECT storage_key AS key FROM attachments WHERE storage_key IS NOT NULL',
  );
  return rows.map((row) => row.key);
}

async function listErased(sql: Sql): Promise<Set<string>> {
  const { rows } = await sql.query<{ key: string }>(
    `UPDATE attachments SET storage_key = NULL FROM attachments AS was
     WHERE attachments.id = was.id AND attachments.state = 'erased' AND was.storage_key IS NOT NULL RETURNING was.storage_key AS key`,
  );
  return new Set(rows.map((row) => row.key));
}

/** New rows are numbered after all restored ones. */
async function setCounters(sql: Sql, ending: Ending | null): Promise<void> {
  for (const { table, column, sequence } of await listCounters(sql)) {
    const saved = ending?.counters.find((counter) => counter.table === table && counter.column === column);
    await sql.query(
      `SELECT setval($1::regclass, greatest($2::bigint, (SELECT max(${quoted(column)}) FROM ${quoted(table)})), $3 OR EXISTS (SELECT FROM ${quoted(table)}))`,
      [sequence, saved?.last ?? 1, saved?.isCalled ?? false],
    );
  }
}

/**
 * What held only at the moment of the backup: nobody holds a line any more, and what was about to be sent then has
 * most likely been sent since. Residents do not get last week's messages again; the console shows them as unknown.
 */
async function calmDown(sql: Sql): Promise<number> {
  await sql.query('UPDATE lines SET lease_owner = NULL, lease_until = NULL');
  const { rowCount } = await sql.query(
    `UPDATE outbound_messages SET state = 'unknown', error = 'restored from a backup' WHERE state IN ('pending', 'sending')`,
  );
  return rowCount ?? 0;
}

function compare(file: string, ending: Ending, rows: { [table: string]: number }, files: number): void {
  const faults = Object.entries(ending.rows)
    .filter(([table, count]) => (rows[table] ?? 0) !== count)
    .map(([table, count]) => `${table} has ${rows[table] ?? 0} of ${count} rows`);
  if (files !== ending.files) faults.push(`${files} of ${ending.files} files`);
  if (faults.length > 0) throw new SetupError([`${file}: is not complete: ${faults.join(', ')}`]);
}

function sum(rows: { [table: string]: number }): number {
  return Object.values(rows).reduce((total, count) => total + count, 0);
}
