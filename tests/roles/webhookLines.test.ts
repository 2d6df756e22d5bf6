import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { lineIdOf, LineSettings } from '../../src/core/line.js';
import { startWeb } from '../../src/roles/web.js';
import { createRuntime, type Runtime } from '../../src/runtime.js';
import { startGraphApi } from '../standins/graphApi.js';
import { testDatabase } from '../support/database.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** As `kentongan line add` writes it. */
async function addLine({ pool, sealer }: Runtime, given: object): Promise<string> {
  const settings = LineSettings.parse(given);
  const id = lineIdOf(settings);
  await pool.query(
    `INSERT INTO lines (id, platform, name, settings) VALUES ($1, $2, $1, $3)
     ON CONFLICT (id) DO UPDATE SET settings = EXCLUDED.settings, removed_at = NULL`,
    [id, settings.kind === 'telegram' ? 'telegram' : 'whatsapp', sealer.seal('line', id, settings as never)],
  );
  return id;
}

test('a web of its own takes what comes for each of several lines, also for those that are added while it runs', async () => {
  const meta = await startGraphApi();
  ends.push(() => meta.stop());
  const database = await testDatabase();
  ends.push(() => database.drop());
  const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-lines-'));
  ends.push(() => rm(dataDir, { recursive: true, force: true }));
  const { settings } = meta;
  const config = readConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SECRET_KEY: randomBytes(32).toString('hex'),
    WHATSAPP_CLOUD_TOKEN: settings.token,
    WHATSAPP_CLOUD_PHONE_NUMBER_ID: settings.phoneNumberId,
    WHATSAPP_CLOUD_APP_SECRET: settings.appSecret,
    WHATSAPP_CLOUD_VERIFY_TOKEN: settings.verifyToken,
    WHATSAPP_CLOUD_API_ROOT: settings.apiRoot,
  });
  const runtime = await createRuntime(config, pino({ level: process.env['TEST_LOG'] ?? 'silent' }));
  ends.push(() => runtime.stop());
  const botA = {
    kind: 'telegram',
    token: `7001:${'a'.repeat(35)}`,
    apiRoot: meta.url,
    webhookSecret: 'rahasia-a',
  };
  const botB = {
    kind: 'telegram',
    token: `7002:${'b'.repeat(35)}`,
    apiRoot: meta.url,
    webhookSecret: 'rahasia-b',
  };
  await addLine(runtime, botA);
  await addLine(runtime, botB);
  const web = await startWeb(runtime, 'web', null, null);
  ends.push(() => web.stop());

  const cloud = (number: string, id: string, secret = settings.appSecret) => {
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          changes: [
            {
              field: 'messages',
              value: {
                metadata: { phone_number_id: number },
                messages: [
                  {
                    from: '6281200000041',
                    id,
                    timestamp: '1795046400',
                    type: 'text',
                    text: { body: 'halo' },
                  },
                ],
                statuses: [{ id: `wamid.of-${number}`, status: 'read', timestamp: '1795046400' }],
              },
            },
          ],
        },
      ],
    });
    return fetch(`${web.address}/channels/whatsapp-cloud/webhook`, {
      method: 'POST',
      headers: { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` },
      body,
    }).then((response) => response.status);
  };
  const telegram = (secret: string, message: number) =>
    fetch(`${web.address}/channels/telegram/webhook`, {
      method: 'POST',
      headers: { 'x-telegram-bot-api-secret-token': secret },
      body: JSON.stringify({
        update_id: message,
        message: {
          message_id: message,
          date: 1_795_046_400,
          chat: { id: 41, type: 'private' },
          from: { id: 41, first_name: 'Siti' },
          text: 'halo',
        },
      }),
    }).then((response) => response.status);
  const stored = async () => {
    const { rows } = await runtime.pool.query<{ line: string }>(
      'SELECT line_id AS line FROM inbound_messages ORDER BY seq',
    );
    return rows.map(({ line }) => line);
  };

  expect([
    await telegram('rahasia-b', 1),
    await telegram('rahasia-a', 2),
    await telegram('rahasia-c', 3),
  ]).toEqual([200, 200, 401]);
  expect(await cloud(settings.phoneNumberId, 'wamid.1')).toBe(200);
  expect(await cloud(settings.phoneNumberId, 'wamid.1')).toBe(200);
  expect(await stored()).toEqual([
    'telegram:7002',
    'telegram:7001',
    `whatsapp-cloud:${settings.phoneNumberId}`,
  ]);
  expect(runtime.counters.webhooksRefused).toBe(1);

  const second = {
    ...settings,
    phoneNumberId: '106500000000002',
    appSecret: 'another-app-secret',
    verifyToken: 'another-token',
  };
  expect(await cloud(second.phoneNumberId, 'wamid.2', second.appSecret)).toBe(401);
  const added = await addLine(runtime, second);
  const shake = () =>
    fetch(
      `${web.address}/channels/whatsapp-cloud/webhook?hub.mode=subscribe&hub.verify_token=another-token&hub.challenge=77`,
    ).then((response) => response.text());
  await expect.poll(shake).toBe('77');
  expect(await cloud(second.phoneNumberId, 'wamid.2', second.appSecret)).toBe(200);
  expect((await stored()).at(-1)).toBe(added);
  const { rows: reports } = await runtime.pool.query(
    'SELECT line_id, status FROM sent_messages ORDER BY line_id',
  );
  expect(reports).toEqual([
    { line_id: `whatsapp-cloud:${settings.phoneNumberId}`, status: 'read' },
    { line_id: added, status: 'read' },
  ]);

  await runtime.pool.query('UPDATE lines SET removed_at = now() WHERE id = $1', [added]);
  await expect.poll(() => cloud(second.phoneNumberId, 'wamid.3', second.appSecret)).toBe(401);
});
