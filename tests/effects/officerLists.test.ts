import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 } from 'uuid';
import type { Asker } from '../../src/core/asker.js';
import type { WaitingStep } from '../../src/core/lookup.js';
import { aStage, ELSEWHERE, HERE, SERVICES, type Stage } from './stage.js';

/** What officers are shown of cases in their chat: only of their villages, only what is theirs. */
let stage: Stage;
let siti: Asker;
let operator: Asker;
let sekdes: Asker;
let kades: Asker;
const STEPS = [
  { act: 'verify', roles: ['operator'] },
  { act: 'initial', roles: ['sekretaris'] },
  { act: 'sign', roles: ['kepala_desa'] },
];
beforeAll(async () => {
  stage = await aStage();
  Object.assign(SERVICES.usaha!, { steps: STEPS });
});
beforeEach(async () => {
  await stage.clear();
  await stage.pool.query(`UPDATE villages SET letter_way = 'wet'`);
  siti = await stage.aResident();
  operator = await stage.anOfficer('Bu Tutik', [{ role: 'operator', village: HERE }]);
  sekdes = await stage.anOfficer('Bu Sri', [{ role: 'sekretaris', village: HERE }]);
  kades = await stage.anOfficer('Pak Arifin', [{ role: 'kepala_desa', village: HERE }]);
});
afterAll(() => stage.close());

const waiting = async (who: Asker, step: WaitingStep) => stage.look(who, 'officer_waiting', { step });
async function aCase(status: string, step: string | null): Promise<string> {
  const { code } = await stage.aCase(siti);
  await stage.pool.query('UPDATE cases SET status = $2, step = $3 WHERE code = $1', [code, status, step]);
  return code;
}

describe('what waits for one step', () => {
  test('is told to whoever does it, oldest first, and to nobody else', async () => {
    const [first, second] = [await aCase('signing', 'initial'), await aCase('signing', 'initial')];
    await stage.pool.query(`UPDATE cases SET opened_at = opened_at - interval '1 hour' WHERE code = $1`, [
      second,
    ]);
    const found = await waiting(sekdes, 'initial');
    expect(found).toMatchObject({ count: 2, more: 0, codes: [second, first], first: second, way: 'wet' });
    expect(found.items[0]).toEqual({
      code: second,
      service: 'usaha',
      resident: 'Bu Siti',
      due: expect.anything(),
    });
    expect((await waiting(operator, 'initial')).count).toBe(0);
    expect((await waiting(kades, 'initial')).count).toBe(0);
    expect((await waiting(kades, 'sign')).count).toBe(0);
    expect((await waiting(siti, 'initial')).count).toBe(0);
  });

  test('never of another village, nor of a role that is held there', async () => {
    await aCase('signing', 'sign');
    const stranger = await stage.anOfficer('Pak Lain', [{ role: 'kepala_desa', village: ELSEWHERE }]);
    for (const step of ['verify', 'initial', 'sign', 'paper', 'ready'] as const)
      expect((await waiting(stranger, step)).count, step).toBe(0);
    expect((await waiting(kades, 'sign')).count).toBe(1);
  });

  test('of a role that is held for somebody who is away, today', async () => {
    const code = await aCase('signing', 'sign');
    expect((await waiting(sekdes, 'sign')).count).toBe(0);
    await stage.pool.query(
      `INSERT INTO delegations (id, village_id, role, officer_id, deputy_id, from_day, to_day, made_by, created_at)
       VALUES ($1, $2, 'kepala_desa', $3, $4, '2026-08-10', '2026-08-10', $3, now())`,
      [v7(), HERE, kades.officer!.id, sekdes.officer!.id],
    );
    expect((await waiting(sekdes, 'sign')).codes).toEqual([code]);
    stage.now = new Date(stage.now.getTime() + 86_400_000);
    expect((await waiting(sekdes, 'sign')).count).toBe(0);
    stage.now = new Date(stage.now.getTime() - 86_400_000);
  });

  test('of a complaint that is sealed nothing, but to whom it is sealed', async () => {
    const { code } = await stage.aCase(siti, { service: 'keluhan.petugas' });
    await stage.pool.query(
      `UPDATE cases SET status = 'ready', is_confidential = true, receiver_role = 'kepala_desa', receiver_ids = ARRAY[$2::uuid] WHERE code = $1`,
      [code, kades.officer!.id],
    );
    expect((await waiting(sekdes, 'ready')).count).toBe(0);
    const found = await waiting(kades, 'ready');
    expect(found.items).toEqual([
      { code, service: 'keluhan.petugas', resident: null, due: expect.anything() },
    ]);
  });

  test('on paper: printed ones, and how many are not printed yet', async () => {
    await aCase('signing', 'sign');
    expect(await waiting(kades, 'paper')).toMatchObject({ count: 0, items: [], codes: [], unprinted: 1 });
  });

  test('more than a list shows is counted', async () => {
    for (let n = 0; n < 9; n++) await aCase('signing', 'sign');
    const found = await waiting(kades, 'sign');
    expect([found.count, found.items.length, found.more, found.codes.length]).toEqual([9, 7, 2, 9]);
  });
});

describe('who may stand in', () => {
  test('for the head of a village its secretary alone; what is arranged is told', async () => {
    const none = await stage.look(kades, 'officer_deputies', {});
    expect(none.roles).toMatchObject([
      { role: 'kepala_desa', village: HERE, deputies: [{ id: sekdes.officer!.id, name: 'Bu Sri' }] },
    ]);
    expect(none.delegation).toBeNull();
    const made = await stage.apply(kades, {
      kind: 'delegate',
      deputy: sekdes.officer!.id,
      role: 'kepala_desa',
      village: HERE,
      from: '2026-08-11',
      to: '2026-08-12',
    });
    expect(made.outcome).toBe('done');
    expect(await stage.look(kades, 'officer_deputies', {})).toMatchObject({
      delegation: made.delegation,
      deputy: 'Bu Sri',
      from: '2026-08-11',
      to: '2026-08-12',
    });
    expect((await stage.look(siti, 'officer_deputies', {})).count).toBe(0);
  });
});

describe('taking a letter whose step is another’s', () => {
  test('is neither offered nor done, and whoever may do the step is named', async () => {
    const code = await aCase('open', 'verify');
    const seen = await stage.look(sekdes, 'officer_case', { code });
    expect(seen.acts).not.toContain('take');
    expect(seen.waits_for).toBe('Bu Tutik');
    const take = { kind: 'act_on_case', code, act: 'take' } as const;
    expect(await stage.apply(sekdes, take)).toMatchObject({ outcome: 'not_allowed', reason: 'role' });
    expect((await stage.look(operator, 'officer_case', { code })).acts).toContain('take');
    await stage.apply(operator, take);
    expect((await stage.look(sekdes, 'officer_case', { code })).waits_for).toBeNull();
  });
});

describe('several cases by one tap', () => {
  test('each is decided by itself, and who was first is named', async () => {
    const [mine, done, early] = [
      await aCase('signing', 'initial'),
      await aCase('signing', 'initial'),
      await aCase('open', 'verify'),
    ];
    const other = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
    await stage.apply(other, { kind: 'act_on_case', code: done, act: 'initial' });
    const result = await stage.apply(sekdes, {
      kind: 'act_on_cases',
      codes: [mine, done, early, mine],
      act: 'initial',
    });
    expect(result).toEqual({
      outcome: 'done',
      done: [mine],
      left: [`${done} (Pak Slamet)`, early],
      count: 1,
    });
  });
});
