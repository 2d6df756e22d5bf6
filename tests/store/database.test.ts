import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

test('a cloned database holds every village', async () => {
  const { rows } = await db.pool.query('SELECT count(*) FROM villages');
  expect(rows).toEqual([{ count: 217 }]);
});
