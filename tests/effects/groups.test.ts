import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { tokenHash } from '../../src/core/inviteToken.js';
import { groupsLost } from '../../src/effects/groupNotices.js';
import { createGroupLink } from '../../src/store/officerGroups.js';
import { aStage, ELSEWHERE, HERE, MONDAY, type Stage } from './stage.js';

let stage: Stage;
let keeper: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.pool.query('DELETE FROM officer_groups; DELETE FROM link_codes');
  await stage.clear();
  stage.now = MONDAY;
  keeper = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
});
afterAll(async () => {
  await stage.pool.query('DELETE FROM officer_groups; DELETE FROM link_codes');
  await stage.close();
});

/** What the console hands out, and what the group's link then brings. */
async function aLink(village = HERE): Promise<string> {
  const { payload } = await createGroupLink(
    stage.pool,
    { villageId: village, officerId: keeper.officer!.id },
    { newId: v7, random: (size) => randomBytes(size), now: stage.now },
  );
  expect(payload).toMatch(/^grp-[\w-]{1,60}$/u);
  return tokenHash(payload.slice(4));
}

async function aGroup(village: string | null = HERE): Promise<Asker> {
  const group = await stage.aResident({ name: null, village: null });
  await stage.pool.query('UPDATE conversations SET is_group = true WHERE id = $1', [group.conversationId]);
  if (village !== null)
    expect(await stage.apply(group, { kind: 'link_group', token: await aLink(village) })).toMatchObject({
      outcome: 'done',
    });
  return group;
}

const events = async (group: Asker) => (await stage.told(group)).map(({ vars }) => vars['event']);

describe("the link of a village office's group", () => {
  test('works once; the same group bringing it again is as it was', async () => {
    const group = await aGroup(null);
    const token = await aLink();
    const done = { outcome: 'done', village: 'Gintangan' };
    expect(await stage.apply(group, { kind: 'link_group', token })).toEqual(done);
    expect(await stage.apply(group, { kind: 'link_group', token })).toEqual(done);
    expect(await stage.apply(await aGroup(null), { kind: 'link_group', token })).toMatchObject({
      outcome: 'used',
    });
    expect(await stage.rows('SELECT linked_by FROM officer_groups')).toEqual([
      { linked_by: keeper.officer!.id },
    ]);
    expect(await stage.rows("SELECT officer_id FROM audit_log WHERE action = 'group_linked'")).toHaveLength(
      1,
    );
  });

  test('is over after an hour, and withdrawn by the next one of the village, not by that of another', async () => {
    const group = await aGroup(null);
    const first = await aLink();
    const second = await aLink();
    await aLink(ELSEWHERE);
    expect(await stage.apply(group, { kind: 'link_group', token: first })).toMatchObject({ outcome: 'used' });
    stage.now = new Date(MONDAY.getTime() + 3_600_000);
    expect(await stage.apply(group, { kind: 'link_group', token: second })).toMatchObject({
      outcome: 'expired',
    });
    expect(await stage.apply(group, { kind: 'link_group', token: 'unknown' })).toMatchObject({
      outcome: 'not_found',
    });
    expect(await stage.rows('SELECT 1 FROM officer_groups')).toEqual([]);
  });

  test('a code for linking addresses brings no group', async () => {
    const group = await aGroup(null);
    await stage.pool.query(
      `INSERT INTO link_codes (id, purpose, code_hash, address_id, created_at, expires_at)
       VALUES ($1, 'address', 'abc', $2, $3, $4)`,
      [v7(), group.addressId, MONDAY, new Date(MONDAY.getTime() + 60_000)],
    );
    expect(await stage.apply(group, { kind: 'link_group', token: 'abc' })).toMatchObject({
      outcome: 'not_found',
    });
  });

  test('of two groups of one village in one batch the later one has it, and the other is told', async () => {
    const [first, second] = [await aGroup(null), await aGroup(null)];
    const token = await aLink();
    // Links are withdrawn by the next one: the second is made by hand.
    await stage.pool.query(
      `INSERT INTO link_codes (id, purpose, code_hash, officer_id, village_id, created_at, expires_at)
       VALUES ($1, 'group', 'second', $2, $3, $4, $5)`,
      [v7(), keeper.officer!.id, HERE, MONDAY, new Date(MONDAY.getTime() + 60_000)],
    );
    await stage.applyAll([
      { asker: first, effect: { kind: 'link_group', token } },
      { asker: second, effect: { kind: 'link_group', token: 'second' } },
    ]);
    expect((await stage.told(first)).map(({ flow }) => flow)).toEqual(['officer-group-replaced']);
    expect(await stage.told(second)).toEqual([]);
  });
});

describe('what a group hears', () => {
  test('a case of its village: each thing done once, and of no other village', async () => {
    const [group, other] = [await aGroup(), await aGroup(ELSEWHERE)];
    const siti = await stage.aResident({ name: 'Bu Siti Aminah' });
    const { id, code } = await stage.aCase(siti);
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'kasi_pelayanan', village: HERE }]);
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'take' });
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'take' });
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'ask', text: 'Jam berapa buka?' });
    await stage.apply(siti, { kind: 'act_on_case', code, act: 'answer', text: 'Jam tujuh' });
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'finish', text: 'Silakan diambil' });
    const told = await stage.told(group);
    expect(told.map(({ vars }) => [vars['event'], vars['by']])).toEqual([
      ['opened', null],
      ['taken', 'Bu Sri'],
      ['asked', 'Bu Sri'],
      ['answered', null],
      ['finished', 'Bu Sri'],
    ]);
    expect(told[0]).toMatchObject({
      flow: 'officer-group-notice',
      vars: { case: id, code, service: 'usaha', resident: 'Bu Siti' },
    });
    // No surname, and no words of anybody.
    expect(JSON.stringify(told)).not.toMatch(/Aminah|Jam|diambil/u);
    expect(await stage.told(other)).toEqual([]);
  });

  test('one act that takes and does more is told as the last of it', async () => {
    const group = await aGroup();
    const siti = await stage.aResident();
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'kasi_pelayanan', village: HERE }]);
    const one = await stage.aCase(siti);
    await stage.apply(sri, { kind: 'act_on_case', code: one.code, act: 'refuse', text: 'Bukan warga sini' });
    expect(await events(group)).toEqual(['opened', 'refused']);
    const two = await stage.aCase(siti);
    await stage.apply(sri, { kind: 'act_on_case', code: two.code, act: 'ask', text: 'Jam berapa buka?' });
    await stage.apply(siti, { kind: 'act_on_case', code: two.code, act: 'cancel' });
    expect(await events(group)).toEqual(['opened', 'refused', 'opened', 'asked', 'cancelled']);
  });

  test('nothing of what is confidential, and of a complaint not who made it', async () => {
    const group = await aGroup();
    const siti = await stage.aResident();
    await stage.aCase(siti, { service: 'spm' });
    await stage.apply(siti, {
      kind: 'open_case',
      draft: v7(),
      service: 'usaha',
      flow: 'business-letter',
      answers: {},
      confidential: true,
    });
    expect(await stage.told(group)).toEqual([]);
    await stage.aCase(siti, { service: 'infrastruktur' });
    expect((await stage.told(group)).map(({ vars }) => vars['resident'])).toEqual([null]);
  });

  test('nothing more once it ended, or where it put us out', async () => {
    const group = await aGroup();
    const siti = await stage.aResident();
    await stage.pool.query('UPDATE addresses SET blocked_at = now() WHERE id = $1', [group.addressId]);
    await stage.aCase(siti);
    expect(await stage.told(group)).toEqual([]);
    await stage.pool.query('UPDATE addresses SET blocked_at = NULL WHERE id = $1', [group.addressId]);
    expect(await stage.apply(group, { kind: 'end_group' })).toEqual({
      outcome: 'done',
      village: 'Gintangan',
    });
    expect(await stage.apply(group, { kind: 'end_group' })).toEqual({ outcome: 'not_found', village: null });
    await stage.aCase(siti);
    expect(await stage.told(group)).toEqual([]);
  });
});

describe('the end of a group', () => {
  const atConsole = (asker: Asker): Asker => ({
    ...asker,
    conversationId: null,
    addressId: null,
    lineId: null,
  });

  test('at the console is for those who manage officers of its village; the group is told', async () => {
    const end = { kind: 'end_group' as const, village: HERE };
    const clerk = await stage.anOfficer('Bu Sri', [{ role: 'kasi_pelayanan', village: HERE }]);
    const admin = await stage.anOfficer('Pengelola', [{ role: 'admin', village: HERE }]);
    const head = await stage.anOfficer('Pak Arifin', [{ role: 'kepala_desa', village: HERE }]);
    const group = await aGroup();
    const others = [
      clerk,
      await stage.anOfficer('Lain', [{ role: 'admin', village: ELSEWHERE }]),
      await stage.anOfficer('Kepala lain', [{ role: 'kepala_desa', village: ELSEWHERE }]),
      await stage.aResident(),
    ];
    for (const one of others)
      expect(await stage.apply(atConsole(one), end)).toMatchObject({ outcome: 'not_found' });
    expect(await stage.told(group)).toEqual([]);
    // The secretary, the head and the village's keeper alike: each ends one.
    for (const one of [keeper, head, admin]) {
      const ended = one === keeper ? group : await aGroup();
      expect(await stage.apply(atConsole(one), end)).toEqual({ outcome: 'done', village: 'Gintangan' });
      expect(await stage.told(ended)).toMatchObject([{ flow: 'officer-group-replaced' }]);
    }
  });

  test('by its putting us out is told to the officers of its village, once each time', async () => {
    const group = await aGroup();
    const elsewhere = await stage.anOfficer('Lain', [{ role: 'sekretaris', village: ELSEWHERE }]);
    const lost = () => groupsLost(stage.pool, [group.conversationId!], v7, stage.now);
    expect([await lost(), await lost()]).toEqual([1, 0]);
    expect((await stage.notified(keeper)).map(({ kind, vars }) => [kind, vars])).toEqual([
      ['officer-group-lost', { village: 'Gintangan' }],
    ]);
    expect(await stage.notified(elsewhere)).toEqual([]);
    stage.now = new Date(MONDAY.getTime() + 60_000);
    await stage.apply(group, { kind: 'link_group', token: await aLink() });
    expect(await lost()).toBe(1);
    expect(await stage.notified(keeper)).toHaveLength(2);
  });
});
