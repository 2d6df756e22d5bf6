import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import type { EffectOf } from '../../src/core/effect.js';
import type { JsonObject } from '../../src/core/json.js';
import { lockForHold } from '../../src/store/heldChats.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, ELSEWHERE, HERE, MONDAY, type Stage } from './stage.js';

const AGO = new Date(MONDAY.getTime() - 100 * 24 * 60 * 60 * 1000);
let stage: Stage;
let siti: Asker;
/** The same chat after a long silence: somebody else may have the number by now. */
let veiled: Asker;
let old: { id: string; code: string };
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  stage.now = AGO;
  siti = await stage.aResident();
  old = await stage.aCase(siti);
  stage.now = MONDAY;
  veiled = { ...siti, hidden: { since: MONDAY, why: 'silence' } };
  await stage.pool.query('UPDATE addresses SET hidden_since = $2 WHERE id = $1', [siti.addressId, MONDAY]);
});
afterAll(() => stage.close());

const confirm = (code: string, asker = veiled) => stage.apply(asker, { kind: 'confirm_history', code });
const hiddenSince = async () =>
  (
    await stage.rows<{ since: Date | null }>('SELECT hidden_since AS since FROM addresses WHERE id = $1', [
      siti.addressId,
    ])
  )[0]!.since;

describe('while history is hidden', () => {
  test('no case from before is shown, found in full, answered or cancelled', async () => {
    expect(await stage.look(siti, 'my_cases', {})).toMatchObject({ count: 1, hidden: false });
    expect(await stage.look(veiled, 'my_cases', {})).toEqual({ count: 0, items: [], hidden: true });
    expect(await stage.look(veiled, 'case_by_code', { code: old.code })).toMatchObject({
      found: true,
      detail: false,
      hidden: true,
      service: '',
      words: null,
      for_whom: null,
      due: null,
    });
    for (const act of ['answer', 'cancel'] as const)
      expect(
        await stage.apply(veiled, { kind: 'act_on_case', code: old.code, act, text: 'ya' }),
      ).toMatchObject({
        outcome: 'not_found',
      });
  });

  test('a confidential one is not even found', async () => {
    stage.now = AGO;
    const secret = await stage.aCase(siti, { service: 'spm' });
    stage.now = MONDAY;
    expect(await stage.look(veiled, 'case_by_code', { code: secret.code })).toMatchObject({
      found: false,
      hidden: true,
    });
  });

  test('no listing from before is shown or changed', async () => {
    stage.now = AGO;
    const listing = await stage.aListing(siti);
    stage.now = MONDAY;
    expect(await stage.look(veiled, 'my_listings', {})).toEqual({ count: 0, items: [], hidden: true });
    expect(await stage.look(veiled, 'listing_by_code', { code: listing.code })).toMatchObject({
      found: false,
    });
    expect(
      await stage.apply(veiled, { kind: 'change_listing', code: listing.code, act: 'withdraw' }),
    ).toEqual({
      outcome: 'not_found',
      title: null,
    });
  });

  test('what is asked for since then is seen by whoever asked, and proves nothing', async () => {
    stage.now = new Date(MONDAY.getTime() + 60_000);
    const fresh = await stage.aCase(veiled);
    expect(await stage.look(veiled, 'my_cases', {})).toMatchObject({
      count: 1,
      hidden: true,
      items: [{ code: fresh.code }],
    });
    expect(await stage.look(veiled, 'case_by_code', { code: fresh.code })).toMatchObject({ detail: true });
    expect(await confirm(fresh.code)).toEqual({ outcome: 'wrong' });
    expect(await hiddenSince()).toEqual(MONDAY);
    expect(await stage.apply(veiled, { kind: 'act_on_case', code: fresh.code, act: 'cancel' })).toMatchObject(
      { outcome: 'done' },
    );
  });

  test('nobody is named, and no address is', async () => {
    await stage.pool.query(
      'INSERT INTO address_profiles (address_id, resident_id, name, created_at, last_used_at) VALUES ($1, $2, $3, $4, $4)',
      [siti.addressId, siti.residentId, 'Siti', AGO],
    );
    expect(await stage.look(siti, 'my_profiles', {})).toMatchObject({ count: 1, names: 'Siti' });
    expect(await stage.look(veiled, 'my_profiles', {})).toEqual({ count: 0, items: [], names: null });
  });
});

test('nobody else is named for the one before, nor told of as them', async () => {
  const officer = await stage.anOfficer('Pak Budi', [{ role: 'operator', village: siti.villageId }]);
  await stage.apply(veiled, { kind: 'remember_name', name: 'Orang Baru' });
  expect(await stage.rows('SELECT name FROM residents WHERE id = $1', [siti.residentId])).toEqual([
    { name: 'Bu Siti Aminah' },
  ]);
  await stage.apply(veiled, { kind: 'hand_over', reason: 'asked' });
  expect(await stage.notified(officer)).toMatchObject([
    { kind: 'officer-hand-over', vars: { resident: null } },
  ]);
});

describe('officers read of whoever asks while history is hidden', () => {
  const opens = (answers: JsonObject) =>
    stage.apply(veiled, {
      kind: 'open_case',
      draft: v7(),
      service: 'usaha',
      flow: 'business-letter',
      answers,
    });
  const group = async (officer: Asker) => {
    const chat = await stage.aResident({ name: null, village: null });
    await stage.pool.query('UPDATE conversations SET is_group = true WHERE id = $1', [chat.conversationId]);
    await stage.pool.query(
      'INSERT INTO officer_groups (id, conversation_id, village_id, linked_by, linked_at) VALUES ($1, $2, $3, $4, $5)',
      [v7(), chat.conversationId, HERE, officer.officer!.id, MONDAY],
    );
    return chat;
  };

  test.each([
    ['the name that is given in the request', { name: 'Bu Wati Lestari' }, 'Bu Wati'],
    ['no name where none is given', {}, null],
  ])('%s, and that nobody made sure', async (_, answers, resident) => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const office = await group(sri);
    const { code } = await opens(answers);
    const shown = { resident, unproven: true };
    expect(await stage.notified(sri)).toMatchObject([{ kind: 'officer-new-case', vars: shown }]);
    expect(await stage.told(office)).toMatchObject([{ flow: 'officer-group-notice', vars: shown }]);
    expect(await stage.look(sri, 'officer_case', { code })).toMatchObject(shown);
    // Of what was asked for before, the name is known.
    expect(await stage.look(sri, 'officer_case', { code: old.code })).toMatchObject({
      resident: 'Bu Siti',
      unproven: false,
    });
  });

  test('no seller of that name', async () => {
    const { id } = await stage.aListing(veiled);
    expect(await stage.rows('SELECT seller FROM listings WHERE id = $1', [id])).toEqual([{ seller: null }]);
  });
});

describe('what is said of oneself while history is hidden', () => {
  const says = async (asker: Asker) => {
    await stage.apply(asker, { kind: 'set_language', language: 'en' });
    await stage.apply(asker, { kind: 'set_village', village: ELSEWHERE });
    await stage.apply(asker, { kind: 'record_consent', purpose: 'notification', version: '1', given: true });
    await stage.apply(asker, { kind: 'record_consent', purpose: 'notification', version: '1', given: false });
  };
  const kept = () =>
    stage.rows(
      `SELECT language, village_id AS village, (SELECT count(*)::int FROM consents WHERE resident_id = r.id) AS consents
       FROM residents r WHERE id = $1`,
      [siti.residentId],
    );
  const changed = [{ language: 'en', village: ELSEWHERE, consents: 2 }];

  test('holds where its person has no other chat', async () => {
    await says(veiled);
    expect(await kept()).toEqual(changed);
  });

  test('changes nothing at another chat of the person before, and nothing is pushed here', async () => {
    const other = await stage.aResident({ platform: 'whatsapp' });
    await stage.pool.query('UPDATE addresses SET resident_id = $2 WHERE id = $1', [
      other.addressId,
      siti.residentId,
    ]);
    const mayBeTold = async (chat: Asker) =>
      (await inTransaction(stage.pool, (sql) => lockForHold(sql, chat.conversationId!)))!.mayBeTold;
    const there = { ...other, residentId: siti.residentId };
    await stage.apply(there, { kind: 'record_consent', purpose: 'notification', version: '1', given: true });
    await says(veiled);
    expect(await kept()).toEqual([{ language: 'id', village: HERE, consents: 1 }]);
    expect([await mayBeTold(other), await mayBeTold(siti)]).toEqual([true, false]);
    // Once they have shown that it is they, it holds.
    await confirm(old.code);
    expect(await mayBeTold(siti)).toBe(true);
    await says(siti);
    expect(await kept()).toEqual([{ ...changed[0], consents: 3 }]);
  });
});

describe('it is shown again', () => {
  test('by the number of a request from before, however it is typed', async () => {
    expect(await confirm(`nomornya ${old.code.toLowerCase().replaceAll('-', ' ')}`)).toEqual({
      outcome: 'confirmed',
    });
    expect(await hiddenSince()).toBeNull();
  });

  test('not by a number of somebody else’s, a slip, or none', async () => {
    stage.now = AGO;
    const { code } = await stage.aCase(await stage.aResident());
    stage.now = MONDAY;
    expect(await confirm(code)).toEqual({ outcome: 'wrong' });
    expect(await confirm(`${old.code.slice(0, -1)}${old.code.endsWith('7') ? '8' : '7'}`)).toEqual({
      outcome: 'typo',
    });
    expect(await confirm('tidak tahu')).toEqual({ outcome: 'wrong' });
    expect(await hiddenSince()).toEqual(MONDAY);
  });

  test('but ten tries within an hour are enough', async () => {
    stage.now = AGO;
    const { code } = await stage.aCase(await stage.aResident());
    stage.now = MONDAY;
    for (let n = 0; n < 10; n++) expect(await confirm(code)).toEqual({ outcome: 'wrong' });
    expect(await confirm(old.code)).toEqual({ outcome: 'limited' });
    stage.now = new Date(MONDAY.getTime() + 61 * 60_000);
    expect(await confirm(old.code)).toEqual({ outcome: 'confirmed' });
  });

  test('by a code that is sent to another address of the person, once, within a quarter of an hour', async () => {
    const send = { kind: 'send_history_code' as const };
    expect(await stage.apply(veiled, send)).toEqual({ outcome: 'none', platform: null });
    const other = await stage.aResident({ platform: 'whatsapp' });
    await stage.pool.query('UPDATE addresses SET resident_id = $2 WHERE id = $1', [
      other.addressId,
      siti.residentId,
    ]);
    expect(await stage.apply(veiled, send)).toEqual({ outcome: 'sent', platform: 'whatsapp' });
    const [told] = await stage.told(other);
    expect(told).toMatchObject({ flow: 'history-code', vars: { platform: 'telegram' } });
    const code = told!.vars['code'] as string;
    expect(await stage.told(siti)).toEqual([]);
    expect(await confirm(code, { ...other, hidden: veiled.hidden! })).toEqual({ outcome: 'wrong' });
    expect(await confirm(code)).toEqual({ outcome: 'confirmed' });
    expect(await confirm(code)).toEqual({ outcome: 'wrong' });
    await stage.apply(veiled, send);
    const late = (await stage.told(other)).at(-1)!.vars['code'] as string;
    stage.now = new Date(MONDAY.getTime() + 15 * 60_000);
    expect(await confirm(late)).toEqual({ outcome: 'wrong' });
  });

  test('no code goes to an address whose own history is hidden, or that blocked us', async () => {
    const other = await stage.aResident({ platform: 'whatsapp' });
    for (const column of ['hidden_since', 'blocked_at']) {
      await stage.pool.query(
        `UPDATE addresses SET resident_id = $2, hidden_since = NULL, blocked_at = NULL WHERE id = $1`,
        [other.addressId, siti.residentId],
      );
      await stage.pool.query(`UPDATE addresses SET ${column} = $2 WHERE id = $1`, [other.addressId, MONDAY]);
      expect(await stage.apply(veiled, { kind: 'send_history_code' })).toMatchObject({ outcome: 'none' });
    }
  });

  test('a link’s code is none for this, nor this one for a link', async () => {
    const other = await stage.aResident({ platform: 'whatsapp' });
    await stage.pool.query('UPDATE addresses SET resident_id = $2 WHERE id = $1', [
      other.addressId,
      siti.residentId,
    ]);
    const { code } = await stage.apply({ ...other, residentId: siti.residentId }, { kind: 'make_link_code' });
    expect(await confirm(code)).toEqual({ outcome: 'wrong' });
    await stage.apply(veiled, { kind: 'send_history_code' });
    const sent = (await stage.told(other)).at(-1)!.vars['code'] as string;
    expect(await stage.apply(await stage.aResident(), { kind: 'use_link_code', code: sent })).toMatchObject({
      outcome: 'wrong',
    });
  });
});

describe('somebody new at the address', () => {
  const afresh: EffectOf<'start_afresh'> = { kind: 'start_afresh' };

  test('has nothing of the one before, who keeps it', async () => {
    await stage.apply(veiled, afresh);
    const [row] = await stage.rows<{ resident: string; name: string | null; village: string | null }>(
      `SELECT r.id AS resident, r.name, r.village_id AS village FROM addresses a JOIN residents r ON r.id = a.resident_id WHERE a.id = $1`,
      [siti.addressId],
    );
    expect(row).toMatchObject({ name: null, village: null });
    expect(row!.resident).not.toBe(siti.residentId);
    expect(await stage.look({ ...siti, residentId: row!.resident }, 'my_cases', {})).toEqual({
      count: 0,
      items: [],
      hidden: false,
    });
    expect(await stage.rows('SELECT resident_id FROM cases WHERE code = $1', [old.code])).toEqual([
      { resident_id: siti.residentId },
    ]);
    expect(await hiddenSince()).toBeNull();
  });

  test('is not the officer whose number it was', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const late: Asker = { ...sri, hidden: { since: MONDAY, why: 'silence' } };
    await stage.apply(late, afresh);
    expect(await stage.rows('SELECT officer_id FROM addresses WHERE id = $1', [sri.addressId])).toEqual([
      { officer_id: null },
    ]);
    expect(await stage.rows('SELECT state FROM villages WHERE id = $1', [HERE])).toEqual([
      { state: 'paused' },
    ]);
    expect(await stage.rows('SELECT action, subject_id FROM audit_log')).toEqual([
      { action: 'officer.chat_ended', subject_id: sri.officer!.id },
    ]);
  });

  test('is no longer linked, and the other side is told', async () => {
    const other = await stage.aResident({ platform: 'whatsapp' });
    const { code } = await stage.apply(other, { kind: 'make_link_code' });
    await stage.apply(siti, { kind: 'use_link_code', code });
    const link = (await stage.told(other))[0]!.vars['link'] as string;
    await stage.apply(other, { kind: 'confirm_link', link, accept: true });
    await stage.apply({ ...veiled, residentId: other.residentId }, afresh);
    expect((await stage.told(other)).at(-1)).toMatchObject({
      flow: 'link-notice',
      vars: { event: 'unlinked' },
    });
    expect((await stage.look(other, 'my_addresses', {})).count).toBe(0);
    // What was asked for from there stays with the person.
    expect((await stage.look(other, 'my_cases', {})).items.map((item) => item.code)).toEqual([old.code]);
  });

  test('is nobody where nothing is hidden', async () => {
    await stage.apply(siti, afresh);
    expect(await stage.rows('SELECT resident_id FROM addresses WHERE id = $1', [siti.addressId])).toEqual([
      { resident_id: siti.residentId },
    ]);
  });
});
