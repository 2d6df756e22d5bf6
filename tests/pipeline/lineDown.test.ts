import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { v7 } from 'uuid';
import { afterEach, describe, expect, test } from 'vitest';
import { createTelegram } from '../../src/channels/telegram/client.js';
import { createCounters } from '../../src/core/counters.js';
import { SendError } from '../../src/core/errors.js';
import { createLineKeeper, openedLine } from '../../src/pipeline/lines.js';
import { createReceiver } from '../../src/pipeline/receive.js';
import { createSender } from '../../src/pipeline/send.js';
import { raiseIncidents } from '../../src/store/incidents.js';
import { insertOutbound } from '../../src/store/outbound.js';
import { startBotApi } from '../standins/botApi.js';
import { testDatabase } from '../support/database.js';
import { recordingChannel } from '../support/recordingChannel.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

const HOUR_MS = 3_600_000;
const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const task of cleanUp.splice(0).toReversed()) await task();
});

describe('a line that is down', () => {
  async function start(limits: { perChatMs?: number } = {}, retryMs = 20) {
    let later = 0;
    const channel = recordingChannel('test:line', { limits });
    const world = await aWorld({
      engine: slotEngine(),
      channels: [channel],
      now: () => new Date(Date.now() + later),
      sender: { retryMs: () => retryMs },
    });
    cleanUp.push(() => world.stop());
    const siti = world.aPerson();
    await siti.says('quiet');
    await world.settles();
    return { world, channel, siti, passes: (ms: number) => void (later += ms) };
  }

  async function news(world: World, person: ReturnType<World['aPerson']>, texts: string[], at = new Date()) {
    const conversationId = await person.conversation();
    await insertOutbound(
      world.pool,
      texts.map((text) => ({ conversationId, lineId: 'test:line', message: { text } })),
      at,
    );
    world.wake.send('test:line');
  }

  test('the held messages arrive in order after its return, no sooner and paced; the incident is raised and closed', async () => {
    const { world, channel, siti } = await start({ perChatMs: 60 });
    const budi = world.aPerson();
    await budi.says('quiet');
    await world.settles();
    await channel.goes('down', 'the phone is off');
    const texts = ['satu', 'dua', 'tiga'];
    await news(world, siti, texts);
    await news(world, budi, texts);
    // Whatever wakes the sender: nothing is tried.
    for (let n = 0; n < 3; n += 1) {
      await world.sweeper.sweep();
      world.wake.send('test:line');
      await sleep(20);
    }
    const { rows } = await world.pool.query('SELECT DISTINCT state, attempts FROM outbound_messages');
    expect(rows).toEqual([{ state: 'pending', attempts: 0 }]);
    const open = await world.pool.query('SELECT kind, line_id, closed_at FROM incidents');
    expect(open.rows).toEqual([{ kind: 'line_down', line_id: 'test:line', closed_at: null }]);
    await channel.goes('up');
    await world.settles();
    expect(siti.heard()).toEqual(texts);
    expect(budi.heard()).toEqual(texts);
    const times = channel.sent.filter(({ chatId }) => chatId === siti.chatId).map(({ at }) => at);
    for (const [n, at] of times.slice(1).entries()) expect(at - times[n]!).toBeGreaterThanOrEqual(55);
    const closed = await world.pool.query('SELECT closed_at FROM incidents');
    expect(closed.rows).toEqual([{ closed_at: expect.any(Date) }]);
  });

  test('time that passes while it is down makes nobody give up', async () => {
    const { world, channel, siti, passes } = await start();
    await channel.goes('down');
    await news(world, siti, ['satu']);
    await sleep(50);
    passes(50 * HOUR_MS);
    channel.meets(() => Promise.reject(new SendError('retry', 'not yet')), { times: 2 });
    channel.meets(() => Promise.reject(new SendError('delayed', 'slowly', { retryAfter: 0.02 })));
    await channel.goes('up');
    await expect.poll(() => siti.heard()).toEqual(['satu']);
  });

  test('one that refuses to send, and has nothing that listens, is well again with the first message that goes', async () => {
    let later = 0;
    const channel = recordingChannel('test:line');
    const world = await aWorld({
      engine: slotEngine(),
      channels: [channel],
      now: () => new Date(Date.now() + later),
      sender: { lineDownMs: 100 },
    });
    cleanUp.push(() => world.stop());
    const siti = world.aPerson();
    await siti.says('quiet');
    await world.settles();
    channel.meets(() => Promise.reject(new SendError('line_down', 'the account is locked')), { times: 2 });
    await news(world, siti, ['satu', 'dua']);
    const line = async () =>
      (
        await world.pool.query<{ state: string; open: number }>(
          `SELECT state, (SELECT count(*)::int FROM incidents WHERE closed_at IS NULL) AS open FROM lines`,
        )
      ).rows;
    await expect.poll(line).toEqual([{ state: 'down', open: 1 }]);
    later = 1;
    await expect.poll(() => siti.heard()).toEqual(['satu', 'dua']);
    await expect.poll(line).toEqual([{ state: 'up', open: 0 }]);
  });
});

test('Telegram refuses the token for a while: what is said meanwhile arrives in order, the incident is raised and closed', async () => {
  const bot = await startBotApi();
  cleanUp.push(() => bot.stop());
  const database = await testDatabase();
  cleanUp.push(() => database.drop());
  const { pool } = database;
  const log = pino({ level: 'silent' });
  const now = () => new Date();
  const common = { pool, log, now, newId: v7, counters: createCounters() };
  const raise = async (
    sql: Parameters<typeof raiseIncidents>[0],
    incidents: Parameters<typeof raiseIncidents>[1],
  ) => void (await raiseIncidents(sql, incidents, v7, now()));
  const channel = createTelegram({
    token: bot.token,
    apiRoot: bot.url,
    webhook: null,
    log,
    now,
    backoffMs: () => 5,
  });
  const nudge = { converse: () => {} };
  const receiver = createReceiver({ ...common, nudge, raiseIncidents: raise });
  const media = () => Promise.reject(new Error('no media here'));
  const sender = createSender({ ...common, media, raiseIncidents: raise, owner: 'test' });
  const keeper = createLineKeeper({
    ...common,
    lines: [openedLine(channel)],
    receiver,
    sender,
    raiseIncidents: raise,
    notify: () => {},
    owner: 'test',
    timing: { renewMs: 50, restartMs: 200 },
  });
  await keeper.start();
  cleanUp.push(() => keeper.stop());
  const siti = bot.person(41, 'Siti');
  await siti.writes('halo');
  await bot.settles();
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM conversations');

  await bot.fails('*', { status: 401 }, { times: 100_000 });
  // The poll that waits ends with it; the next one is refused.
  await siti.writes('lagi');
  const line = async () =>
    (
      await pool.query<{ state: string; open: number; closed: number }>(
        `SELECT l.state, (SELECT count(*)::int FROM incidents WHERE closed_at IS NULL) AS open,
           (SELECT count(*)::int FROM incidents WHERE closed_at IS NOT NULL) AS closed FROM lines l`,
      )
    ).rows[0];
  await expect.poll(line).toEqual({ state: 'down', open: 1, closed: 0 });
  const texts = ['satu', 'dua', 'tiga'];
  const conversationId = rows[0]!.id;
  await insertOutbound(
    pool,
    texts.map((text) => ({ conversationId, lineId: channel.lineId, message: { text } })),
    now(),
  );
  sender.nudge(channel.lineId);
  await sleep(300);
  const held = await pool.query('SELECT DISTINCT state, attempts FROM outbound_messages');
  expect(held.rows).toEqual([{ state: 'pending', attempts: 0 }]);
  await bot.heals();
  await expect
    .poll(async () => (await siti.messages()).filter(({ from }) => from === 'bot').map(({ text }) => text), {
      timeout: 15_000,
    })
    .toEqual(texts);
  expect(await line()).toEqual({ state: 'up', open: 0, closed: 1 });
});
