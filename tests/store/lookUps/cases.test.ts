import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consoleAsker } from '../../../src/core/asker.js';
import type { Asker } from '../../../src/core/asker.js';
import { ATTEMPTS } from '../../../src/store/codeAttempts.js';
import { aStage, ELSEWHERE, HERE, type Stage } from '../../effects/stage.js';

let stage: Stage;
let siti: Asker;
let sri: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
  sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
});
afterAll(() => stage.close());

const NOTHING = {
  found: false,
  detail: false,
  hidden: false,
  service: '',
  position: null,
  opened: null,
  due: null,
  words: null,
  for_whom: null,
  step: null,
  send: [],
  bring: [],
  item: null,
  item_kind: null,
  papers: [],
  is_late: false,
  office: null,
  is_merged: false,
  may_reopen: false,
  has_letter: false,
  told: null,
  beyond: null,
  halted: null,
  postponed: null,
};

describe('case_by_code', () => {
  const byCode = (asker: Asker, code: string) => stage.look(asker, 'case_by_code', { code });

  test('shows all to the one who asked for it, however the code is typed', async () => {
    const { code } = await stage.aCase(siti);
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'ask', text: 'Foto?' });
    expect(await byCode(siti, `status ${code.toLowerCase().replaceAll('-', ' ')}`)).toEqual({
      ...NOTHING,
      found: true,
      detail: true,
      hidden: false,
      code,
      service: 'usaha',
      status: 'asked',
      position: 1,
      opened: stage.now.toISOString(),
      due: expect.any(String),
      words: 'Foto?',
      for_whom: null,
    });
  });

  test('shows somebody else the state alone', async () => {
    const { code } = await stage.aCase(siti);
    const other = await stage.aResident();
    const stateAlone = { ...NOTHING, found: true, code, status: 'open' };
    expect(await byCode(other, code)).toEqual(stateAlone);
    expect(
      await byCode(await stage.anOfficer('Pak Lain', [{ role: 'operator', village: ELSEWHERE }]), code),
    ).toEqual(stateAlone);
  });

  test('shows nothing of somebody else’s confidential case, as of one that is not', async () => {
    const secret = await stage.aCase(siti, { service: 'spm' });
    const other = await stage.aResident();
    expect(await byCode(other, secret.code)).toEqual({ ...NOTHING, code: secret.code, status: '' });
    expect(await byCode(siti, secret.code)).toMatchObject({ found: true, detail: true });
  });

  test('tells a slip from a code that does not exist, and counts it as no attempt', async () => {
    const { code } = await stage.aCase(siti);
    const slip = code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');
    expect(await byCode(siti, slip)).toEqual({ ...NOTHING, code: slip, status: 'typo' });
    expect(await byCode(siti, 'halo')).toEqual({ ...NOTHING, code: 'halo', status: 'no_code' });
    expect(await stage.rows('SELECT FROM code_attempts')).toHaveLength(0);
  });

  test('one’s own cases are looked at as often as one likes', async () => {
    const { code } = await stage.aCase(siti);
    for (let n = 0; n < ATTEMPTS.perSource + 2; n++)
      expect(await byCode(siti, code)).toMatchObject({ found: true });
    expect(await stage.rows('SELECT FROM code_attempts')).toHaveLength(0);
  });

  test('a conversation that tries codes is stopped, for an hour, and nobody else with it', async () => {
    const cases = [];
    for (let n = 0; n < ATTEMPTS.perSource + 1; n++) cases.push(await stage.aCase(siti));
    const [thief, other] = [await stage.aResident(), await stage.aResident()];
    for (const { code } of cases.slice(0, -1))
      expect(await byCode(thief, code)).toMatchObject({ found: true });
    const last = cases.at(-1)!.code;
    expect(await byCode(thief, last)).toEqual({ ...NOTHING, code: last, status: 'limited' });
    expect(await byCode(other, last)).toMatchObject({ found: true });
    stage.now = new Date(stage.now.getTime() + 61 * 60_000);
    expect(await byCode(thief, last)).toMatchObject({ found: true });
  });

  test('a thief’s attempts in one batch count too', async () => {
    const { code } = await stage.aCase(siti);
    const thief = await stage.aResident();
    const { lookUps } = await import('../../../src/store/lookUps/index.js');
    const requests = Array.from({ length: ATTEMPTS.perSource + 5 }, () => ({ asker: thief, args: { code } }));
    const results = await lookUps.case_by_code(stage.pool, requests, stage.context());
    expect(results.filter((result) => result.found)).toHaveLength(ATTEMPTS.perSource);
  });

  test('one code is tried so often and no more, by whomever; its owner still sees it', async () => {
    const { code } = await stage.aCase(siti);
    for (let n = 0; n < ATTEMPTS.perCode; n++)
      expect(await byCode(await stage.aResident(), code)).toMatchObject({ found: true });
    expect(await byCode(await stage.aResident(), code)).toMatchObject({ found: false, status: 'limited' });
    expect(await byCode(siti, code)).toMatchObject({ found: true, detail: true });
  });

  test('over all there is a limit as well', async () => {
    const { code } = await stage.aCase(siti);
    await stage.pool.query(
      `INSERT INTO code_attempts (id, code, source, at) SELECT gen_random_uuid(), 'c' || n, 's' || n, $1 FROM generate_series(1, $2::int) n`,
      [stage.now, ATTEMPTS.overall],
    );
    expect(await byCode(await stage.aResident(), code)).toMatchObject({ found: false, status: 'limited' });
  });
});

describe('a letter that was sent', () => {
  test('can be sent again from one’s own case, once it is made; one on paper cannot', async () => {
    const { id, code } = await stage.aCase(siti);
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'finish' });
    const letter = await stage.rows<{ id: string }>(
      `INSERT INTO letters (id, case_id, village_id, service, title, classification, counter, year, sequence, number, way,
         signer_name, signer_title, initials, token_hash, private, issued_at, issued_on)
       VALUES (gen_random_uuid(), $1, $2, 'usaha', 'Surat Keterangan Usaha', '500', '500', 2026, 1, '500/001/2026', 'electronic',
         'Pak Kades', 'Kepala Desa', 'S. A.', $3, 'sealed', now(), '2026-08-10') RETURNING id`,
      [id, HERE, code],
    );
    const hasLetter = async () => (await stage.look(siti, 'case_by_code', { code })).has_letter;
    expect(await hasLetter()).toBe(false);
    await stage.pool.query('UPDATE letters SET made_at = now() WHERE id = $1', [letter[0]!.id]);
    expect(await hasLetter()).toBe(true);
    expect((await stage.look(siti, 'my_cases', {})).items[0]).toMatchObject({ has_letter: true });
    expect(await stage.look(sri, 'case_by_code', { code })).toMatchObject({ has_letter: false });
    await stage.pool.query(`UPDATE letters SET way = 'wet' WHERE id = $1`, [letter[0]!.id]);
    expect(await hasLetter()).toBe(false);
  });
});

describe('my_cases', () => {
  test('are one’s own, open ones first, at most seven', async () => {
    const old = await stage.aCase(siti);
    await stage.apply(siti, { kind: 'act_on_case', code: old.code, act: 'cancel' });
    await stage.aCase(await stage.aResident());
    const codes = [];
    for (let n = 1; n <= 3; n++) {
      stage.now = new Date(stage.now.getTime() + 60_000);
      codes.push((await stage.aCase(siti)).code);
    }
    const mine = await stage.look(siti, 'my_cases', {});
    expect(mine.count).toBe(4);
    expect(mine.items.map((item) => item.code)).toEqual([...codes.toReversed(), old.code]);
    expect(mine.items.map((item) => item.position)).toEqual([4, 3, 2, null]);
    for (let n = 0; n < 5; n++) await stage.aCase(siti);
    expect((await stage.look(siti, 'my_cases', {})).items).toHaveLength(7);
  });

  test('of somebody at the console there are none', async () => {
    await stage.aCase(siti);
    expect(await stage.look(consoleAsker(sri.officer!), 'my_cases', {})).toEqual({
      count: 0,
      items: [],
      hidden: false,
    });
  });

  test('a place that was shown never rises', async () => {
    const { id } = await stage.aCase(siti);
    const other = await stage.aResident();
    // An earlier request that was committed later.
    await stage.aCase(other);
    await stage.pool.query(`UPDATE cases SET opened_at = opened_at - interval '1 minute' WHERE id <> $1`, [
      id,
    ]);
    expect((await stage.look(siti, 'my_cases', {})).items[0]!.position).toBe(1);
  });
});

describe('officer_cases', () => {
  const queue = (asker: Asker) => stage.look(asker, 'officer_cases', {});

  test('are the open ones of the own villages that the role handles, oldest request first', async () => {
    const [first, complaint] = [
      await stage.aCase(siti),
      await stage.aCase(siti, { service: 'infrastruktur' }),
    ];
    const elsewhere = await stage.aCase(await stage.aResident({ village: ELSEWHERE }));
    stage.now = new Date(stage.now.getTime() + 60_000);
    const second = await stage.aCase(siti);
    await stage.apply(siti, { kind: 'act_on_case', code: (await stage.aCase(siti)).code, act: 'cancel' });
    await stage.apply(sri, { kind: 'act_on_case', code: first.code, act: 'take' });
    const slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
    const codes = async (asker: Asker) => (await queue(asker)).items.map((item) => item.code);
    expect(await codes(sri)).toEqual([first.code, second.code]);
    expect(await codes(slamet)).toEqual([first.code, complaint.code, second.code]);
    expect(
      await codes(await stage.anOfficer('Pak Lain', [{ role: 'sekretaris', village: ELSEWHERE }])),
    ).toEqual([elsewhere.code]);
    const keeper = await stage.anOfficer('Penjaga', [{ role: 'admin', village: null }]);
    expect(await codes(keeper)).toHaveLength(4);
    expect(await codes(await stage.anOfficer('Bu Kader', [{ role: 'kader', village: HERE }]))).toEqual([]);
    expect(await codes(siti)).toEqual([]);
  });

  test('counts all and shows seven', async () => {
    for (let n = 0; n < 9; n++) await stage.aCase(siti);
    expect(await queue(sri)).toMatchObject({ count: 9, items: { length: 7 } });
  });

  test('confidential ones are in the queue of those alone who handle them', async () => {
    const { code } = await stage.aCase(siti, { service: 'spm' });
    expect(await queue(sri)).toMatchObject({ count: 0 });
    const slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
    expect((await queue(slamet)).items.map((item) => item.code)).toEqual([code]);
  });
});

describe('officer_case', () => {
  const one = (asker: Asker, code: string) => stage.look(asker, 'officer_case', { code });
  const nothing = (code: string) => ({
    found: false,
    code,
    service: '',
    status: '',
    resident: null,
    unproven: false,
    taken_by: null,
    is_mine: false,
    due: null,
    step: null,
    waits_for: null,
    acts: [],
    is_letter: false,
    way: null,
    no_chat: false,
    assigned_to: null,
    is_urgent: false,
    items: [],
    colleagues: [],
  });

  test('shows the first name, who has it, and whether it is one’s own', async () => {
    const { code } = await stage.aCase(siti);
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'take' });
    const seen = {
      found: true,
      code,
      service: 'usaha',
      status: 'in_hand',
      resident: 'Bu Siti',
      unproven: false,
      taken_by: 'Bu Sri',
      due: expect.any(String),
    };
    expect(await one(sri, code)).toMatchObject({
      ...seen,
      is_mine: true,
      acts: [
        'release',
        'give',
        'ask',
        'note',
        'ready',
        'finish',
        'refuse',
        'forward',
        'merge',
        'relate',
        'undo',
      ],
      colleagues: [],
    });
    const slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
    expect(await one(slamet, code)).toMatchObject({
      ...seen,
      is_mine: false,
      // The secretary may move what somebody holds.
      acts: ['release', 'give', 'note', 'relate'],
      colleagues: [{ id: sri.officer!.id, name: 'Bu Sri' }],
    });
  });

  test('of another village, or for a resident, is not found', async () => {
    const { code } = await stage.aCase(siti);
    for (const asker of [
      await stage.anOfficer('Pak Lain', [{ role: 'kepala_desa', village: ELSEWHERE }]),
      siti,
    ])
      expect(await one(asker, code)).toEqual(nothing(code));
  });

  test('of a complaint that others handle leaves the author out; of a confidential case all', async () => {
    await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
    const complaint = await stage.aCase(siti, { service: 'infrastruktur' });
    expect(await one(sri, complaint.code)).toMatchObject({ found: true, resident: null });
    const secret = await stage.aCase(siti, { service: 'spm' });
    expect(await one(sri, secret.code)).toEqual(nothing(secret.code));
  });

  test('by a text without a code is not found', async () => {
    expect(await one(sri, 'halo')).toEqual(nothing('halo'));
  });
});
