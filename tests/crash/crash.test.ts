import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.js';
import { migrate } from '../../src/store/migrate.js';
import { createPool } from '../../src/store/pool.js';
import { seed } from '../../src/store/seed.js';
import { createInvite, createOfficer } from '../../src/store/officers.js';
import { inTransaction } from '../../src/store/sql.js';
import { startBotApi, type BotApi } from '../standins/botApi.js';
import { hasRedis, redisTitle, testRedis } from '../support/redis.js';
import { startProgram, type Program } from './program.js';
import { filesRequests, type Deeds } from './resident.js';
import { isSending, pick, randomOf, until } from './watch.js';

/** How often a worker is killed, on each backend. `npm run test:crash` kills more. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 30);
/** Printed with a failure: the same seed kills and taps alike, as far as two processes ever run alike. */
const SEED = Number(process.env['CRASH_SEED'] ?? randomBytes(3).readUIntBE(0, 3));
const PEOPLE = 10;
const WORKERS = 3;
const VILLAGE = 'Gintangan';
const BOUND_MS = 150_000 + KILLS * 4_000;

describe('the program, killed at random moments under load', () => {
  test(`on queues in Postgres (seed ${SEED})`, { timeout: BOUND_MS }, () => story(false));
  describe.skipIf(!hasRedis)(redisTitle, () => {
    test(`with queues in Redis (seed ${SEED})`, { timeout: BOUND_MS }, () => story(true));
  });
});

/** Starts everything, lets people file requests, kills and restarts what there is, and then counts. */
async function story(onRedis: boolean): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'kentongan-crash-'));
  const log = pino({ level: 'silent' });
  const postgres = await startEmbeddedPostgres(dir, log);
  const redis = onRedis ? await testRedis() : null;
  const firstPostgres = postgres.pid;
  const bot = await startBotApi();
  const pool = createPool(postgres.url);
  const programs = new Set<Program>();
  try {
    await migrate(postgres.url);
    await seed(pool);
    const env = {
      DATABASE_URL: postgres.url,
      DATA_DIR: dir,
      SECRET_KEY: randomBytes(32).toString('hex'),
      TELEGRAM_BOT_TOKEN: bot.token,
      TELEGRAM_API_ROOT: bot.url,
      ...(redis ? { REDIS_URL: redis.url } : {}),
    };
    const random = randomOf(SEED);
    const start = async (role: string): Promise<Program> => {
      const program = await startProgram(role, env);
      programs.add(program);
      return program;
    };
    const replace = async (old: Program): Promise<Program> => {
      programs.delete(old);
      await old.kill();
      return await start(old.role);
    };
    let gateway = await start('gateway');
    await gateway.up;
    const workers = await Promise.all(Array.from({ length: WORKERS }, () => start('worker')));
    await Promise.race(workers.map((worker) => worker.up));
    await linkOfficer(pool, bot);

    let isOver = false;
    const deeds: Deeds[] = Array.from({ length: PEOPLE }, (_, n) => ({
      person: bot.person(500 + n),
      codes: [],
      taps: 0,
    }));
    const filing = Promise.all(deeds.map((one) => filesRequests(one, VILLAGE, random, () => isOver)));
    filing.catch(() => {});
    for (let kill = 1; kill <= KILLS; kill++) {
      await sleep(150 + random() * 700);
      await Promise.race([until(() => workers.some((worker) => worker.isUp())), filing]);
      const n = pick(workers, random);
      workers[n] = await replace(workers[n]!);
      if (kill === Math.ceil(KILLS / 4) || kill === Math.ceil((3 * KILLS) / 4)) {
        // In the very middle of sends: they go out, and nobody is left to write that down.
        await bot.fails('sendMessage', { afterMs: 600 }, { times: 8 });
        await Promise.race([until(() => isSending(pool)), filing]);
        gateway = await replace(gateway);
      }
      if (kill === Math.ceil(KILLS / 2)) await bot.fails('sendMessage', 'drop_after', { times: 3 });
      if (kill === Math.ceil(KILLS / 3)) await redis?.restart();
      if (kill === Math.ceil((2 * KILLS) / 3)) process.kill(postgres.pid, 'SIGKILL');
    }
    isOver = true;
    await filing;
    expect(postgres.pid).not.toBe(firstPostgres);
    await rests(pool, bot);
    await checkCases(pool, deeds);
    await checkInbound(pool, deeds);
    await checkOutbound(pool, deeds);
    expect(deeds.flatMap((one) => one.codes).length).toBeGreaterThanOrEqual(PEOPLE);
    const ends = await Promise.all([...programs].map(async (program) => (await program.up, program.stop())));
    expect(ends.every((code) => code === 0)).toBe(true);
  } finally {
    await Promise.all([...programs].map((program) => program.kill()));
    await bot.stop();
    await redis?.stop();
    await pool.end().catch(() => {});
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** The village takes requests: an officer of it accepts an invite in the chat. */
async function linkOfficer(pool: Pool, bot: BotApi): Promise<void> {
  const phone = '6281100000900';
  const invite = await inTransaction(pool, async (sql) => {
    await createOfficer(sql, { name: 'Bu Rini', phone, role: 'operator', village: VILLAGE }, v7);
    return createInvite(
      sql,
      { phone, invitedBy: null, isConfirmed: true },
      { newId: v7, random: (size) => randomBytes(size), now: new Date() },
    );
  });
  const officer = bot.person(900, 'Bu Rini');
  await officer.starts(`inv-${invite.token}`);
  await officer.waitsFor('Undangan untuk');
  await officer.sharesContact(`+${phone}`);
  await officer.waitsFor('Selamat bertugas');
}

/** Every confirmed request has exactly one case, with the code that its sender was told; and there are no others. */
async function checkCases(pool: Pool, deeds: Deeds[]): Promise<void> {
  const { rows } = await pool.query<{ chat: string; code: string }>(
    `SELECT v.chat_id AS chat, c.code FROM cases c JOIN conversations v ON v.id = c.conversation_id ORDER BY c.opened_at`,
  );
  for (const { person, codes } of deeds) {
    const cases = rows.filter((row) => row.chat === String(person.id)).map((row) => row.code);
    expect(cases.toSorted()).toEqual(codes.toSorted());
  }
  expect(rows.length).toBe(deeds.flatMap((one) => one.codes).length);
}

/** Everything that people sent is stored once, and handled. */
async function checkInbound(pool: Pool, deeds: Deeds[]): Promise<void> {
  const { rows } = await pool.query<{ chat: string; external_id: string; kind: string; handled: boolean }>(
    `SELECT v.chat_id AS chat, i.external_id, i.kind, i.handled_at IS NOT NULL AS handled
     FROM inbound_messages i JOIN conversations v ON v.id = i.conversation_id`,
  );
  expect(rows.filter((row) => !row.handled)).toEqual([]);
  for (const { person, taps } of deeds) {
    const mine = rows.filter((row) => row.chat === String(person.id));
    const written = (await person.messages()).filter((message) => message.from === 'person');
    expect(
      mine
        .filter((row) => row.kind !== 'tap' && row.kind !== 'internal')
        .map((row) => row.external_id)
        .toSorted(),
    ).toEqual(written.map((message) => `m:${person.id}:${message.id}`).toSorted());
    expect(mine.filter((row) => row.kind === 'tap').length).toBe(taps);
  }
}

/** What reached each chat is what was to be sent, in its order; only what is flagged may have come twice. */
async function checkOutbound(pool: Pool, deeds: Deeds[]): Promise<void> {
  const { rows } = await pool.query<{ chat: string; text: string; state: string; is_repeat: boolean }>(
    `SELECT v.chat_id AS chat, o.body ->> 'text' AS text, o.state, o.is_repeat
     FROM outbound_messages o JOIN conversations v ON v.id = o.conversation_id ORDER BY o.seq`,
  );
  // What happened in the middle of sends did come about, or this test shows nothing.
  expect(rows.filter((row) => row.is_repeat).length).toBeGreaterThan(0);
  for (const { person } of deeds) {
    const heard = await person.hears();
    let at = 0;
    for (const row of rows.filter((one) => one.chat === String(person.id))) {
      // Killed twice in the very middle of the same message: left, and told to the keepers.
      if (row.state === 'unknown' && row.is_repeat && heard[at] !== row.text) continue;
      expect(['sent', 'unknown']).toContain(row.state);
      expect(heard[at]).toBe(row.text);
      at += 1;
      if (row.is_repeat && heard[at] === row.text) at += 1;
    }
    expect(heard.slice(at)).toEqual([]);
  }
}

async function rests(pool: Pool, bot: BotApi): Promise<void> {
  await bot.settles(60_000);
  await until(async () => {
    const { rows } = await pool.query<{ n: number }>(
      `SELECT (SELECT count(*) FROM inbound_messages WHERE handled_at IS NULL AND parked_at IS NULL)::int
         + (SELECT count(*) FROM outbound_messages WHERE state IN ('pending', 'sending'))::int AS n`,
    );
    return rows[0]!.n === 0;
  });
}
