import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 } from 'uuid';
import type { Asker } from '../../src/core/asker.js';
import { hasUntold, notificationFailed, tellAgain, tellOfficers } from '../../src/store/notifications.js';
import { tellOfGuarded } from '../../src/store/officerAccounts.js';
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
  siti = await stage.aResident();
  sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
});
afterAll(() => stage.close());

const tell = (limit?: number) => inTransaction(stage.pool, (sql) => tellOfficers(sql, stage.now, limit));
const outcomes = () =>
  stage.rows('SELECT told_at IS NOT NULL AS told, error FROM notifications ORDER BY created_at, id');

describe('a notification', () => {
  test('becomes an internal row of the officer’s conversation, once', async () => {
    const { code } = await stage.aCase(siti);
    expect(await tell()).toEqual({ seen: 1, told: 1 });
    expect(await tell()).toEqual({ seen: 0, told: 0 });
    const told = await stage.told(sri);
    expect(told).toEqual([{ flow: 'officer-new-case', vars: expect.objectContaining({ code }) }]);
    expect(
      await stage.rows(`SELECT external_id FROM inbound_messages WHERE external_id LIKE 'note:%'`),
    ).toHaveLength(1);
  });

  test('goes to the chat that the officer used last, never to a group or a chat that blocked us', async () => {
    const [older, newer, group, blocked] = [
      await stage.aResident(),
      await stage.aResident(),
      await stage.aResident(),
      await stage.aResident(),
    ];
    const link = (asker: Asker, at: string) =>
      stage.pool.query(
        `WITH a AS (UPDATE addresses SET officer_id = $2 WHERE id = $1)
         UPDATE conversations SET last_inbound_at = $4 WHERE id = $3`,
        [asker.addressId, sri.officer!.id, asker.conversationId, at],
      );
    await link(older, '2026-08-01T00:00:00Z');
    await link(newer, '2026-08-10T05:00:00Z');
    await link(group, '2026-08-10T06:00:00Z');
    await link(blocked, '2026-08-10T07:00:00Z');
    await stage.pool.query('UPDATE conversations SET is_group = true WHERE id = $1', [group.conversationId]);
    await stage.pool.query('UPDATE addresses SET blocked_at = now() WHERE id = $1', [blocked.addressId]);
    await stage.aCase(siti);
    await tell();
    expect(await stage.told(newer)).toHaveLength(1);
    for (const other of [sri, older, group, blocked]) expect(await stage.told(other)).toHaveLength(0);
  });

  test('goes by a line that is up, and waits where there is none', async () => {
    const other = await stage.aResident({ platform: 'whatsapp' });
    await stage.pool.query('UPDATE addresses SET officer_id = $2 WHERE id = $1', [
      other.addressId,
      sri.officer!.id,
    ]);
    const line = (id: string | null, state: string) =>
      stage.pool.query('UPDATE lines SET state = $2 WHERE id = $1', [id, state]);
    // The one that was used last is down.
    await stage.pool.query(
      `UPDATE conversations SET last_inbound_at = now() + interval '1 day' WHERE id = $1`,
      [sri.conversationId],
    );
    await line(sri.lineId, 'down');
    await line(other.lineId, 'up');
    await stage.aCase(siti);
    expect(await tell()).toEqual({ seen: 1, told: 1 });
    expect(await stage.told(other)).toHaveLength(1);
    // Neither works: the one is down, the other disturbed for long.
    await line(other.lineId, 'degraded');
    await stage.pool.query(
      `INSERT INTO incidents (id, kind, line_id) VALUES (gen_random_uuid(), 'line_down', $1)`,
      [other.lineId],
    );
    await stage.aCase(siti);
    expect(await hasUntold(stage.pool, new Date(stage.now.getTime() + 1))).toBe(false);
    expect(await tell()).toEqual({ seen: 0, told: 0 });
    await stage.pool.query('UPDATE incidents SET closed_at = now()');
    expect(await hasUntold(stage.pool, new Date(stage.now.getTime() + 1))).toBe(true);
    expect(await tell()).toEqual({ seen: 1, told: 1 });
    expect(await stage.told(other)).toHaveLength(2);
    expect(await stage.told(sri)).toHaveLength(0);
  });

  test('of an officer without a chat stays for the console', async () => {
    await stage.pool.query('UPDATE addresses SET officer_id = NULL');
    await stage.aCase(siti);
    expect(await tell()).toEqual({ seen: 1, told: 0 });
    expect(await outcomes()).toEqual([{ told: true, error: 'no_address' }]);
  });

  test('of a new case is not told once somebody has it, or it was withdrawn', async () => {
    const [taken, withdrawn, open] = [
      await stage.aCase(siti),
      await stage.aCase(siti),
      await stage.aCase(siti),
    ];
    await stage.apply(sri, { kind: 'act_on_case', code: taken.code, act: 'take' });
    await stage.apply(siti, { kind: 'act_on_case', code: withdrawn.code, act: 'cancel' });
    // Nor that it was withdrawn, to who never heard of it.
    expect(await tell()).toEqual({ seen: 4, told: 1 });
    expect((await stage.told(sri)).map(({ vars }) => vars['code'])).toEqual([open.code]);
  });

  test('of what the resident answered is told though the case has gone on', async () => {
    const { code } = await stage.aCase(siti);
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'ask', text: 'Apa?' });
    await stage.apply(siti, { kind: 'act_on_case', code, act: 'answer', text: 'Ini' });
    await stage.apply(sri, { kind: 'act_on_case', code, act: 'finish' });
    await tell();
    expect((await stage.told(sri)).map(({ flow }) => flow)).toEqual(['officer-case-notice']);
  });

  test('of an officer who no longer serves is not told', async () => {
    await stage.aCase(siti);
    await stage.pool.query('UPDATE officers SET is_active = false');
    expect(await tell()).toEqual({ seen: 1, told: 0 });
    expect(await outcomes()).toEqual([{ told: true, error: 'stale' }]);
  });

  test('that they serve no longer is told to that very officer', async () => {
    const { id, name } = sri.officer!;
    await stage.pool.query('UPDATE officers SET is_active = false WHERE id = $1', [id]);
    const role = { role: 'sekretaris', village: HERE };
    const by = { id: v7(), name: 'Pengelola' };
    await inTransaction(stage.pool, (sql) =>
      tellOfGuarded(sql, { id, name }, [role], 'stopped', by, { newId: v7, now: stage.now }),
    );
    await tell();
    expect((await stage.told(sri)).map(({ flow }) => flow)).toEqual(['officer-stopped']);
  });
});

test('many are told in batches, in their order, and by two workers at once each only once', async () => {
  const codes: string[] = [];
  for (let n = 0; n < 12; n++) {
    stage.now = new Date(stage.now.getTime() + 1000);
    codes.push((await stage.aCase(siti)).code);
  }
  expect(await tell(5)).toEqual({ seen: 5, told: 5 });
  const [one, other] = await Promise.all([tell(5), tell(5)]);
  await tell(5);
  expect(one.told + other.told).toBeLessThanOrEqual(7);
  const told = (await stage.told(sri)).map(({ vars }) => JSON.stringify(vars['code']));
  expect(told.toSorted()).toEqual(codes.map((code) => JSON.stringify(code)).toSorted());
  expect(told.slice(0, 5)).toEqual(codes.slice(0, 5).map((code) => JSON.stringify(code)));
});

describe('a notification whose message did not arrive', () => {
  /** Handles what was told, and sends it with this outcome. */
  async function said(asker: Asker, state: 'sent' | 'failed', text = 'Permohonan baru'): Promise<void> {
    await stage.pool.query('UPDATE inbound_messages SET handled_at = $2 WHERE conversation_id = $1', [
      asker.conversationId,
      stage.now,
    ]);
    await stage.pool.query(
      `INSERT INTO outbound_messages (conversation_id, line_id, body, state, created_at)
       VALUES ($1, 'telegram:1', jsonb_build_object('text', $2::text), $3, $4)`,
      [asker.conversationId, text, state, stage.now],
    );
  }
  const failed = (asker: Asker) => notificationFailed(stage.pool, asker.conversationId!, stage.now);

  test('waits for a chat again, and where nobody else was told an incident is to be opened', async () => {
    const { code } = await stage.aCase(siti);
    await tell();
    await said(sri, 'failed');
    expect(await failed(sri)).toEqual([
      {
        kind: 'no_officer',
        villageId: HERE,
        conversationId: siti.conversationId,
        detail: { code, reason: 'officer-new-case' },
      },
    ]);
    expect(await outcomes()).toEqual([{ told: true, error: 'no_address' }]);
    expect(await failed(sri)).toEqual([]);
  });

  test('is no incident where a colleague was told', async () => {
    const op = await stage.anOfficer('Bu Op', [{ role: 'operator', village: HERE }]);
    await stage.aCase(siti);
    await tell();
    await said(sri, 'failed');
    await said(op, 'sent');
    expect(await failed(sri)).toEqual([]);
    expect(new Set((await outcomes()).map((row) => row['error']))).toEqual(new Set(['no_address', null]));
  });

  test('of before, that did arrive, stays told', async () => {
    await stage.aCase(siti);
    await tell();
    await said(sri, 'sent');
    stage.now = new Date(stage.now.getTime() + 60_000);
    await stage.aCase(siti);
    await tell();
    await stage.pool.query(`UPDATE inbound_messages SET handled_at = $1 WHERE received_at = $1`, [stage.now]);
    await stage.pool.query(
      `INSERT INTO outbound_messages (conversation_id, line_id, body, state, created_at) VALUES ($1, 'telegram:1', '{"text":"x"}', 'failed', $2)`,
      [sri.conversationId, stage.now],
    );
    expect(await failed(sri)).toHaveLength(1);
    expect(await outcomes()).toEqual([
      { told: true, error: null },
      { told: true, error: 'no_address' },
    ]);
  });

  test('is told once more when the officer lets us write again', async () => {
    await stage.aCase(siti);
    await tell();
    await said(sri, 'failed');
    await failed(sri);
    stage.now = new Date(stage.now.getTime() + 60_000);
    await tellAgain(stage.pool, [sri.addressId!], stage.now);
    expect(await tell()).toEqual({ seen: 1, told: 1 });
    expect(await stage.told(sri)).toHaveLength(2);
  });
});
