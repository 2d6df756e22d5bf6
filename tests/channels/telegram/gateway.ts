import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import { v7 as newId } from 'uuid';
import { readConfig } from '../../../src/config.js';
import { CHANNEL_LIMITS } from '../../../src/core/limits.js';
import { startGateway } from '../../../src/roles/gateway.js';
import { startWeb } from '../../../src/roles/web.js';
import { startWorker } from '../../../src/roles/worker.js';
import { createRuntime } from '../../../src/runtime.js';
import { createInvite, createOfficer } from '../../../src/store/officers.js';
import { inTransaction } from '../../../src/store/sql.js';
import { startBotApi, type Person } from '../../standins/botApi.js';
import { testDatabase } from '../../support/database.js';
import { freePort } from '../../support/freePort.js';
import { until } from '../intake.js';

export const VILLAGE = 'Gintangan';

export type Gateway = Awaited<ReturnType<typeof aGateway>>;

/**
 * The whole program in this process — all roles, a database, the real telegraf — before a stand-in Bot API, which it
 * polls, or which calls its webhook.
 */
export async function aGateway(options: { webhook?: boolean; redisUrl?: string; log?: Logger } = {}) {
  // At Telegram's pace (a message a second for each chat, in three for a group) a story would take minutes: pace.test.ts
  // holds it.
  Object.assign(CHANNEL_LIMITS.telegram, { perChatMs: 0, perGroupMs: 0 });
  const [bot, database] = [await startBotApi(), await testDatabase()];
  const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-story-'));
  const log = options.log ?? pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const config = readConfig({
    ...(options.webhook ? await webhookSettings() : { PORT: '0' }),
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
    SECRET_KEY: randomBytes(32).toString('hex'),
    TELEGRAM_BOT_TOKEN: bot.token,
    TELEGRAM_API_ROOT: bot.url,
  });
  const runtime = await createRuntime(config, log);
  const gateway = await startGateway(runtime, null);
  const worker = await startWorker(runtime);
  const web = await startWeb(runtime, 'all', gateway, null);

  return {
    bot,
    runtime,
    pool: runtime.pool,
    media: runtime.media,
    mediaFolder: join(dataDir, 'media'),
    address: web.address,

    /** An officer of the village, invited: what the link hands in, and the phone that it is for. */
    async anInvite(id: number, name: string, role: string): Promise<{ payload: string; phone: string }> {
      const phone = `62811000${String(id).padStart(5, '0')}`;
      const { token } = await inTransaction(runtime.pool, async (sql) => {
        await createOfficer(sql, { name, phone, role, village: VILLAGE }, newId);
        return createInvite(
          sql,
          { phone, invitedBy: null, isConfirmed: true },
          { newId, random: (size) => randomBytes(size), now: new Date() },
        );
      });
      return { payload: `inv-${token}`, phone };
    },

    /** An officer of the village whose chat is linked: added, invited, and accepted by the officer's own contact. */
    async anOfficer(id: number, name: string, role: string): Promise<Person> {
      const { payload, phone } = await this.anInvite(id, name, role);
      const officer = bot.person(id, name);
      await officer.starts(payload);
      await officer.waitsFor('Undangan untuk');
      await officer.sharesContact(`+${phone}`);
      await officer.waitsFor('Selamat bertugas');
      return officer;
    },

    /** Resolves when everything that came is handled, and everything that was said is out. */
    async rests(): Promise<void> {
      await bot.settles();
      await until('nothing waits', async () => {
        const { rows } = await runtime.pool.query<{ n: number }>(
          `SELECT (SELECT count(*) FROM inbound_messages WHERE handled_at IS NULL)::int
             + (SELECT count(*) FROM outbound_messages WHERE state IN ('pending', 'sending'))::int
             + (SELECT count(*) FROM notifications
                WHERE told_at IS NULL AND (tell_at IS NULL OR tell_at <= now()))::int AS n`,
        );
        return rows[0]!.n === 0;
      });
    },

    async cases() {
      const { rows } = await runtime.pool.query<{
        code: string;
        status: string;
        service: string;
        answers: object;
      }>('SELECT code, status, service, answers FROM cases ORDER BY opened_at, code');
      return rows;
    },

    async stop() {
      await gateway.stop();
      await worker.stop();
      await web.stop();
      await runtime.stop();
      await bot.stop();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function webhookSettings() {
  const port = String(await freePort());
  return {
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    TELEGRAM_WEBHOOK_SECRET: 'Rahasia-42_untuk-uji-webhook-saja',
  };
}
