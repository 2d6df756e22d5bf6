import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { v7 } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { LineSettings } from '../../src/core/line.js';
import { startGateway } from '../../src/roles/gateway.js';
import { choicesOfLines, limitsOfLine } from '../../src/roles/lines.js';
import { startWeb } from '../../src/roles/web.js';
import { startWorker } from '../../src/roles/worker.js';
import { createRuntime } from '../../src/runtime.js';
import { addLine, removeLine } from '../../src/store/lineAdmin.js';
import { inTransaction } from '../../src/store/sql.js';
import { startBotApi, type BotApi } from '../standins/botApi.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function aBot(token: string): Promise<BotApi> {
  const bot = await startBotApi({ token });
  ends.push(() => bot.stop());
  return bot;
}

async function aDatabase(): Promise<TestDatabase> {
  const database = await testDatabase();
  ends.push(() => database.drop());
  return database;
}

async function open(env: { [name: string]: string }) {
  const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-lines-'));
  ends.push(() => rm(dataDir, { recursive: true, force: true }));
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const runtime = await createRuntime(readConfig({ DATA_DIR: dataDir, PORT: '0', ...env }), log);
  ends.push(() => runtime.stop());
  return runtime;
}

test(
  'a bot that is added while the program runs is answered; one that is refused harms it not; removed, it is silent',
  { timeout: 90_000 },
  async () => {
    const own = await aBot('7001:AAFstandInTokenOfTheBotApi_00000001');
    const added = await aBot('7002:AAFstandInTokenOfTheBotApi_00000002');
    const database = await aDatabase();
    const runtime = await open({
      DATABASE_URL: database.url,
      SECRET_KEY: randomBytes(32).toString('hex'),
      TELEGRAM_BOT_TOKEN: own.token,
      TELEGRAM_API_ROOT: own.url,
    });
    const gateway = await startGateway(runtime, null);
    ends.push(() => gateway.stop());
    const worker = await startWorker(runtime);
    ends.push(() => worker.stop());
    const web = await startWeb(runtime, 'all', gateway, null);
    ends.push(() => web.stop());
    const admin = {
      officerId: null,
      sealer: runtime.sealer,
      newId: v7,
      now: new Date(),
      environment: new Map<string, string>(),
    };
    const add = (token: string) =>
      inTransaction(runtime.pool, (sql) =>
        addLine(
          sql,
          LineSettings.parse({ kind: 'telegram', token, apiRoot: added.url }),
          ['35.10.25.2004'],
          admin,
        ),
      );
    const health = async () => {
      const response = await fetch(`${web.address}/healthz`);
      const { parts } = (await response.json()) as { parts: { [name: string]: { word: string } } };
      return { status: response.status, words: Object.fromEntries(lines(parts)) };
    };
    const lines = (parts: { [name: string]: { word: string } }) =>
      Object.entries(parts)
        .filter(([name]) => name.startsWith('telegram:'))
        .map(([name, { word }]) => [name, word]);

    await add(added.token);
    const siti = added.person(41, 'Siti');
    await siti.writes('menu');
    await siti.waitsFor(/\p{L}/u);
    await expect
      .poll(health)
      .toEqual({ status: 200, words: { 'telegram:7001': 'up', 'telegram:7002': 'up' } });

    // Its number is another's, and its secret wrong: the stand-in refuses it.
    await add('7003:AAFwrongTokenOfTheBotApi_000000000000');
    await expect.poll(health).toEqual({
      status: 503,
      words: { 'telegram:7001': 'up', 'telegram:7002': 'up', 'telegram:7003': 'down' },
    });
    const wayan = own.person(42, 'Wayan');
    await wayan.writes('menu');
    await wayan.waitsFor(/\p{L}/u);

    await inTransaction(runtime.pool, (sql) => removeLine(sql, 'telegram:7002', admin));
    await inTransaction(runtime.pool, (sql) => removeLine(sql, 'telegram:7003', admin));
    await expect.poll(health).toEqual({ status: 200, words: { 'telegram:7001': 'up' } });
    expect(gateway.channels.map((channel) => channel.lineId)).toEqual(['telegram:7001']);
    // Nothing of it is left in this process.
    await expect.poll(() => [...runtime.local.send.keys()]).toEqual(['telegram:7001']);
  },
);

test('the simulator ends with the first line that is added, also one of the table', async () => {
  const database = await aDatabase();
  const env = { DATABASE_URL: database.url, SECRET_KEY: randomBytes(32).toString('hex'), SIMULATOR: 'true' };
  expect((await open(env)).config.simulator).toBe(true);
  await database.pool.query(
    `INSERT INTO lines (id, platform, name, settings) VALUES ('telegram:9', 'telegram', 'x', 'sealed')`,
  );
  expect((await open(env)).config.simulator).toBe(false);
});

test.each([
  ['telegram:7001', 'buttons', 1_000],
  ['whatsapp-web:desa', 'numbers', 3_000],
  ['whatsapp-cloud:10650', 'buttons', 0],
  ['sim:resident', 'numbers', 0],
  ['sim:telegram', 'buttons', 0],
])('%s shows choices as %s', (lineId, choices, perChatMs) => {
  expect(choicesOfLines()(lineId)).toBe(choices);
  expect(limitsOfLine(lineId).perChatMs).toBe(perChatMs);
});
