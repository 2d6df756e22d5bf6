import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { noteAttempts } from '../../src/store/codeAttempts.js';
import { isWithinLimit } from '../../src/store/web/attempts.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
beforeEach(() => db.pool.query('DELETE FROM code_attempts'));
afterAll(() => db.drop());

const NOW = new Date('2026-08-10T01:00:00Z');
const LIMITS = { perSource: 3, perCode: 5, overall: 6 };
const note = (attempts: { code: string; source: string }[], at = NOW) =>
  noteAttempts(db.pool, attempts, v7, at, LIMITS);
const noted = async () => (await db.pool.query('SELECT FROM code_attempts')).rowCount;

test('attempts within one call count for each other, and those beyond are not kept', async () => {
  const tries = ['A', 'B', 'C', 'D'].map((code) => ({ code, source: 'x' }));
  expect(await note(tries)).toEqual([true, true, true, false]);
  expect(await noted()).toBe(3);
  expect(await note([{ code: 'E', source: 'x' }])).toEqual([false]);
  expect(await note([{ code: 'E', source: 'x' }], new Date(NOW.getTime() + 3601_000))).toEqual([true]);
});

test('sign-ins and reports leave the limit over all codes alone', async () => {
  for (let n = 0; n < 10; n++)
    await isWithinLimit(
      db.pool,
      { id: v7(), kind: 'masuk', target: `u${n}`, source: `s${n}`, at: NOW },
      { perPair: 9, perTarget: 9, perSource: 9, seconds: 60 },
    );
  const tries = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((code, n) => ({ code, source: String(n) }));
  expect(await note(tries)).toEqual([true, true, true, true, true, true, false]);
});

test('of many at once no more pass than the limit allows', async () => {
  const at = await Promise.all(Array.from({ length: 10 }, () => note([{ code: 'A', source: 'x' }])));
  expect(at.flat().filter(Boolean).length).toBeLessThanOrEqual(3);
});
