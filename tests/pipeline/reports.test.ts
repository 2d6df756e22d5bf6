import pino from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import type { SentReport } from '../../src/channels/channel.js';
import { SendError, type SendFailure } from '../../src/core/errors.js';
import { storeReports, type ReportRow } from '../../src/store/sentMessages.js';
import { recordingChannel } from '../support/recordingChannel.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
afterEach(() => world.stop());

async function start(): Promise<ReturnType<World['aPerson']>> {
  const channel = recordingChannel('test:reports', { limits: { reports: true } });
  world = await aWorld({ engine: slotEngine(), channels: [channel], sender: { retryMs: () => 20 } });
  return world.aPerson();
}

const AT = new Date('2026-11-26T03:00:00Z');
const report = (externalId: string, status: SentReport['status'], error?: SendError): SentReport => ({
  externalId,
  status,
  at: AT,
  ...(error ? { error } : {}),
});
const failed = (externalId: string, failure: SendFailure, retryAfter?: number) =>
  report(
    externalId,
    'failed',
    new SendError(failure, 'the stand-in says so', retryAfter === undefined ? {} : { retryAfter }),
  );
const tell = (...reports: SentReport[]) => world.channel.intake!.reported!(reports);
const rows = async () =>
  (
    await world.pool.query<{
      state: string;
      delivered_at: Date | null;
      read_at: Date | null;
      attempts: number;
    }>('SELECT state, delivered_at, read_at, attempts FROM outbound_messages ORDER BY seq')
  ).rows;

describe('statuses', () => {
  test('a message learns when it was delivered and when it was read; an older word changes nothing', async () => {
    const siti = await start();
    await siti.says('a');
    await world.settles();
    await tell(report('out1', 'delivered'));
    expect(await rows()).toMatchObject([{ state: 'sent', delivered_at: AT, read_at: null }]);
    await tell(report('out1', 'read'), report('out1', 'sent'));
    await tell(report('out1', 'delivered'), failed('out1', 'permanent'));
    await world.settles();
    expect(await rows()).toMatchObject([{ state: 'sent', delivered_at: AT, read_at: AT }]);
    const { rows: kept } = await world.pool.query('SELECT status, settled_at FROM sent_messages');
    expect(kept).toEqual([{ status: 'read', settled_at: null }]);
  });

  test('what is told before we know that we sent is kept for the message', async () => {
    const siti = await start();
    world.channel.meets(() => tell(report('out1', 'read')));
    await siti.says('a');
    await world.settles();
    expect(await rows()).toMatchObject([{ state: 'sent', delivered_at: AT, read_at: AT }]);
  });

  test('a message in parts has arrived when its last part has', async () => {
    const siti = await start();
    await siti.says('a');
    await world.settles();
    await world.pool.query("UPDATE outbound_messages SET external_ids = '{out1,out1b}'");
    await world.pool.query(
      `INSERT INTO sent_messages (line_id, external_id, seq, at)
       SELECT 'test:reports', 'out1b', seq, now() FROM outbound_messages`,
    );
    await tell(report('out1', 'delivered'));
    expect(await rows()).toMatchObject([{ delivered_at: null }]);
    await tell(report('out1b', 'read'));
    expect(await rows()).toMatchObject([{ delivered_at: AT, read_at: null }]);
  });

  test.each([
    [['sent', 'delivered', 'read'], 'read'],
    [['read', 'delivered', 'sent'], 'read'],
    [['failed', 'sent'], 'failed'],
    [['sent', 'failed'], 'failed'],
    [['delivered', 'failed'], 'delivered'],
    [['failed', 'delivered'], 'delivered'],
  ] as [ReportRow['status'][], string][])('%j, one by one, come to %s', async (statuses, end) => {
    await start();
    const row = {
      lineId: 'test:reports',
      externalId: 'x',
      at: AT,
      failure: null,
      retryAfter: null,
      error: null,
    };
    for (const status of statuses) await storeReports(world.pool, [{ ...row, status }]);
    expect((await world.pool.query('SELECT status FROM sent_messages')).rows).toEqual([{ status: end }]);
  });

  test('a line that tells nothing writes nothing down', async () => {
    world = await aWorld({ engine: slotEngine() });
    await world.aPerson().says('a');
    await world.settles();
    expect((await world.pool.query('SELECT 1 FROM sent_messages')).rowCount).toBe(0);
  });
});

describe('what failed after it was sent', () => {
  test('delayed: the person waits, and the message goes again', async () => {
    const siti = await start();
    await siti.says('a');
    await world.settles();
    await tell(failed('out1', 'delayed', 1));
    await expect.poll(() => siti.heard()).toEqual(['1: a (new)', '1: a (new)']);
    await world.settles();
    expect(await rows()).toMatchObject([{ state: 'sent', attempts: 2 }]);
    // The same report once more, and one on the message as it went first: nothing is to follow from them.
    await tell(failed('out1', 'permanent'));
    await world.settles();
    expect(await rows()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  test('permanent: given up, once; what follows goes', async () => {
    const siti = await start();
    await siti.says('a');
    await world.settles();
    await tell(failed('out1', 'permanent'));
    await expect.poll(async () => (await rows())[0]?.state).toBe('failed');
    await tell(failed('out1', 'permanent'));
    await siti.says('b');
    await world.settles();
    expect((await rows()).map(({ state }) => state)).toEqual(['failed', 'sent']);
    expect(world.counters.sendFailures).toBe(1);
  });

  test('a failure that is told before we know that we sent is settled as well', async () => {
    const siti = await start();
    world.channel.meets(() => tell(failed('out1', 'permanent')));
    await siti.says('a');
    await expect.poll(async () => (await rows())[0]?.state).toBe('failed');
  });

  test('blocked: all that waits is given up, and the address is marked', async () => {
    const siti = await start();
    await siti.says('a');
    await world.settles();
    await tell(failed('out1', 'blocked'));
    await expect.poll(async () => (await rows())[0]?.state).toBe('failed');
    expect((await world.pool.query('SELECT blocked_at FROM addresses')).rows[0].blocked_at).toBeInstanceOf(
      Date,
    );
  });

  test('many at once hold up nothing: a slow line goes on', async () => {
    const faults: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => void faults.push(line) });
    const channel = recordingChannel('test:reports', { limits: { reports: true, perSecond: 2 } });
    world = await aWorld({ engine: slotEngine(), channels: [channel], log });
    const siti = world.aPerson();
    await siti.says('quiet');
    await world.settles();
    await world.pool.query(
      `WITH sent AS (
         INSERT INTO outbound_messages (conversation_id, line_id, body, created_at, state, attempts, external_ids)
         SELECT $1, 'test:reports', '{"text":"a"}', now(), 'sent', 1, ARRAY['old' || n]
         FROM generate_series(1, 40) AS n RETURNING seq, external_ids
       )
       INSERT INTO sent_messages (line_id, external_id, seq, at)
       SELECT 'test:reports', external_ids[1], seq, now() FROM sent`,
      [await siti.conversation()],
    );
    await tell(...Array.from({ length: 40 }, (_, n) => failed(`old${n + 1}`, 'delayed', 3600)));
    await expect.poll(async () => (await rows()).filter(({ state }) => state === 'pending').length).toBe(40);
    expect(faults).toEqual([]);
  });

  test('a report whose wake-up was lost is found by the sweep', async () => {
    const channel = recordingChannel('test:reports', { limits: { reports: true } });
    world = await aWorld({ engine: slotEngine(), channels: [channel], isDeaf: true });
    await world.aPerson().says('a');
    await world.converser.run();
    world.wake.send('test:reports');
    await world.settles();
    await tell(failed('out1', 'permanent'));
    await world.sweeper.sweep();
    await expect.poll(async () => (await rows())[0]?.state).toBe('failed');
  });
});
