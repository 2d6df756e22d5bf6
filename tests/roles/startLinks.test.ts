import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStartLinks } from '../../src/roles/startLinks.js';
import { testLog } from '../channels/intake.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

test('a process that holds no line makes its links from the names that their gateway wrote down', async () => {
  await database.pool.query(
    `INSERT INTO lines (id, platform, name, removed_at) VALUES
       ('telegram:7001', 'telegram', '@desa_bot', NULL),
       ('telegram:7002', 'telegram', 'telegram:7002', NULL),
       ('whatsapp-cloud:1', 'whatsapp', '+6281100000001', NULL),
       ('whatsapp-web:desa', 'whatsapp', 'whatsapp-web:desa', NULL),
       ('whatsapp-cloud:2', 'whatsapp', '+6281100000002', now())`,
  );
  const links = createStartLinks(database.pool, null, testLog());
  await expect
    .poll(() => links.chat('inv-Ab3'))
    .toEqual(['https://t.me/desa_bot?start=inv-Ab3', 'https://wa.me/6281100000001?text=%2Fstart%20inv-Ab3']);
  expect(links.group('grp-Ab3')).toEqual(['https://t.me/desa_bot?startgroup=grp-Ab3']);
});
