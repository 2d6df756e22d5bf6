import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { SetupError } from '../../src/core/errors.js';
import { createMediaStorage } from '../../src/media/storage.js';
import { eraseRestricted } from '../../src/store/attachments.js';
import { readArchive } from '../../src/store/backup/archive.js';
import { createBackup } from '../../src/store/backup/backup.js';
import { backupKeyFile, lockFor, openerOf } from '../../src/store/backup/keys.js';
import { checkBackup, restoreBackup } from '../../src/store/backup/restore.js';
import type { RestoreOptions } from '../../src/store/backup/restore.js';
import { listTables } from '../../src/store/backup/tables.js';
import { createErasureKeeper, keepErasures, readErasureList } from '../../src/store/erasures.js';
import { insertAudit } from '../../src/store/audit.js';
import { allocateNumbers } from '../../src/store/letters/issue.js';
import { createNumberKeeper, readNumberList } from '../../src/store/letters/numberList.js';
import { verifyChain, writeBlock } from '../../src/store/auditBlocks.js';
import { checkKeys } from '../../src/store/keyCheck.js';
import { migrate } from '../../src/store/migrate.js';
import { createPool } from '../../src/store/pool.js';
import { canBeProgram, PROGRAM_ROLE } from '../../src/store/programRole.js';
import { createSealer, keyId } from '../../src/store/sealer.js';
import { inTransaction } from '../../src/store/sql.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { aCase, aConversation, anInbound, VILLAGE } from './rows.js';

// Whole databases are made and read here, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const NOW = new Date('2026-11-24T05:00:00Z');
const secretKey = randomBytes(32);
const sealer = createSealer([secretKey]);

let folder: string;
let source: TestDatabase;
/** The case whose identity document is erased after the backup, and that document. */
let caseId: string;
const ktp = v7();
const road = v7();
const media = new Map<string, Uint8Array>();

beforeAll(async () => {
  source = await testDatabase();
  const { pool } = source;
  await checkKeys(pool, sealer);
  const of = await aConversation(pool);
  caseId = await aCase(pool, of, { code: 'BWI-7K3M' });
  // What COPY must carry unharmed: line ends, tabs, backslashes, nulls, other scripts, nested JSON.
  await anInbound(pool, of.id, { kind: 'text', text: 'baris satu\nbaris dua\t\\N \\ "kutip" ꦲꦤ 🌾' });
  await anInbound(pool, of.id, { kind: 'text', text: '' });
  await pool.query(
    `INSERT INTO outbound_messages (conversation_id, line_id, body, state, external_ids)
     SELECT $1, 'sim:resident', jsonb_build_object('text', repeat('panjang ', 200)), 'sent', ARRAY['1', NULL, 'a,"b"'] FROM generate_series(1, 1500)`,
    [of.id],
  );
  await pool.query(
    `INSERT INTO outbound_messages (conversation_id, line_id, body) VALUES ($1, 'sim:resident', '{"text":"menunggu"}')`,
    [of.id],
  );
  await pool.query(`UPDATE lines SET lease_owner = 'gateway-1', lease_until = now() + interval '1 minute'`);
  await pool.query(
    `INSERT INTO attachments (id, conversation_id, kind, state, storage_key, is_restricted, case_id)
     VALUES ($1, $3, 'photo', 'stored', '2026/11/ktp.jpg.sealed', true, $4), ($2, $3, 'photo', 'stored', '2026/11/road.jpg', false, $4)`,
    [ktp, road, of.id, caseId],
  );
  await pool.query(`INSERT INTO auth_users (id, name, email) VALUES ('u1', 'Bu Sri', 'sri@example.id')`);
  await pool.query(`INSERT INTO officers (id, name, user_id) VALUES ($1, 'Bu Sri', 'u1')`, [v7()]);
  await pool.query(
    `INSERT INTO auth_sessions (id, expires_at, token, user_id) VALUES ('s1', now(), 'a-bearer-token', 'u1')`,
  );
  media.set('2026/11/ktp.jpg.sealed', sealer.sealBytes('attachment', ktp, Buffer.from('KTP')));
  media.set('2026/11/road.jpg', randomBytes(300_000));
});
afterAll(() => source.drop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backup-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The media storage of one installation. */
function storage(files = new Map<string, Uint8Array>()) {
  return {
    files,
    read: async (key: string) => files.get(key) ?? Promise.reject(new Error('no such file')),
    write: async (key: string, bytes: Uint8Array) => void files.set(key, bytes),
    delete: async (key: string) => void files.delete(key),
  };
}

async function aBackup(from = source, file = join(folder, 'backup.age')): Promise<string> {
  const { encrypter } = await lockFor({ recipients: [], passphrase: null, keyFile: backupKeyFile(folder) });
  await createBackup({ databaseUrl: from.url, file, encrypter, files: storage(media), now: NOW });
  return file;
}

async function opener(): Promise<Decrypter> {
  return openerOf({ passphrase: null, identityFile: backupKeyFile(folder) });
}

async function restored(file: string, into: TestDatabase, more: Partial<RestoreOptions> = {}) {
  // Nobody may be connected meanwhile.
  if (!into.pool.ended) await into.pool.end();
  return restoreBackup({
    databaseUrl: into.url,
    file,
    decrypter: await opener(),
    files: storage(),
    erasures: [],
    replace: false,
    numbers: [],
    newId: v7,
    now: NOW,
    ...more,
  });
}

/** Every row of every table, as text. */
async function contents(url: string): Promise<{ [table: string]: string[] }> {
  const pool = createPool(url, { max: 1 });
  try {
    const all: { [table: string]: string[] } = {};
    for (const { name } of await listTables(pool)) {
      const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
      all[name] = rows.map((row) => row.row);
    }
    return all;
  } finally {
    await pool.end();
  }
}

async function inDatabase<T>(url: string, sql: string, values: unknown[] = []): Promise<T[]> {
  const pool = createPool(url, { max: 1 });
  try {
    return (await pool.query(sql, values)).rows as T[];
  } finally {
    await pool.end();
  }
}

async function elsewhere<T>(
  work: (into: TestDatabase) => Promise<T>,
  options = { isEmpty: true },
): Promise<T> {
  const into = await testDatabase(options);
  try {
    return await work(into);
  } finally {
    await into.drop();
  }
}

test('a backup restored elsewhere holds every row and every file, and counts on where it was', async () => {
  const file = await aBackup();
  await elsewhere(async (into) => {
    const files = storage();
    const report = await restored(file, into, { files });
    expect(report).toMatchObject({
      madeAt: NOW.toISOString(),
      files: 2,
      erased: 0,
      unsent: 1,
      keyId: keyId(secretKey),
    });
    expect(files.files).toEqual(media);
    const before = await contents(source.url);
    const after = await contents(into.url);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const table of Object.keys(before).filter(
      (name) => !['outbound_messages', 'lines'].includes(name),
    )) {
      expect(after[table], table).toEqual(before[table]);
    }
    expect(after.outbound_messages).toHaveLength(1501);
    expect(report.rows).toBe(Object.values(before).flat().length);
    const [top] = await inDatabase<{ top: number }>(
      source.url,
      'SELECT max(seq) AS top FROM inbound_messages',
    );
    const next = await inDatabase<{ seq: number }>(
      into.url,
      `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at)
       SELECT line_id, 'later', conversation_id, kind, body, sent_at FROM inbound_messages LIMIT 1 RETURNING seq`,
    );
    expect(next[0]!.seq).toBe(top!.top + 1);
    await expect(inDatabase(into.url, `INSERT INTO cases SELECT * FROM cases LIMIT 1`)).rejects.toThrow(
      /duplicate key/u,
    );
  });
});

test('the record of acts comes back as it was: chained, only growing, and going on where it stood', async () => {
  const entry = { officerId: null, action: 'case.read', subjectKind: 'line', subjectId: 'telegram:1' };
  for (let block = 0; block < 2; block += 1) {
    await insertAudit(source.pool, [entry, entry], v7, NOW);
    await inTransaction(source.pool, (sql) => writeBlock(sql, NOW));
  }
  const { head } = await verifyChain(source.pool, [], NOW);
  const file = await aBackup();
  await elsewhere(async (into) => {
    await restored(file, into);
    expect(await canBeProgram(into.url)).toEqual({ role: PROGRAM_ROLE, why: null });
    const pool = createPool(into.url, { max: 1, role: PROGRAM_ROLE });
    try {
      await expect(pool.query('DELETE FROM audit_log')).rejects.toThrow('permission denied');
      await insertAudit(pool, [entry], v7, NOW);
      await inTransaction(pool, (sql) => writeBlock(sql, NOW));
      expect(await verifyChain(pool, [head!], NOW)).toMatchObject({
        blocks: 3,
        rows: 5,
        waiting: 0,
        fault: null,
      });
    } finally {
      await pool.end();
    }
  });
});

test('what held only at that moment is not revived: leases, waiting messages, signed-in sessions', async () => {
  const file = await aBackup();
  await elsewhere(async (into) => {
    await restored(file, into);
    expect(await inDatabase(into.url, 'SELECT lease_owner, lease_until FROM lines')).toEqual([
      { lease_owner: null, lease_until: null },
    ]);
    expect(
      await inDatabase(into.url, `SELECT body, error FROM outbound_messages WHERE state <> 'sent'`),
    ).toEqual([{ body: { text: 'menunggu' }, error: 'restored from a backup' }]);
    expect(await inDatabase(into.url, 'SELECT id FROM auth_users')).toEqual([{ id: 'u1' }]);
    expect(await inDatabase(into.url, 'SELECT id FROM auth_sessions')).toEqual([]);
  });
});

test('what was erased after the backup is erased again, its file never written', async () => {
  const file = await aBackup();
  const list = join(folder, 'erasures.jsonl');
  const later = await testDatabase();
  try {
    // The life of the first installation goes on in a copy: the case closes, its identity document is erased.
    await restored(file, later, { replace: true });
    const pool = createPool(later.url);
    await eraseRestricted(pool, [caseId], v7, new Date('2026-11-25T05:00:00Z'));
    expect(await keepErasures(pool, list)).toBe(1);
    expect(await keepErasures(pool, list)).toBe(0);
    await pool.end();
  } finally {
    await later.drop();
  }
  expect((await stat(list)).mode & 0o777).toBe(0o600);
  expect(await readFile(list, 'utf8')).not.toContain('ktp.jpg');

  await elsewhere(async (into) => {
    const files = storage();
    const report = await restored(file, into, { files, erasures: await readErasureList(list) });
    expect(report).toMatchObject({ erased: 1, files: 1 });
    expect([...files.files.keys()]).toEqual(['2026/11/road.jpg']);
    expect(
      await inDatabase(into.url, 'SELECT state, storage_key, erased_at FROM attachments WHERE id = $1', [
        ktp,
      ]),
    ).toEqual([{ state: 'erased', storage_key: null, erased_at: new Date('2026-11-25T05:00:00Z') }]);
    expect(await inDatabase(into.url, 'SELECT subject_kind, subject_id FROM erasures')).toEqual([
      { subject_kind: 'attachment', subject_id: ktp },
    ]);
    expect(await inDatabase(into.url, 'SELECT state FROM attachments WHERE id = $1', [road])).toEqual([
      { state: 'stored' },
    ]);
  });
});

test('a number that was given after the backup is not given again, and the record of acts says which', async () => {
  const list = join(folder, 'letter-numbers.jsonl');
  const give = (pool: Pool, count: number, counter = '', year = 2026) =>
    inTransaction(pool, (sql) =>
      allocateNumbers(
        sql,
        Array.from({ length: count }, () => ({ villageId: VILLAGE, counter, year })),
      ),
    );
  await elsewhere(
    async (first) => {
      await give(first.pool, 40);
      await aConversation(first.pool);
      await insertAudit(
        first.pool,
        [{ officerId: null, action: 'case.read', subjectKind: 'line', subjectId: 'sim:resident' }],
        v7,
        NOW,
      );
      const keep = createNumberKeeper(list);
      expect(await keep(first.pool)).toBe(1);
      const file = await aBackup(first);
      // Handed out on paper, and a code that had no letter before; then the disk is lost.
      expect((await give(first.pool, 5)).at(-1)).toBe(45);
      await give(first.pool, 2, '470', 2027);
      expect([await keep(first.pool), await keep(first.pool)]).toEqual([2, 0]);
      expect((await stat(list)).mode & 0o777).toBe(0o600);
      await elsewhere(async (into) => {
        const report = await restored(file, into, { numbers: await readNumberList(list) });
        const passed = [
          { counter: '', year: 2026, from: 41, to: 45 },
          { counter: '470', year: 2027, from: 1, to: 2 },
        ];
        expect(report.passedOver).toEqual(passed.map((one) => ({ village: VILLAGE, ...one })));
        expect(
          await inDatabase(
            into.url,
            `SELECT data, village_id AS village, seq::int FROM audit_log WHERE action = 'letter_counter.restored' ORDER BY seq`,
          ),
        ).toEqual(passed.map((data, n) => ({ data, village: VILLAGE, seq: n + 2 })));
        const pool = createPool(into.url, { max: 1 });
        try {
          expect([await give(pool, 1), await give(pool, 1, '470', 2027)]).toEqual([[46], [3]]);
          expect(await createNumberKeeper(list)(pool)).toBe(2);
          // Where the village counts each code by itself from now on, nobody knows of which code the lost ones were.
          expect(await give(pool, 1, '500')).toEqual([47]);
        } finally {
          await pool.end();
        }
        // What is replaced knows of its own numbers, without any list; a list never takes one back.
        const again = await restored(file, into, { replace: true, numbers: [] });
        expect(again.passedOver.map(({ from, to }) => [from, to])).toEqual([
          [41, 46],
          [1, 3],
          [1, 47],
        ]);
        const older = [{ village: VILLAGE, counter: '', year: 2026, last: 12 }];
        expect((await restored(file, into, { replace: true, numbers: older })).passedOver).toHaveLength(3);
      });
    },
    { isEmpty: false },
  );
});

test('the list of numbers that was taken away is written anew, one whose last line was cut off is completed', async () => {
  const list = join(folder, 'letter-numbers.jsonl');
  const one = { village: VILLAGE, counter: '', year: 2026, last: 3 };
  await elsewhere(
    async ({ pool }) => {
      await writeFile(list, `${JSON.stringify(one)}\n{"village":"35.1`);
      await pool.query(`INSERT INTO letter_counters VALUES ($1, '', 2026, 4)`, [VILLAGE]);
      const keep = createNumberKeeper(list);
      expect([await keep(pool), await readNumberList(list)]).toEqual([1, [{ ...one, last: 4 }]]);
      await rm(list);
      expect([await keep(pool), await readNumberList(list)]).toEqual([1, [{ ...one, last: 4 }]]);
    },
    { isEmpty: false },
  );
});

test('a backup of older tables is brought up to date first, and what was erased since is erased in it', async () => {
  // The last of them before notifications learned how they are told.
  const last = '20261128010000_clocks';
  const migrations = join(folder, 'migrations');
  for (const name of (await readdir('prisma/migrations')).filter((one) => one <= last))
    await cp(join('prisma/migrations', name), join(migrations, name), { recursive: true });
  await elsewhere(async (old) => {
    const done = await migrate(old.url, migrations);
    expect(done.at(-1)).toBe(last);
    await old.pool.query(`INSERT INTO districts (code, name) VALUES ('35.10.25', 'Blimbingsari')`);
    await old.pool.query(
      `INSERT INTO villages (id, district_code, name, search_name, type) VALUES ($1, '35.10.25', 'Gintangan', 'gintangan', 'desa')`,
      [VILLAGE],
    );
    const of = await aConversation(old.pool);
    const id = await aCase(old.pool, of, { code: 'BWI-OLD1' });
    const officer = v7();
    await old.pool.query(`INSERT INTO officers (id, name) VALUES ($1, 'Bu Sri')`, [officer]);
    await old.pool.query(
      `INSERT INTO notifications (id, officer_id, kind, subject_id, vars)
       VALUES ($1, $2, 'officer-new-case', $3, '{"code": "BWI-OLD1", "resident": "Siti"}')`,
      [v7(), officer, id],
    );
    const file = await aBackup(old);
    await elsewhere(async (into) => {
      const erasures = [{ id: v7(), kind: 'case', subject: id, at: NOW }];
      expect(await restored(file, into, { erasures })).toMatchObject({ erased: 1 });
      expect(await inDatabase(into.url, 'SELECT answers FROM cases')).toEqual([{ answers: {} }]);
      expect(await inDatabase(into.url, 'SELECT vars, way FROM notifications')).toEqual([
        { vars: { code: 'BWI-OLD1' }, way: null },
      ]);
      expect(await migrate(into.url)).toEqual([]);
    });
  });
});

test('a list of erasures whose last line a crash cut off is read as far as it goes, and completed', async () => {
  const list = join(folder, 'erasures.jsonl');
  const id = v7();
  await writeFile(list, `${JSON.stringify({ id, kind: 'attachment', subject: ktp, at: NOW })}\n{"id":"0190`);
  expect((await readErasureList(list)).map((erasure) => erasure.id)).toEqual([id]);
  await elsewhere(
    async ({ pool }) => {
      const other = v7();
      await pool.query(
        `INSERT INTO erasures (id, subject_kind, subject_id, at) VALUES ($1, 'attachment', 'x', now())`,
        [other],
      );
      await keepErasures(pool, list);
      expect((await readErasureList(list)).map((erasure) => erasure.id)).toEqual([id, other]);
    },
    { isEmpty: false },
  );
});

test('the list follows the database minute by minute, also where another process wrote to it', async () => {
  const list = join(folder, 'erasures.jsonl');
  await elsewhere(
    async ({ pool }) => {
      const erase = () =>
        pool.query(
          `INSERT INTO erasures (id, subject_kind, subject_id, at) VALUES ($1, 'attachment', 'x', now())`,
          [v7()],
        );
      const [one, other] = [createErasureKeeper(pool, list), createErasureKeeper(pool, list)];
      expect(await one()).toBe(0);
      await erase();
      expect([await one(), await one(), await other()]).toEqual([1, 0, 0]);
      await erase();
      expect([await other(), await one()]).toEqual([1, 0]);
      expect(await readErasureList(list)).toHaveLength(2);
    },
    { isEmpty: false },
  );
});

test('a database that holds anything is refused, one that was only started is not, and --replace takes it away', async () => {
  const file = await aBackup();
  await elsewhere((into) => expect(restored(file, into)).resolves.toMatchObject({ files: 2 }), {
    isEmpty: false,
  });
  await elsewhere(
    async (into) => {
      const of = await aConversation(into.pool);
      await into.pool.query(
        `INSERT INTO attachments (id, conversation_id, kind, state, storage_key) VALUES ($1, $2, 'photo', 'stored', '2026/10/other.jpg')`,
        [v7(), of.id],
      );
      const files = storage(new Map([['2026/10/other.jpg', Buffer.from('other')]]));
      const refused = restored(file, into, { files });
      await expect(refused).rejects.toThrow(SetupError);
      await expect(refused).rejects.toThrow(/not empty \(.*conversations.*--replace/u);
      expect(await inDatabase(into.url, 'SELECT id FROM conversations')).toEqual([{ id: of.id }]);
      await restored(file, into, { files, replace: true });
      expect([...files.files.keys()].sort()).toEqual(['2026/11/ktp.jpg.sealed', '2026/11/road.jpg']);
      expect(await inDatabase(into.url, 'SELECT id FROM conversations')).not.toEqual([{ id: of.id }]);
    },
    { isEmpty: false },
  );
});

test('a database of another program, or one that Kentongan runs on, is left alone', async () => {
  const file = await aBackup();
  await elsewhere(async (into) => {
    await into.pool.query('CREATE TABLE invoices AS SELECT 1 AS one');
    await expect(restored(file, into, { replace: true })).rejects.toThrow(/another program \(invoices\)/u);
  });
  await elsewhere(async (into) => {
    const running = await into.pool.connect();
    await expect(
      restoreBackup({
        databaseUrl: into.url,
        file,
        decrypter: await opener(),
        files: storage(),
        erasures: [],
        replace: true,
        numbers: [],
        newId: v7,
        now: NOW,
      }),
    ).rejects.toThrow(/is running on this database/u);
    running.release();
  });
});

test('a restore waits for the last connections of a program that was just stopped', async () => {
  const file = await aBackup();
  await elsewhere(async (into) => {
    await into.pool.query('SELECT');
    const restoring = restoreBackup({
      databaseUrl: into.url,
      file,
      decrypter: await opener(),
      files: storage(),
      erasures: [],
      replace: false,
      numbers: [],
      newId: v7,
      now: NOW,
    });
    restoring.catch(() => {});
    const looks = async () =>
      (
        await into.pool.query(`SELECT FROM pg_stat_activity WHERE application_name = 'kentongan restore'
         AND datname = current_database()`)
      ).rowCount;
    while ((await looks()) === 0);
    await into.pool.end();
    expect(await restoring).toMatchObject({ files: 2 });
  });
});

test('a linked WhatsApp account is in no backup: neither its profile nor the code that links one', async () => {
  await mkdir(join(folder, 'whatsapp-web', 'desa'), { recursive: true });
  await writeFile(join(folder, 'whatsapp-web', 'desa', 'Cookies'), 'a-linked-profile');
  const files = createMediaStorage(folder);
  for (const [key, bytes] of media) await files.write(key, bytes);
  await source.pool.query(`UPDATE lines SET linking = '2@a-linking-code', linking_at = now()`);
  const file = join(folder, 'backup.age');
  try {
    const { encrypter } = await lockFor({ recipients: [], passphrase: null, keyFile: backupKeyFile(folder) });
    await createBackup({ databaseUrl: source.url, file, encrypter, files, now: NOW });
  } finally {
    await source.pool.query('UPDATE lines SET linking = NULL, linking_at = NULL');
  }
  const inside: string[] = [];
  const paths = new Set<string>();
  for await (const { path, data } of readArchive(file, await opener())) {
    paths.add(path.split('/')[0]!);
    inside.push(Buffer.from(data).toString('latin1'));
  }
  expect([...paths].sort()).toEqual(['end.json', 'manifest.json', 'media', 'tables']);
  for (const secret of ['a-linked-profile', 'a-linking-code']) expect(inside.join('')).not.toContain(secret);
  expect(await readFile(file, 'latin1')).toMatch(/^age-encryption.org/u);
  await elsewhere(async (into) => {
    await restored(file, into);
    expect(await inDatabase(into.url, 'SELECT linking FROM lines WHERE linking IS NOT NULL')).toEqual([]);
  });
});

test('a damaged or shortened backup is refused, and the database stays as it was', async () => {
  const file = await aBackup();
  const whole = await readFile(file);
  const changed = Buffer.from(whole);
  changed[Math.floor(whole.length / 2)]! ^= 1;
  for (const damage of [() => writeFile(file, changed), () => truncate(file, whole.length - 5_000)]) {
    await writeFile(file, whole);
    await damage();
    await expect(checkBackup(file, await opener())).rejects.toThrow();
    await elsewhere(async (into) => {
      await expect(restored(file, into)).rejects.toThrow();
      expect(await inDatabase(into.url, `SELECT to_regclass('conversations') AS found`)).toEqual([
        { found: null },
      ]);
    });
  }
});

test('neither key is in a backup, and nothing of it can be read without its own', async () => {
  const file = await aBackup();
  const identity = (await readFile(backupKeyFile(folder), 'utf8'))
    .split('\n')
    .find((line) => line.startsWith('AGE-SECRET-KEY-'))!;
  expect((await stat(backupKeyFile(folder))).mode & 0o777).toBe(0o600);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const raw = await readFile(file);
  expect(raw.includes('BWI-7K3M')).toBe(false);
  const inside: Buffer[] = [];
  for await (const entry of readArchive(file, await opener())) inside.push(Buffer.from(entry.data));
  const all = Buffer.concat(inside);
  expect(all.includes('BWI-7K3M')).toBe(true);
  for (const secret of [
    identity,
    secretKey,
    secretKey.toString('hex'),
    secretKey.toString('base64'),
    'a-bearer-token',
  ]) {
    expect(all.includes(secret)).toBe(false);
  }
  const stranger = await openerOf({ passphrase: 'something else', identityFile: '' });
  await expect(checkBackup(file, stranger)).rejects.toThrow(/does not open with this key/u);
  expect(await checkBackup(file, await opener())).toMatchObject({ files: 2 });
});

test('a passphrase or a recipient serves as well as the key file', async () => {
  const file = join(folder, 'other.age');
  const byPassphrase = await lockFor({
    recipients: [],
    passphrase: 'kentongan dipukul tiga kali',
    keyFile: '',
  });
  expect(byPassphrase.made).toBeNull();
  byPassphrase.encrypter.setScryptWorkFactor(10);
  await createBackup({
    databaseUrl: source.url,
    file,
    encrypter: byPassphrase.encrypter,
    files: storage(media),
    now: NOW,
  });
  const decrypter = await openerOf({ passphrase: 'kentongan dipukul tiga kali', identityFile: '' });
  expect(await checkBackup(file, decrypter)).toMatchObject({ files: 2 });
  await expect(lockFor({ recipients: ['age1nonsense'], passphrase: null, keyFile: '' })).rejects.toThrow(
    SetupError,
  );
});

test('a backup while files vanish says which, and is whole all the same', async () => {
  const file = join(folder, 'backup.age');
  const { encrypter } = await lockFor({ recipients: [], passphrase: null, keyFile: backupKeyFile(folder) });
  const report = await createBackup({ databaseUrl: source.url, file, encrypter, files: storage(), now: NOW });
  expect(report).toMatchObject({ files: 0, missing: ['2026/11/ktp.jpg.sealed', '2026/11/road.jpg'] });
  expect(await checkBackup(file, await opener())).toMatchObject({ files: 0 });
});
