import type { JsonObject } from '../../src/core/json.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { hasBoardsDue, refreshBoards } from '../../src/store/boards.js';
import { eraseCases } from '../../src/store/residentErasure.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, HERE, SERVICES, type Stage } from '../effects/stage.js';

let stage: Stage;
let sri: Asker;
let siti: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  await stage.pool.query('TRUNCATE board_wishes');
  siti = await stage.aResident();
  sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
  await wantBoards();
});
afterAll(() => stage.close());

/** All officers who are there now. */
const wantBoards = () =>
  stage.pool.query(`UPDATE officers SET pace = 'board', quiet_from = '20:00', quiet_until = '06:00'`);
const at = (local: string) => new Date(`2026-08-${local}:00+07:00`);
const refresh = () =>
  inTransaction(stage.pool, (sql) => refreshBoards(sql, { now: stage.now, services: SERVICES }));
const later = (seconds: number) => (stage.now = new Date(stage.now.getTime() + seconds * 1000));
const boards = async (officer = sri) =>
  (await stage.told(officer)).map(({ flow, vars }): JsonObject => ({ flow, ...vars }));

describe('the live board', () => {
  test('appears with the first case, changes with each act, and never twice within ten seconds', async () => {
    const { code } = await stage.aCase(siti);
    expect(await hasBoardsDue(stage.pool, stage.now)).toBe(true);
    await refresh();
    expect(await boards()).toMatchObject([
      { flow: 'officer-board', anew: true, count: 1, waiting: 1, mine: null, oldest: code },
    ]);
    expect(await hasBoardsDue(stage.pool, stage.now)).toBe(false);

    later(3);
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'take' });
    await stage.aCase(siti);
    await refresh();
    expect(await boards()).toHaveLength(1);
    later(8);
    await refresh();
    expect((await boards()).at(-1)).toMatchObject({ anew: false, count: 2, waiting: 1, mine: 1 });
    // Nothing changed: nothing is said.
    later(60);
    await refresh();
    expect(await boards()).toHaveLength(2);
  });

  test('comes anew on each working morning, and says nothing where nothing waits', async () => {
    const { code } = await stage.aCase(siti);
    await refresh();
    stage.now = at('11T07:29');
    expect(await hasBoardsDue(stage.pool, stage.now)).toBe(false);
    stage.now = at('11T07:30');
    expect(await hasBoardsDue(stage.pool, stage.now)).toBe(true);
    await refresh();
    expect((await boards()).map(({ anew }) => anew)).toEqual([true, true]);
    later(60);
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'finish' });
    await refresh();
    expect((await boards()).at(-1)).toMatchObject({ anew: false, count: 0 });
    stage.now = at('12T08:00');
    await refresh();
    expect(await boards()).toHaveLength(3);
    // The first case of the day brings it to the bottom.
    later(600);
    await stage.aCase(siti);
    await refresh();
    expect((await boards()).at(-1)).toMatchObject({ anew: true, count: 1 });
  });

  test('tells what is late when it becomes so, without anything having happened', async () => {
    await stage.aCase(siti);
    await refresh();
    await stage.pool.query('UPDATE cases SET due_at = $1', [at('10T10:00')]);
    await stage.pool.query('UPDATE officer_boards SET look_at = $1', [at('10T10:00')]);
    stage.now = at('10T09:59');
    expect(await hasBoardsDue(stage.pool, stage.now)).toBe(false);
    stage.now = at('10T10:00');
    await refresh();
    expect((await boards()).at(-1)).toMatchObject({ overdue: 1, cases: [{ late: true }] });
  });

  test('is not shown on a chat that cannot edit, to who wants none, to who only looks on, or where nothing is theirs', async () => {
    const camat = await stage.anOfficer('Pak Camat', [{ role: 'kecamatan', village: HERE }]);
    const midwife = await stage.anOfficer('Bu Bidan', [{ role: 'bidan', village: HERE }]);
    const made = await stage.anOfficer('Pak Made', [{ role: 'operator', village: HERE }]);
    const ayu = await stage.anOfficer('Bu Ayu', [{ role: 'operator', village: HERE }]);
    await stage.pool.query(
      `INSERT INTO lines (id, platform, name) VALUES ('whatsapp-cloud:1', 'whatsapp', 'wa')`,
    );
    await stage.pool.query(`UPDATE conversations SET line_id = 'whatsapp-cloud:1' WHERE id = $1`, [
      made.conversationId,
    ]);
    await wantBoards();
    await stage.pool.query(`UPDATE officers SET pace = 'hourly' WHERE id = $1`, [ayu.officer!.id]);
    await stage.aCase(siti);
    await refresh();
    for (const officer of [camat, midwife, made, ayu]) expect(await boards(officer)).toEqual([]);
    expect(await boards()).toHaveLength(1);
  });

  test('of a complaint tells neither name nor anything to who does not receive it', async () => {
    const head = await stage.anOfficer('Pak Sekdes', [{ role: 'sekretaris', village: HERE }]);
    await wantBoards();
    await stage.apply(siti, {
      kind: 'open_case',
      draft: '00000000-0000-7000-8000-0000000000aa',
      service: 'keluhan.petugas',
      flow: 'service-complaint',
      answers: {},
      who: 'staff',
    });
    await refresh();
    expect(await boards()).toEqual([]);
    expect(await boards(head)).toMatchObject([{ count: 1, cases: [{ resident: null }] }]);
  });

  test('ends when another pace is chosen, and comes back with it', async () => {
    await stage.aCase(siti);
    await refresh();
    await stage.apply(sri, { kind: 'set_pace', pace: 'hourly' });
    expect((await boards()).map(({ flow }) => flow)).toEqual(['officer-board', 'officer-board-end']);
    later(60);
    await stage.aCase(siti);
    await refresh();
    expect(await boards()).toHaveLength(2);
    await stage.apply(sri, { kind: 'set_pace', pace: 'board' });
    await refresh();
    expect((await boards()).at(-1)).toMatchObject({ flow: 'officer-board', anew: true, count: 2 });
  });

  test('is brought up to date by one worker at a time; a line that is down makes it wait', async () => {
    await stage.aCase(siti);
    await Promise.all([refresh(), refresh(), refresh()]);
    expect(await boards()).toHaveLength(1);
    await stage.pool.query(`UPDATE lines SET state = 'down' WHERE id = $1`, [sri.lineId]);
    later(60);
    await stage.aCase(siti);
    await refresh();
    expect(await boards()).toHaveLength(1);
    await stage.pool.query(`UPDATE lines SET state = 'up' WHERE id = $1`, [sri.lineId]);
    await stage.aCase(siti);
    await refresh();
    expect((await boards()).at(-1)).toMatchObject({ count: 3 });
  });
});

test('what is erased is erased on boards too, and nothing beside it', async () => {
  const [mine, other] = [await stage.aCase(siti), await stage.aCase(await stage.aResident())];
  const said = (text: string) =>
    stage.pool.query(
      `INSERT INTO outbound_messages (conversation_id, line_id, body, state) VALUES ($1, $2, $3, 'sent')`,
      [sri.conversationId, sri.lineId, JSON.stringify({ text, slot: 'board' })],
    );
  await refresh();
  await stage.pool.query('UPDATE inbound_messages SET handled_at = now()');
  await said(`Papan kerja ${mine.code} · Bu Siti`);
  await said(`Papan kerja ${other.code} · Bu Siti`);
  await inTransaction(stage.pool, (sql) => eraseCases(sql, [mine.id], 'goes_first'));
  expect(await stage.rows(`SELECT body ->> 'text' AS text FROM outbound_messages ORDER BY seq`)).toEqual([
    { text: '' },
    { text: `Papan kerja ${other.code} · Bu Siti` },
  ]);
  expect(await stage.rows(`SELECT body FROM inbound_messages WHERE external_id LIKE 'board:%'`)).toEqual([
    { body: { kind: 'internal' } },
  ]);
});

describe('a lost phone', () => {
  let sekdes: Asker;
  beforeEach(async () => {
    sekdes = await stage.anOfficer('Bu Sekdes', [{ role: 'sekretaris', village: HERE }]);
  });

  test('is cut off in one tap: told nothing more, no board, no waiting message, and it is audited', async () => {
    await stage.pool.query(
      `INSERT INTO auth_users (id, name, email, email_verified, created_at, updated_at)
       VALUES ('u1', 'sri', 'sri@x', true, now(), now())`,
    );
    await stage.pool.query(`UPDATE officers SET user_id = 'u1' WHERE id = $1`, [sri.officer!.id]);
    await stage.pool.query(
      `INSERT INTO auth_sessions (id, expires_at, token, created_at, updated_at, user_id)
       VALUES ('s1', now() + interval '1 day', 't1', now(), now(), 'u1')`,
    );
    await stage.aCase(siti);
    await refresh();
    await stage.pool.query('UPDATE inbound_messages SET handled_at = now()');
    await stage.pool.query(
      `INSERT INTO outbound_messages (conversation_id, line_id, body) VALUES ($1, $2, '{"text": "rahasia"}')`,
      [sri.conversationId, sri.lineId],
    );
    expect(await stage.apply(sekdes, { kind: 'unlink_officer_chat', officer: sri.officer!.id })).toEqual({
      outcome: 'done',
      name: 'Bu Sri',
      chats: 1,
    });
    expect(await stage.rows('SELECT state FROM outbound_messages')).toEqual([{ state: 'failed' }]);
    expect(await stage.rows('SELECT id FROM auth_sessions')).toEqual([]);
    expect((await boards()).at(-1)).toEqual({ flow: 'officer-board-end' });
    expect(
      await stage.rows(`SELECT officer_id AS by, data FROM audit_log WHERE action = 'officer.chat_revoked'`),
    ).toEqual([{ by: sekdes.officer!.id, data: { chats: 1, by: 'telegram' } }]);
    later(60);
    await stage.aCase(siti);
    await refresh();
    expect((await boards()).at(-1)).toEqual({ flow: 'officer-board-end' });
    // A second tap finds nothing more.
    expect(
      await stage.apply(sekdes, { kind: 'unlink_officer_chat', officer: sri.officer!.id }),
    ).toMatchObject({ outcome: 'none' });
  });

  test('is listed for heads of the village, and for nobody else to cut off', async () => {
    const there = await stage.anOfficer('Pak Jauh', [{ role: 'operator', village: '35.10.10.2003' }]);
    expect(await stage.look(sekdes, 'officer_chats', {})).toMatchObject({
      count: 1,
      items: [{ officer: sri.officer!.id, name: 'Bu Sri', platforms: 'Telegram' }],
    });
    expect(await stage.look(sri, 'officer_chats', {})).toEqual({ count: 0, more: 0, items: [] });
    for (const [by, whom, outcome] of [
      [sri, sekdes, 'not_allowed'],
      [siti, sri, 'not_allowed'],
      [sekdes, there, 'not_found'],
    ] as const)
      expect(await stage.apply(by, { kind: 'unlink_officer_chat', officer: whom.officer!.id })).toMatchObject(
        { outcome },
      );
    expect(await stage.apply(sekdes, { kind: 'unlink_officer_chat', officer: 'nobody' })).toMatchObject({
      outcome: 'not_found',
    });
  });

  test('is no one village’s to cut off where they serve another too, or stand above it', async () => {
    const elsewhere = '35.10.10.2003';
    const shared = await stage.anOfficer('Bu Dua Desa', [
      { role: 'operator', village: HERE },
      { role: 'operator', village: elsewhere },
    ]);
    const camat = await stage.anOfficer('Pak Camat', [
      { role: 'kecamatan', village: HERE },
      { role: 'kecamatan', village: elsewhere },
    ]);
    expect((await stage.look(sekdes, 'officer_chats', {})).items.map(({ name }) => name)).toEqual(['Bu Sri']);
    for (const { officer } of [shared, camat]) {
      const effect = { kind: 'unlink_officer_chat', officer: officer!.id } as const;
      expect(await stage.apply(sekdes, effect)).toMatchObject({ outcome: 'not_found' });
    }
    expect(await stage.rows('SELECT id FROM addresses WHERE officer_id IS NOT NULL')).toHaveLength(4);
    const both = await stage.anOfficer('Bu Kades Dua', [
      { role: 'kepala_desa', village: HERE },
      { role: 'kepala_desa', village: elsewhere },
    ]);
    expect(
      await stage.apply(both, { kind: 'unlink_officer_chat', officer: shared.officer!.id }),
    ).toMatchObject({ outcome: 'done' });
  });
});

describe('which case an officer means', () => {
  test('by the code that their words begin with, in full or short, and only one of theirs', async () => {
    const { code } = await stage.aCase(siti);
    const one = { found: true, outcome: 'one', code, resident: 'Bu Siti', status: 'open' };
    const means = (text: string, by = sri) => stage.look(by, 'meant_case', { text });
    expect(await means(`${code} besok jam 9`)).toMatchObject({ ...one, rest: 'besok jam 9' });
    expect(await means(`${code.toLowerCase().replaceAll('-', ' ')}: Besok\nya`)).toMatchObject({
      ...one,
      rest: 'Besok\nya',
    });
    expect(await means(`${code.slice(0, 4).toLowerCase()} besok`)).toMatchObject({ ...one, rest: 'besok' });
    // By chance a whole code as well, of no case.
    await stage.pool.query(`UPDATE cases SET code = 'GJ67-0Z6H-T' WHERE code = $1`, [code]);
    expect(await means('gj67 besok')).toMatchObject({ ...one, code: 'GJ67-0Z6H-T', rest: 'besok' });
    await stage.pool.query(`UPDATE cases SET code = $1 WHERE code = 'GJ67-0Z6H-T'`, [code]);
    expect(await means('besok saja')).toMatchObject({ found: false, outcome: 'none', rest: 'besok saja' });
    const midwife = await stage.anOfficer('Bu Bidan', [{ role: 'bidan', village: HERE }]);
    const there = await stage.anOfficer('Pak Jauh', [{ role: 'operator', village: '35.10.10.2003' }]);
    for (const other of [midwife, there, siti])
      expect(await means(`${code} halo`, other)).toMatchObject({ found: false, outcome: 'none' });
  });

  test('by the message that they quote: what it tells of, or the one code in it; of several none', async () => {
    const [one, other] = [await stage.aCase(siti), await stage.aCase(siti)];
    const said = async (id: string, body: object) =>
      await stage.pool.query(
        `INSERT INTO outbound_messages (conversation_id, line_id, body, state, external_ids) VALUES ($1, $2, $3, 'sent', $4)`,
        [sri.conversationId, sri.lineId, JSON.stringify(body), [id]],
      );
    await said('m:1', { text: `Permohonan baru ${one.code}`, about: one.code });
    await said('m:2', { text: `${other.code} · Surat Usaha` });
    await said('m:3', { text: `${one.code}\n${other.code}` });
    const means = (quotes: string) => stage.look(sri, 'meant_case', { text: 'besok ya', quotes });
    expect(await means('m:1')).toMatchObject({ found: true, code: one.code, rest: 'besok ya' });
    expect(await means('m:2')).toMatchObject({ found: true, code: other.code });
    expect(await means('m:3')).toMatchObject({ found: false, outcome: 'several' });
    expect(await means('m:9')).toMatchObject({ found: false, outcome: 'none' });
    // A message in another chat is not theirs to quote.
    expect(await stage.look(siti, 'meant_case', { text: 'x', quotes: 'm:1' })).toMatchObject({
      found: false,
    });
  });
});
