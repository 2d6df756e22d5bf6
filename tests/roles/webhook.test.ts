import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { startGateway } from '../../src/roles/gateway.js';
import { startWeb } from '../../src/roles/web.js';
import { startWorker } from '../../src/roles/worker.js';
import { createRuntime } from '../../src/runtime.js';
import { startBotApi } from '../standins/botApi.js';
import { testDatabase } from '../support/database.js';
import { freePort } from '../support/freePort.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

test('a web of its own stores what Telegram brings, before the gateway that set the webhook answers it', async () => {
  const bot = await startBotApi();
  ends.push(() => bot.stop());
  const database = await testDatabase();
  ends.push(() => database.drop());
  const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-webhook-'));
  ends.push(() => rm(dataDir, { recursive: true, force: true }));
  const port = await freePort();
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SECRET_KEY: randomBytes(32).toString('hex'),
    TELEGRAM_BOT_TOKEN: bot.token,
    TELEGRAM_API_ROOT: bot.url,
    TELEGRAM_WEBHOOK_SECRET: 'Rahasia-42',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });

  const front = await createRuntime(readConfig({ ...env, PORT: String(port) }), log);
  ends.push(() => front.stop());
  const web = await startWeb(front, 'web', null, null);
  ends.push(() => web.stop());
  const post = (secret: string, body: object) =>
    fetch(`${web.address}/channels/telegram/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
      body: JSON.stringify(body),
    }).then((response) => response.status);
  expect(await post('salah', { update_id: 1 })).toBe(401);
  // Its line is known though no gateway has ever started.
  const early = {
    update_id: 1,
    message: {
      message_id: 900,
      date: Math.floor(Date.now() / 1000),
      chat: { id: 49, type: 'private' },
      from: { id: 49, first_name: 'Rini' },
      text: 'halo',
    },
  };
  expect(await post('Rahasia-42', early)).toBe(200);
  expect((await front.pool.query('SELECT 1 FROM inbound_messages')).rowCount).toBe(1);

  const back = await createRuntime(readConfig({ ...env, PORT: '0' }), log);
  ends.push(() => back.stop());
  const gateway = await startGateway(back, null);
  ends.push(() => gateway.stop());
  const worker = await startWorker(back);
  ends.push(() => worker.stop());
  await expect.poll(() => bot.webhook()).toBe(`http://127.0.0.1:${port}/channels/telegram/webhook`);
  const siti = bot.person(41, 'Siti');
  await siti.writes('menu');
  await siti.waitsFor(/\p{L}/u);
  await bot.settles();
  expect(front.counters.received).toBe(2);
  expect((await bot.calls('sendMessage')).length).toBeGreaterThan(0);
  expect(await bot.calls('getUpdates')).toEqual([]);
});
