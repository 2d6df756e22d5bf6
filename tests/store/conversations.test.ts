import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimConversations, loadConversations, saveConversations } from '../../src/store/conversations.js';
import { openConversations, type Writer } from '../../src/store/openConversations.js';
import { inTransaction } from '../../src/store/sql.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await db.pool.query(`INSERT INTO lines (id, platform, name) VALUES ('telegram:1', 'telegram', 'x')`);
});
afterAll(() => db.drop());

const writer = (id: string, chatId = id): Writer => ({
  lineId: 'telegram:1',
  platform: 'telegram',
  ids: { telegram: id },
  chatId,
  isGroup: false,
  displayName: null,
});
const open = (...writers: Writer[]) => inTransaction(db.pool, (sql) => openConversations(sql, writers, v7));
const versionOf = async (id: string) =>
  (await db.pool.query('SELECT xmin::text AS version, chat_id FROM conversations WHERE id = $1', [id]))
    .rows[0];

describe('who is known', () => {
  test('is found without touching the row; new people are made beside them', async () => {
    const [siti] = (await open(writer('1'))) as [string];
    const before = await versionOf(siti);
    const [again, wayan, twice] = (await open(writer('1'), writer('2'), writer('2'))) as [
      string,
      string,
      string,
    ];
    expect(again).toBe(siti);
    expect(wayan).toBe(twice);
    expect(wayan).not.toBe(siti);
    expect(await versionOf(siti)).toEqual(before);
  });

  test('is found while another meets new people, and while somebody works in that conversation', async () => {
    const [siti] = (await open(writer('1'))) as [string];
    await inTransaction(db.pool, async (sql) => {
      await openConversations(sql, [writer(v7())], v7);
      await sql.query('SELECT FROM conversations WHERE id = $1 FOR NO KEY UPDATE', [siti]);
      expect(await open(writer('1'))).toEqual([siti]);
    });
  });

  test('and whose chat was moved is written to there', async () => {
    const [siti] = (await open(writer('1'))) as [string];
    expect(await open(writer('1', '-100'))).toEqual([siti]);
    expect(await versionOf(siti)).toMatchObject({ chat_id: '-100' });
  });
});

test('conversations that rest hold up nobody behind them, however many they are', async () => {
  const now = new Date();
  const ids = await open(...Array.from({ length: 40 }, (_, n) => writer(`c${n}`)));
  for (const [n, id] of ids.entries())
    await db.pool.query(
      `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at) VALUES ('telegram:1', $1, $2, 'text', '{}', $3)`,
      [`m${n}`, id, now],
    );
  const resting = ids.slice(0, 38);
  await db.pool.query('UPDATE conversations SET wake_at = $2 WHERE id = ANY ($1::uuid[])', [
    resting,
    new Date(now.getTime() + 60_000),
  ]);
  const claimed = await inTransaction(db.pool, (sql) => claimConversations(sql, 2, now));
  expect(claimed).toEqual(ids.slice(38));
});

test('what waited for somebody through a long silence does not go to whoever writes then', async () => {
  const now = new Date();
  const ago = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
  const [id] = (await open(writer(v7()))) as [string];
  await db.pool.query('UPDATE conversations SET last_inbound_at = $2 WHERE id = $1', [id, ago(91)]);
  const load = async () => (await loadConversations(db.pool, [id], now))[0]!;
  expect((await load()).hidden).toBeNull();
  const { addressId, residentId } = await load();
  await db.pool.query(
    `INSERT INTO cases (id, code, draft_id, village_id, service, flow, status, resident_id, conversation_id, answers, opened_at)
     VALUES ($1::uuid, $1::uuid::text, $1::uuid, '35.10.25.2004', 'usaha', 'x', 'open', $2, $3, '{}', $4)`,
    [v7(), residentId, id, ago(95)],
  );
  expect((await load()).hidden).toEqual({ since: now, why: 'silence' });
  for (const at of [ago(30), now])
    await db.pool.query(
      `INSERT INTO outbound_messages (conversation_id, line_id, body, created_at) VALUES ($1, 'telegram:1', '{}', $2)`,
      [id, at],
    );
  const saved = { id, session: '{}', private: null, isMet: true, silencedUntil: null, lastInboundAt: now };
  const batch = { conversations: [{ ...saved, hides: { addressId, since: now } }], handled: [], sealed: [] };
  await saveConversations(db.pool, batch, now);
  const states = await db.pool.query(
    'SELECT state FROM outbound_messages WHERE conversation_id = $1 ORDER BY created_at',
    [id],
  );
  expect(states.rows).toEqual([{ state: 'failed' }, { state: 'pending' }]);
  // It stays hidden though somebody has written by now.
  expect((await load()).hidden).toEqual({ since: now, why: 'silence' });
});
