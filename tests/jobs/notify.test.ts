import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 } from 'uuid';
import pino from 'pino';
import { createCounters } from '../../src/core/counters.js';
import { createNotify } from '../../src/jobs/notify.js';
import { createQueues, type QueueBackend } from '../../src/jobs/queues.js';
import { insertNotifications } from '../../src/store/notifications.js';
import { aStage, HERE, SERVICES, type Stage } from '../effects/stage.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { recordingChannel } from '../support/recordingChannel.js';
import { hasRedis, redisTitle, testRedis, type TestRedis } from '../support/redis.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld } from '../support/world.js';

const log = pino({ level: 'silent' });

describe('notify, woken by jobs', () => {
  describe('on Postgres', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await testDatabase();
    });
    afterAll(() => database.drop());
    oncePerOfficer(() => ({ databaseUrl: database.url }));
  });

  describe.skipIf(!hasRedis)(redisTitle, () => {
    let redis: TestRedis;
    beforeAll(async () => {
      redis = (await testRedis())!;
    });
    afterAll(() => redis.stop());
    oncePerOfficer(() => ({ redisUrl: redis.url }));
  });
});

/** What both backends keep: however often and wherever it is woken, each officer is told each thing once. */
function oncePerOfficer(backend: () => QueueBackend): void {
  let stage: Stage;
  beforeAll(async () => {
    stage = await aStage();
    await stage.clear();
  });
  afterAll(() => stage.close());

  test('two workers, woken again and again: notices, a digest and a board, each once', async () => {
    const officers: Awaited<ReturnType<Stage['anOfficer']>>[] = [];
    for (let n = 0; n < 4; n++)
      officers.push(await stage.anOfficer(`Petugas ${n}`, [{ role: 'operator', village: HERE }]));
    const [, digest, board] = [officers[0], officers[1]!, officers[2]!];
    await stage.pool.query(`UPDATE officers SET pace = 'hourly' WHERE id = $1`, [digest.officer!.id]);
    await stage.pool.query(`UPDATE officers SET pace = 'board' WHERE id = $1`, [board.officer!.id]);
    const siti = await stage.aResident();
    for (let n = 0; n < 30; n++) await stage.aCase(siti);
    const workers = await Promise.all(
      [1, 2].map(async () => {
        const queues = await createQueues(backend(), log);
        const now = () => stage.now;
        const nudge = { converse: () => {} };
        await queues.work(
          'notify',
          createNotify({ pool: stage.pool, now, services: SERVICES, nudge, counters: createCounters() }),
        );
        return queues;
      }),
    );
    const wake = () => Promise.all([1, 2, 3, 4, 5].map((n) => workers[n % 2]!.add('notify')));
    const told = async () =>
      await Promise.all(officers.map(async (officer) => (await stage.told(officer)).length));
    await wake();
    await expect.poll(told, { timeout: 20_000 }).toEqual([30, 0, 1, 30]);
    stage.now = new Date(stage.now.getTime() + 2 * 3_600_000);
    await wake();
    await expect.poll(told, { timeout: 20_000 }).toEqual([30, 1, 1, 30]);
    await wake();
    await Promise.all(workers.map((queues) => queues.close()));
    expect(await told()).toEqual([30, 1, 1, 30]);
  });
}

test('10,000 notifications drain at the pace of the channel: none twice, none lost, each officer’s in order', async () => {
  const [officers, each] = [200, 50];
  const channel = recordingChannel('telegram:1', { limits: { perSecond: 5_000 } });
  const world = await aWorld({ engine: slotEngine(), channels: [channel] });
  try {
    const ids: string[] = [];
    for (let n = 0; n < officers; n++) {
      const person = world.aPerson({ chatId: String(n) });
      await person.says('quiet');
      ids.push(v7());
    }
    await world.settles(30_000);
    await world.pool.query(`INSERT INTO officers (id, name) SELECT unnest($1::uuid[]), 'Petugas'`, [ids]);
    await world.pool.query(
      `UPDATE addresses a SET officer_id = n.officer_id
       FROM conversations c JOIN unnest($1::uuid[]) WITH ORDINALITY AS n (officer_id, ord) ON c.chat_id = (n.ord - 1)::text
       WHERE c.address_id = a.id`,
      [ids],
    );
    const rows = Array.from({ length: each }, (_, number) =>
      ids.map((officerId) => ({
        officerId,
        kind: 'officer-hand-over',
        subjectId: officerId,
        number,
        vars: { number },
      })),
    ).flat();
    await insertNotifications(world.pool, rows, v7, new Date());
    // Two workers, and a third that is woken in the middle.
    await Promise.all([world.notify(), world.notify()]);
    await world.notify();
    await world.settles(120_000);
    const heard = new Map<string, number[]>();
    for (const { chatId, message } of channel.sent) {
      const number = Number(/"number":(\d+)/u.exec(message.text)?.[1]);
      heard.set(chatId, [...(heard.get(chatId) ?? []), number]);
    }
    expect(channel.sent).toHaveLength(officers * each);
    expect(heard.size).toBe(officers);
    const inOrder = Array.from({ length: each }, (_, n) => n);
    for (const numbers of heard.values()) expect(numbers).toEqual(inOrder);
  } finally {
    await world.stop();
  }
}, 240_000);
