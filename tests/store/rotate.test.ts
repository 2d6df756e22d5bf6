import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkKeys } from '../../src/store/keyCheck.js';
import { reseal } from '../../src/store/rotate.js';
import { createSealer, keyId, keyIdOfBytes } from '../../src/store/sealer.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { aCase, aConversation, anInbound } from './rows.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

const oldKey = randomBytes(32);
const newKey = randomBytes(32);

test('after a rotation everything opens with the new key alone, and a second run has nothing to do', async () => {
  const before = createSealer([oldKey]);
  const plain = await aConversation(db.pool);
  for (const id of [v7(), v7(), v7()]) {
    const of = await aConversation(db.pool, { id, private: before.seal('session', id, { id }) });
    const caseId = v7();
    await aCase(db.pool, of, { id: caseId, private: before.seal('case', caseId, { id: caseId }) });
  }
  // What was entered in a secure form is bound to its own row.
  const [formId, valueId] = [v7(), v7()];
  await db.pool.query(
    `INSERT INTO forms (id, conversation_id, resident_id, draft_id, step, title, language, fields, token_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $1, 's', 't', 'id', '[]', 'h', now(), now())`,
    [formId, plain.id, plain.residentId],
  );
  await db.pool.query(
    `INSERT INTO form_values (id, form_id, field, value, saved_at) VALUES ($1, $2, 'nik', $3, now())`,
    [valueId, formId, before.seal('form', valueId, { id: valueId })],
  );
  // Enough of them for several batches.
  await db.pool.query(
    `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at)
     SELECT 'sim:resident', 'm' || n, $1, 'text', '{"kind":"text"}', now() FROM generate_series(1, 450) AS n`,
    [plain.id],
  );
  const { rows: messages } = await db.pool.query<{ seq: number }>('SELECT seq FROM inbound_messages');
  await db.pool.query(
    'UPDATE inbound_messages i SET sealed_body = n.body FROM unnest($1::bigint[], $2::text[]) AS n (seq, body) WHERE i.seq = n.seq',
    [messages.map((m) => m.seq), messages.map((m) => before.seal('inbound', String(m.seq), { seq: m.seq }))],
  );
  await anInbound(db.pool, plain.id);
  await checkKeys(db.pool, before);
  const photo = v7();
  const gone = v7();
  await db.pool.query(
    `INSERT INTO attachments (id, kind, state, storage_key, is_restricted)
     VALUES ($1, 'photo', 'stored', 'a/photo', true), ($2, 'photo', 'stored', 'a/gone', true), ($3, 'photo', 'stored', 'a/open', false)`,
    [photo, gone, v7()],
  );
  const files = new Map<string, Uint8Array>([
    ['a/photo', before.sealBytes('attachment', photo, Buffer.from('KTP'))],
    ['a/open', Buffer.from('a road')],
  ]);
  const storage = {
    read: async (key: string) => files.get(key) ?? Promise.reject(new Error('no such file')),
    write: async (key: string, bytes: Uint8Array) => void files.set(key, bytes),
  };

  const both = createSealer([newKey, oldKey]);
  const done = await reseal(db.pool, both, [newKey, oldKey], storage);
  expect(done).toEqual({ values: 457, files: 1, unreadable: [gone] });

  const after = createSealer([newKey]);
  await checkKeys(db.pool, after);
  const sealed = await db.pool.query<{
    purpose: 'session' | 'inbound' | 'case' | 'form';
    context: string;
    sealed: string;
  }>(
    `SELECT 'session' AS purpose, id::text AS context, private AS sealed FROM conversations WHERE private IS NOT NULL
     UNION ALL SELECT 'inbound', seq::text, sealed_body FROM inbound_messages WHERE sealed_body IS NOT NULL
     UNION ALL SELECT 'case', id::text, private FROM cases WHERE private IS NOT NULL
     UNION ALL SELECT 'form', id::text, value FROM form_values`,
  );
  expect(sealed.rows).toHaveLength(457);
  for (const row of sealed.rows) {
    const opened = after.open(row.purpose, row.context, row.sealed);
    expect(Object.values(opened).map((value) => JSON.stringify(value).replaceAll('"', ''))).toEqual([
      row.context,
    ]);
  }
  expect(keyIdOfBytes(files.get('a/photo')!)).toBe(keyId(newKey));
  expect(Buffer.from(after.openBytes('attachment', photo, files.get('a/photo')!)).toString()).toBe('KTP');
  expect(Buffer.from(files.get('a/open')!).toString()).toBe('a road');
  expect(await reseal(db.pool, both, [newKey, oldKey], storage)).toEqual({
    values: 0,
    files: 0,
    unreadable: [gone],
  });
});
