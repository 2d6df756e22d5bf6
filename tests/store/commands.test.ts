import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { backupCommand } from '../../src/commands/backup.js';
import { keysCommand } from '../../src/commands/keys.js';
import { migrateCommand } from '../../src/commands/migrate.js';
import { restoreCommand } from '../../src/commands/restore.js';
import { createSealer } from '../../src/store/sealer.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { aCase, aConversation } from './rows.js';

// Whole databases are made and read here, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const OLD = 'ab'.repeat(32);
const NEW = 'cd'.repeat(32);
let dataDir: string;
let source: TestDatabase;
let target: TestDatabase;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'commands-'));
  source = await testDatabase();
  target = await testDatabase({ isEmpty: true });
});
afterAll(async () => {
  await Promise.all([source.drop(), target.drop()]);
  await rm(dataDir, { recursive: true });
});

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs `kentongan …` on a database, as an operator would, and gathers what it says. */
async function kentongan(on: TestDatabase, args: string[], secretKey = OLD): Promise<Ended> {
  vi.stubEnv('DATABASE_URL', on.url)
    .stubEnv('SECRET_KEY', secretKey)
    .stubEnv('DATA_DIR', dataDir)
    .stubEnv('REDIS_URL', '');
  const said = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((said.out += String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((said.err += String(text))));
  const program = new Command();
  for (const add of [migrateCommand, keysCommand, backupCommand, restoreCommand]) add(program);
  try {
    await program.parseAsync(['node', 'kentongan', ...args]);
    return { code: Number(process.exitCode ?? 0), ...said };
  } finally {
    process.exitCode = 0;
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  }
}

test('an operator migrates, rotates a key, backs up, checks, and restores elsewhere', async () => {
  const of = await aConversation(source.pool);
  const caseId = v7();
  const sealed = createSealer([Buffer.from(OLD, 'hex')]).seal('case', caseId, { income: 1 });
  await aCase(source.pool, of, { id: caseId, code: 'BWI-1', private: sealed });

  expect(await kentongan(source, ['migrate'])).toMatchObject({
    code: 0,
    out: 'The database is up to date.\n',
  });
  expect((await kentongan(source, ['keys', 'rotate'])).out).toMatch(
    /: 0 values, 0 files\.\nFor a new key, put it in front of SECRET_KEY/u,
  );
  expect(await kentongan(source, ['keys', 'rotate'], NEW)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^SECRET_KEY .* is not the key that this database was sealed with/u),
  });
  expect((await kentongan(source, ['keys', 'rotate'], `${NEW},${OLD}`)).out).toMatch(/: 1 values, 0 files/u);
  expect((await kentongan(source, ['keys', 'list'], NEW)).out).toMatch(/^[0-9a-f]{8} {2}1 values\n$/u);
  expect(await kentongan(source, ['keys', 'list'], OLD)).toMatchObject({
    code: 1,
    out: expect.stringMatching(/1 values {2}MISSING/u),
  });

  const file = join(dataDir, 'backup.age');
  const made = await kentongan(source, ['backup', '--to', file], NEW);
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringMatching(/and 0 files: .*backup\.key\. Keep a copy elsewhere.*SECRET_KEY/su),
  });
  expect(made.out + made.err).not.toContain('AGE-SECRET-KEY');
  expect(await kentongan(source, ['backup', '--to', file], NEW)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/exists already/u),
  });
  expect(await kentongan(target, ['restore', file, '--check'], NEW)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/: whole; made at/u),
  });

  // As the worker would have kept it, after the backup.
  const given = { village: '35.10.25.2004', counter: '', year: 2026, last: 5 };
  await writeFile(join(dataDir, 'lost.jsonl'), JSON.stringify(given));
  // A pool keeps its connections a while, and nobody may be connected.
  await target.pool.end();
  const restored = await kentongan(
    target,
    ['restore', file, '--letter-numbers', join(dataDir, 'lost.jsonl')],
    OLD,
  );
  expect(restored).toMatchObject({
    code: 0,
    out: expect.stringMatching(/not given again: 1 to 5 \(35\.10\.25\.2004, all codes, 2026\)/u),
    err: expect.stringMatching(/^Sealed answers need key [0-9a-f]{8}, which is not here/u),
  });
  expect(JSON.parse((await readFile(join(dataDir, 'letter-numbers.jsonl'), 'utf8')).trim())).toEqual(given);
  expect(await kentongan(target, ['restore', file], NEW)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/not empty .*--replace/u),
  });
  expect((await kentongan(target, ['keys', 'list'], NEW)).out).toMatch(/^[0-9a-f]{8} {2}1 values\n$/u);
});

test('without its key, or with a weak passphrase, a command says what to do and ends with 2', async () => {
  const elsewhere = join(dataDir, 'none.key');
  expect(await kentongan(target, ['restore', 'backup.age', '--check', '--key', elsewhere])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/there is no such key file/u),
  });
  const weak = join(dataDir, 'weak.txt');
  await writeFile(weak, 'desa\n');
  expect(
    await kentongan(source, ['backup', '--to', join(dataDir, 'x'), '--passphrase-file', weak], NEW),
  ).toMatchObject({
    code: 2,
    err: expect.stringMatching(/at least 12 characters/u),
  });
  await expect(readFile(join(dataDir, 'x'))).rejects.toThrow(/ENOENT/u);
});
