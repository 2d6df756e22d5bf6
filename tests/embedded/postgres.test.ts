import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chown, cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { SetupError } from '../../src/core/errors.js';
import { findHost } from '../../src/embedded/host.js';
import { isAlive } from '../../src/embedded/owner.js';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.js';
import type { EmbeddedOptions, EmbeddedPostgres } from '../../src/embedded/postgres.js';
import { findPostmaster } from '../../src/embedded/postmaster.js';
import { freePort } from '../support/freePort.js';

let dataDir: string;
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const running: EmbeddedPostgres[] = [];
const holders: ChildProcess[] = [];

// Real servers start and stop here, several in a test, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** A cluster made once; most tests start from a copy, which is quicker than making one. */
let made: string;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'embedded-made-'));
  await (await startEmbeddedPostgres(made, log, { isDurable: false })).stop();
});
afterAll(() => rm(made, { recursive: true }));

async function useMadeCluster(folder = dataDir): Promise<void> {
  await cp(made, folder, { recursive: true });
}

beforeEach(async () => {
  for (const level of Object.values(log)) level.mockClear();
  dataDir = await mkdtemp(join(tmpdir(), 'embedded-'));
});
afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop();
  for (const holder of holders.splice(0)) await killed(holder);
  await vi.waitFor(async () => expect(await findPostmaster(join(dataDir, 'postgres'))).toBeNull(), 20_000);
  await rm(dataDir, { recursive: true });
});

async function start(options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres(dataDir, log, { isDurable: false, ...options });
  running.push(postgres);
  return postgres;
}

/** Another process that holds the same data. */
async function startHolder(): Promise<{ holder: ChildProcess; url: string; pid: number }> {
  const holder = spawn(process.execPath, ['--import', 'tsx', 'tests/embedded/holder.ts', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holders.push(holder);
  const line = await new Promise<string>((done, fail) => {
    holder.stdout!.setEncoding('utf8').once('data', done);
    holder.once('exit', (code) => fail(new Error(`the holder ended with ${code}`)));
  });
  return { holder, ...(JSON.parse(line) as { url: string; pid: number }) };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await ended;
}

async function ask<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

test('the first start makes a cluster that asks for a password and listens on loopback alone', async () => {
  const { url, pid } = await start({ isDurable: true });
  const { hostname, username, password } = new URL(url);
  expect([hostname, username]).toEqual(['127.0.0.1', 'kentongan']);
  expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600);
  expect(password.length).toBeGreaterThanOrEqual(48);
  const settings = await ask<{ name: string; setting: string }>(
    url,
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'max_connections', 'TimeZone') ORDER BY name`,
  );
  expect(Object.fromEntries(settings.map((s) => [s.name, s.setting]))).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    listen_addresses: '127.0.0.1',
    max_connections: '200',
    TimeZone: 'UTC',
  });
  await expect(ask(url.replace(password, 'guess'), 'SELECT 1')).rejects.toThrow(
    /password authentication failed/u,
  );
  expect(JSON.stringify(Object.values(log).map((level) => level.mock.calls))).not.toContain(password);
  // Not the user that Postgres refuses to be, whoever runs the test.
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('postgres');
});

test('a clean stop ends the server, and the next start has the data', async () => {
  await useMadeCluster();
  const first = await start();
  await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS seven');
  const { pid } = first;
  await first.stop();
  expect(isAlive(pid)).toBe(false);
  expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.password']);
  const second = await start();
  expect(await ask(second.url, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
});

test('kill -9 of the program ends its server, and a second start comes up on the same data', async () => {
  await useMadeCluster();
  const { holder, url, pid } = await startHolder();
  await ask(url, 'CREATE TABLE kept AS SELECT 7 AS seven');
  await killed(holder);
  const second = await start();
  expect(await ask(second.url, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
  expect(second.pid).not.toBe(pid);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 10_000);
});

test.skipIf(process.platform !== 'linux')(
  'kill -9 of the program leaves no server behind, without any second start',
  async () => {
    await useMadeCluster();
    const { holder, pid } = await startHolder();
    await killed(holder);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 20_000);
  },
);

test('an orphan that outlived its program is stopped, and its data served anew', async () => {
  await useMadeCluster();
  const first = await start();
  await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS seven');
  await first.stop();
  const { pid, exited } = await startOrphan();
  const second = await start();
  await exited;
  expect(isAlive(pid)).toBe(false);
  expect(await ask(second.url, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
  expect(log.warn.mock.calls.map((call) => call[1])).toContain(
    'an embedded Postgres was left by a process that is gone; stopping it first',
  );
});

/** A server that nothing told to end with its parent, as on a system without setpriv. */
async function startOrphan(): Promise<{ pid: number; exited: Promise<unknown> }> {
  const host = findHost(dataDir);
  const settings = { port: await freePort(), listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  const { file, args, uid, gid } = host.command('postgres', [
    '-D',
    host.pgdata,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const setpriv = ['--pdeathsig', 'SIGINT'];
  const words = [file, ...args].filter((word) => !setpriv.includes(word) && !word.endsWith('/setpriv'));
  const child = spawn(words[0]!, words.slice(1), { uid, gid, cwd: '/', stdio: 'ignore', detached: true });
  const exited = new Promise((done) => child.once('exit', done));
  await vi.waitFor(
    async () => expect(await findPostmaster(host.pgdata)).toMatchObject({ pid: child.pid, status: 'ready' }),
    10_000,
  );
  return { pid: child.pid!, exited };
}

test('while its program lives, a second one is refused by pid, and a command may join', async () => {
  await useMadeCluster();
  const { holder, url } = await startHolder();
  const refused = startEmbeddedPostgres(dataDir, log, { patience: 300 });
  await expect(refused).rejects.toThrow(SetupError);
  await expect(refused).rejects.toThrow(new RegExp(`Process ${holder.pid} is running on`, 'u'));
  const joined = await start({ join: true });
  expect(joined.url).toBe(url);
  await joined.stop();
  expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a second start waits for the first to end', async () => {
  await useMadeCluster();
  const { holder } = await startHolder();
  const second = start();
  await vi.waitFor(() => expect(log.warn).toHaveBeenCalledTimes(1), 5_000);
  holder.kill('SIGTERM');
  expect(await ask((await second).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a server that is killed is started again on the same port', async () => {
  await useMadeCluster();
  const postgres = await start();
  await ask(postgres.url, 'CREATE TABLE kept AS SELECT 7 AS seven');
  const { pid } = postgres;
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(postgres.pid).not.toBe(pid), 20_000);
  expect(await ask(postgres.url, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
});

test.skipIf(process.platform !== 'linux')(
  'a process that ended and was not yet buried holds nobody up',
  async () => {
    // Its parent never asks how it ended: by then it is `sleep`, no shell that would.
    const careless = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    holders.push(careless);
    const pid = Number(await new Promise((done) => careless.stdout.once('data', done)));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 10_000);
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
  },
);

test('a postmaster.pid left by a lost power supply, naming a stranger by now, keeps nobody from starting', async () => {
  await useMadeCluster();
  await (await start()).stop();
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
  holders.push(stranger);
  await writeFile(
    join(dataDir, 'postgres', 'postmaster.pid'),
    `${stranger.pid}\n${dataDir}/postgres\n1\n5432\n\n127.0.0.1\n`,
  );
  await writeFile(join(dataDir, 'postgres.owner'), `${stranger.pid} 1`);
  expect(await ask((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(isAlive(stranger.pid!)).toBe(true);
});

test('a first start that was killed half-way leaves nothing that the next one takes for a cluster', async () => {
  const dead = spawn('true');
  await new Promise((done) => dead.once('exit', done));
  await mkdir(join(dataDir, `postgres.new-${dead.pid}`));
  await writeFile(join(dataDir, `postgres.new-${dead.pid}.password`), 'x');
  await start();
  expect((await readdir(dataDir)).filter((name) => name.includes('.new-'))).toEqual([]);
});

test('a cluster of another major version is refused with the way to move it', async () => {
  await useMadeCluster();
  await (await start()).stop();
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '15\n');
  await expect(startEmbeddedPostgres(dataDir, log)).rejects.toThrow(
    /made by Postgres 15, this is Postgres \d+\. .*backup/u,
  );
});

test('Ctrl-C in the terminal is not for the server: it is in a process group of its own', async () => {
  await useMadeCluster();
  const { pid } = await start();
  const group = (of: number) => readFileSync(`/proc/${of}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[2];
  expect(group(pid)).toBe(String(pid));
  expect(group(process.pid)).not.toBe(String(pid));
});

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  test('a cluster made by an ordinary user is served as that user', async () => {
    await useMadeCluster();
    // As the user would have made it.
    execFileSync('chown', ['-R', '65534:65534', dataDir]);
    const { pid } = await start();
    expect((await stat(`/proc/${pid}`)).uid).toBe(65534);
  });

  test('data in a home that only its owner enters is kept under /var/lib/kentongan instead', async () => {
    const home = join(dataDir, 'home');
    await mkdir(home, { mode: 0o700 });
    await chown(home, 12_345, 12_345);
    const postgres = await startEmbeddedPostgres(join(home, 'data'), log, { isDurable: false });
    running.push(postgres);
    const [where] = await ask<{ folder: string }>(
      postgres.url,
      `SELECT setting AS folder FROM pg_settings WHERE name = 'data_directory'`,
    );
    expect(where!.folder).toMatch(/^\/var\/lib\/kentongan\/[0-9a-f]{16}\/postgres$/u);
    await postgres.stop();
    const again = await startEmbeddedPostgres(join(home, 'data'), log, { isDurable: false });
    running.push(again);
    expect(
      await ask(again.url, `SELECT setting AS folder FROM pg_settings WHERE name = 'data_directory'`),
    ).toEqual([where]);
    await again.stop();
    expect(await readFile(join(where!.folder, '..', 'postgres.password'), 'utf8')).toContain(
      new URL(again.url).password,
    );
    await rm(join(where!.folder, '..'), { recursive: true });
  });
});
