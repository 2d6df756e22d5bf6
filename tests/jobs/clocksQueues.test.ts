import pino from 'pino';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createQueues, type QueueBackend, type Queues } from '../../src/jobs/queues.js';
import { createTimed } from '../../src/jobs/timed.js';
import { aStage, HERE, SERVICES, type Stage } from '../effects/stage.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { hasRedis, redisTitle, testRedis, type TestRedis } from '../support/redis.js';

const log = pino({ level: 'silent' });
const CASES = 60;

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
});
afterAll(() => stage.close());

describe('clocks by queues on Postgres', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());
  contract(() => ({ databaseUrl: database.url }));
});

describe.skipIf(!hasRedis)(`clocks by queues ${redisTitle}`, () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = (await testRedis())!;
  });
  afterAll(() => redis.stop());
  contract(() => ({ redisUrl: redis.url, prefix: 'clocks' }));
});

function contract(backend: () => QueueBackend): void {
  const opened: Queues[] = [];
  beforeEach(async () => {
    await stage.clear();
    await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const siti = await stage.aResident();
    await stage.applyAll<'open_case'>(
      Array.from({ length: CASES }, () => ({
        asker: siti,
        effect: { kind: 'open_case', draft: v7(), service: 'usaha', flow: 'business-letter', answers: {} },
      })),
    );
  });
  afterAll(async () => {
    for (const queues of opened) await queues.close();
  });

  /** A process that works off `timed`. */
  async function aProcess(): Promise<Queues> {
    const queues = await createQueues(backend(), log);
    opened.push(queues);
    const timed = createTimed({
      pool: stage.pool,
      now: () => stage.now,
      newId: v7,
      services: SERVICES,
      nudge: { converse: () => {}, send: () => {}, notify: () => {}, letters: () => {} },
      counters: { timersFired: 0 } as never,
    });
    await queues.work('timed', timed);
    return queues;
  }

  const rungs = async () =>
    await stage.rows(
      `SELECT data->>'rung' AS rung, count(*)::int AS told, count(DISTINCT case_id)::int AS cases
       FROM case_events WHERE kind IN ('case_reminded', 'case_escalated') GROUP BY 1 ORDER BY 1`,
    );
  const waiting = async () =>
    await stage.rows('SELECT id FROM timers WHERE done_at IS NULL AND due_at <= $1', [stage.now]);

  test('two processes ring each once, and a third goes on where one ended in the middle', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    stage.now = new Date('2026-08-10T03:00:00Z');
    for (let n = 0; n < 10; n++) await Promise.all([one.add('timed'), two.add('timed')]);
    await one.close();
    await expect.poll(async () => (await waiting()).length, { timeout: 20_000 }).toBe(0);
    expect(await rungs()).toEqual([{ rung: 'remind', told: CASES, cases: CASES }]);
    await two.close();
    // Days go by in which nothing runs.
    stage.now = new Date('2026-08-20T03:00:00Z');
    const three = await aProcess();
    await three.add('timed');
    await expect.poll(async () => (await waiting()).length, { timeout: 20_000 }).toBe(0);
    expect(await rungs()).toEqual([
      { rung: 'due', told: CASES, cases: CASES },
      { rung: 'remind', told: CASES, cases: CASES },
    ]);
    await three.close();
  });

  test('a clock that is set back rings nothing until it is right again, and then nothing twice', async () => {
    const queues = await aProcess();
    stage.now = new Date('2026-08-10T03:00:00Z');
    await queues.add('timed');
    await expect.poll(async () => (await waiting()).length, { timeout: 20_000 }).toBe(0);
    const before = await rungs();
    // The machine's clock is a day behind, and all clocks would ring.
    stage.now = new Date('2026-08-09T03:00:00Z');
    await stage.pool.query(`UPDATE timers SET due_at = $1 WHERE kind = 'case_clock'`, [stage.now]);
    let looked = 0;
    const timed = createTimed({
      pool: stage.pool,
      now: () => {
        looked++;
        return stage.now;
      },
      newId: v7,
      services: SERVICES,
      nudge: { converse: () => {}, send: () => {}, notify: () => {}, letters: () => {} },
      counters: { timersFired: 0 } as never,
    });
    await timed();
    expect(looked).toBe(1);
    expect((await waiting()).length).toBe(CASES);
    stage.now = new Date('2026-08-10T03:01:00Z');
    await queues.add('timed');
    await expect.poll(async () => (await waiting()).length, { timeout: 20_000 }).toBe(0);
    expect(await rungs()).toEqual(before);
  });
}
