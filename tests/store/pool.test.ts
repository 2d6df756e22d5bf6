import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createPool } from '../../src/store/pool.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

test('a connection that the server ends, held or idle, harms neither the process nor the next query', async () => {
  const log = { warn: vi.fn() };
  const pool = createPool(db.url, { log });
  const [held, idle] = [await pool.connect(), await pool.connect()];
  await held.query('BEGIN');
  idle.release();
  await db.pool.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  // Until the pool itself has heard of both: the held one alone may be told of twice.
  await vi.waitFor(() => {
    expect(log.warn.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(pool.idleCount).toBe(0);
  });
  await expect(held.query('SELECT 1')).rejects.toThrow();
  held.release(true);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});

test('the pool answers whole numbers, and dates and times of day as text', async () => {
  const { rows } = await db.pool.query(
    `SELECT 7::bigint AS whole, 2.50::numeric AS price, '2026-12-25'::date AS day, '07:30'::time AS opens,
       '2026-11-24T00:00:00Z'::timestamptz AS at`,
  );
  expect(rows).toEqual([
    { whole: 7, price: 2.5, day: '2026-12-25', opens: '07:30:00', at: new Date('2026-11-24T00:00:00Z') },
  ]);
});
