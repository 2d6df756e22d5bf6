import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SetupError } from '../../src/core/errors.js';
import { migrate } from '../../src/store/migrate.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

let db: TestDatabase;
let folder: string;
beforeEach(async () => {
  db = await testDatabase({ isEmpty: true });
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await cp('prisma/migrations', folder, { recursive: true });
});
afterEach(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

async function add(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

test('an empty database gets all migrations, recorded with the checksums that Prisma keeps', async () => {
  const names = (await readdir(folder)).sort();
  expect(await migrate(db.url, folder)).toEqual(names);
  const { rows } = await db.pool.query(
    'SELECT migration_name, checksum, finished_at IS NOT NULL AS done FROM _prisma_migrations',
  );
  const expected = await Promise.all(
    names.map(async (name) => ({
      migration_name: name,
      checksum: createHash('sha256')
        .update(await readFile(join(folder, name, 'migration.sql')))
        .digest('hex'),
      done: true,
    })),
  );
  expect(rows).toEqual(expected);
});

test('a second run does nothing, a new migration is applied alone', async () => {
  await migrate(db.url, folder);
  expect(await migrate(db.url, folder)).toEqual([]);
  await add('99990101000000_more', 'CREATE TABLE more (id int)');
  expect(await migrate(db.url, folder)).toEqual(['99990101000000_more']);
});

test('several processes that start at once migrate once', async () => {
  const done = await Promise.all(Array.from({ length: 4 }, () => migrate(db.url, folder)));
  expect(done.flat()).toEqual((await readdir(folder)).sort());
});

test('a migration changed after it was applied is refused, by name', async () => {
  await add('99990101000000_more', 'CREATE TABLE more (id int)');
  await migrate(db.url, folder);
  await writeFile(join(folder, '99990101000000_more', 'migration.sql'), 'CREATE TABLE more (id bigint)');
  const refused = migrate(db.url, folder);
  await expect(refused).rejects.toThrow(SetupError);
  await expect(refused).rejects.toThrow(/99990101000000_more was changed after it had been applied/u);
});

test('a database that a newer program migrated is refused', async () => {
  await add('99990101000000_more', 'CREATE TABLE more (id int)');
  await migrate(db.url, folder);
  await rm(join(folder, '99990101000000_more'), { recursive: true });
  await expect(migrate(db.url, folder)).rejects.toThrow(/newer program/u);
});

test('a migration that fails leaves no trace, and the next run tries it again', async () => {
  await add('99990101000000_more', 'CREATE TABLE more (id int); SELECT 1/0');
  await expect(migrate(db.url, folder)).rejects.toThrow(/99990101000000_more failed and was undone/u);
  expect((await db.pool.query(`SELECT to_regclass('more') AS more`)).rows).toEqual([{ more: null }]);
  await writeFile(join(folder, '99990101000000_more', 'migration.sql'), 'CREATE TABLE more (id int)');
  expect(await migrate(db.url, folder)).toEqual(['99990101000000_more']);
});
