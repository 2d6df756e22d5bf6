import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TIMING } from '../../src/channels/whatsapp-web/supervisor.js';
import { readConfig } from '../../src/config.js';
import { startGateway, type StartedGateway } from '../../src/roles/gateway.js';
import { createHealth } from '../../src/roles/health.js';
import { createRuntime, type Runtime } from '../../src/runtime.js';
import { restartLine } from '../../src/store/lineAdmin.js';
import { inTransaction } from '../../src/store/sql.js';
import { linesInScope, linkingCodes, openIncidents } from '../../src/store/web/lines.js';
import { FAST } from '../channels/whatsapp-web/line.js';
import { startWhatsAppWeb, type WhatsAppWeb } from '../standins/whatsappWeb.js';
import { testDatabase } from '../support/database.js';

const LINE = 'whatsapp-web:desa';
const EVERYWHERE = { villages: null };

let wa: WhatsAppWeb;
let runtime: Runtime;
let gateway: StartedGateway;
const told: string[] = [];
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  Object.assign(TIMING, FAST);
  wa = await startWhatsAppWeb();
  ends.push(() => wa.stop());
  const database = await testDatabase();
  ends.push(() => database.drop());
  const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-linking-'));
  ends.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 3 }));
  const config = readConfig({
    PATH: '/usr/local/bin:/usr/bin:/bin',
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SECRET_KEY: randomBytes(32).toString('hex'),
    WHATSAPP_WEB: 'true',
    WHATSAPP_WEB_PAGE: wa.url,
  });
  runtime = await createRuntime(config, pino({ level: process.env['TEST_LOG'] ?? 'silent' }));
  ends.push(() => runtime.stop());
  gateway = await startGateway(runtime, null, { waitsForLink: (lineId) => told.push(lineId) });
  ends.push(() => gateway.stop());
}, 60_000);
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
}, 60_000);

const seen = async () => (await linesInScope(runtime.pool, EVERYWHERE)).find((one) => one.id === LINE)!;
const code = async () => (await linkingCodes(runtime.pool, new Date())).get(LINE);
const patient = { timeout: 60_000, interval: 200 };

/** The phone scans what the console shows. */
async function scans(): Promise<void> {
  await expect.poll(code, patient).toMatch(/./u);
  await wa.scans(await code());
  await expect.poll(async () => (await seen()).state, patient).toBe('up');
}

test('a line that waits for its phone shows a code, is told of once, and is no fault of the whole', async () => {
  await expect.poll(code, patient).toMatch(/./u);
  expect(told).toEqual([LINE]);
  expect(await seen()).toMatchObject({ isLinking: true, isHeld: true });
  const { ok, parts } = await createHealth(runtime, gateway)();
  expect({ ok, word: parts[LINE]?.word }).toEqual({ ok: true, word: 'degraded' });
}, 90_000);

test('a code that follows takes its place', async () => {
  const first = await code();
  await wa.refreshesQr();
  await expect.poll(code, patient).not.toBe(first);
  expect(told).toEqual([LINE]);
}, 90_000);

test('once it is scanned the line is up, and bears the number', async () => {
  await scans();
  expect(await code()).toBeUndefined();
  await expect.poll(async () => (await seen()).name, patient).toMatch(/^\+?62\d+$/u);
  expect(await openIncidents(runtime.pool, EVERYWHERE, EVERYWHERE)).toEqual([]);
}, 90_000);

test('a phone that unlinks is an incident until somebody asks for a new code and scans it', async () => {
  await wa.unlinks();
  await expect.poll(async () => (await seen()).state, patient).toBe('down');
  expect(await openIncidents(runtime.pool, EVERYWHERE, EVERYWHERE)).toMatchObject([
    { kind: 'line_down', lineId: LINE },
  ]);
  expect(await code()).toBeUndefined();
  const { sealer } = runtime;
  const admin = {
    officerId: null,
    sealer,
    newId: v7,
    now: new Date(),
    environment: new Map<string, string>(),
  };
  await inTransaction(runtime.pool, (sql) => restartLine(sql, LINE, admin));
  await scans();
  await expect.poll(() => openIncidents(runtime.pool, EVERYWHERE, EVERYWHERE), patient).toEqual([]);
}, 120_000);
