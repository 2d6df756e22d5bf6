import { afterEach, beforeEach, expect, test } from 'vitest';
import { clockIsBehind } from '../../src/store/clockGuard.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { aConversation, anInbound } from './rows.js';

let db: TestDatabase;
beforeEach(async () => {
  db = await testDatabase();
});
afterEach(() => db.drop());

const noon = new Date('2026-11-24T12:00:00Z');
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000);

test('a clock that goes on, or differs by a few seconds, is not behind', async () => {
  expect(await clockIsBehind(db.pool, noon)).toEqual({ isBehind: false, bySeconds: 0 });
  expect(await clockIsBehind(db.pool, later(60))).toEqual({ isBehind: false, bySeconds: 0 });
  expect(await clockIsBehind(db.pool, later(57))).toEqual({ isBehind: false, bySeconds: 3 });
});

test('a clock set back by an hour is behind, and stays so when new rows carry its wrong time', async () => {
  await clockIsBehind(db.pool, later(3_600));
  expect(await clockIsBehind(db.pool, noon)).toEqual({ isBehind: true, bySeconds: 3_600 });
  const { id } = await aConversation(db.pool);
  const seq = await anInbound(db.pool, id);
  await db.pool.query('UPDATE inbound_messages SET received_at = $2 WHERE seq = $1', [seq, noon]);
  expect(await clockIsBehind(db.pool, noon)).toEqual({ isBehind: true, bySeconds: 3_600 });
  expect((await clockIsBehind(db.pool, later(3_600))).isBehind).toBe(false);
});

test('a message received in what this clock calls the future tells without a mark', async () => {
  const { id } = await aConversation(db.pool);
  const seq = await anInbound(db.pool, id);
  await db.pool.query('UPDATE inbound_messages SET received_at = $2 WHERE seq = $1', [seq, later(30)]);
  expect(await clockIsBehind(db.pool, noon)).toEqual({ isBehind: true, bySeconds: 30 });
});

test('asking waits for nobody, not even for one who is raising the mark', async () => {
  await clockIsBehind(db.pool, noon);
  const other = await db.pool.connect();
  try {
    await other.query('BEGIN');
    expect((await clockIsBehind(other, later(10))).isBehind).toBe(false);
    expect((await clockIsBehind(db.pool, later(20))).isBehind).toBe(false);
  } finally {
    await other.query('ROLLBACK');
    other.release();
  }
});
