import { spawn, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testDatabase } from '../support/database.js';
import { freePort } from '../support/freePort.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(ROOT, 'bin/kentongan.js');

interface Started {
  child: ChildProcess;
  port: number;
  output(): string;
  ended: Promise<number | null>;
}

let dir: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kentongan-start-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  // The Postgres that comes along ends with its program; its files a moment later.
  await expect
    .poll(() => existsSync(join(dir, 'data/postgres/postmaster.pid')), { timeout: 20_000 })
    .toBe(false);
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

async function start(
  env: { [name: string]: string } = {},
  how: { command?: string; args?: string[]; cwd?: string } = {},
): Promise<Started> {
  const port = await freePort();
  const child = spawn(how.command ?? process.execPath, how.args ?? [PROGRAM, 'start'], {
    cwd: how.cwd ?? dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: dir,
      PORT: String(port),
      DATA_DIR: join(dir, 'data'),
      LOG_LEVEL: 'warn',
      ...env,
    },
  });
  children.push(child);
  let text = '';
  child.stdout!.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr!.on('data', (data: Buffer) => (text += data.toString()));
  return {
    child,
    port,
    output: () => text,
    ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
  };
}

async function health(port: number): Promise<number> {
  return await fetch(`http://127.0.0.1:${port}/healthz`).then(
    (response) => response.status,
    () => 0,
  );
}

async function comesUp(started: Started): Promise<void> {
  await expect
    .poll(async () => (started.child.exitCode === null ? await health(started.port) : started.output()), {
      timeout: 60_000,
      interval: 50,
    })
    .toBe(200);
}

test('it comes up on nothing but a folder, tells where, and ends cleanly', { timeout: 90_000 }, async () => {
  const started = await start();
  await comesUp(started);
  expect(started.output()).toContain(`Kentongan is up (all): http://127.0.0.1:${started.port}`);
  expect(started.output()).toMatch(/\/console\/setup\/\S{20,}/u);
  const { status, parts } = (await (await fetch(`http://127.0.0.1:${started.port}/healthz`)).json()) as {
    status: string;
    parts: { [name: string]: unknown };
  };
  expect(status).toBe('ok');
  expect(Object.keys(parts).toSorted()).toEqual([
    'audit',
    'clock',
    'postgres',
    'queue',
    'sim:resident',
    'sim:telegram',
  ]);
  const metrics = await (await fetch(`http://127.0.0.1:${started.port}/metrics`)).text();
  expect(metrics).toContain('kentongan_received_total 0');
  started.child.kill('SIGTERM');
  expect(await started.ended).toBe(0);
  expect(existsSync(join(dir, 'data/postgres/postmaster.pid'))).toBe(false);
});

test('after a kill -9 it comes up again on the same data', { timeout: 90_000 }, async () => {
  const first = await start();
  await comesUp(first);
  first.child.kill('SIGKILL');
  await first.ended;
  const second = await start();
  await comesUp(second);
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});

test('when npm is killed, what it started ends and frees port and data', { timeout: 90_000 }, async () => {
  const started = await start({}, { command: 'npm', args: ['start'], cwd: ROOT });
  await comesUp(started);
  started.child.kill('SIGKILL');
  await expect.poll(() => health(started.port), { timeout: 20_000 }).toBe(0);
  await expect
    .poll(() => existsSync(join(dir, 'data/postgres/postmaster.pid')), { timeout: 20_000 })
    .toBe(false);
});

test('every fault of the configuration is named at once, and the exit code is 2', async () => {
  const started = await start({ PORT: 'http', TELEGRAM_BOT_TOKEN: 'no token', DATABASE_URL: 'mysql://x' });
  expect(await started.ended).toBe(2);
  for (const name of ['PORT:', 'TELEGRAM_BOT_TOKEN:', 'DATABASE_URL:'])
    expect(started.output()).toContain(name);
  expect(started.output()).not.toContain('    at ');
});

test(
  'a database that refuses us is told as such, one that does not answer is waited for',
  { timeout: 60_000 },
  async () => {
    const database = await testDatabase();
    const env = { SECRET_KEY: 'ab'.repeat(32), LOG_LEVEL: 'warn' };
    const absent = new URL(database.url);
    absent.pathname = '/no_such_database';
    const refused = await start({ ...env, DATABASE_URL: absent.href });
    expect(await refused.ended).toBe(2);
    expect(refused.output()).toContain('DATABASE_URL: database "no_such_database" does not exist');
    const nowhere = new URL(database.url);
    nowhere.port = String(await freePort());
    const waiting = await start({ ...env, DATABASE_URL: nowhere.href });
    await expect.poll(() => waiting.output(), { timeout: 45_000 }).toContain('does not answer yet');
    waiting.child.kill('SIGTERM');
    expect(await waiting.ended).toBe(0);
    await database.drop();
  },
);

test('a port that is taken is told as such', { timeout: 60_000 }, async () => {
  const first = await start();
  await comesUp(first);
  const second = await start({ PORT: String(first.port), DATA_DIR: join(dir, 'other') });
  expect(await second.ended).toBe(2);
  expect(second.output()).toContain(`${first.port} on 127.0.0.1 is taken`);
  first.child.kill('SIGTERM');
  await first.ended;
});

test(
  'it refuses to run on a flow that does not hold, and tells file, line and cure',
  { timeout: 60_000 },
  async () => {
    const copy = join(dir, 'program');
    mkdirSync(copy);
    for (const part of ['bin', 'dist', 'flows', 'prisma', 'package.json'])
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const broken = join(
      copy,
      'flows/services',
      readdirSync(join(copy, 'flows/services')).find((name) => name.endsWith('.yaml'))!,
    );
    writeFileSync(broken, `${readFileSync(broken, 'utf8')}  - go: nowhere_at_all\n`);
    const started = await start({}, { args: [join(copy, 'bin/kentongan.js'), 'start'] });
    expect(await started.ended).toBe(2);
    expect(started.output()).toMatch(/flows\/services\/\S+\.yaml:\d+ {2}.*nowhere_at_all/u);
    await sleep(100);
    expect(existsSync(join(dir, 'data/postgres/postmaster.pid'))).toBe(false);
  },
);
