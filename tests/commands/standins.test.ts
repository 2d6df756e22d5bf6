import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StandInsModule } from '../../src/commands/standins.js';
import { connectBotApi } from '../standins/botApi.js';
import { connectGraphApi } from '../standins/graphApi.js';
import * as built from '../standins/start.js';
import { connectWhatsAppWeb } from '../standins/whatsappWeb.js';
import { browserTitle, hasBrowser } from '../support/browser.js';
import { freePort } from '../support/freePort.js';

const PROGRAM = fileURLToPath(new URL('../../bin/kentongan.js', import.meta.url));
// The program loads it by path, and trusts its shape.
built satisfies StandInsModule;

const COMPLAINT = [
  ['lampu jalan mati', 'Apa yang rusak'],
  ['2', 'Di mana tepatnya?'],
  ['Krajan, pertigaan pasar', 'Seperti apa kerusakannya?'],
  ['lewati', 'foto'],
  ['lewati', 'lokasinya'],
  ['lewati', 'Mohon diperiksa'],
  ['kirim', 'laporan diterima'],
] as const;

let dir: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kentongan-standins-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await expect.poll(() => processesNaming(dir), { timeout: 20_000 }).toEqual([]);
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

async function start(env: { [name: string]: string } = {}) {
  const port = await freePort();
  const child = spawn(process.execPath, [PROGRAM, 'start', '--standins'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: dir, PORT: String(port), LOG_LEVEL: 'warn', ...env },
  });
  children.push(child);
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  return {
    child,
    port,
    output: () => output,
    ended: new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code))),
    /** The address that stands behind these words. */
    address: async (words: string): Promise<string> => {
      const pattern = new RegExp(`${words}\\S*: (http://127\\.0\\.0\\.1:\\d+)/phone`, 'u');
      const look = () => (child.exitCode === null ? (pattern.exec(output)?.[1] ?? '') : `ended: ${output}`);
      await expect.poll(look, { timeout: 90_000 }).toMatch(/^http/u);
      return look();
    },
  };
}

async function stateOf(port: number, line: string): Promise<string | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  return ((await response.json()) as { parts: { [name: string]: { word: string } } }).parts[line]?.word;
}

/** All that this process started, whatever they started included. */
function descendants(of: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map((pid) => ({ pid: Number(pid), parent: parentOf(pid) }));
  const children = parents.filter(({ parent }) => parent === of).map(({ pid }) => pid);
  return [...children, ...children.flatMap(descendants)];
}

function parentOf(pid: string): number | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat === '' ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function processesNaming(path: string): string[] {
  return readdirSync('/proc').filter(
    (name) => /^\d+$/u.test(name) && read(`/proc/${name}/cmdline`).includes(path),
  );
}

/** Empty where the process is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const isThere = (pid: number) => !['', 'Z'].includes(/\) (\w)/u.exec(read(`/proc/${pid}/stat`))?.[1] ?? '');

describe.skipIf(!hasBrowser)(`with the real clients, ${browserTitle}`, () => {
  test(
    'each phone gets its answers, an officer hears of a complaint, and nothing is left',
    { timeout: 180_000 },
    async () => {
      const { child, port, output, ended, address } = await start();
      const bot = connectBotApi(await address('Telegram .*'));
      const siti = bot.person(41, 'Siti');
      await siti.writes('menu');
      await siti.waitsFor('Ada yang bisa kami bantu?', 30_000);
      // Nobody is asked for a village: the lines serve the demonstration's alone.
      for (const [said, heard] of COMPLAINT) {
        await siti.writes(said);
        await siti.waitsFor(heard);
      }
      // Its page is a phone to play with.
      for (const path of ['/phone', '/phone/phone.css', '/phone/phone.js', '/phone/adapter.js'])
        expect((await fetch(`${bot.url}${path}`)).status).toBe(200);
      const secretary = bot.person(102);
      await secretary.waitsFor('Laporan jalan atau lampu rusak', 30_000);
      // The board, as everybody has it who chose nothing else.
      await secretary.taps('Ambil yang tertua');
      await siti.waitsFor('Pak Slamet', 30_000);
      const meta = connectGraphApi(await address('Cloud API'));
      const slamet = meta.person('6281200000042', 'Slamet');
      await slamet.writes('menu');
      await slamet.waitsFor('Ada yang bisa kami bantu?', 30_000);
      const wa = connectWhatsAppWeb(await address('WhatsApp Web'));
      await expect.poll(() => wa.qr(), { timeout: 60_000 }).not.toBeNull();
      await wa.scans();
      // What is written until the page is ready was written to the phone's owner.
      await expect.poll(() => stateOf(port, 'whatsapp-web:tiruan'), { timeout: 60_000 }).toBe('up');
      const rahma = wa.person('6281200000043', 'Rahma');
      await rahma.writes('menu');
      await rahma.waitsFor('1. Surat & layanan', 60_000);
      await rahma.writes('2');
      await rahma.waitsFor('Mau melaporkan apa', 30_000);
      expect(output()).toMatch(/\/console\/setup\/\S{20,}/u);

      const own = descendants(child.pid!);
      // The database, the line's process and its browser at least.
      expect(own.length).toBeGreaterThan(3);
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
      await expect.poll(() => own.filter(isThere)).toEqual([]);
    },
  );

  test(
    'a kill -9 leaves nothing either, and the next start answers on the same data',
    { timeout: 240_000 },
    async () => {
      const first = await start();
      const before = connectBotApi(await first.address('Telegram .*')).person(41, 'Siti');
      await before.writes('menu');
      await before.waitsFor('Ada yang bisa kami bantu?', 30_000);
      const wa = connectWhatsAppWeb(await first.address('WhatsApp Web'));
      await expect.poll(() => wa.qr(), { timeout: 60_000 }).not.toBeNull();
      await wa.scans();
      const own = descendants(first.child.pid!);
      first.child.kill('SIGKILL');
      await first.ended;
      await expect.poll(() => own.filter(isThere), { timeout: 30_000 }).toEqual([]);

      const second = await start();
      const after = connectBotApi(await second.address('Telegram .*')).person(41, 'Siti');
      await after.writes('menu');
      await after.waitsFor('Ada yang bisa kami bantu?', 60_000);
      // The phone of the new stand-in was never linked: it asks for that, as at the first time.
      const anew = connectWhatsAppWeb(await second.address('WhatsApp Web'));
      await expect.poll(() => anew.qr(), { timeout: 60_000 }).not.toBeNull();
      second.child.kill('SIGTERM');
      expect(await second.ended).toBe(0);
    },
  );
});

test(
  'without a browser WhatsApp Web is left out, and told how to have it',
  { timeout: 120_000 },
  async () => {
    const { child, output, ended, address } = await start({
      PUPPETEER_EXECUTABLE_PATH: join(dir, 'no-chromium'),
    });
    const siti = connectBotApi(await address('Telegram .*')).person(41, 'Siti');
    await siti.writes('menu');
    await siti.waitsFor('Ada yang bisa kami bantu?', 30_000);
    expect(output()).toMatch(/WhatsApp Web is left out: .*PUPPETEER_EXECUTABLE_PATH/u);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  },
);

test('a line that was added to its data keeps it from starting', { timeout: 120_000 }, async () => {
  const adding = spawn(process.execPath, [PROGRAM, 'line', 'add', 'telegram', '--all'], {
    cwd: dir,
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'], HOME: dir, DATA_DIR: '.data/standins', LOG_LEVEL: 'error' },
  });
  children.push(adding);
  adding.stdin.end('123456789:AAFrealLookingTokenOfNobody\n');
  expect(await new Promise((resolve) => adding.once('close', resolve))).toBe(0);
  const { output, ended } = await start();
  expect(await ended).toBe(2);
  expect(output()).toContain('--standins: a line was added to .data/standins');
});

test('beside anything real it refuses to start, and names what to unset', { timeout: 60_000 }, async () => {
  const { output, ended } = await start({
    TELEGRAM_BOT_TOKEN: '123456789:AAFrealLookingTokenOfNobody',
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/kentongan',
    SECRET_KEY: 'ab'.repeat(32),
  });
  expect(await ended).toBe(2);
  expect(output()).toContain('--standins: TELEGRAM_BOT_TOKEN names a real line');
  expect(output()).toContain('unset DATABASE_URL');
});
