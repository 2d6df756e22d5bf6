import { Writable } from 'node:stream';
import { Redis } from 'ioredis';
import pino from 'pino';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCaseCode } from '../../../src/core/code.js';
import { setPin } from '../../../src/store/officerPins.js';
import { hashPin } from '../../../src/store/pinHash.js';
import { inTransaction } from '../../../src/store/sql.js';
import type { Person } from '../../standins/botApi.js';
import { testRedis, type TestRedis } from '../../support/redis.js';
import { until } from '../intake.js';
import { aGateway, VILLAGE, type Gateway } from './gateway.js';
import { TYPED } from './paperLetter.js';

/**
 * The head of a village signs a batch on the keypad of their chat: the real telegraf before a stand-in Bot API, all roles, a
 * real Postgres, and Redis where it is installed. What was tapped is looked for afterwards, wherever it could have been kept.
 */
const PINS = { kades: '482915', sekdes: '739046' };
const ANSWERS = {
  business_name: 'Warung Bu Siti',
  business_kind: 'trade',
  business_address: 'Krajan RT 02 RW 01',
  purpose: 'kur',
};

let gateway: Gateway;
let redis: TestRedis | null;
let monitor: Redis | null = null;
/** Everything that was logged, and every command that Redis got. */
let logged = '';
const commands: string[] = [];
let kades: Person;
let sekdes: Person;
let villageId: string;
const officers: { [who: string]: string } = {};

beforeAll(async () => {
  redis = await testRedis();
  if (redis) {
    monitor = await new Redis(redis.url).monitor();
    monitor.on('monitor', (_: string, args: string[]) => void commands.push(args.join(' ')));
  }
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      logged += chunk.toString();
      done();
    },
  });
  gateway = await aGateway({
    ...(redis ? { redisUrl: redis.url } : {}),
    log: pino({ level: 'trace' }, sink),
  });
  kades = await gateway.anOfficer(901, 'Pak Arifin', 'kepala_desa');
  sekdes = await gateway.anOfficer(902, 'Bu Sri', 'sekretaris');
  const { pool } = gateway;
  villageId = (
    await pool.query<{ id: string }>(
      `UPDATE villages SET letter_way = 'electronic', office_code = '429.517.06' WHERE name = $1 RETURNING id`,
      [VILLAGE],
    )
  ).rows[0]!.id;
  for (const { id, name } of (await pool.query<{ id: string; name: string }>('SELECT id, name FROM officers'))
    .rows)
    officers[name] = id;
  await give('Pak Arifin', PINS.kades);
  await give('Bu Sri', PINS.sekdes);
}, 120_000);
afterAll(async () => {
  await gateway?.stop();
  monitor?.disconnect();
  await redis?.stop();
});

async function give(name: string, pin: string): Promise<void> {
  const { sealer } = gateway.runtime;
  const hash = await hashPin(officers[name]!, pin, sealer);
  await inTransaction(gateway.pool, (sql) =>
    setPin(sql, officers[name]!, hash, { now: new Date(), newId: v7, sealer }),
  );
}

/** A letter that waits for the signature alone, of somebody who has a chat. */
async function aCase(id: number, name: string): Promise<{ code: string; person: Person }> {
  const person = gateway.bot.person(id, name);
  await person.writes('menu');
  await person.waitsFor('bantu');
  const { pool, runtime } = gateway;
  const { rows } = await pool.query<{ conversationId: string; residentId: string }>(
    `SELECT c.id AS "conversationId", a.resident_id AS "residentId" FROM conversations c
     JOIN addresses a ON a.id = c.address_id WHERE c.chat_id = $1`,
    [String(id)],
  );
  const { conversationId, residentId } = rows[0]!;
  const caseId = v7();
  const code = newCaseCode(runtime.random);
  await pool.query('UPDATE residents SET village_id = $2 WHERE id = $1', [residentId, villageId]);
  await pool.query(
    `INSERT INTO cases (id, code, draft_id, village_id, service, flow, status, step, resident_id, conversation_id, answers, opened_at, event_count)
     VALUES ($1, $2, $3, $4, 'usaha', 'business-letter', 'signing', 'sign', $5, $6, $7, now(), 1)`,
    [caseId, code, v7(), villageId, residentId, conversationId, ANSWERS],
  );
  await pool.query(
    `INSERT INTO case_events (id, case_id, number, kind, at) VALUES ($1, $2, 1, 'case_opened', now())`,
    [v7(), caseId],
  );
  await pool.query('INSERT INTO letter_drafts (case_id, private, updated_at) VALUES ($1, $2, now())', [
    caseId,
    runtime.sealer.seal('letter', caseId, { fields: TYPED }),
  ]);
  return { code, person };
}

async function enter(officer: Person, digits: string): Promise<void> {
  for (const digit of digits) await officer.taps(digit);
}
const keypads = async (officer: Person) =>
  (await officer.messages()).filter(({ from, text }) => from === 'bot' && text.includes('Tekan PIN'));
const statuses = async () =>
  Object.fromEntries((await gateway.cases()).map(({ code, status }) => [code, status]));

describe('a batch signed on a keypad', () => {
  let codes: string[];

  test('is one message that changes in place, whose buttons are gone once it is signed', async () => {
    codes = [(await aCase(41, 'Siti')).code, (await aCase(42, 'Wati')).code, (await aCase(43, 'Rina')).code];
    await kades.writes('tanda tangan');
    await kades.waitsFor('Menunggu tanda tangan Bapak/Ibu: 3');
    await kades.taps('Tanda tangani semua');
    const shown = await kades.waitsFor('Tekan PIN');
    for (const code of codes) expect(shown.text).toContain(code);
    expect(shown.buttons.map((row) => row.length)).toEqual([3, 3, 3, 3, 1]);
    expect(
      shown.buttons
        .flat()
        .filter((label) => /^\d$/u.test(label))
        .toSorted(),
    ).toEqual([...'0123456789']);
    await enter(kades, PINS.kades.slice(0, 4));
    // A moment's mistake, and back.
    await kades.taps('3');
    await kades.taps('⌫');
    await until('four digits stand', async () => (await keypads(kades))[0]!.text.includes('●●●●○○'));
    await enter(kades, PINS.kades.slice(4));
    await until('six digits stand', async () => (await keypads(kades))[0]!.text.includes('●●●●●●'));
    await kades.taps('OK');
    await kades.waitsFor('3 surat ditandatangani');
    expect(await keypads(kades)).toHaveLength(1);
    await until('the buttons are gone', async () => (await keypads(kades))[0]!.buttons.length === 0);
    expect(await statuses()).toEqual(Object.fromEntries(codes.map((code) => [code, 'finished'])));
    const { rows } = await gateway.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM letters WHERE state = 'issued' AND signer_id = $1`,
      [officers['Pak Arifin']],
    );
    expect(rows[0]!.n).toBe(3);
  });

  test('a tap on it afterwards is told that it is over', async () => {
    const [keypad] = await keypads(kades);
    const { rows } = await gateway.pool.query<{ id: string }>(
      `SELECT body->'keypad'->>'id' AS id FROM outbound_messages WHERE body ? 'keypad' ORDER BY seq LIMIT 1`,
    );
    await kades.tapsData(`k.${rows[0]!.id}.4`, keypad!.id);
    await kades.waitsFor('Papan angka itu sudah tidak berlaku');
  });

  test('a PIN that is typed is not read: a warning, and nothing of it is kept', async () => {
    codes.push((await aCase(44, 'Tutik')).code);
    await kades.writes('tanda tangan semua');
    await kades.waitsFor('Menunggu tanda tangan Bapak/Ibu: 1');
    await kades.taps(`${codes[3]} · Surat Keterangan Usaha`);
    await until('a second keypad is there', async () => (await keypads(kades)).length === 2);
    await kades.writes(PINS.kades);
    await kades.waitsFor('PIN jangan diketik di chat');
    expect((await statuses())[codes[3]!]).toBe('signing');
    await enter(kades, '111111');
    await kades.taps('OK');
    await kades.waitsFor('PIN salah. Masih bisa 4 kali');
    await enter(kades, PINS.kades);
    await kades.taps('OK');
    await kades.waitsFor('1 surat ditandatangani');
    expect((await statuses())[codes[3]!]).toBe('finished');
  });

  test('two who may sign at once: the first has signed, the other is told who', async () => {
    const both = [await aCase(45, 'Yuli'), await aCase(46, 'Dewi')].map(({ code }) => code);
    await gateway.pool.query(
      `INSERT INTO delegations (id, village_id, role, officer_id, deputy_id, from_day, to_day, made_by, created_at)
       VALUES ($1, $2, 'kepala_desa', $3, $4, current_date - 1, current_date + 1, $3, now())`,
      [v7(), villageId, officers['Pak Arifin'], officers['Bu Sri']],
    );
    for (const [officer, pin] of [
      [kades, PINS.kades],
      [sekdes, PINS.sekdes],
    ] as const) {
      await officer.writes('tanda tangan');
      await officer.waitsFor('Menunggu tanda tangan Bapak/Ibu: 2');
      await officer.taps('Tanda tangani semua');
      await officer.waitsFor(`Tanda tangani 2 surat`);
      await enter(officer, pin);
    }
    await gateway.bot.together(() => Promise.all([kades.taps('OK'), sekdes.taps('OK')]));
    const [a, b] = await Promise.all(
      [kades, sekdes].map((officer) =>
        officer.waitsFor(/2 surat ditandatangani|Tidak ada yang ditandatangani/u),
      ),
    );
    const isKades = a!.text.startsWith('2 surat');
    const loser = isKades ? b! : a!;
    expect(loser.text).toContain('Tidak ada yang ditandatangani');
    for (const code of both) expect(loser.text).toContain(`${code} (${isKades ? 'Pak Arifin' : 'Bu Sri'})`);
    for (const code of both) expect((await statuses())[code]).toBe('finished');
    const { rows } = await gateway.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM case_events WHERE kind = 'case_signed'`,
    );
    expect(rows[0]!.n).toBe(6);
  });

  test('what was tapped and typed stands in no table, no log and no command', async () => {
    await gateway.rests();
    // A fraction of a second may read like a PIN.
    const pin = `(^|[^0-9a-f.])(${Object.values(PINS).join('|')})([^0-9a-f]|$)`;
    const { rows: tables } = await gateway.pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const { rows } = await gateway.pool.query(`SELECT FROM "${name}" t WHERE t::text ~ $1`, [pin]);
      expect(rows, name).toHaveLength(0);
    }
    expect(logged.length).toBeGreaterThan(100);
    expect(logged).not.toMatch(new RegExp(pin, 'u'));
    expect(commands.join('\n')).not.toMatch(new RegExp(pin, 'mu'));
    if (redis) expect(commands.length).toBeGreaterThan(100);
    // Nor could it be read off: rows hold no digit beside its place, and which places were tapped is sealed.
    const { rows: shown } = await gateway.pool.query<{ choices: { label: string }[] | null }>(
      `SELECT body->'choices' AS choices FROM outbound_messages WHERE body ? 'keypad'`,
    );
    expect(shown.length).toBeGreaterThan(20);
    for (const { choices } of shown) expect((choices ?? []).map(({ label }) => label)).toEqual(['Batal']);
    const { rows: clear } = await gateway.pool.query(
      `SELECT FROM inbound_messages WHERE body::text ~ '"k\\.' UNION ALL SELECT FROM conversations WHERE session::text ~ 'positions'`,
    );
    expect(clear).toHaveLength(0);
  });
});
