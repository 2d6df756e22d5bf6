import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AddressIds } from '../../src/core/content.js';
import { finishMerges, hasMerging } from '../../src/store/mergeAddresses.js';
import { openConversations, type Writer } from '../../src/store/openConversations.js';
import { inTransaction } from '../../src/store/sql.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const LINE = 'whatsapp-web:desa';
const NOW = new Date('2026-11-26T03:00:00Z');
let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await db.pool.query(
    `INSERT INTO lines (id, platform, name) VALUES ($1, 'whatsapp', 'Desa'), ('whatsapp-web:lain', 'whatsapp', 'Lain')`,
    [LINE],
  );
});
afterAll(() => db.drop());
let n = 0;
let ids: { phone: string; lid: string };
beforeEach(() => {
  n += 1;
  ids = { phone: `62812000000${n}`, lid: `9900${n}@lid` };
});

const writer = (of: AddressIds, lineId = LINE): Writer => ({
  lineId,
  platform: 'whatsapp',
  ids: of,
  chatId: of.phone ?? of.lid ?? '',
  isGroup: false,
  displayName: 'Siti',
});
const open = (...writers: Writer[]) =>
  inTransaction(db.pool, (sql) => openConversations(sql, writers, v7, NOW));
const rows = async <R extends object>(text: string, values: unknown[] = []): Promise<R[]> =>
  (await db.pool.query<R>(text, values)).rows;
async function ofConversation(id: string): Promise<{ address: string; resident: string }> {
  const [row] = await rows<{ address: string; resident: string }>(
    `SELECT a.id AS address, a.resident_id AS resident FROM conversations c JOIN addresses a ON a.id = c.address_id
     WHERE c.id = $1`,
    [id],
  );
  return row!;
}
async function aCase(conversation: string, code: string): Promise<string> {
  const { resident } = await ofConversation(conversation);
  const id = v7();
  await db.pool.query(
    `INSERT INTO cases (id, code, draft_id, village_id, service, flow, status, resident_id, conversation_id, answers, opened_at)
     VALUES ($1, $2, $3, '35.10.25.2004', 'usaha', 'business-letter', 'open', $4, $5, '{}', $6)`,
    [id, code, v7(), resident, conversation, NOW],
  );
  return id;
}
async function says(conversation: string, text: string): Promise<void> {
  await db.pool.query(
    `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at)
     VALUES ($1, $2, $3, 'text', jsonb_build_object('kind', 'text', 'text', $4::text), $5)`,
    [LINE, v7(), conversation, text, NOW],
  );
}
const waiting = async (conversation: string): Promise<string[]> =>
  (
    await rows<{ text: string }>(
      `SELECT body->>'text' AS text FROM inbound_messages WHERE conversation_id = $1 AND handled_at IS NULL ORDER BY seq`,
      [conversation],
    )
  ).map(({ text }) => text);

/** Somebody who wrote by phone first, then by @lid, as if they were two. */
async function two(): Promise<{ byPhone: string; byLid: string }> {
  const [byPhone] = await open(writer({ phone: ids.phone }));
  const [byLid] = await open(writer({ lid: ids.lid }));
  expect(byLid).not.toBe(byPhone);
  return { byPhone: byPhone!, byLid: byLid! };
}

test('three that turn out to be one in one batch, two by two, all lead to the oldest', async () => {
  const bsuid = `ID.77${n}`;
  const [oldest] = await open(writer({ bsuid }));
  await open(writer({ phone: ids.phone }));
  await open(writer({ lid: ids.lid }));
  const both = await open(writer(ids), writer({ phone: ids.phone, bsuid }));
  expect(both).toEqual([oldest, oldest]);
  const { address } = await ofConversation(oldest!);
  const found = await rows<{ id: string }>(
    'SELECT DISTINCT address_id AS id FROM address_ids WHERE value = ANY ($1)',
    [[bsuid, ids.phone, ids.lid]],
  );
  expect(found).toEqual([{ id: address }]);
});

describe('a person who turns out to be one', () => {
  test('has one conversation with all that was said, in its order, and all cases', async () => {
    const { byPhone, byLid } = await two();
    const { resident } = await ofConversation(byPhone);
    const [one, other] = [`A${n}`, `B${n}`];
    await aCase(byPhone, one);
    await aCase(byLid, other);
    await says(byPhone, 'satu');
    await says(byLid, 'dua');
    await says(byPhone, 'tiga');
    const gone = await ofConversation(byLid);
    await db.pool.query(
      `INSERT INTO consents (id, resident_id, purpose, version, given, platform, at) VALUES ($1, $2, 'market', '1', true, 'whatsapp', $3)`,
      [v7(), gone.resident, NOW],
    );
    await db.pool.query(
      `INSERT INTO outbound_messages (conversation_id, line_id, body) VALUES ($1, $2, '{"text":"hai"}')`,
      [byLid, LINE],
    );
    expect(await open(writer(ids))).toEqual([byPhone]);
    expect(await waiting(byPhone)).toEqual(['satu', 'dua', 'tiga']);
    expect(
      await rows('SELECT code, resident_id, conversation_id FROM cases WHERE code = ANY ($1) ORDER BY code', [
        [one, other],
      ]),
    ).toEqual([
      { code: one, resident_id: resident, conversation_id: byPhone },
      { code: other, resident_id: resident, conversation_id: byPhone },
    ]);
    expect(await rows('SELECT purpose FROM consents WHERE resident_id = $1', [resident])).toHaveLength(1);
    expect(await rows('SELECT FROM outbound_messages WHERE conversation_id = $1', [byPhone])).toHaveLength(1);
    expect(await rows('SELECT merged_into FROM conversations WHERE id = $1', [byLid])).toEqual([
      { merged_into: byPhone },
    ]);
    expect(await open(writer({ lid: ids.lid }))).toEqual([byPhone]);
    expect(await open(writer({ phone: ids.phone }))).toEqual([byPhone]);
    expect(await hasMerging(db.pool)).toBe(false);
  });

  test('keeps a conversation of another line as it is, under the one address', async () => {
    const [byPhone] = await open(writer({ phone: ids.phone }));
    const [byLid] = await open(writer({ lid: ids.lid }, 'whatsapp-web:lain'));
    await db.pool.query(`UPDATE conversations SET session = '{"f":"menu"}' WHERE id = $1`, [byLid]);
    await open(writer(ids));
    const kept = await ofConversation(byPhone!);
    expect(await ofConversation(byLid!)).toEqual(kept);
    expect(await rows('SELECT session, merged_into FROM conversations WHERE id = $1', [byLid])).toEqual([
      { session: { f: 'menu' }, merged_into: null },
    ]);
  });

  test('goes on with what was being filled in, where the older conversation waits for nothing', async () => {
    const { byPhone, byLid } = await two();
    const session = { f: 'business-letter', s: 'business_name', t: 'q1', d: v7() };
    await db.pool.query('UPDATE conversations SET session = $2 WHERE id = $1', [
      byLid,
      JSON.stringify(session),
    ]);
    await db.pool.query(
      `INSERT INTO timers (id, subject_kind, subject_id, kind, due_at) VALUES ($1, 'conversation', $2, 'draft_expiry', $3)`,
      [v7(), byLid, NOW],
    );
    await open(writer(ids));
    expect(await rows('SELECT session FROM conversations WHERE id = $1', [byPhone])).toEqual([{ session }]);
    expect(await rows(`SELECT kind, done_at FROM timers WHERE subject_id = $1`, [byPhone])).toEqual([
      { kind: 'draft_expiry', done_at: null },
    ]);
  });

  test('keeps what the older conversation is at, and stops the clocks of the other', async () => {
    const { byPhone, byLid } = await two();
    for (const id of [byPhone, byLid]) {
      await db.pool.query('UPDATE conversations SET session = $2 WHERE id = $1', [
        id,
        JSON.stringify({ f: 'sell', s: id }),
      ]);
      await db.pool.query(
        `INSERT INTO timers (id, subject_kind, subject_id, kind, due_at) VALUES ($1, 'conversation', $2, 'draft_expiry', $3)`,
        [v7(), id, NOW],
      );
    }
    await open(writer(ids));
    expect(await rows('SELECT session FROM conversations WHERE id = $1', [byPhone])).toEqual([
      { session: { f: 'sell', s: byPhone } },
    ]);
    expect(
      await rows(
        'SELECT subject_id, done_at FROM timers WHERE subject_id = ANY ($1::uuid[]) ORDER BY done_at',
        [[byPhone, byLid]],
      ),
    ).toEqual([
      { subject_id: byLid, done_at: NOW },
      { subject_id: byPhone, done_at: null },
    ]);
  });

  test('is an officer at one address alone, and keeps profiles and links', async () => {
    const { byPhone, byLid } = await two();
    const [gone, kept] = [await ofConversation(byLid), await ofConversation(byPhone)];
    const officer = v7();
    await db.pool.query(`INSERT INTO officers (id, name) VALUES ($1, 'Bu Sari')`, [officer]);
    await db.pool.query('UPDATE addresses SET officer_id = $2 WHERE id = $1', [gone.address, officer]);
    for (const [resident, name] of [
      [gone.resident, 'Siti'],
      [v7(), 'Slamet'],
    ] as const) {
      await db.pool.query('INSERT INTO residents (id) VALUES ($1) ON CONFLICT DO NOTHING', [resident]);
      await db.pool.query(
        'INSERT INTO address_profiles (address_id, resident_id, name, created_at, last_used_at) VALUES ($1, $2, $3, $4, $4)',
        [gone.address, resident, name, NOW],
      );
    }
    await open(writer(ids));
    expect(await rows('SELECT id FROM addresses WHERE officer_id = $1', [officer])).toEqual([
      { id: kept.address },
    ]);
    expect(
      await rows(
        'SELECT name, resident_id = $2 AS "isKept" FROM address_profiles WHERE address_id = $1 ORDER BY name',
        [kept.address, kept.resident],
      ),
    ).toEqual([
      { name: 'Siti', isKept: true },
      { name: 'Slamet', isKept: false },
    ]);
  });

  test('stays the person that another address is linked with', async () => {
    const { byPhone, byLid } = await two();
    const gone = await ofConversation(byLid);
    await db.pool.query(`INSERT INTO addresses (id, platform, resident_id) VALUES ($1, 'telegram', $2)`, [
      v7(),
      gone.resident,
    ]);
    await aCase(byPhone, `C${n}`);
    await open(writer(ids));
    expect((await ofConversation(byPhone)).resident).toBe(gone.resident);
    expect(await rows('SELECT resident_id FROM cases WHERE code = $1', [`C${n}`])).toEqual([
      { resident_id: gone.resident },
    ]);
  });

  test('is not taken for the one who had the number long before', async () => {
    const { byPhone, byLid } = await two();
    await aCase(byPhone, `D${n}`);
    const { address } = await ofConversation(byPhone);
    await db.pool.query(
      `UPDATE conversations SET last_inbound_at = now() - interval '100 days' WHERE id = $1`,
      [byPhone],
    );
    await db.pool.query('UPDATE conversations SET last_inbound_at = now() WHERE id = $1', [byLid]);
    await open(writer(ids));
    expect(
      await rows('SELECT hidden_since IS NOT NULL AS hidden FROM addresses WHERE id = $1', [address]),
    ).toEqual([{ hidden: true }]);
  });

  test('is not taken for the one who had the number before, however long the other one is known', async () => {
    const { byPhone, byLid } = await two();
    await aCase(byPhone, `K${n}`);
    const [before, now] = [await ofConversation(byPhone), await ofConversation(byLid)];
    for (const [id, days] of [
      [before.address, 300],
      [now.address, 200],
    ] as const)
      await db.pool.query(
        `UPDATE addresses SET created_at = created_at - make_interval(days => $2) WHERE id = $1`,
        [id, days],
      );
    await db.pool.query(
      `UPDATE conversations SET last_inbound_at = CASE WHEN id = $1 THEN now() - interval '100 days' ELSE now() END
       WHERE id IN ($1, $2)`,
      [byPhone, byLid],
    );
    await open(writer(ids));
    expect(
      await rows('SELECT hidden_since IS NOT NULL AS hidden FROM addresses WHERE id = $1', [before.address]),
    ).toEqual([{ hidden: true }]);
  });

  test('is not taken for who had the number under another account', async () => {
    const [first] = await open(writer(ids));
    await aCase(first!, `L${n}`);
    const { address } = await ofConversation(first!);
    const isHidden = async () =>
      (
        await rows<{ hidden: boolean }>(
          'SELECT hidden_since IS NOT NULL AS hidden FROM addresses WHERE id = $1',
          [address],
        )
      )[0]!.hidden;
    await open(writer(ids));
    expect(await isHidden()).toBe(false);
    await open(writer({ phone: ids.phone, lid: `8800${n}@lid` }));
    expect(await isHidden()).toBe(true);
  });

  test('is found within one batch, too', async () => {
    const found = await open(writer({ phone: ids.phone }), writer({ lid: ids.lid }), writer(ids));
    expect(new Set(found).size).toBe(1);
    expect(
      await rows(
        'SELECT FROM addresses a JOIN address_ids i ON i.address_id = a.id WHERE i.value = ANY ($1)',
        [[ids.phone, ids.lid]],
      ),
    ).toHaveLength(2);
    expect(await hasMerging(db.pool)).toBe(false);
  });
});

describe('while somebody works in one of the conversations', () => {
  test('nothing of the pair moves, nobody waits, and the next call finishes it', async () => {
    const { byPhone, byLid } = await two();
    await aCase(byLid, `E${n}`);
    await says(byLid, 'dulu');
    const { resident } = await ofConversation(byPhone);
    await inTransaction(db.pool, async (sql) => {
      await sql.query('SELECT FROM conversations WHERE id = $1 FOR NO KEY UPDATE', [byLid]);
      expect(await open(writer(ids))).toEqual([byPhone]);
      expect(await waiting(byLid)).toEqual(['dulu']);
      expect(await hasMerging(db.pool)).toBe(true);
      expect(await inTransaction(db.pool, (other) => finishMerges(other, null, NOW))).toBe(0);
    });
    await says(byPhone, 'lalu');
    expect(await inTransaction(db.pool, (sql) => finishMerges(sql, null, NOW))).toBe(1);
    expect(await waiting(byPhone)).toEqual(['dulu', 'lalu']);
    expect(await rows('SELECT resident_id FROM cases WHERE code = $1', [`E${n}`])).toEqual([
      { resident_id: resident },
    ]);
    expect(await inTransaction(db.pool, (sql) => finishMerges(sql, null, NOW))).toBe(0);
  });

  test('or acts on one of the cases', async () => {
    const { byPhone, byLid } = await two();
    const id = await aCase(byLid, `F${n}`);
    await inTransaction(db.pool, async (sql) => {
      await sql.query('SELECT FROM cases WHERE id = $1 FOR NO KEY UPDATE', [id]);
      expect(await open(writer(ids))).toEqual([byPhone]);
    });
    expect(await inTransaction(db.pool, (sql) => finishMerges(sql, null, NOW))).toBe(1);
  });

  test('and one who is merged on before it was finished ends with the last', async () => {
    const { byPhone, byLid } = await two();
    const third = `bsuid${n}`;
    const older = v7();
    await db.pool.query('INSERT INTO residents (id) VALUES ($1)', [older]);
    const address = v7();
    await db.pool.query(
      `INSERT INTO addresses (id, platform, resident_id, created_at) VALUES ($1, 'whatsapp', $2, now() - interval '1 day')`,
      [address, older],
    );
    await db.pool.query(
      `INSERT INTO address_ids (platform, kind, value, address_id) VALUES ('whatsapp', 'bsuid', $1, $2)`,
      [third, address],
    );
    await aCase(byLid, `G${n}`);
    await inTransaction(db.pool, async (sql) => {
      await sql.query('SELECT FROM conversations WHERE id = $1 FOR NO KEY UPDATE', [byLid]);
      await open(writer(ids));
      await open(writer({ ...ids, bsuid: third }));
    });
    expect(await inTransaction(db.pool, (sql) => finishMerges(sql, null, NOW))).toBe(1);
    expect(await rows('SELECT resident_id FROM cases WHERE code = $1', [`G${n}`])).toEqual([
      { resident_id: older },
    ]);
    expect((await ofConversation(byPhone)).address).toBe(address);
  });
});
