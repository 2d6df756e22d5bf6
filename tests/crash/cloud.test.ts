import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.js';
import { migrate } from '../../src/store/migrate.js';
import { createInvite, createOfficer } from '../../src/store/officers.js';
import { createPool } from '../../src/store/pool.js';
import { seed } from '../../src/store/seed.js';
import { inTransaction } from '../../src/store/sql.js';
import { startGraphApi, type GraphApi, type Message, type Person } from '../standins/graphApi.js';
import { freePort } from '../support/freePort.js';
import { startProgram, type Program } from './program.js';
import { filesRequests, type Deeds } from './resident.js';
import { isSending, randomOf, until } from './watch.js';

/** Every other one of the gateway, which takes the webhook and sends. */
const KILLS = Number(process.env['CLOUD_KILLS'] ?? 10);
/** Printed with a failure. */
const SEED = Number(process.env['CRASH_SEED'] ?? randomBytes(3).readUIntBE(0, 3));
const PEOPLE = 6;
const VILLAGE = 'Gintangan';

test(
  `a line of the Cloud API, killed at random moments under load (seed ${SEED})`,
  { timeout: 150_000 + KILLS * 6_000 },
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'kentongan-crash-'));
    const postgres = await startEmbeddedPostgres(dir, pino({ level: 'silent' }));
    const meta = await startGraphApi();
    const pool = createPool(postgres.url);
    const programs = new Set<Program>();
    try {
      await migrate(postgres.url);
      await seed(pool);
      const { settings } = meta;
      const port = await freePort();
      const env = {
        DATABASE_URL: postgres.url,
        DATA_DIR: dir,
        SECRET_KEY: randomBytes(32).toString('hex'),
        WHATSAPP_CLOUD_TOKEN: settings.token,
        WHATSAPP_CLOUD_PHONE_NUMBER_ID: settings.phoneNumberId,
        WHATSAPP_CLOUD_APP_SECRET: settings.appSecret,
        WHATSAPP_CLOUD_VERIFY_TOKEN: settings.verifyToken,
        WHATSAPP_CLOUD_API_ROOT: meta.url,
      };
      const random = randomOf(SEED);
      const start = async (role: string): Promise<Program> => {
        // Meta calls the gateway, also the one that comes after it, at one address.
        const program = await startProgram(role, role === 'gateway' ? { ...env, PORT: String(port) } : env);
        programs.add(program);
        return program;
      };
      const replace = async (old: Program): Promise<Program> => {
        programs.delete(old);
        await old.kill();
        return await start(old.role);
      };
      let [gateway, worker] = [await start('gateway'), await start('worker')];
      await Promise.all([gateway.up, worker.up]);
      await meta.bringsTo(`http://127.0.0.1:${port}/channels/whatsapp-cloud/webhook`);
      await linkOfficer(pool, meta);

      let isOver = false;
      const deeds: Deeds<Person>[] = Array.from({ length: PEOPLE }, (_, n) => ({
        person: meta.person(`62812000005${String(n).padStart(2, '0')}`),
        codes: [],
        taps: 0,
      }));
      const filing = Promise.all(deeds.map((one) => filesRequests(one, VILLAGE, random, () => isOver)));
      filing.catch(() => {});
      for (let kill = 1; kill <= KILLS; kill++) {
        await sleep(150 + random() * 900);
        await Promise.race([until(() => gateway.isUp() && worker.isUp()), filing]);
        if (kill % 2 === 0) {
          worker = await replace(worker);
          continue;
        }
        if (kill === 1 || random() < 0.4) {
          // In the very middle of sends: they go out, and nobody is left to write that down.
          await meta.fails('messages', { afterMs: 600 }, { times: 6 });
          await Promise.race([until(() => isSending(pool)), filing]);
        }
        gateway = await replace(gateway);
        if (kill === 3) await meta.fails('messages', 'drop_after', { times: 2 });
        if (kill === 5) process.kill(postgres.pid, 'SIGKILL');
      }
      isOver = true;
      await filing;
      await rests(pool, meta);
      await checkCases(pool, deeds);
      await checkInbound(pool, deeds);
      await checkOutbound(pool, deeds);
      expect(deeds.flatMap((one) => one.codes).length).toBeGreaterThanOrEqual(PEOPLE);
      const ends = await Promise.all(
        [...programs].map(async (program) => (await program.up, program.stop())),
      );
      expect(ends).toEqual([0, 0]);
    } finally {
      await Promise.all([...programs].map((program) => program.kill()));
      await meta.stop();
      await pool.end().catch(() => {});
      await postgres.stop();
      await rm(dir, { recursive: true, force: true });
    }
  },
);

/** The village takes requests: an officer of it accepts an invite in the chat. */
async function linkOfficer(pool: Pool, meta: GraphApi): Promise<void> {
  const phone = '6281100000900';
  const invite = await inTransaction(pool, async (sql) => {
    await createOfficer(sql, { name: 'Bu Rini', phone, role: 'operator', village: VILLAGE }, v7);
    return createInvite(
      sql,
      { phone, invitedBy: null, isConfirmed: true },
      { newId: v7, random: (size) => randomBytes(size), now: new Date() },
    );
  });
  const officer = meta.person(phone, 'Bu Rini');
  await officer.starts(`inv-${invite.token}`);
  await officer.waitsFor('Undangan untuk');
  await officer.sharesContact(phone);
  await officer.waitsFor('Selamat bertugas');
}

/** Every confirmed request has exactly one case, with the code that its sender was told; and there are no others. */
async function checkCases(pool: Pool, deeds: Deeds<Person>[]): Promise<void> {
  const { rows } = await pool.query<{ chat: string; code: string }>(
    'SELECT v.chat_id AS chat, c.code FROM cases c JOIN conversations v ON v.id = c.conversation_id',
  );
  for (const { person, codes } of deeds) {
    const cases = rows.filter(({ chat }) => chat === person.key).map(({ code }) => code);
    expect(cases.toSorted()).toEqual(codes.toSorted());
  }
  expect(rows.length).toBe(deeds.flatMap((one) => one.codes).length);
}

/** Everything that people sent is stored once, in the order in which it was said, and handled. */
async function checkInbound(pool: Pool, deeds: Deeds<Person>[]): Promise<void> {
  const { rows } = await pool.query<{ chat: string; id: string; handled: boolean }>(
    `SELECT v.chat_id AS chat, i.external_id AS id, i.handled_at IS NOT NULL AS handled
     FROM inbound_messages i JOIN conversations v ON v.id = i.conversation_id WHERE i.kind <> 'internal'
     ORDER BY i.seq`,
  );
  expect(rows.filter(({ handled }) => !handled)).toEqual([]);
  for (const { person } of deeds) {
    const said = (await person.messages()).filter(({ from }) => from === 'person').map(({ id }) => id);
    expect(rows.filter(({ chat }) => chat === person.key).map(({ id }) => id)).toEqual(said);
  }
}

/** What reached each chat is what was to be sent, in its order; only what is flagged came twice. */
async function checkOutbound(pool: Pool, deeds: Deeds<Person>[]): Promise<void> {
  const { rows } = await pool.query<{
    chat: string;
    text: string;
    state: string;
    ids: string[] | null;
    isRepeat: boolean;
    arrived: boolean;
  }>(
    `SELECT v.chat_id AS chat, o.body ->> 'text' AS text, o.state, o.external_ids AS ids, o.is_repeat AS "isRepeat",
       o.delivered_at IS NOT NULL AS arrived
     FROM outbound_messages o JOIN conversations v ON v.id = o.conversation_id ORDER BY o.seq`,
  );
  // What happened in the middle of sends did come about, or this test shows nothing.
  expect(rows.filter((row) => row.isRepeat).length).toBeGreaterThan(0);
  for (const { person } of deeds) {
    const heard = await person.ours();
    for (const row of rows.filter(({ chat }) => chat === person.key)) {
      // What went out by a try of which nobody heard.
      while (row.isRepeat && heard[0] && !row.ids?.includes(heard[0].id) && isOf(heard[0], row.text))
        heard.shift();
      // Killed twice in the very middle of the same message: left, and told to the keepers.
      if (row.state === 'unknown' && row.isRepeat) continue;
      expect(row).toMatchObject({ state: 'sent', arrived: true });
      expect(heard.splice(0, row.ids!.length).map(({ id }) => id)).toEqual(row.ids);
    }
    expect(heard).toEqual([]);
  }
}

/** A message is shown with its choices below it, and they may take words of their own. */
function isOf(message: Message, text: string): boolean {
  return message.text.startsWith(text.slice(0, 30));
}

async function rests(pool: Pool, meta: GraphApi): Promise<void> {
  await meta.settles(60_000);
  await until(async () => {
    const { rows } = await pool.query<{ n: number }>(
      `SELECT (SELECT count(*) FROM inbound_messages WHERE handled_at IS NULL AND parked_at IS NULL)::int
         + (SELECT count(*) FROM outbound_messages WHERE state IN ('pending', 'sending'))::int AS n`,
    );
    return rows[0]!.n === 0;
  });
  // Meta's word on the last of them.
  await meta.settles(60_000);
}
