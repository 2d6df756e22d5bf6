import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SetupError } from '../../src/core/errors.js';
import { checkKeys } from '../../src/store/keyCheck.js';
import { addKey, keyFile, loadKeys, sealerOver } from '../../src/store/keys.js';
import { createSealer } from '../../src/store/sealer.js';
import { testDatabase } from '../support/database.js';

let dataDir: string;
const log = { warn: vi.fn() };
beforeEach(async () => {
  log.warn.mockClear();
  dataDir = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const source = () => ({ secretKeys: null, dataDir });

test('a missing key is made once, readable by its owner alone, with a warning to keep a copy', async () => {
  const [first] = await loadKeys(source(), log);
  expect((await stat(keyFile(dataDir))).mode & 0o777).toBe(0o600);
  expect(log.warn).toHaveBeenCalledTimes(1);
  expect(log.warn.mock.calls[0]![1]).toMatch(/Keep a copy/u);
  expect(JSON.stringify(log.warn.mock.calls)).not.toContain(Buffer.from(first!).toString('hex'));
  expect(await loadKeys(source(), log)).toEqual([first]);
  expect(log.warn).toHaveBeenCalledTimes(1);
});

test('several starts at once agree on one key', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => loadKeys(source(), log)));
  expect(new Set(all.map(([key]) => Buffer.from(key!).toString('hex'))).size).toBe(1);
  expect(await readdir(dataDir)).toEqual(['secret.key']);
});

test('SECRET_KEY is used as it is, and no file is made', async () => {
  const keys = await loadKeys({ secretKeys: ['ab'.repeat(32), 'cd'.repeat(32)], dataDir }, log);
  expect(keys.map((key) => key[0])).toEqual([0xab, 0xcd]);
  expect(await readdir(dataDir)).toEqual([]);
});

test('a damaged key file is told, never replaced', async () => {
  await writeFile(keyFile(dataDir), 'not a key\n', { mode: 0o600 });
  await expect(loadKeys(source(), log)).rejects.toThrow(SetupError);
  expect(await readFile(keyFile(dataDir), 'utf8')).toBe('not a key\n');
});

test('a key file that others could read is closed to them', async () => {
  await loadKeys(source(), log);
  await chmod(keyFile(dataDir), 0o644);
  await loadKeys(source(), log);
  expect((await stat(keyFile(dataDir))).mode & 0o777).toBe(0o600);
});

test('a rotation puts a new key in front, which a running process takes over', async () => {
  const old = await loadKeys(source(), log);
  const running = sealerOver(source(), old);
  const keys = await addKey(dataDir);
  expect(keys).toHaveLength(2);
  expect(keys.slice(1)).toEqual(old);
  expect((await stat(keyFile(dataDir))).mode & 0o777).toBe(0o600);
  const sealed = createSealer(keys).seal('case', 'row', { a: 1 });
  expect(running.open('case', 'row', sealed)).toEqual({ a: 1 });
});

test('a start with a key that the database does not know is refused', async () => {
  const db = await testDatabase();
  try {
    const [right, wrong] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    await checkKeys(db.pool, createSealer([right]));
    await checkKeys(db.pool, createSealer([right]));
    await checkKeys(db.pool, createSealer([wrong, right]));
    await expect(checkKeys(db.pool, createSealer([wrong]))).rejects.toThrow(
      /not the key that this database was sealed with/u,
    );
  } finally {
    await db.drop();
  }
});
