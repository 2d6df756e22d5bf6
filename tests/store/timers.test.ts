import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { eraseResident } from '../../src/store/residentErasure.js';
import { inTransaction } from '../../src/store/sql.js';
import { fireTimers } from '../../src/store/timers.js';
import { aStage, HERE, type Stage } from '../effects/stage.js';

let stage: Stage;
let siti: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
});
afterAll(() => stage.close());

const fire = (limit?: number) => inTransaction(stage.pool, (sql) => fireTimers(sql, stage.context(), limit));
const later = (hours: number) => (stage.now = new Date(stage.now.getTime() + hours * 3600_000));

describe('a timer of a conversation', () => {
  test.each([
    ['draft_reminder', 'draft-reminder'],
    ['draft_expiry', 'draft-expired'],
    ['gather', 'gather'],
    ['rest', 'rest-over'],
    ['hand_over_end', 'hand-over-end'],
  ] as const)('%s starts %s in it, once, when it is due', async (timer, flow) => {
    await stage.apply(siti, {
      kind: 'set_timer',
      timer,
      dueAt: '2026-08-10T03:00:00Z',
      vars: { title: 'SKU' },
    });
    expect(await fire()).toEqual({ seen: 0, done: 0, converse: false, notify: false });
    later(2);
    expect(await fire()).toEqual({ seen: 1, done: 1, converse: true, notify: false });
    expect(await fire()).toMatchObject({ seen: 0 });
    expect(await stage.told(siti)).toEqual([{ flow, vars: { title: 'SKU' } }]);
  });

  test('set anew after it was done is due again', async () => {
    for (const dueAt of ['2026-08-10T02:00:00Z', '2026-08-10T03:00:00Z']) {
      await stage.apply(siti, { kind: 'set_timer', timer: 'draft_reminder', dueAt });
      later(1);
      await fire();
    }
    expect(await stage.told(siti)).toHaveLength(2);
  });

  test('that was stopped is never due', async () => {
    await stage.apply(siti, { kind: 'set_timer', timer: 'draft_reminder', dueAt: '2026-08-10T02:00:00Z' });
    await stage.apply(siti, { kind: 'cancel_timer', timer: 'draft_reminder' });
    later(5);
    expect(await fire()).toMatchObject({ seen: 0 });
  });

  test('is fired by one of two workers', async () => {
    for (let n = 0; n < 6; n++)
      await stage.apply(await stage.aResident(), {
        kind: 'set_timer',
        timer: 'gather',
        dueAt: '2026-08-10T01:00:00Z',
      });
    const [one, other] = await Promise.all([fire(3), fire(3)]);
    await fire();
    expect(one.done + other.done).toBeGreaterThan(0);
    expect(await stage.rows(`SELECT FROM inbound_messages WHERE kind = 'internal'`)).toHaveLength(6);
  });
});

describe('a reminder about health', () => {
  const agree = (given: boolean) =>
    stage.apply(siti, { kind: 'record_consent', purpose: 'health_reminder', version: '1', given });
  const remind = () =>
    stage.apply(siti, { kind: 'set_timer', timer: 'immunisation_reminder', dueAt: '2026-08-10T03:00:00Z' });

  test('is said once to who agreed to it, and keeps nothing but its day', async () => {
    await agree(true);
    await remind();
    expect(await stage.rows('SELECT kind, vars FROM timers')).toEqual([
      { kind: 'immunisation_reminder', vars: {} },
    ]);
    later(2);
    expect(await fire()).toMatchObject({ done: 1, converse: true });
    expect(await fire()).toMatchObject({ seen: 0 });
    expect(await stage.told(siti)).toEqual([
      { flow: 'health-reminder', vars: { about: 'immunisation_reminder', whose: siti.residentId } },
    ]);
  });

  test('is not said where nobody agreed, or the consent was taken back', async () => {
    await remind();
    later(2);
    expect(await fire()).toMatchObject({ done: 1, converse: false });
    await agree(true);
    await stage.apply(siti, {
      kind: 'set_timer',
      timer: 'pregnancy_reminder',
      dueAt: stage.now.toISOString(),
    });
    later(1);
    await agree(false);
    expect(await fire()).toMatchObject({ done: 1, converse: false });
    expect(await stage.told(siti)).toEqual([]);
  });

  test('is erased with the data of its person', async () => {
    await agree(true);
    await remind();
    await inTransaction(stage.pool, (sql) =>
      eraseResident(sql, siti.residentId!, { keptServices: [], newId: v7, now: stage.now }),
    );
    expect(await stage.rows('SELECT FROM timers')).toEqual([]);
  });
});

describe('a promise that has passed', () => {
  const duePassed = async () => {
    later(24 * 3);
    return await fire();
  };
  const due = async (asker: Asker) =>
    (await stage.notified(asker)).filter(
      ({ kind, vars }) => kind === 'officer-escalation' && vars['rung'] === 'due',
    );

  test('is told to whoever has the case, and to the secretary', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const op = await stage.anOfficer('Bu Op', [{ role: 'operator', village: HERE }]);
    const slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
    const { code } = await stage.aCase(siti);
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'take' });
    expect(await duePassed()).toMatchObject({ done: 1, notify: true });
    expect(await Promise.all([sri, op, slamet].map(due))).toMatchObject([
      [{ vars: { code } }],
      [],
      [{ vars: { code } }],
    ]);
  });

  test('is told to the heads of a village also where they do not handle such requests, and to a keeper who has it', async () => {
    const kader = await stage.anOfficer('Bu Kader', [{ role: 'kader', village: HERE }]);
    const kades = await stage.anOfficer('Pak Kades', [{ role: 'kepala_desa', village: HERE }]);
    const keeper = await stage.anOfficer('Admin', [{ role: 'admin', village: null }]);
    const { code } = await stage.aCase(siti);
    await stage.apply(keeper, { kind: 'act_on_case', code, act: 'take' });
    await duePassed();
    expect((await Promise.all([kader, kades, keeper].map(due))).map((told) => told.length)).toEqual([
      0, 1, 1,
    ]);
  });

  test('is told to the keepers where the village has nobody left', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const keeper = await stage.anOfficer('Admin', [{ role: 'admin', village: null }]);
    const { code } = await stage.aCase(siti);
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'take' });
    await stage.pool.query('UPDATE officers SET is_active = false WHERE id = $1', [sri.officer!.id]);
    expect(await duePassed()).toMatchObject({ notify: true });
    expect((await Promise.all([sri, keeper].map(due))).map((told) => told.length)).toEqual([0, 1]);
  });

  test('of a case that nobody took is told to all who handle it', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    await stage.aCase(siti);
    await duePassed();
    expect(await due(sri)).toHaveLength(1);
  });

  test('of a case that is closed is told to nobody', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const { code, id } = await stage.aCase(siti);
    await stage.apply(siti, { kind: 'act_on_case', code, act: 'cancel' });
    // Even where its timer survived.
    await stage.pool.query('UPDATE timers SET done_at = NULL WHERE subject_id = $1', [id]);
    expect(await duePassed()).toMatchObject({ seen: 1, done: 1, notify: false });
    expect(await due(sri)).toEqual([]);
  });
});

describe('a published listing', () => {
  let farmer: Asker;
  let sri: Asker;
  let code: string;
  beforeEach(async () => {
    farmer = await stage.aResident();
    sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    code = (await stage.aListing(farmer)).code;
    await stage.apply(sri, { kind: 'change_listing', code, act: 'approve' });
  });
  const events = async () => (await stage.told(farmer)).map(({ vars }) => vars['event']);
  const status = () => stage.rows('SELECT status, closed_at FROM listings');

  test('is asked after before its end, and then ends', async () => {
    later(6 * 24);
    await fire();
    expect(await events()).toEqual(['published', 'check']);
    later(24);
    expect(await fire()).toMatchObject({ done: 1, converse: true });
    expect(await events()).toEqual(['published', 'check', 'expired']);
    expect(await status()).toEqual([{ status: 'expired', closed_at: stage.now }]);
  });

  test('renewed in between goes on, and is asked after again', async () => {
    later(6 * 24);
    await fire();
    await stage.apply(farmer, { kind: 'change_listing', code, act: 'renew' });
    later(2 * 24);
    expect(await fire()).toMatchObject({ seen: 0 });
    later(4 * 24);
    await fire();
    expect(await events()).toEqual(['published', 'check', 'check']);
  });

  test('sold hears nothing more', async () => {
    await stage.apply(farmer, { kind: 'change_listing', code, act: 'sold' });
    later(8 * 24);
    expect(await fire()).toMatchObject({ seen: 0 });
    expect(await status()).toMatchObject([{ status: 'sold' }]);
  });

  test('that somebody changes at this very moment ends in the next round', async () => {
    later(8 * 24);
    await inTransaction(stage.pool, async (sql) => {
      await sql.query('SELECT FROM listings WHERE code = $1 FOR NO KEY UPDATE', [code]);
      expect(await fire()).toMatchObject({ seen: 2, done: 1 });
    });
    expect(await status()).toMatchObject([{ status: 'published' }]);
    expect(await fire()).toMatchObject({ seen: 1, done: 1 });
    expect(await status()).toMatchObject([{ status: 'expired' }]);
  });
});

test('a timer whose subject is gone is done with', async () => {
  await stage.pool.query(
    `INSERT INTO timers (id, subject_kind, subject_id, kind, due_at)
     SELECT gen_random_uuid(), s, $1, k, $2 FROM (VALUES ('case', 'case_clock'), ('listing', 'listing_check'), ('listing', 'listing_expiry')) t (s, k)`,
    [v7(), stage.now],
  );
  expect(await fire()).toMatchObject({ seen: 3, done: 3, converse: false, notify: false });
});
