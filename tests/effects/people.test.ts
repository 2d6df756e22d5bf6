import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { runImport } from '../../src/store/register/applyImport.js';
import { importInScope, stageImport } from '../../src/store/register/imports.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

let stage: Stage;
let siti: Asker;
let clerk: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident({ name: 'Siti' });
  clerk = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
});
afterAll(() => stage.close());

/** A register of three people in the village. */
async function aRegister(): Promise<void> {
  const bytes = Buffer.from(
    `nama,nik,no_kk,tanggallahir,sex,dusun,rt,rw
SITI AMINAH,3510125708800001,3510120101100001,1980-08-17,2,KRAJAN,2,1
SITI AMANAH,3510125708800003,3510120101100004,1980-08-17,2,KEDUNG,7,3
BUDI SANTOSO,3510121203750002,3510120101100001,1975-03-12,1,KRAJAN,2,1`,
  );
  await inTransaction(stage.pool, async (sql) => {
    const given = { villageId: HERE, officerId: clerk.officer!.id, bytes };
    const id = await stageImport(sql, given, stage.context());
    const found = (await importInScope(sql, { villages: null }, id))!;
    const options = { isApplied: true, isWhole: true, today: '2026-08-10', now: stage.now };
    await runImport(sql, found, found.mapping, options, stage.context());
  });
}

/** An RT head who has a chat. */
async function anRtHead(
  rt: string,
  rw = '001',
  more: { hamlet?: string; chat?: boolean; village?: string } = {},
) {
  const village = more.village ?? HERE;
  const head = await stage.anOfficer('Pak Karto', [], { chat: more.chat ?? true });
  await stage.pool.query(
    `INSERT INTO officer_roles (id, officer_id, village_id, role, hamlet, rt, rw) VALUES ($1, $2, $3, 'ketua_rt', $4, $5, $6)`,
    [v7(), head.officer!.id, village, more.hamlet ?? null, rt, rw],
  );
  return { ...head, officer: { ...head.officer!, roles: [{ role: 'ketua_rt', village }] } };
}

const says = (
  draft: string,
  name: string,
  birth_date: string | undefined,
  address = 'Krajan RT 02 RW 01',
) => ({
  kind: 'match_register' as const,
  draft,
  name,
  ...(birth_date ? { birth_date } : {}),
  address,
});
const matches = async () =>
  await stage.rows<{
    outcome: string;
    candidates: string[];
    register_id: string | null;
    case_id: string | null;
  }>('SELECT outcome, candidates, register_id, case_id FROM register_matches ORDER BY created_at, id');
const events = async (code: string) =>
  await stage.rows<{ kind: string; data: object }>(
    `SELECT e.kind, e.data FROM case_events e JOIN cases c ON c.id = e.case_id WHERE c.code = $1 ORDER BY e.number`,
    [code],
  );
const way = async (to: string) =>
  await stage.pool.query('UPDATE villages SET introduction = $2 WHERE id = $1', [HERE, to]);

describe('who a request is about', () => {
  beforeEach(aRegister);

  test.each([
    ['Hj. Siti Aminah', '1980-08-17', 'certain', 1],
    ['Siti Amina', '1980-08-17', 'certain', 1],
    ['Siti Aminah', undefined, 'doubtful', 1],
    ['Aminah', '1980-08-17', 'doubtful', 1],
    ['Siti Aminah', '1971-01-02', 'none', 0],
    ['Joko Widodo', '1961-06-21', 'none', 0],
  ])('%s, %s: %s; the flow is told nothing', async (name, birth, outcome, count) => {
    expect(await stage.apply(siti, says(v7(), name, birth))).toBeNull();
    const [match] = await matches();
    expect([match!.outcome, match!.candidates.length]).toEqual([outcome, count]);
    expect(match!.register_id === null).toBe(outcome !== 'certain');
  });

  test('is kept sealed', async () => {
    await stage.apply(siti, says(v7(), 'Siti Aminah', '1980-08-17'));
    expect(JSON.stringify(await stage.rows('SELECT * FROM register_matches'))).not.toMatch(
      /Siti|Krajan|1980/u,
    );
  });

  test('is looked for a few times a day and no more', async () => {
    for (let n = 0; n < 7; n += 1) await stage.apply(siti, says(v7(), 'Siti Aminah', '1980-08-17'));
    expect((await matches()).map(({ outcome }) => outcome)).toEqual([
      ...Array.from({ length: 6 }, () => 'certain'),
      'none',
    ]);
  });

  test("goes with the case; another conversation's draft takes nothing along", async () => {
    const draft = v7();
    await stage.apply(siti, says(draft, 'Siti Aminah', '1980-08-17'));
    await stage.aCase(await stage.aResident(), { draft });
    expect((await matches())[0]!.case_id).toBeNull();
    const own = v7();
    await stage.apply(siti, says(own, 'Siti Aminah', '1980-08-17'));
    const { id } = await stage.aCase(siti, { draft: own });
    expect((await matches())[1]!.case_id).toBe(id);
  });

  test('is said by an officer of the village, once and only of those who were shown; then never asked again', async () => {
    const draft = v7();
    await stage.apply(siti, says(draft, 'Siti Aminah', undefined));
    const { code } = await stage.aCase(siti, { draft });
    const { candidates } = (await matches())[0]!;
    const [budi] = await stage.rows<{ id: string }>(
      `SELECT id FROM residents_register WHERE name LIKE 'BUDI%'`,
    );
    const decide = async (who: Asker, register: string | null) =>
      (await stage.apply(who, { kind: 'decide_match', code, register })).outcome;
    const stranger = await stage.anOfficer('Pak Lain', [{ role: 'operator', village: ELSEWHERE }]);
    const kader = await stage.anOfficer('Bu Kader', [{ role: 'kader', village: HERE }]);
    const head = await anRtHead('002');
    expect(await decide(stranger, candidates[0]!)).toBe('not_found');
    expect(await decide(kader, candidates[0]!)).toBe('not_allowed');
    expect(await decide(head, candidates[0]!)).toBe('not_found');
    expect(await decide(siti, candidates[0]!)).toBe('not_found');
    expect(await decide(clerk, budi!.id)).toBe('not_found');
    expect(await stage.look(siti, 'register_state', {})).toEqual({ usable: true, known: false });
    expect(await decide(clerk, candidates[0]!)).toBe('done');
    expect(await decide(clerk, candidates[1]!)).toBe('not_found');
    expect(await stage.look(siti, 'register_state', {})).toEqual({ usable: true, known: true });
    expect((await events(code)).at(-1)).toEqual({ kind: 'case_matched', data: { found: true } });
    expect(await stage.rows(`SELECT action FROM audit_log WHERE action = 'case_matched'`)).toHaveLength(1);
    const hidden = { ...siti, hidden: { since: stage.now, why: 'silence' as const } };
    expect((await stage.look(hidden, 'register_state', {})).known).toBe(false);
    expect((await stage.look({ ...siti, villageId: ELSEWHERE }, 'register_state', {})).usable).toBe(false);
  });

  test('is not remembered of somebody who asked for another', async () => {
    const draft = v7();
    await stage.apply(siti, says(draft, 'Budi Santoso', '1975-03-12'));
    const { code } = await stage.apply(siti, {
      kind: 'open_case',
      draft,
      service: 'usaha',
      flow: 'business-letter',
      answers: {},
      beneficiary: { name: 'Budi Santoso', relation: 'spouse' },
    });
    const { candidates } = (await matches())[0]!;
    const register = candidates[0]!;
    expect((await stage.apply(clerk, { kind: 'decide_match', code, register })).outcome).toBe('done');
    expect((await stage.look(siti, 'register_state', {})).known).toBe(false);
  });
});

describe("the RT head's tap", () => {
  beforeEach(() => way('rt_tap'));
  const note = async (
    draft: string,
    rt_rw: string,
    more: { hamlet?: string; helps?: boolean } = {},
    who = siti,
  ) => (await stage.apply(who, { kind: 'note_introduction', draft, way: 'rt_tap', rt_rw, ...more })).outcome;

  test('is asked for once the case is open, given once by that head alone, and stands in the history', async () => {
    const head = await anRtHead('002');
    const other = await anRtHead('005');
    const draft = v7();
    expect(await note(draft, '002/001')).toBe('noted');
    expect(await stage.notified(head)).toEqual([]);
    const { code } = await stage.aCase(siti, { draft });
    const [asked] = await stage.notified(head);
    expect(asked).toMatchObject({
      kind: 'rt-introduction',
      vars: { code, service: 'usaha', resident: 'Siti', rt: '002', rw: '001', village: 'Gintangan' },
    });
    expect(await stage.notified(other)).toEqual([]);
    const tap = async (who: Asker, answer: string) =>
      (
        await stage.apply(who, {
          kind: 'answer_introduction',
          answer: `${answer}.${String(asked!.vars['introduction'])}`,
        })
      ).outcome;
    expect(await tap(other, 'mine')).toBe('not_found');
    expect(await tap(siti, 'mine')).toBe('not_found');
    expect(await tap(head, 'perhaps')).toBe('not_found');
    expect(await tap(head, 'mine')).toBe('done');
    expect(await tap(head, 'not_mine')).toBe('already');
    expect(await events(code)).toEqual([
      { kind: 'case_opened', data: { service: 'usaha', step: null } },
      { kind: 'case_introduced', data: { answer: 'mine' } },
    ]);
    expect(await stage.rows(`SELECT officer_id FROM audit_log WHERE action = 'case_introduced'`)).toEqual([
      { officer_id: head.officer.id },
    ]);
  });

  test('is not given by somebody who is the head of that RT no more, whatever else they are', async () => {
    const head = await anRtHead('002');
    const draft = v7();
    await note(draft, '002/001');
    const { code } = await stage.aCase(siti, { draft });
    const [asked] = await stage.notified(head);
    await stage.pool.query(`UPDATE officer_roles SET rt = '009' WHERE officer_id = $1`, [head.officer.id]);
    const answer = `mine.${String(asked!.vars['introduction'])}`;
    expect((await stage.apply(head, { kind: 'answer_introduction', answer })).outcome).toBe('not_found');
    expect((await events(code)).map(({ kind }) => kind)).toEqual(['case_opened']);
    const strange = `mine.${'-'.repeat(36)}`;
    expect((await stage.apply(head, { kind: 'answer_introduction', answer: strange })).outcome).toBe(
      'not_found',
    );
  });

  test('"not mine" is told to who handles the case', async () => {
    const head = await anRtHead('002');
    const draft = v7();
    await note(draft, '002/001');
    const { code } = await stage.aCase(siti, { draft });
    const [asked] = await stage.notified(head);
    const answer = `not_mine.${String(asked!.vars['introduction'])}`;
    await stage.apply(head, { kind: 'answer_introduction', answer });
    expect((await stage.notified(clerk)).at(-1)).toMatchObject({
      kind: 'officer-case-notice',
      vars: { code, event: 'not_introduced' },
    });
  });

  test('is asked of nobody where no head of that RT has a chat, or only one of another village', async () => {
    await anRtHead('002', '001', { chat: false });
    await anRtHead('002', '001', { village: ELSEWHERE });
    expect(await note(v7(), '002/001')).toBe('no_head');
    expect(await note(v7(), '009/001')).toBe('no_head');
  });

  test('of two heads of that number, the hamlet tells which', async () => {
    await anRtHead('002', '001', { hamlet: 'Krajan' });
    const wanted = await anRtHead('002', '001', { hamlet: 'Kedung' });
    const draft = v7();
    expect(await note(draft, '002/001')).toBe('many');
    expect(await note(draft, '002/001', { hamlet: 'dsn kedung' })).toBe('noted');
    await stage.aCase(siti, { draft });
    expect(await stage.notified(wanted)).toHaveLength(1);
    expect(await note(v7(), '002/001', { hamlet: 'Sukorejo' })).toBe('no_head');
  });

  test('is not asked of the head for themselves; for a resident of theirs, asking is the tap', async () => {
    const head = await anRtHead('002');
    expect(await note(v7(), '002/001', {}, head)).toBe('no_head');
    const draft = v7();
    expect(await note(draft, '002/001', { helps: true }, head)).toBe('noted');
    const { code } = await stage.aCase(head, { draft });
    expect((await events(code)).at(-1)).toEqual({ kind: 'case_introduced', data: { answer: 'mine' } });
    expect(await stage.notified(head)).toEqual([]);
  });

  test('needs no second question where the address was said for the register', async () => {
    const head = await anRtHead('002');
    const draft = v7();
    const choice = () => stage.look(siti, 'introduction_way', { draft });
    expect(await choice()).toEqual({ way: 'rt_tap', noted: false });
    await stage.apply(siti, says(draft, 'Siti Aminah', '1980-08-17'));
    expect(await choice()).toEqual({ way: 'rt_tap', noted: true });
    await stage.aCase(siti, { draft });
    expect((await stage.notified(head)).map(({ kind }) => kind)).toEqual(['rt-introduction']);
    await way('none');
    expect((await choice()).way).toBe('none');
  });

  test('by photo, the photo goes with the case; nobody else’s does', async () => {
    const photo = await stage.aPhoto(siti);
    const foreign = await stage.aPhoto(await stage.aResident());
    const draft = v7();
    await stage.apply(siti, {
      kind: 'note_introduction',
      draft,
      way: 'photo',
      photos: [photo, foreign],
    });
    const { id } = await stage.aCase(siti, { draft });
    expect(await stage.rows('SELECT id FROM attachments WHERE case_id = $1', [id])).toEqual([{ id: photo }]);
  });
});

describe('the head of an RT', () => {
  test('sees no case, acts on none, and makes no village active', async () => {
    const head = await anRtHead('002');
    const { code } = await stage.aCase(siti);
    await stage.pool.query(`DELETE FROM officer_roles WHERE role = 'operator'`);
    expect((await stage.look(head, 'officer_cases', {})).count).toBe(0);
    expect((await stage.look(head, 'officer_case', { code })).found).toBe(false);
    expect((await stage.apply(head, { kind: 'act_on_case', code, act: 'take' })).outcome).toBe('not_found');
    await stage.aCase(await stage.aResident());
    expect(await stage.notified(head)).toEqual([]);
    await inTransaction(stage.pool, async (sql) => {
      const { followLinkedOfficers } = await import('../../src/store/linkedOfficers.js');
      await followLinkedOfficers(sql, [head.officer.id], stage.now);
    });
    expect(await stage.rows('SELECT state FROM villages WHERE id = $1', [HERE])).toEqual([
      { state: 'paused' },
    ]);
  });
});

describe('asking for somebody else', () => {
  const open = async (phone?: string) =>
    await stage.apply(siti, {
      kind: 'open_case',
      draft: v7(),
      service: 'usaha',
      flow: 'business-letter',
      answers: {},
      beneficiary: { name: 'Mbah Karti', relation: 'neighbour', ...(phone ? { phone } : {}) },
    });

  test('is shown to the officers; who is helped is asked in their own chat, and answers once', async () => {
    const karti = await stage.aResident({ name: 'Karti', platform: 'whatsapp', phone: '6281234567890' });
    const { code } = await open('6281234567890');
    expect((await stage.notified(clerk))[0]!.vars).toMatchObject({
      resident: 'Siti',
      for_whom: 'Mbah Karti',
    });
    const [asked] = await stage.told(karti);
    expect(asked).toMatchObject({
      flow: 'for-whom-confirm',
      vars: { name: 'Mbah Karti', helper: 'Siti', service: 'usaha', village: 'Gintangan' },
    });
    const beneficiary = String(asked!.vars['beneficiary']);
    const answer = async (who: Asker, agrees: boolean) =>
      (await stage.apply(who, { kind: 'answer_beneficiary', beneficiary, agrees })).outcome;
    expect(await answer(siti, true)).toBe('not_found');
    expect(await answer(karti, false)).toBe('done');
    expect(await answer(karti, true)).toBe('already');
    expect((await events(code)).at(-1)).toEqual({ kind: 'case_agreed', data: { answer: 'refused' } });
    expect((await stage.notified(clerk)).at(-1)).toMatchObject({
      kind: 'officer-case-notice',
      vars: { code, event: 'not_agreed' },
    });
  });

  test('asks nobody where no chat has that phone, it is blocked, or it is the helper’s own', async () => {
    await open('6281999999999');
    await open();
    const blocked = await stage.aResident({ phone: '6281234567891' });
    await stage.pool.query('UPDATE addresses SET blocked_at = now() WHERE id = $1', [blocked.addressId]);
    await open('6281234567891');
    await stage.pool.query(`UPDATE addresses SET phone = '6281234567892' WHERE id = $1`, [siti.addressId]);
    await open('6281234567892');
    expect(await stage.rows(`SELECT FROM inbound_messages WHERE kind = 'internal'`)).toEqual([]);
    expect(await stage.rows('SELECT FROM beneficiaries WHERE asked_in IS NOT NULL')).toEqual([]);
    expect(await stage.rows('SELECT FROM beneficiaries')).toHaveLength(4);
  });
});
