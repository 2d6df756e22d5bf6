import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consoleAsker } from '../../src/core/asker.js';
import type { Asker } from '../../src/core/asker.js';
import type { EffectOf } from '../../src/core/effect.js';
import { confirmByPhone, createInvite, createOfficer, listOfficers } from '../../src/store/officers.js';
import { tokenHash, withoutToken } from '../../src/core/inviteToken.js';
import { setActive } from '../../src/store/web/officers.js';
import { inTransaction } from '../../src/store/sql.js';
import { tellOfficers } from '../../src/store/notifications.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

const PHONE = '6281234567890';
let stage: Stage;
let sari: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  await stage.pool.query(`UPDATE villages SET state = 'listed' WHERE id = $1`, [HERE]);
  await createOfficer(stage.pool, { name: 'Bu Sari', phone: PHONE, role: 'operator', village: HERE }, v7);
  sari = await stage.aResident({ name: null });
});
afterAll(() => stage.close());

async function anInvite(
  by: Asker | null = null,
  isConfirmed = false,
): Promise<{ id: string; token: string }> {
  const given = { phone: PHONE, invitedBy: by?.officer?.id ?? null, isConfirmed };
  return await inTransaction(stage.pool, (sql) =>
    createInvite(sql, given, { newId: v7, random: (size) => randomBytes(size), now: stage.now }),
  );
}

function bring(token: string, phone = PHONE): EffectOf<'accept_invite'> {
  return { kind: 'accept_invite', token: tokenHash(token), phone };
}

const NOTHING = { name: null, village: null };
const linked = async () =>
  (await listOfficers(stage.pool, null, stage.now)).find((one) => one.phone === PHONE)!.linked;
const village = async () =>
  (await stage.rows<{ state: string }>('SELECT state FROM villages WHERE id = $1', [HERE]))[0]!.state;

describe('an invite from a colleague', () => {
  let slamet: Asker;
  let invite: { id: string; token: string };
  beforeEach(async () => {
    slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
    invite = await anInvite(slamet);
  });

  test('is accepted from the proven phone, confirmed by the inviter, and then links', async () => {
    expect(await village()).toBe('invited');
    expect(await stage.apply(sari, bring(invite.token))).toEqual({
      outcome: 'waiting',
      name: 'Bu Sari',
      village: 'Gintangan',
    });
    expect(await linked()).toEqual([]);
    expect(await stage.notified(slamet)).toEqual([
      {
        kind: 'officer-invite-confirm',
        number: 0,
        vars: { invite: invite.id, name: 'Bu Sari', phone: '62812*****890' },
      },
    ]);
    const confirm: EffectOf<'confirm_invite'> = { kind: 'confirm_invite', invite: invite.id, accept: true };
    expect(await stage.apply(slamet, confirm)).toEqual({ outcome: 'done', name: 'Bu Sari' });
    expect(await linked()).toEqual(['telegram']);
    expect(await village()).toBe('active');
    expect(await stage.told(sari)).toEqual([
      {
        flow: 'officer-invite-done',
        vars: { invite: invite.id, accepted: true, name: 'Bu Sari', village: 'Gintangan' },
      },
    ]);
    expect(await stage.apply(slamet, confirm)).toMatchObject({ outcome: 'done' });
    expect(await stage.apply(slamet, { ...confirm, accept: false })).toMatchObject({
      outcome: 'not_allowed',
    });
    expect(await stage.told(sari)).toHaveLength(1);
  });

  test('refused by the inviter links nothing and can no longer be brought', async () => {
    await stage.apply(sari, bring(invite.token));
    expect(
      await stage.apply(slamet, { kind: 'confirm_invite', invite: invite.id, accept: false }),
    ).toMatchObject({ outcome: 'done' });
    expect(await linked()).toEqual([]);
    expect((await stage.told(sari))[0]!.vars['accepted']).toBe(false);
    expect(await stage.apply(sari, bring(invite.token))).toEqual({ outcome: 'expired', ...NOTHING });
  });

  test('is confirmed by nobody else: not a stranger, not a colleague, not the invited one', async () => {
    await stage.apply(sari, bring(invite.token));
    const [{ id }] = (await stage.rows<{ id: string }>('SELECT officer_id AS id FROM invites')) as [
      { id: string },
    ];
    const others = [
      await stage.aResident(),
      await stage.anOfficer('Pak Lain', [{ role: 'sekretaris', village: ELSEWHERE }]),
      await stage.anOfficer('Bu Kades', [{ role: 'kepala_desa', village: HERE }]),
      await stage.anOfficer('Admin Lain', [{ role: 'admin', village: ELSEWHERE }]),
      await stage.anOfficer('Admin', [{ role: 'admin', village: null }]),
      { ...sari, officer: { id, name: 'Bu Sari', roles: [{ role: 'admin', village: null }] } },
    ];
    for (const asker of others)
      expect(await stage.apply(asker, { kind: 'confirm_invite', invite: invite.id, accept: true })).toEqual({
        outcome: 'not_found',
        name: null,
      });
    expect(await linked()).toEqual([]);
  });

  test('that nobody accepted yet cannot be confirmed', async () => {
    expect(await stage.apply(slamet, { kind: 'confirm_invite', invite: invite.id, accept: true })).toEqual({
      outcome: 'not_allowed',
      name: 'Bu Sari',
    });
  });

  test.each(['', 'abc', v7()])('confirmed by the id %j is not found', async (id) => {
    expect(await stage.apply(slamet, { kind: 'confirm_invite', invite: id, accept: true })).toMatchObject({
      outcome: 'not_found',
    });
  });
});

describe('brought wrongly, an invite', () => {
  test('with an unknown token is not found', async () => {
    await anInvite();
    for (const token of ['', 'x', 'A'.repeat(32)])
      expect(await stage.apply(sari, bring(token))).toEqual({ outcome: 'not_found', ...NOTHING });
  });

  test('from another phone tells nothing of whom it names, and can still be used by the right one', async () => {
    const { token } = await anInvite();
    expect(await stage.apply(await stage.aResident(), bring(token, '6281111111111'))).toEqual({
      outcome: 'wrong_phone',
      ...NOTHING,
    });
    expect(await stage.apply(sari, bring(token))).toMatchObject({ outcome: 'waiting' });
  });

  test('after 24 hours has ended', async () => {
    const { token } = await anInvite();
    stage.now = new Date(stage.now.getTime() + 24 * 3600_000);
    expect(await stage.apply(sari, bring(token))).toEqual({ outcome: 'expired', ...NOTHING });
  });

  test('and accepted in time, has ended as well where nobody confirmed it', async () => {
    const { id, token } = await anInvite();
    const kades = await stage.anOfficer('Pak Kades', [{ role: 'kepala_desa', village: HERE }]);
    await stage.apply(sari, bring(token));
    stage.now = new Date(stage.now.getTime() + 24 * 3600_000);
    expect(await stage.apply(sari, bring(token))).toEqual({ outcome: 'expired', ...NOTHING });
    const confirm: EffectOf<'confirm_invite'> = { kind: 'confirm_invite', invite: id, accept: true };
    expect(await stage.apply(kades, confirm)).toMatchObject({ outcome: 'not_allowed' });
    await expect(confirmByPhone(stage.pool, PHONE, v7, stage.now)).rejects.toMatchObject({
      fault: 'nothing_to_confirm',
    });
    expect(await linked()).toEqual([]);
  });

  test('and accepted, is withdrawn by a newer one', async () => {
    const old = await anInvite();
    await stage.apply(sari, bring(old.token));
    await anInvite();
    expect(await stage.apply(sari, bring(old.token))).toEqual({ outcome: 'expired', ...NOTHING });
    await expect(confirmByPhone(stage.pool, PHONE, v7, stage.now)).rejects.toMatchObject({
      fault: 'nothing_to_confirm',
    });
  });

  test('by its token in clear is not found: only its digest gets past the door', async () => {
    const { token } = await anInvite();
    expect(await stage.apply(sari, { ...bring(token), token })).toEqual({ outcome: 'not_found', ...NOTHING });
    expect(withoutToken(`inv-${token}`)).toBe(`inv-${tokenHash(token)}`);
    expect(withoutToken('f-menu')).toBe('f-menu');
  });

  test('a second time, from another chat, is used', async () => {
    const { token } = await anInvite();
    await stage.apply(sari, bring(token));
    expect(await stage.apply(await stage.aResident(), bring(token))).toEqual({ outcome: 'used', ...NOTHING });
    expect(await stage.apply(sari, bring(token))).toMatchObject({ outcome: 'waiting' });
  });

  test('by two chats at once is accepted by one', async () => {
    const { token } = await anInvite();
    const other = await stage.aResident();
    const both = await Promise.all([stage.apply(sari, bring(token)), stage.apply(other, bring(token))]);
    expect(both.map((result) => result.outcome).toSorted()).toEqual(['used', 'waiting']);
  });

  test('that a newer one replaced has ended', async () => {
    const old = await anInvite();
    await anInvite();
    expect(await stage.apply(sari, bring(old.token))).toEqual({ outcome: 'expired', ...NOTHING });
  });

  test('of an officer who no longer serves has ended', async () => {
    const { token } = await anInvite();
    await stage.pool.query('UPDATE officers SET is_active = false');
    expect(await stage.apply(sari, bring(token))).toEqual({ outcome: 'expired', ...NOTHING });
  });

  test('from the console links no chat', async () => {
    const { token } = await anInvite();
    const nobody = consoleAsker({ id: v7(), name: 'X', roles: [] });
    expect(await stage.apply(nobody, bring(token))).toEqual({ outcome: 'not_found', ...NOTHING });
  });

  test('is not kept: the table holds a digest of its token', async () => {
    const { token } = await anInvite();
    const [row] = await stage.rows<{ whole: string }>('SELECT i::text AS whole FROM invites i');
    expect(row!.whole).not.toContain(token);
    expect(`inv-${token}`).toMatch(/^[A-Za-z0-9_-]{1,64}$/u);
  });
});

describe('an invite from the command line', () => {
  test('waits to be confirmed there', async () => {
    const { token } = await anInvite();
    await expect(confirmByPhone(stage.pool, PHONE, v7, stage.now)).rejects.toMatchObject({
      fault: 'nothing_to_confirm',
    });
    expect(await stage.apply(sari, bring(token))).toMatchObject({ outcome: 'waiting' });
    await inTransaction(stage.pool, (sql) => confirmByPhone(sql, '0812-3456-7890', v7, stage.now));
    expect(await linked()).toEqual(['telegram']);
    expect((await stage.told(sari))[0]!.flow).toBe('officer-invite-done');
  });

  test('may be confirmed in the console by the head or the secretary of that village', async () => {
    const { id, token } = await anInvite();
    await stage.apply(sari, bring(token));
    const kades = await stage.anOfficer('Pak Kades', [{ role: 'kepala_desa', village: HERE }], {
      chat: false,
    });
    const operator = await stage.anOfficer('Bu Op', [{ role: 'operator', village: HERE }], { chat: false });
    const confirm: EffectOf<'confirm_invite'> = { kind: 'confirm_invite', invite: id, accept: true };
    expect(await stage.apply(consoleAsker(operator.officer!), confirm)).toMatchObject({
      outcome: 'not_found',
    });
    expect(await stage.apply(consoleAsker(kades.officer!), confirm)).toMatchObject({ outcome: 'done' });
  });

  test('of an officer of two villages needs an admin of both, or of all', async () => {
    await createOfficer(
      stage.pool,
      { name: 'Bu Sari', phone: PHONE, role: 'operator', village: ELSEWHERE },
      v7,
    );
    const { id, token } = await anInvite();
    await stage.apply(sari, bring(token));
    const roles = [HERE, ELSEWHERE].map((village) => ({ role: 'admin', village }));
    const half = await stage.anOfficer('Admin', roles.slice(0, 1));
    const both = await stage.anOfficer('Admin Dua', roles);
    const confirm: EffectOf<'confirm_invite'> = { kind: 'confirm_invite', invite: id, accept: true };
    expect(await stage.apply(half, confirm)).toMatchObject({ outcome: 'not_found' });
    expect(await stage.apply(both, confirm)).toMatchObject({ outcome: 'done' });
  });

  test('whose maker vouches links as soon as the phone is proven', async () => {
    const { token } = await anInvite(null, true);
    expect(await linked()).toEqual([]);
    expect(await stage.apply(sari, bring(token, '6281111111111'))).toMatchObject({ outcome: 'wrong_phone' });
    expect(await stage.apply(sari, bring(token))).toEqual({
      outcome: 'accepted',
      name: 'Bu Sari',
      village: 'Gintangan',
    });
    expect(await linked()).toEqual(['telegram']);
    expect(await village()).toBe('active');
  });
});

describe('once linked', () => {
  test('what could not be told for want of a chat is told now', async () => {
    await stage.pool.query(`UPDATE villages SET state = 'active' WHERE id = $1`, [HERE]);
    await stage.aCase(await stage.aResident());
    await inTransaction(stage.pool, (sql) => tellOfficers(sql, stage.now));
    expect(await stage.rows('SELECT error FROM notifications')).toEqual([{ error: 'no_address' }]);
    await stage.apply(sari, bring((await anInvite(null, true)).token));
    expect(stage.nudges.notify).toBe(true);
    await inTransaction(stage.pool, (sql) => tellOfficers(sql, stage.now));
    expect((await stage.told(sari)).map(({ flow }) => flow)).toEqual(['officer-new-case']);
  });

  test('an older chat of the same platform is let go, one of another platform stays', async () => {
    await stage.apply(sari, bring((await anInvite(null, true)).token));
    const [fresh, whatsapp] = [await stage.aResident(), await stage.aResident({ platform: 'whatsapp' })];
    await stage.apply(whatsapp, bring((await anInvite(null, true)).token));
    expect(await linked()).toEqual(['telegram', 'whatsapp']);
    await stage.apply(fresh, bring((await anInvite(null, true)).token));
    const held = await stage.rows('SELECT id FROM addresses WHERE officer_id IS NOT NULL ORDER BY platform');
    expect(held).toEqual([{ id: fresh.addressId }, { id: whatsapp.addressId }]);
  });

  test('a village that was paused for want of an officer takes requests again', async () => {
    await stage.pool.query(`UPDATE villages SET state = 'paused' WHERE id = $1`, [HERE]);
    await stage.apply(sari, bring((await anInvite(null, true)).token));
    expect(await village()).toBe('active');
  });
});

describe('a village follows its linked officers', () => {
  const active = (asker: Asker, isActive: boolean) =>
    inTransaction(stage.pool, (sql) =>
      setActive(sql, asker.officer!.id, isActive, { now: () => stage.now, newId: v7 }),
    );

  test('it is paused with the last of them, and takes requests again with the next', async () => {
    const [sri, slamet] = [
      await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]),
      await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]),
    ];
    await stage.anOfficer('Tanpa Chat', [{ role: 'kaur_tu', village: HERE }], { chat: false });
    await stage.anOfficer('Admin', [{ role: 'admin', village: null }]);
    await stage.pool.query(`UPDATE villages SET state = 'active' WHERE id = $1`, [HERE]);
    await active(sri, false);
    expect(await village()).toBe('active');
    await active(slamet, false);
    expect(await village()).toBe('paused');
    await active(sri, true);
    expect(await village()).toBe('active');
  });

  test('it is paused where its officer’s chat becomes that of another village’s', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: ELSEWHERE }]);
    await stage.apply(sri, bring((await anInvite(null, true)).token));
    expect(
      await stage.rows('SELECT id, state FROM villages WHERE id = ANY ($1) ORDER BY id', [[HERE, ELSEWHERE]]),
    ).toEqual([
      { id: ELSEWHERE, state: 'paused' },
      { id: HERE, state: 'active' },
    ]);
  });

  test('that nobody could be told ends as an incident, in that village alone', async () => {
    await stage.pool.query(
      `INSERT INTO incidents (id, kind, village_id, opened_at) SELECT gen_random_uuid(), 'no_officer', v, now()
       FROM unnest($1::text[]) AS v`,
      [[HERE, ELSEWHERE]],
    );
    await stage.apply(sari, bring((await anInvite(null, true)).token));
    expect(await stage.rows('SELECT village_id FROM incidents WHERE closed_at IS NULL')).toEqual([
      { village_id: ELSEWHERE },
    ]);
  });
});
