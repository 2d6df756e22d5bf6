import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 } from 'uuid';
import { consoleAsker, type Asker } from '../../../src/core/asker.js';
import { appliers } from '../../../src/effects/index.js';
import { inTransaction } from '../../../src/store/sql.js';
import type { Person } from '../../standins/botApi.js';
import { until } from '../intake.js';
import { aGateway, type Gateway } from './gateway.js';

/** An officer's live board, through the whole program: every role, a database, the real telegraf and Telegram's rules. */
let gateway: Gateway;
let sri: Person;
beforeAll(async () => {
  gateway = await aGateway();
  sri = await gateway.anOfficer(51, 'Bu Sri', 'operator');
  await gateway.pool.query(`UPDATE officers SET pace = 'board'`);
}, 60_000);
afterAll(() => gateway.stop());

const shown = async () => (await sri.messages()).filter(({ from }) => from === 'bot');
const boards = async () => (await shown()).filter(({ text }) => text.startsWith('Papan'));
async function boardSays(pattern: RegExp): Promise<void> {
  const says = async () => pattern.test((await boards()).at(-1)?.text ?? '');
  await until(`the board says ${String(pattern)}`, says, 30_000).catch(async (cause: unknown) => {
    const chat = (await sri.messages()).map(({ from, text }) => `${from}: ${text}`);
    throw new Error(`the chat is\n${chat.join('\n')}`, { cause });
  });
}

/** Requests of the resident in chat 41, as a confirmed flow opens them. */
async function opens(count: number): Promise<void> {
  const { pool, runtime } = gateway;
  const { rows } = await pool.query<{ conversationId: string; addressId: string; residentId: string }>(
    `SELECT v.id AS "conversationId", a.id AS "addressId", a.resident_id AS "residentId"
     FROM conversations v JOIN addresses a ON a.id = v.address_id WHERE v.chat_id = '41'`,
  );
  const village = await pool.query<{ id: string }>('SELECT village_id AS id FROM officer_roles LIMIT 1');
  const asker: Asker = {
    ...consoleAsker({ id: '', name: '', roles: [] }),
    ...rows[0]!,
    platform: 'telegram',
    villageId: village.rows[0]!.id,
    officer: null,
  };
  const nudges = { converse: false, notify: false, send: new Set<string>() };
  const context = { ...runtime, now: runtime.now(), nudges };
  await inTransaction(pool, (sql) =>
    appliers.open_case(
      sql,
      Array.from({ length: count }, () => ({
        asker,
        effect: {
          kind: 'open_case' as const,
          draft: v7(),
          service: 'usaha',
          flow: 'business-letter',
          answers: {},
        },
      })),
      context,
    ),
  );
}

test('one message that changes in place, without a sound, and keeps its buttons; another way closes it', async () => {
  const siti = gateway.bot.person(41, 'Bu Siti');
  await siti.writes('halo');
  await gateway.rests();
  const before = (await shown()).length;
  await opens(2);
  await boardSays(/Menunggu diambil: 2/u);
  await sri.taps('Ambil yang tertua');
  await boardSays(/Menunggu diambil: 1\nBapak\/Ibu pegang: 1/u);
  await gateway.rests();

  const [board, ...others] = await boards();
  expect(others).toEqual([]);
  expect(board).toMatchObject({ isSilent: true, buttons: [['Ambil yang tertua', 'Antrean']] });
  expect(board!.edits).toBeGreaterThan(0);
  // The answer to the tap made a sound, the board none; the resident's name is the first one alone.
  const since = (await shown()).slice(before);
  expect(since.filter(({ isSilent }) => !isSilent)).toHaveLength(1);

  await sri.writes('papan');
  await until('it stands at the bottom', async () => (await boards()).length === 2);
  await gateway.rests();
  expect((await boards()).map(({ buttons }) => buttons.flat().length)).toEqual([0, 2]);

  await sri.writes('kabar');
  await sri.waitsFor('Mau diganti ke mana?');
  await sri.taps('Langsung');
  await until('the board is closed', async () =>
    (await shown()).some(({ text }) => text.includes('sudah ditutup')),
  );
  expect((await shown()).find(({ text }) => text.includes('sudah ditutup'))!.buttons).toEqual([]);
}, 90_000);
