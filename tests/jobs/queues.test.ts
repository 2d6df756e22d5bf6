import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import pino from 'pino';
import type { JsonObject } from '../../src/core/json.js';
import { createQueues, type QueueBackend, type Queues } from '../../src/jobs/queues.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { hasRedis, redisTitle, testRedis, type TestRedis } from '../support/redis.js';

const log = pino({ level: 'silent' });

describe('queues on Postgres', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());
  contract(() => ({ databaseUrl: database.url }));
});

describe.skipIf(!hasRedis)(`queues ${redisTitle}`, () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = (await testRedis())!;
  });
  afterAll(() => redis.stop());
  contract(() => ({ redisUrl: redis.url }));

  test('an add while Redis is away fails soon, and works again once it is back', async () => {
    const queues = await createQueues({ redisUrl: redis.url, prefix: 'away' }, log);
    await queues.add('wake');
    await redis.kill();
    await expect(queues.add('wake')).rejects.toThrow();
    await redis.restart();
    const done: JsonObject[] = [];
    await queues.work('wake', (data) => Promise.resolve(void done.push(data)));
    await expect
      .poll(() =>
        queues.add('wake', { n: 1 }).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await expect.poll(() => done.length).toBeGreaterThan(0);
    await queues.close();
  });
});

/** What both backends keep. */
function contract(backend: () => QueueBackend): void {
  const opened: Queues[] = [];
  const open = async (): Promise<Queues> => {
    const queues = await createQueues(backend(), log);
    opened.push(queues);
    return queues;
  };
  afterAll(async () => {
    for (const queues of opened) await queues.close();
  });

  test('a job reaches a worker in another process', async () => {
    const [here, there] = [await open(), await open()];
    const done: JsonObject[] = [];
    await there.work('wake', (data) => Promise.resolve(void done.push(data)));
    await here.add('wake', { n: 1 });
    await here.add('wake', { n: 2 });
    await expect.poll(() => done).toEqual([{ n: 1 }, { n: 2 }]);
    await there.stopWork('wake');
  });

  test('each line has a send queue of its own, whatever its name', async () => {
    const queues = await open();
    const done: string[] = [];
    await queues.work('send', () => Promise.resolve(void done.push('a')), { part: 'telegram:1' });
    await queues.work('send', () => Promise.resolve(void done.push('b')), { part: 'telegram:2' });
    await queues.add('send', {}, 'telegram:2');
    await expect.poll(() => done).toEqual(['b']);
  });

  test('a job that throws is not tried again, and stops nothing', async () => {
    const queues = await open();
    const done: number[] = [];
    await queues.work('notify', (data) => {
      done.push(data.n as number);
      return data.n === 1 ? Promise.reject(new Error('no')) : Promise.resolve();
    });
    await queues.add('notify', { n: 1 });
    await queues.add('notify', { n: 2 });
    await expect.poll(() => done).toEqual([1, 2]);
  });

  test('closing waits for the job in hand', async () => {
    const queues = await open();
    let isDone = false;
    let hasBegun = false;
    await queues.work('timed', async () => {
      hasBegun = true;
      await new Promise((resolve) => setTimeout(resolve, 300));
      isDone = true;
    });
    await queues.add('timed');
    await expect.poll(() => hasBegun).toBe(true);
    await queues.close();
    expect(isDone).toBe(true);
  });

  test('it can be reached', async () => {
    await expect((await open()).ping()).resolves.toBeUndefined();
  });
}
