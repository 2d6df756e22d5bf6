import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertInbound, insertInternal } from '../../src/store/inbound.js';
import { openConversations } from '../../src/store/openConversations.js';
import { insertOutbound } from '../../src/store/outbound.js';
import { simulatorHistory } from '../../src/store/simulatorHistory.js';
import { inTransaction } from '../../src/store/sql.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let conversationId: string;

beforeAll(async () => {
  database = await testDatabase();
  const { pool } = database;
  await pool.query("INSERT INTO lines (id, platform, name) VALUES ('sim:resident', 'simulator', 'x')");
  const writers = ['siti', 'wayan'].map((id) => ({
    lineId: 'sim:resident',
    platform: 'simulator' as const,
    ids: { simulator: id },
    chatId: id,
    isGroup: false,
    displayName: id,
  }));
  const [siti, wayan] = (await inTransaction(pool, (sql) => openConversations(sql, writers, newId))) as [
    string,
    string,
  ];
  conversationId = siti;
  const said = (externalId: string, conversation: string, text: string, minute: number) =>
    insertInbound(
      pool,
      [
        {
          lineId: 'sim:resident',
          externalId,
          conversationId: conversation,
          content: { kind: 'text', text },
          sentAt: at(minute),
        },
      ],
      at(minute),
    );
  await said('i1', siti, 'halo', 1);
  await said('i2', siti, 'surat', 3);
  await said('i3', wayan, 'punya Wayan', 2);
  await insertInternal(
    pool,
    [{ conversationId: siti, externalId: 'x1', flow: 'case-notice', vars: {} }],
    at(4),
  );
  for (const text of ['Selamat pagi.', 'Pilih surat.', 'belum terkirim']) {
    await insertOutbound(pool, [{ conversationId: siti, lineId: 'sim:resident', message: { text } }], at(0));
  }
  await sent('Selamat pagi.', 'o1', 2);
  await sent('Pilih surat.', 'o2', 4);
});
afterAll(() => database.drop());

const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 3, minute));
async function sent(text: string, externalId: string, minute: number): Promise<void> {
  await database.pool.query(
    "UPDATE outbound_messages SET state = 'sent', external_ids = ARRAY[$2], sent_at = $3 WHERE body->>'text' = $1",
    [text, externalId, at(minute)],
  );
}

test('what a phone showed is both sides in order, without what only we know', async () => {
  const records = await simulatorHistory(database.pool, 'sim:resident', 'siti', 50);
  expect(records).toEqual([
    { from: 'person', id: 'i1', at: at(1), content: { kind: 'text', text: 'halo' } },
    { from: 'office', id: 'o1', at: at(2), message: { text: 'Selamat pagi.' } },
    { from: 'person', id: 'i2', at: at(3), content: { kind: 'text', text: 'surat' } },
    { from: 'office', id: 'o2', at: at(4), message: { text: 'Pilih surat.' } },
  ]);
});

test('only the latest are read', async () => {
  const records = await simulatorHistory(database.pool, 'sim:resident', 'siti', 2);
  expect(records.map((record) => record.id)).toEqual(['i2', 'o2']);
});

test('what answered a sensitive question is not shown again', async () => {
  await database.pool.query(
    "UPDATE inbound_messages SET sealed_body = 'x' WHERE external_id = 'i2' AND conversation_id = $1",
    [conversationId],
  );
  const records = await simulatorHistory(database.pool, 'sim:resident', 'siti', 50);
  expect(records.map((record) => record.id)).toEqual(['i1', 'o1', 'o2']);
});
