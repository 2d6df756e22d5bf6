import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeIncident, endIncidents, raiseIncidents } from '../../src/store/incidents.js';
import { createInvite, createOfficer, listOfficers } from '../../src/store/officers.js';
import type { NewOfficer } from '../../src/store/officers.js';
import { openIncidents } from '../../src/store/web/lines.js';
import { aStage, ELSEWHERE, HERE, type Stage } from '../effects/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(() => stage.clear());
afterAll(() => stage.close());

const SRI: NewOfficer = { name: 'Bu Sri', phone: '0812-3456-7890', role: 'operator', village: 'Gintangan' };
const add = (more: Partial<NewOfficer> = {}) => createOfficer(stage.pool, { ...SRI, ...more }, v7);
const invite = (phone: string) =>
  createInvite(
    stage.pool,
    { phone, invitedBy: null, isConfirmed: false },
    { newId: v7, random: (size) => randomBytes(size), now: stage.now },
  );

describe('an officer', () => {
  test('is added with a role in a village, by its name or code', async () => {
    expect(await add()).toEqual({ id: expect.any(String), isNew: true, village: 'Gintangan' });
    expect(await add({ phone: '081234567891', village: HERE })).toMatchObject({
      isNew: true,
      village: 'Gintangan',
    });
    expect(await listOfficers(stage.pool, null, stage.now)).toHaveLength(2);
  });

  test('added again keeps the first account and gains a role', async () => {
    const { id } = await add();
    expect(await add({ name: 'Bu Sri Wahyuni', role: 'kaur_tu' })).toMatchObject({ id, isNew: false });
    await add({ name: 'Bu Sri Wahyuni', role: 'kaur_tu' });
    const [one] = await listOfficers(stage.pool, null, stage.now);
    expect(one).toMatchObject({
      name: 'Bu Sri Wahyuni',
      phone: '6281234567890',
      isActive: true,
      linked: [],
      invite: null,
    });
    expect(one!.roles.map(({ role, villageName }) => `${role} ${villageName}`)).toEqual([
      'kaur_tu Gintangan',
      'operator Gintangan',
    ]);
  });

  test.each([
    [{ phone: '12345' }, 'bad_phone'],
    [{ phone: '' }, 'bad_phone'],
    [{ name: '  ' }, 'no_name'],
    [{ role: 'presiden' }, 'unknown_role'],
    [{ village: 'Jakarta' }, 'unknown_village'],
    [{ village: '' }, 'unknown_village'],
    [{ village: 'Karangrejo' }, 'ambiguous_village'],
    [{ village: 'Karangrejo, Licin' }, 'unknown_village'],
    [{ village: null }, 'keeper_is_admin'],
  ])('with %o is refused: %s', async (more, fault) => {
    await expect(add(more)).rejects.toMatchObject({ fault });
    expect(await stage.rows('SELECT FROM officers')).toHaveLength(0);
  });

  test('of a kecamatan looks on in each village of its district; the regency in none', async () => {
    expect(await add({ role: 'kecamatan', village: 'Kec. Blimbingsari' })).toMatchObject({
      village: 'kecamatan Blimbingsari',
    });
    await add({ role: 'kabupaten', village: null });
    const rows = await stage.rows<{ role: string; villages: number; district: string | null }>(
      `SELECT r.role, count(r.village_id)::int AS villages, min(v.district_code) AS district
       FROM officer_roles r LEFT JOIN villages v ON v.id = r.village_id GROUP BY r.role, v.district_code ORDER BY r.role`,
    );
    const { rows: all } = await stage.pool.query<{ code: string; n: number }>(
      `SELECT district_code AS code, count(*)::int AS n FROM villages
       WHERE district_code = (SELECT code FROM districts WHERE name = 'Blimbingsari') GROUP BY 1`,
    );
    expect(rows).toEqual([
      { role: 'kabupaten', villages: 0, district: null },
      { role: 'kecamatan', villages: all[0]!.n, district: all[0]!.code },
    ]);
    await expect(add({ role: 'kecamatan', village: 'Jakarta' })).rejects.toMatchObject({
      fault: 'unknown_district',
    });
  });

  test('of a village whose name exists twice needs the kecamatan', async () => {
    await expect(add({ village: 'karangrejo' })).rejects.toThrow(
      /Blimbingsari.*35\.10\.25\.2008|35\.10\.16\.1007/u,
    );
    expect(await add({ village: 'karangrejo, blimbingsari' })).toMatchObject({ village: 'Karangrejo' });
  });

  test('may serve every village as an admin', async () => {
    expect(await add({ role: 'admin', village: null })).toMatchObject({ village: null });
  });

  test('is listed to those who keep one of the same villages, and with these roles alone', async () => {
    await add();
    await add({ village: 'Genteng Wetan' });
    await add({ phone: '081234567891', village: ELSEWHERE });
    const here = await listOfficers(stage.pool, [HERE], stage.now);
    expect(here.map(({ roles }) => roles.map(({ village }) => village))).toEqual([[HERE]]);
    expect(await listOfficers(stage.pool, [], stage.now)).toEqual([]);
  });
});

describe('an invite', () => {
  test('is open until it is accepted or has ended', async () => {
    await add();
    await invite(SRI.phone);
    const state = async () => (await listOfficers(stage.pool, null, stage.now))[0]!.invite;
    expect(await state()).toBe('open');
    stage.now = new Date(stage.now.getTime() + 25 * 3600_000);
    expect(await state()).toBeNull();
  });

  test.each([
    ['12', 'bad_phone'],
    ['081299999999', 'unknown_officer'],
  ])('for %s is refused: %s', async (phone, fault) => {
    await expect(invite(phone)).rejects.toMatchObject({ fault });
  });

  test('for one who no longer serves is refused', async () => {
    await add();
    await stage.pool.query('UPDATE officers SET is_active = false');
    await expect(invite(SRI.phone)).rejects.toMatchObject({ fault: 'inactive_officer' });
  });
});

describe('an incident', () => {
  test('is closed by those whose village it is, once', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    await raiseIncidents(
      stage.pool,
      [{ kind: 'late_emergency', villageId: HERE, detail: {} }],
      v7,
      stage.now,
    );
    const [{ id }] = (await stage.rows<{ id: string }>('SELECT id FROM incidents')) as [{ id: string }];
    const close = (villages: string[] | null) =>
      closeIncident(stage.pool, id, { officerId: sri.officer!.id, villages }, stage.now);
    expect(await close([ELSEWHERE])).toBe(false);
    expect(await close([HERE])).toBe(true);
    expect(await close(null)).toBe(false);
  });

  test('of a village is seen there, one of the installation by its keepers alone', async () => {
    await raiseIncidents(
      stage.pool,
      [
        { kind: 'late_emergency', villageId: HERE, detail: { text: 'tolong' } },
        { kind: 'line_down', lineId: 'telegram:1', detail: {} },
      ],
      v7,
      stage.now,
    );
    const seen = async (villages: string[] | null) =>
      (await openIncidents(stage.pool, { villages }, { villages })).map(({ kind }) => kind).toSorted();
    expect(await seen([HERE])).toEqual(['late_emergency']);
    expect(await seen([ELSEWHERE])).toEqual([]);
    expect(await seen(null)).toEqual(['late_emergency', 'line_down']);
  });

  test('of a line ends when the line is back, and may then be opened anew', async () => {
    const down = () =>
      raiseIncidents(stage.pool, [{ kind: 'line_down', lineId: 'telegram:1', detail: {} }], v7, stage.now);
    expect([await down(), await down()]).toEqual([1, 0]);
    await endIncidents(stage.pool, 'line_down', 'telegram:2', stage.now);
    expect(await down()).toBe(0);
    await endIncidents(stage.pool, 'line_down', 'telegram:1', stage.now);
    expect(await down()).toBe(1);
  });
});
