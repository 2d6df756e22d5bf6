import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { createRetention } from '../../src/jobs/retention.js';
import { eraseOld } from '../../src/store/retention.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, HERE, type Stage } from '../effects/stage.js';

let stage: Stage;
let siti: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
});
afterAll(() => stage.close());

const erase = (limit?: number) => inTransaction(stage.pool, (sql) => eraseOld(sql, stage.context(), limit));
const ago = (days: number, hours = 0) => new Date(stage.now.getTime() - (days * 24 + hours) * 3600_000);
const files = () =>
  stage.rows<{ id: string; state: string }>('SELECT id, state FROM attachments ORDER BY id');

async function aFile(days: number, state = 'stored'): Promise<string> {
  const id = await stage.aPhoto(siti);
  await stage.pool.query('UPDATE attachments SET created_at = $2, state = $3 WHERE id = $1', [
    id,
    ago(days),
    state,
  ]);
  return id;
}

test('files of a draft are erased after seven days, unless the draft is still being written', async () => {
  const [old, waiting, young, spoken] = [
    await aFile(8),
    await aFile(8, 'waiting'),
    await aFile(6),
    await aFile(8),
  ];
  await stage.pool.query('UPDATE conversations SET session = $2 WHERE id = $1', [
    siti.conversationId,
    { a: { photos: [spoken] } },
  ]);
  expect(await erase()).toEqual({ files: 2, messages: 0, rows: 0 });
  expect(Object.fromEntries((await files()).map((row) => [row.id, row.state]))).toEqual({
    [old]: 'erased',
    [waiting]: 'erased',
    [young]: 'stored',
    [spoken]: 'stored',
  });
  expect(await erase()).toEqual({ files: 0, messages: 0, rows: 0 });
});

test('files of a case are erased thirty days after its closing, and stay so after a restore', async () => {
  const photos = [await stage.aPhoto(siti), await stage.aPhoto(siti), await stage.aPhoto(siti)];
  const cases: { id: string }[] = [];
  for (const photo of photos) cases.push(await stage.aCase(siti, { attachments: [photo] }));
  await stage.pool.query(`UPDATE attachments SET created_at = $1`, [ago(60)]);
  const close = (n: number, at: Date) =>
    stage.pool.query(`UPDATE cases SET status = 'finished', closed_at = $2 WHERE id = $1`, [
      cases[n]!.id,
      at,
    ]);
  await close(0, ago(30, 1));
  await close(1, ago(29));
  expect(await erase()).toMatchObject({ files: 1 });
  expect(await files()).toEqual(
    photos
      .map((id, n) => ({ id, state: n === 0 ? 'erased' : 'stored' }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  );
  expect(await stage.rows('SELECT subject_kind, subject_id FROM erasures')).toEqual([
    { subject_kind: 'attachment', subject_id: photos[0] },
  ]);
  // The order to delete the bytes.
  expect(await stage.rows('SELECT storage_key FROM attachments WHERE id = $1', [photos[0]])).toEqual([
    { storage_key: `${photos[0]}.jpg` },
  ]);
});

test('words are blanked after ninety days, in order, but never those that still wait', async () => {
  const received = async (days: number, isHandled = true) => {
    await stage.pool.query(
      `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sealed_body, sent_at, received_at, handled_at)
       VALUES ('telegram:1', $1, $2, 'text', '{"kind": "text", "text": "rahasia"}', 'sealed', $3, $3, $4)`,
      [v7(), siti.conversationId, ago(days), isHandled ? ago(days) : null],
    );
    await stage.pool.query(
      `INSERT INTO outbound_messages (conversation_id, line_id, body, state, created_at)
       VALUES ($1, 'telegram:1', '{"text": "rahasia"}', $2, $3)`,
      [siti.conversationId, isHandled ? 'sent' : 'pending', ago(days)],
    );
  };
  for (const days of [100, 95, 91]) await received(days);
  await received(91, false);
  for (const days of [91, 89]) await received(days);
  expect(await erase(2)).toMatchObject({ messages: 4 });
  expect(await erase(2)).toMatchObject({ messages: 2 });
  expect(await erase(2)).toMatchObject({ messages: 0 });
  const blanked = [true, true, true, false, false, false];
  expect(await stage.rows('SELECT body, sealed_body FROM inbound_messages ORDER BY seq')).toEqual(
    blanked.map((is) =>
      is
        ? { body: { kind: 'text' }, sealed_body: null }
        : { body: { kind: 'text', text: 'rahasia' }, sealed_body: 'sealed' },
    ),
  );
  expect(await stage.rows('SELECT body FROM outbound_messages ORDER BY seq')).toEqual(
    blanked.map((is) => ({ body: { text: is ? '' : 'rahasia' } })),
  );
  await stage.pool.query('UPDATE inbound_messages SET handled_at = $1', [stage.now]);
  await stage.pool.query(`UPDATE outbound_messages SET state = 'sent'`);
  expect(await erase()).toMatchObject({ messages: 4 });
});

test('the words of an emergency that was heard late go from its incident with those of the chat', async () => {
  for (const days of [91, 89])
    await stage.pool.query(
      `INSERT INTO incidents (id, kind, conversation_id, detail, opened_at) VALUES ($1, 'late_emergency', $2, $3, $4)`,
      [v7(), siti.conversationId, { kind: 'darurat.medis', text: `jatuh ${days}` }, ago(days)],
    );
  await erase();
  expect(await stage.rows('SELECT detail FROM incidents ORDER BY opened_at')).toEqual([
    { detail: { kind: 'darurat.medis' } },
    { detail: { kind: 'darurat.medis', text: 'jatuh 89' } },
  ]);
});

test('attempts at codes, timers that ran and notifications that were told are deleted, the others stay', async () => {
  await stage.pool.query(
    `INSERT INTO code_attempts (id, code, source, at) SELECT gen_random_uuid(), 'x', 'y', at FROM unnest($1::timestamptz[]) AS at`,
    [[ago(3), ago(1)]],
  );
  await stage.pool.query(
    `INSERT INTO timers (id, subject_kind, subject_id, kind, due_at, done_at)
     SELECT gen_random_uuid(), 'case', gen_random_uuid(), 'case_clock', $2, at FROM unnest($1::timestamptz[]) AS at`,
    [[ago(91), ago(89), null], ago(100)],
  );
  const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
  await stage.pool.query(
    `INSERT INTO notifications (id, officer_id, kind, subject_id, created_at, told_at)
     SELECT gen_random_uuid(), $2, 'officer-queue', gen_random_uuid(), $3, at FROM unnest($1::timestamptz[]) AS at`,
    [[ago(91), ago(89), null], sri.officer!.id, ago(100)],
  );
  expect(await erase()).toEqual({ files: 0, messages: 0, rows: 3 });
  const [left] = await stage.rows(
    `SELECT (SELECT count(*) FROM code_attempts) AS attempts, (SELECT count(*) FROM timers) AS timers,
       (SELECT count(*) FROM notifications) AS notifications`,
  );
  expect(left).toEqual({ attempts: 1, timers: 2, notifications: 2 });
});

test('what platforms reported is deleted after thirty days', async () => {
  await stage.pool.query(
    `INSERT INTO sent_messages (line_id, external_id, status, at)
     SELECT 'telegram:1', at::text, 'read', at FROM unnest($1::timestamptz[]) AS at`,
    [[ago(31), ago(29)]],
  );
  expect(await erase()).toEqual({ files: 0, messages: 0, rows: 1 });
  expect(await stage.rows('SELECT at FROM sent_messages')).toEqual([{ at: ago(29) }]);
});

test('what an officer’s board once showed goes after seven days; what it shows now, and all else of the chat, stays', async () => {
  const { conversationId } = siti;
  const say = (day: number, body: object, state = 'sent') =>
    stage.pool.query(
      `INSERT INTO outbound_messages (conversation_id, line_id, body, state, created_at)
       SELECT id, line_id, $2, $3, $4 FROM conversations WHERE id = $1`,
      [conversationId, body, state, ago(day)],
    );
  const hear = (day: number, flow: string) =>
    stage.pool.query(
      `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, received_at, handled_at)
       SELECT line_id, $2, id, 'internal', $3, $4, $4, $4 FROM conversations WHERE id = $1`,
      [conversationId, `${flow}:${day}`, { flow, vars: {} }, ago(day)],
    );
  for (const day of [30, 20, 10]) {
    await hear(day, 'officer-board');
    await say(day, { text: `Papan ${day}`, slot: 'board' });
    await hear(day, 'officer-case-notice');
    await say(day, { text: `Kabar ${day}` });
  }
  const left = async () => ({
    out: (
      await stage.rows<{ text: string }>(`SELECT body->>'text' AS text FROM outbound_messages ORDER BY seq`)
    ).map(({ text }) => text),
    in: (
      await stage.rows<{ flow: string }>(`SELECT body->>'flow' AS flow FROM inbound_messages ORDER BY seq`)
    ).map(({ flow }) => flow),
  });
  // In small stretches: those without a board are passed over.
  for (let more = 1; more > 0;) more = (await erase(1))!.rows;
  const news = ['officer-case-notice', 'officer-case-notice', 'officer-case-notice'];
  expect(await left()).toEqual({ out: ['Kabar 30', 'Kabar 20', 'Papan 10', 'Kabar 10'], in: news });
  await say(2, { text: 'Papan 2', slot: 'board' });
  await say(1, { text: 'Papan 1', slot: 'board' });
  await erase();
  // The stretch that was gone through is not looked at again; what is young stays whole.
  expect((await left()).out).toEqual(['Kabar 30', 'Kabar 20', 'Papan 10', 'Kabar 10', 'Papan 2', 'Papan 1']);
});

test('one at a time erases', async () => {
  await inTransaction(stage.pool, async (sql) => {
    expect(await eraseOld(sql, stage.context())).not.toBeNull();
    expect(await erase()).toBeNull();
  });
});

test('the job works off all rounds, and erases nothing under a clock that is behind', async () => {
  const said: object[] = [];
  const log = { info: (fields: object) => void said.push(fields), warn: () => {}, error: () => {} };
  const run = createRetention({ pool: stage.pool, log, now: () => stage.now, newId: v7, services: {} });
  await aFile(8);
  await run();
  expect(said).toEqual([{ files: 1, messages: 0, rows: 0 }]);
  await aFile(8);
  stage.now = new Date(stage.now.getTime() - 3600_000);
  await run();
  expect((await files()).map((row) => row.state).toSorted()).toEqual(['erased', 'stored']);
  expect(said).toHaveLength(1);
});

test('an officer’s chat that was silent for ninety days is no officer’s any more, on any platform', async () => {
  const roles = [{ role: 'operator', village: HERE }];
  const chats = [
    await stage.anOfficer('Bu Sri', roles),
    await stage.anOfficer('Pak Budi', roles),
    await stage.anOfficer('Bu Rini', roles),
  ];
  const [silent, heard, never] = chats as [Asker, Asker, Asker];
  const last = (chat: Asker, at: Date | null) =>
    stage.pool.query('UPDATE conversations SET last_inbound_at = $2 WHERE id = $1', [
      chat.conversationId,
      at,
    ]);
  await last(silent, ago(90, 1));
  await last(heard, ago(90, -1));
  await last(never, null);
  await stage.pool.query('UPDATE addresses SET created_at = $2 WHERE id = $1', [never.addressId, ago(91)]);
  const linked = () =>
    stage
      .rows('SELECT id FROM addresses WHERE officer_id IS NOT NULL')
      .then((rows) => rows.map(({ id }) => id));
  expect(await erase()).toEqual({ files: 0, messages: 0, rows: 2 });
  expect(await linked()).toEqual([heard.addressId]);
  const states = () => stage.rows('SELECT state FROM villages WHERE id = $1', [HERE]);
  expect(await states()).toEqual([{ state: 'active' }]);
  expect(
    await stage.rows('SELECT action, subject_id, officer_id FROM audit_log ORDER BY subject_id'),
  ).toEqual(
    [silent, never]
      .map(({ officer }) => ({ action: 'officer.chat_ended', subject_id: officer!.id, officer_id: null }))
      .toSorted((a, b) => (a.subject_id < b.subject_id ? -1 : 1)),
  );
  // The village's last: nobody had to answer anything, and it must not stop to take requests for that.
  await last(heard, ago(91));
  expect(await erase()).toEqual({ files: 0, messages: 0, rows: 0 });
  expect(await linked()).toEqual([heard.addressId]);
  expect(await states()).toEqual([{ state: 'active' }]);
});
