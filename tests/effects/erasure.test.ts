import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consoleAsker } from '../../src/core/asker.js';
import type { Asker } from '../../src/core/asker.js';
import { eraseAgain, readErasures } from '../../src/store/erasures.js';
import { eraseWhatStayed } from '../../src/store/residentErasure.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, HERE, type Stage } from './stage.js';

let stage: Stage;
let siti: Asker;
let secretary: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  secretary = await stage.anOfficer('Ratna', [{ role: 'sekretaris', village: HERE }]);
  siti = await stage.aResident();
});
afterAll(() => stage.close());

/** Someone who wrote, asked for a letter, reported something, and sells; the report and the letter are finished. */
async function aLife(): Promise<{ letter: string; report: string; open: string; photo: string }> {
  const photo = await stage.aPhoto(siti);
  const letter = await stage.aCase(siti);
  const report = await stage.aCase(siti, {
    service: 'infrastruktur',
    private: { place: 'Krajan' },
    attachments: [photo],
  });
  const open = await stage.aCase(siti);
  for (const { code } of [letter, report])
    await stage.apply(secretary, { kind: 'act_on_case', code, act: 'finish', text: 'Sudah, Bu Siti' });
  await stage.aListing(siti, { description: 'Kebun Bu Siti', contact: '6281200000001' });
  await stage.rows(
    `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, received_at, handled_at)
     VALUES ('telegram:1', $1, $2, 'message', '{"kind": "text", "text": "Saya Siti dari Krajan"}', $3, $3, $3)`,
    [v7(), siti.conversationId, stage.now],
  );
  await stage.rows(
    `INSERT INTO outbound_messages (conversation_id, line_id, body, state, created_at) VALUES ($1, 'telegram:1', '{"text": "Halo Bu Siti"}', 'sent', $2)`,
    [siti.conversationId, stage.now],
  );
  await stage.rows(
    `UPDATE conversations SET session = '{"f": "business-letter"}', private = 'x' WHERE id = $1`,
    [siti.conversationId],
  );
  return { letter: letter.code, report: report.code, open: open.code, photo };
}

async function asked(): Promise<string> {
  const { code } = await stage.apply(siti, {
    kind: 'open_case',
    draft: v7(),
    service: 'data.hapus',
    flow: 'delete-data',
    answers: { sure: true },
  });
  return code;
}

const finish = (code: string) => ({ kind: 'act_on_case', code, act: 'finish' }) as const;

describe('hapus data', () => {
  test('is due 3 x 24 hours later by the calendar, and told to the secretary', async () => {
    const code = await asked();
    const [row] = await stage.rows<{ due_at: Date }>('SELECT due_at FROM cases WHERE code = $1', [code]);
    expect(row!.due_at).toEqual(new Date(stage.now.getTime() + 72 * 3_600_000));
    expect(await stage.notified(secretary)).toMatchObject([{ kind: 'officer-new-case', vars: { code } }]);
  });

  test('is not fulfilled by a tap in a chat', async () => {
    const code = await asked();
    expect(await stage.apply(secretary, finish(code))).toMatchObject({ outcome: 'not_allowed' });
  });

  test('fulfilled in the console: words, files, name, listing and draft are gone; letters and what is open stay', async () => {
    const life = await aLife();
    const code = await asked();
    const done = await stage.apply(consoleAsker(secretary.officer!), finish(code));
    expect(done).toMatchObject({ outcome: 'done', status: 'finished' });

    const cases = await stage.rows<{
      code: string;
      answers: object;
      private: string | null;
      last_words: string | null;
    }>('SELECT code, answers, private, last_words FROM cases');
    const of = (wanted: string) => cases.find((one) => one.code === wanted);
    expect(of(life.report)).toEqual({ code: life.report, answers: {}, private: null, last_words: null });
    expect(of(life.letter)?.answers).toEqual({ business_name: 'Warung Bu Siti' });
    expect(of(life.open)?.answers).toEqual({ business_name: 'Warung Bu Siti' });
    expect(await stage.rows('SELECT state FROM attachments')).toEqual([{ state: 'erased' }]);
    expect(await stage.rows('SELECT title, contact, seller, status FROM listings')).toEqual([
      { title: '—', contact: null, seller: null, status: 'withdrawn' },
    ]);
    const everything = JSON.stringify([
      await stage.rows(`SELECT body FROM inbound_messages WHERE kind <> 'internal'`),
      await stage.rows('SELECT body FROM outbound_messages'),
      await stage.rows('SELECT session, private FROM conversations WHERE id = $1', [siti.conversationId]),
      await stage.rows('SELECT display_name FROM addresses'),
    ]);
    expect(everything).not.toMatch(/Siti|Krajan|business-letter/u);
    // The person of the open request is known until it is closed; the address is somebody new's.
    const [address] = await stage.rows<{ resident_id: string }>(
      'SELECT resident_id FROM addresses WHERE id = $1',
      [siti.addressId],
    );
    expect(address!.resident_id).not.toBe(siti.residentId);
    expect((await stage.told(siti)).at(-1)).toEqual({ flow: 'data-erased', vars: { code } });
    expect((await stage.told(siti)).map(({ vars }) => vars['code'])).not.toContain(undefined);
  });

  test('the name goes too where nothing is open', async () => {
    const code = await asked();
    await stage.apply(consoleAsker(secretary.officer!), finish(code));
    const [row] = await stage.rows('SELECT name FROM residents WHERE id = $1', [siti.residentId]);
    expect(row).toEqual({ name: null });
  });

  test('what stayed for an open request goes a day after that was closed', async () => {
    const life = await aLife();
    await stage.apply(consoleAsker(secretary.officer!), finish(await asked()));
    const person = async () =>
      (
        await stage.rows<{ name: string | null }>('SELECT name FROM residents WHERE id = $1', [
          siti.residentId,
        ])
      )[0]!.name;
    const later = (hours: number) =>
      inTransaction(stage.pool, (sql) =>
        eraseWhatStayed(
          sql,
          { keptServices: [], newId: v7, now: new Date(stage.now.getTime() + hours * 3_600_000) },
          10,
        ),
      );
    expect(await later(100)).toBe(0);
    expect(await person()).not.toBeNull();
    await stage.apply(secretary, { ...finish(life.open), text: 'Sudah, Bu Siti' });
    expect(await later(23)).toBe(0);
    expect(await later(25)).toBe(1);
    expect(await person()).toBeNull();
    expect(await stage.rows('SELECT answers, last_words FROM cases WHERE code = $1', [life.open])).toEqual([
      { answers: {}, last_words: null },
    ]);
    // What came after `hapus data` in the same chat is somebody else's, and stays.
    expect(await stage.rows('SELECT resident_id FROM addresses WHERE id = $1', [siti.addressId])).not.toEqual(
      [{ resident_id: siti.residentId }],
    );
    expect(await later(50)).toBe(0);
    const kinds = (await readErasures(stage.pool)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'name')).toHaveLength(1);
  });

  test('somebody else of the same phone keeps the chat, and what they are filling in', async () => {
    const other = v7();
    await stage.rows(`INSERT INTO residents (id, name) VALUES ($1, 'Pak Slamet')`, [other]);
    for (const [id, name] of [
      [siti.residentId, 'Siti'],
      [other, 'Slamet'],
    ])
      await stage.rows(
        `INSERT INTO address_profiles (address_id, resident_id, name, created_at, last_used_at) VALUES ($1, $2, $3, now(), now())`,
        [siti.addressId, id, name],
      );
    const [own, draft, sold] = [await stage.aPhoto(siti), await stage.aPhoto(siti), await stage.aPhoto(siti)];
    const { id: listing } = await stage.aListing({ ...siti, residentId: other });
    await stage.rows('UPDATE listings SET resident_id = $2 WHERE id = $1', [listing, other]);
    await stage.rows('UPDATE attachments SET listing_id = $2 WHERE id = $1', [sold, listing]);
    await stage.rows('UPDATE conversations SET session = $2 WHERE id = $1', [
      siti.conversationId,
      { f: 'sell', a: { photos: [draft] } },
    ]);
    const code = await asked();
    await stage.apply(consoleAsker(secretary.officer!), finish(code));
    const photos = await stage.rows<{ id: string; state: string }>('SELECT id, state FROM attachments');
    expect(new Map(photos.map(({ id, state }) => [id, state]))).toEqual(
      new Map([
        [own, 'erased'],
        [draft, 'stored'],
        [sold, 'stored'],
      ]),
    );
    expect(await stage.rows('SELECT resident_id FROM addresses WHERE id = $1', [siti.addressId])).toEqual([
      { resident_id: other },
    ]);
    expect(await stage.rows('SELECT name FROM address_profiles')).toEqual([{ name: 'Slamet' }]);
    expect(
      await stage.rows('SELECT session FROM conversations WHERE id = $1', [siti.conversationId]),
    ).toEqual([{ session: { f: 'sell', a: { photos: [draft] } } }]);
  });

  test('a backup that is put back forgets it again', async () => {
    const { report } = await aLife();
    const code = await asked();
    await stage.apply(consoleAsker(secretary.officer!), finish(code));
    const erasures = await readErasures(stage.pool);
    // As it was before.
    await stage.rows('DELETE FROM erasures');
    await stage.rows(`UPDATE residents SET name = 'Bu Siti' WHERE id = $1`, [siti.residentId]);
    await stage.rows(
      `UPDATE cases SET answers = '{"what": "jalan Bu Siti"}', closed_at = now(), status = 'finished'`,
    );
    await stage.rows(
      `UPDATE outbound_messages SET body = '{"text": "Halo Bu Siti"}' WHERE conversation_id = $1`,
      [siti.conversationId],
    );
    await inTransaction(stage.pool, (sql) => eraseAgain(sql, erasures, { newId: v7 }));
    expect(await stage.rows('SELECT answers FROM cases WHERE code = $1', [report])).toEqual([
      { answers: {} },
    ]);
    expect(await stage.rows('SELECT name FROM residents WHERE id = $1', [siti.residentId])).toEqual([
      { name: null },
    ]);
    expect(
      await stage.rows('SELECT body FROM outbound_messages WHERE conversation_id = $1', [
        siti.conversationId,
      ]),
    ).toEqual([{ body: { text: '' } }]);
  });
});
