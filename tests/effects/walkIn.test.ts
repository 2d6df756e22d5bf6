import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import type { CaseAct, OpenWalkIn } from '../../src/core/effect.js';
import { fireTimers } from '../../src/store/timers.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, ELSEWHERE, HERE, SERVICES, type Stage } from './stage.js';

let stage: Stage;
let sri: Asker;
let slamet: Asker;
let hadi: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
  slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
  hadi = await stage.anOfficer('Pak Hadi', [{ role: 'kepala_desa', village: HERE }]);
});
afterAll(() => stage.close());

const walkIn = (more: Partial<OpenWalkIn> = {}): OpenWalkIn => ({
  kind: 'open_walk_in',
  draft: v7(),
  village: HERE,
  service: 'sktm',
  flow: 'poverty-letter',
  name: 'Karti',
  answers: { purpose: 'sekolah' },
  ...more,
});
const act = (asker: Asker, code: string, what: CaseAct, more: object = {}) =>
  stage.apply(asker, { kind: 'act_on_case', code, act: what, ...more });
const row = async (code: string) =>
  (
    await stage.rows(
      `SELECT c.origin, c.conversation_id, c.status, c.step, r.name, r.register_id FROM cases c JOIN residents r ON r.id = c.resident_id
       WHERE c.code = $1`,
      [code],
    )
  )[0]!;

describe('somebody at the counter without a phone', () => {
  test('gets a case with a code, a place and a due time; whoever entered it is written down', async () => {
    const opened = await stage.apply(sri, walkIn({ papers: ['ktp'] }));
    expect(opened).toMatchObject({ position: 1, is_new: true, told: false, due: expect.any(String) });
    expect(await row(opened.code)).toEqual({
      origin: 'counter',
      conversation_id: null,
      status: 'open',
      step: 'verify',
      name: 'Karti',
      register_id: null,
    });
    expect(await stage.rows('SELECT kind, officer_id, data FROM case_events')).toEqual([
      {
        kind: 'case_opened',
        officer_id: sri.officer!.id,
        data: { service: 'sktm', step: 'verify', origin: 'counter', papers: ['ktp'] },
      },
    ]);
    // The others hear of it as of any other; who entered it need not be told.
    expect((await stage.notified(slamet)).map(({ kind }) => kind)).toEqual(['officer-new-case']);
    expect(await stage.notified(sri)).toEqual([]);
    expect(await stage.rows(`SELECT action FROM audit_log`)).toEqual([{ action: 'case.walk_in' }]);
  });

  test('stands on the boards of the village from then on, though nobody need be told of it', async () => {
    await stage.pool.query('DELETE FROM board_wishes');
    await stage.apply(sri, walkIn());
    expect(await stage.rows('SELECT DISTINCT village_id FROM board_wishes')).toEqual([{ village_id: HERE }]);
  });

  test('all acts go their way, and nobody is written to', async () => {
    const { code } = await stage.apply(sri, walkIn());
    for (const [who, what, more] of [
      [sri, 'ask', { items: ['ktp'] }],
      [sri, 'verify', {}],
      [slamet, 'return', { text: 'Nama' }],
      [sri, 'verify', {}],
      [slamet, 'initial', {}],
      [hadi, 'sign', {}],
      [sri, 'finish', {}],
      [sri, 'undo', {}],
      [sri, 'finish', {}],
      [slamet, 'reopen', {}],
      [sri, 'refuse', { text: 'Tidak jadi' }],
    ] as const)
      expect([what, (await act(who, code, what, more)).outcome]).toEqual([what, 'done']);
    expect(await stage.rows(`SELECT FROM inbound_messages WHERE kind = 'internal'`)).toHaveLength(0);
  });

  test('in a village that signs electronically the letter is fetched, since nobody can be sent it', async () => {
    await stage.pool.query(`UPDATE villages SET letter_way = 'electronic' WHERE id = $1`, [HERE]);
    const { code } = await stage.apply(sri, walkIn());
    await act(sri, code, 'verify');
    await act(slamet, code, 'initial');
    const { applyActs } = await import('../../src/effects/actOnCase.js');
    const request = { asker: hadi, effect: { kind: 'act_on_case', code, act: 'sign' } } as const;
    const [signed] = await inTransaction(stage.pool, (sql) =>
      applyActs(sql, [request], stage.context(), { hasPin: true }),
    );
    expect(signed).toMatchObject({ outcome: 'done', status: 'ready' });
    await stage.pool.query(`UPDATE villages SET letter_way = 'wet'`);
  });

  test('its clock rings in the office alone', async () => {
    await stage.apply(sri, walkIn());
    for (let days = 1; days <= 6; days++) {
      stage.now = new Date(stage.now.getTime() + 24 * 60 * 60 * 1000);
      await inTransaction(stage.pool, (sql) => fireTimers(sql, { ...stage.context(), services: SERVICES }));
    }
    expect(await stage.rows(`SELECT FROM inbound_messages WHERE kind = 'internal'`)).toHaveLength(0);
    expect((await stage.notified(sri)).length).toBeGreaterThan(0);
  });

  test('a question to them is asked again by whoever has the case, who is reminded, or by who may take it', async () => {
    const [held, free] = [await stage.apply(sri, walkIn()), await stage.apply(sri, walkIn())];
    for (const { code } of [held, free]) await act(sri, code, 'ask', { text: 'RT berapa?' });
    await act(sri, free.code, 'release');
    expect(await stage.look(sri, 'officer_case', { code: held.code })).toMatchObject({ no_chat: true });
    const written = await stage.aCase(await stage.aResident());
    await act(sri, written.code, 'ask', { text: 'RT berapa?' });
    expect(await stage.look(sri, 'officer_case', { code: written.code })).toMatchObject({ no_chat: false });
    for (let days = 1; days <= 9; days++) {
      stage.now = new Date(stage.now.getTime() + 24 * 60 * 60 * 1000);
      await inTransaction(stage.pool, (sql) => fireTimers(sql, { ...stage.context(), services: SERVICES }));
    }
    const reminded = async (who: Asker) =>
      (await stage.notified(who))
        .filter(({ kind, vars }) => kind === 'officer-escalation' && String(vars['rung']).startsWith('asked'))
        .map(({ vars }) => [vars['code'], vars['rung'], vars['told']]);
    const both = (code: string) => [
      [code, 'asked_2', false],
      [code, 'asked_7', false],
    ];
    const heard = await reminded(sri);
    expect(heard).toHaveLength(4);
    expect(heard).toEqual(expect.arrayContaining([...both(held.code), ...both(free.code)]));
    expect(await reminded(slamet)).toEqual(both(free.code));
    // Who has a chat is reminded there, and the office is not.
    const rows = await stage.rows(
      `SELECT body -> 'vars' ->> 'code' AS code FROM inbound_messages WHERE body ->> 'flow' = 'answer-reminder'`,
    );
    expect(rows).toEqual([{ code: written.code }, { code: written.code }]);
  });

  test('the same page sent twice opens one case', async () => {
    const effect = walkIn();
    const [one, two] = await Promise.all([stage.apply(sri, effect), stage.apply(sri, effect)]);
    expect(one.code).toBe(two.code);
    expect([one.is_new, two.is_new].filter(Boolean)).toHaveLength(1);
    expect(await stage.rows('SELECT FROM cases')).toHaveLength(1);
  });

  test('the erasure of their data finds them', async () => {
    const { code } = await stage.apply(slamet, walkIn({ service: 'data.hapus', answers: {} }));
    const officer = { ...slamet, platform: 'console', conversationId: null };
    expect(await act(officer, code, 'finish')).toMatchObject({ outcome: 'done' });
    expect(
      await stage.rows('SELECT name FROM residents WHERE name IS NOT NULL AND name = $1', ['Karti']),
    ).toEqual([]);
  });
});

describe('somebody whose phone a line knows', () => {
  test('is told in that conversation, and sees it by status', async () => {
    const siti = await stage.aResident({ name: 'Bu Siti', phone: '628123456789' });
    const { code, told } = await stage.apply(sri, walkIn({ name: 'SITI AMINAH', phone: '628123456789' }));
    expect(told).toBe(true);
    expect((await stage.told(siti)).map(({ flow, vars }) => [flow, vars['event'], vars['helped']])).toEqual([
      ['case-notice', 'opened', undefined],
    ]);
    expect(await stage.look(siti, 'my_cases', {})).toMatchObject({ count: 1, items: [{ code }] });
    await act(sri, code, 'ask', { text: 'Foto?' });
    expect((await stage.told(siti)).map(({ vars }) => vars['event'])).toEqual(['opened', 'asked']);
    expect(await act(siti, code, 'answer', { text: 'Ini' })).toMatchObject({ outcome: 'done' });
  });

  test('where it is somebody else’s phone, that one hears for whom it is', async () => {
    const rina = await stage.aResident({ name: 'Rina', phone: '628123456789' });
    const { code } = await stage.apply(sri, walkIn({ name: 'Mbah Karti', phone: '628123456789' }));
    expect((await stage.told(rina))[0]!.vars).toMatchObject({ event: 'opened', helped: 'Mbah Karti' });
    expect(await stage.look(rina, 'case_by_code', { code })).toMatchObject({ for_whom: 'Mbah Karti' });
    expect(await stage.rows('SELECT name FROM residents WHERE id = $1', [rina.residentId])).toEqual([
      { name: 'Rina' },
    ]);
  });

  test('a phone that nobody wrote from, or an officer’s own chat, is nobody’s', async () => {
    const clerk = await stage.anOfficer('Pak Andi', [{ role: 'kaur_tu', village: HERE }], {
      phone: '628999000111',
    });
    for (const phone of ['628555000111', '628999000111']) {
      const { code } = await stage.apply(sri, walkIn({ phone }));
      expect(await row(code)).toMatchObject({ conversation_id: null, name: 'Karti' });
    }
    expect(await stage.told(clerk)).toEqual([]);
  });
});

describe('a phone that is somebody’s of another village', () => {
  const enters = async (asker: Asker, village: string | null) => {
    const rina = await stage.aResident({ name: 'Rina Elsewhere', village, phone: '628123456789' });
    const { code, told } = await stage.apply(asker, walkIn({ name: 'Asal Tebak', phone: '628123456789' }));
    return { rina, told, row: await row(code) };
  };

  test('is nobody’s at this counter: neither name nor chat is found, and they are not written to', async () => {
    const { rina, told, row } = await enters(sri, ELSEWHERE);
    expect(told).toBe(false);
    expect(row).toMatchObject({ conversation_id: null, name: 'Asal Tebak' });
    expect(await stage.told(rina)).toEqual([]);
    expect(await stage.look(rina, 'my_cases', {})).toMatchObject({ count: 0 });
  });

  test('is found by who serves both villages, and where they have chosen none yet', async () => {
    const both = await stage.anOfficer('Bu Dua', [
      { role: 'operator', village: HERE },
      { role: 'operator', village: ELSEWHERE },
    ]);
    expect(await enters(both, ELSEWHERE)).toMatchObject({ told: true, row: { name: 'Rina Elsewhere' } });
    await stage.rows('UPDATE addresses SET phone = NULL WHERE officer_id IS NULL');
    expect(await enters(sri, null)).toMatchObject({ told: true, row: { name: 'Rina Elsewhere' } });
  });
});

describe('who is in the village’s register', () => {
  const entry = async (village = HERE) => {
    const id = v7();
    await stage.pool.query(
      `INSERT INTO residents_register (id, village_id, name, search_name, private, row_digest, source, created_at, updated_at)
       VALUES ($1, $2, 'KARTI', 'karti', 'x', 'x', 'import', $3, $3)`,
      [id, village, stage.now],
    );
    return id;
  };

  test('is one person, however often they come', async () => {
    const register = await entry();
    const one = await stage.apply(sri, walkIn({ register }));
    const two = await stage.apply(sri, walkIn({ register, service: 'usaha' }));
    expect(await row(one.code)).toMatchObject({ register_id: register });
    expect(await stage.rows('SELECT count(DISTINCT resident_id)::int AS n FROM cases')).toEqual([{ n: 1 }]);
    expect(two.is_new).toBe(true);
  });

  test('an entry of another village, or none, ties nobody', async () => {
    for (const register of [await entry(ELSEWHERE), v7(), 'nonsense']) {
      const { code } = await stage.apply(sri, walkIn({ register }));
      expect(await row(code)).toMatchObject({ register_id: null });
    }
  });
});

describe('who may', () => {
  test('an officer who handles such requests there, of a village that takes any; no complaint about the office', async () => {
    const stranger = await stage.anOfficer('Pak Lain', [{ role: 'operator', village: ELSEWHERE }]);
    const kader = await stage.anOfficer('Bu Kader', [{ role: 'kader', village: HERE }]);
    const siti = await stage.aResident();
    for (const asker of [stranger, kader, siti])
      expect(await stage.apply(asker, walkIn())).toMatchObject({ code: '', refused: 'not_allowed' });
    expect(await stage.apply(sri, walkIn({ service: 'spm' }))).toMatchObject({ refused: 'not_allowed' });
    expect(await stage.apply(slamet, walkIn({ service: 'spm' }))).toMatchObject({ is_new: true });
    expect(await stage.apply(hadi, walkIn({ service: 'keluhan.petugas' }))).toMatchObject({
      refused: 'not_allowed',
    });
    expect(await stage.apply(hadi, walkIn({ service: 'unknown' }))).toMatchObject({ refused: 'not_allowed' });
    await stage.pool.query(`UPDATE villages SET state = 'paused' WHERE id = $1`, [HERE]);
    expect(await stage.apply(sri, walkIn())).toMatchObject({ code: '', refused: 'not_active' });
  });
});
