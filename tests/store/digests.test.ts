import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import type { Pace } from '../../src/core/pace.js';
import { hasUntold, notificationFailed, tellOfficers } from '../../src/store/notifications.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, HERE, type Stage } from '../effects/stage.js';

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
});
afterAll(() => stage.close());

/** Local time of the village; 10 August 2026 is a Monday, the office opens at 07:30. */
const at = (local: string) => new Date(`2026-08-${local}:00+07:00`);
const tell = () => inTransaction(stage.pool, (sql) => tellOfficers(sql, stage.now));
async function tellAll(): Promise<void> {
  while ((await tell()).seen > 0);
}
const wants = (pace: Pace, officer = sri) =>
  stage.pool.query(
    `UPDATE officers SET pace = $2, quiet_from = '20:00', quiet_until = '06:00' WHERE id = $1`,
    [officer.officer!.id, pace],
  );
const codesOf = (vars: unknown) => (vars as { cases: { code: string }[] }).cases.map(({ code }) => code);

describe('a digest', () => {
  test('is one message with all that waits for it, oldest first, with first names alone, and comes once', async () => {
    await wants('morning');
    const first = await stage.aCase(siti);
    stage.now = at('10T09:30');
    const second = await stage.aCase(siti);
    await tellAll();
    expect(await stage.told(sri)).toEqual([]);
    stage.now = at('11T07:29');
    await tellAll();
    expect(await stage.told(sri)).toEqual([]);
    stage.now = at('11T07:30');
    expect(await hasUntold(stage.pool, stage.now)).toBe(true);
    await tellAll();
    await tellAll();
    const told = await stage.told(sri);
    expect(told.map(({ flow }) => flow)).toEqual(['officer-digest']);
    expect(told[0]!.vars).toEqual({
      count: 2,
      more: null,
      cases: [first, second].map(({ code }) => ({
        code,
        service: 'usaha',
        resident: 'Bu Siti',
        status: 'open',
      })),
    });
    expect(await hasUntold(stage.pool, at('12T10:00'))).toBe(false);
  });

  test('comes by the hour where that was chosen, and on a chat that shows no board', async () => {
    const made = await stage.anOfficer('Pak Made', [{ role: 'operator', village: HERE }]);
    await stage.pool.query(
      `INSERT INTO lines (id, platform, name) VALUES ('whatsapp-cloud:1', 'whatsapp', 'wa')`,
    );
    await stage.pool.query(`UPDATE conversations SET line_id = 'whatsapp-cloud:1' WHERE id = $1`, [
      made.conversationId,
    ]);
    await wants('hourly');
    await wants('board', made);
    await stage.aCase(siti);
    stage.now = at('10T08:10');
    await tellAll();
    stage.now = at('10T09:00');
    await tellAll();
    for (const officer of [sri, made])
      expect((await stage.told(officer)).map(({ flow }) => flow)).toEqual(['officer-digest']);
  });

  test('names ten at most, and how many more there are', async () => {
    await wants('morning');
    for (let n = 0; n < 13; n++) await stage.aCase(siti);
    await tellAll();
    stage.now = at('11T08:00');
    await tellAll();
    const [digest] = await stage.told(sri);
    expect([digest!.vars['count'], digest!.vars['more'], codesOf(digest!.vars).length]).toEqual([13, 3, 10]);
  });

  test('leaves out what is no longer news, and says nothing where nothing is left', async () => {
    await wants('morning');
    const budi = await stage.anOfficer('Pak Budi', [{ role: 'operator', village: HERE }]);
    const [taken, open] = [await stage.aCase(siti), await stage.aCase(siti)];
    await tellAll();
    await stage.apply(budi, { kind: 'act_on_case', code: taken.code, act: 'take' });
    stage.now = at('11T08:00');
    await tellAll();
    expect((await stage.told(sri)).map(({ vars }) => codesOf(vars))).toEqual([[open.code]]);
    await stage.apply(budi, { kind: 'act_on_case', code: open.code, act: 'take' });
    const later = await stage.aCase(siti);
    await tellAll();
    await stage.apply(budi, { kind: 'act_on_case', code: later.code, act: 'take' });
    stage.now = at('12T08:00');
    await tellAll();
    expect(await stage.told(sri)).toHaveLength(1);
    expect(
      await stage.rows('SELECT error FROM notifications WHERE officer_id = $1 ORDER BY created_at, id', [
        sri.officer!.id,
      ]),
    ).toEqual([{ error: 'stale' }, { error: null }, { error: 'stale' }]);
  });

  test('is made once by two workers at the same moment', async () => {
    await wants('morning');
    for (let n = 0; n < 5; n++) await stage.aCase(siti);
    await tellAll();
    stage.now = at('11T08:00');
    await Promise.all([tellAll(), tellAll(), tellAll()]);
    expect((await stage.told(sri)).map(({ vars }) => vars['count'])).toEqual([5]);
  });

  test('that did not arrive is told again when the officer writes', async () => {
    await wants('morning');
    await stage.aCase(siti);
    await tellAll();
    stage.now = at('11T08:00');
    await tellAll();
    await stage.pool.query('UPDATE inbound_messages SET handled_at = $1', [stage.now]);
    await stage.pool.query(
      `INSERT INTO outbound_messages (conversation_id, line_id, body, state, created_at)
       VALUES ($1, $2, '{"text": "x"}', 'failed', $3)`,
      [sri.conversationId, sri.lineId, stage.now],
    );
    const incidents = await inTransaction(stage.pool, (sql) =>
      notificationFailed(sql, sri.conversationId!, stage.now),
    );
    expect(incidents.map(({ kind }) => kind)).toEqual(['no_officer']);
    expect(await stage.rows('SELECT error FROM notifications')).toEqual([{ error: 'no_address' }]);
  });
});

describe('what cannot wait', () => {
  test('an urgent case goes at once whatever the pace, but not in quiet hours', async () => {
    await wants('morning');
    const { id } = await stage.aCase(siti);
    await stage.pool.query('UPDATE cases SET is_urgent = true WHERE id = $1', [id]);
    await tellAll();
    expect((await stage.told(sri)).map(({ flow }) => flow)).toEqual(['officer-new-case']);
    stage.now = at('10T23:00');
    const night = await stage.aCase(siti);
    await stage.pool.query('UPDATE cases SET is_urgent = true WHERE id = $1', [night.id]);
    await tellAll();
    expect(await stage.told(sri)).toHaveLength(1);
    stage.now = at('11T06:00');
    await tellAll();
    expect(await stage.told(sri)).toHaveLength(2);
  });

  test('an emergency goes at once, also in quiet hours, and also to who has chosen the console', async () => {
    await wants('console');
    stage.now = at('10T23:00');
    await stage.aCase(siti);
    await stage.apply(siti, {
      kind: 'raise_incident',
      incident: 'late_emergency',
      detail: { kind: 'darurat.medis', text: 'tolong' },
    });
    await tellAll();
    expect((await stage.told(sri)).map(({ flow }) => flow)).toEqual(['officer-incident']);
    expect(await stage.rows(`SELECT error FROM notifications WHERE kind = 'officer-new-case'`)).toEqual([
      { error: 'console' },
    ]);
  });
});

test('a new pace weighs what waits anew', async () => {
  await wants('morning');
  await stage.aCase(siti);
  await tellAll();
  expect(await stage.told(sri)).toHaveLength(0);
  expect(await stage.apply(sri, { kind: 'set_pace', pace: 'immediate' })).toEqual({ outcome: 'done' });
  await tellAll();
  expect((await stage.told(sri)).map(({ flow }) => flow)).toEqual(['officer-new-case']);
});

test.each([
  [{ pace: 'sometimes' }, 'not_understood'],
  [{ quiet_from: '25:00' }, 'not_understood'],
  [{ platform: 'sms' }, 'not_understood'],
  [{ quiet_from: '21:30', quiet_until: '05:00', platform: 'whatsapp' }, 'done'],
])('set_pace %o is %s', async (more, outcome) => {
  expect(await stage.apply(sri, { kind: 'set_pace', ...more })).toEqual({ outcome });
  expect(await stage.apply(siti, { kind: 'set_pace', ...more })).toEqual({ outcome: 'not_allowed' });
  const seen = await stage.look(sri, 'my_pace', {});
  expect(seen).toMatchObject(
    outcome === 'done'
      ? { pace: 'immediate', quiet_from: '21:30', quiet_until: '05:00', platform: 'whatsapp', platforms: 1 }
      : { pace: 'immediate', quiet_from: '00:00', quiet_until: '00:00', platform: null },
  );
});

test('goes first to the platform that the officer prefers', async () => {
  const wa = await stage.aResident({ platform: 'whatsapp' });
  await stage.pool.query('UPDATE addresses SET officer_id = $2 WHERE id = $1', [
    wa.addressId,
    sri.officer!.id,
  ]);
  await stage.pool.query(`UPDATE conversations SET last_inbound_at = $2 WHERE id = $1`, [
    sri.conversationId,
    at('10T09:00'),
  ]);
  await stage.apply(sri, { kind: 'set_pace', platform: 'whatsapp' });
  await stage.aCase(siti);
  await tellAll();
  expect(await stage.told(wa)).toHaveLength(1);
  expect(await stage.told(sri)).toHaveLength(0);
});
