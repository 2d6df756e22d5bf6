import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { SetupError } from '../core/errors.js';
import { CLEAN, USER } from './cluster.js';
import type { Host } from './host.js';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export interface Server {
  port: number;
  pid(): number;
  stop(): Promise<void>;
}

interface LaunchOptions {
  isDurable: boolean;
  port?: number | undefined;
  password: string;
}

/** A start that ends at once may have met a port just taken, or backends of a killed server that are still leaving. */
const ATTEMPTS_FOR_MS = 60_000;
/** Replaying the log after a crash of the machine may take a while; it is not an error. */
const RECOVERY_FOR_MS = 600_000;

/** Starts the server on an existing cluster, waits until it answers, and keeps it up until `stop`. */
export async function launch(host: Host, options: LaunchOptions, log: Log): Promise<Server> {
  let isStopping = false;
  let restarting: Promise<void> = Promise.resolve();
  let { child, port } = await startOnce(host, options, log);
  const killAtExit = () => child.kill('SIGINT');
  process.once('exit', killAtExit);
  const keepUp = () =>
    child.once('exit', (code, signal) => {
      if (isStopping) return;
      log.error({ code, signal }, 'the embedded Postgres ended by itself; starting it again');
      restarting = startAgain();
    });
  keepUp();
  return { port, pid: () => child.pid ?? 0, stop };

  async function startAgain(): Promise<void> {
    for (let wait = 100; !isStopping; wait = Math.min(wait * 2, 10_000)) {
      try {
        // The same port: whoever holds the address goes on with it.
        ({ child } = await startOnce(host, { ...options, port }, log));
        keepUp();
        return;
      } catch (cause) {
        log.error({ err: cause }, 'the embedded Postgres does not start again');
        await sleep(wait);
      }
    }
  }

  async function stop(): Promise<void> {
    isStopping = true;
    await restarting;
    process.off('exit', killAtExit);
    await end(child);
  }
}

/** SIGINT is Postgres's fast, clean shutdown; SIGQUIT leaves the rest to recovery at the next start. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    child.kill(signal);
    const isOver = await Promise.race([ended.then(() => true), sleep(20_000, false, { ref: false })]);
    if (isOver) return;
  }
}

async function startOnce(
  host: Host,
  options: LaunchOptions,
  log: Log,
): Promise<{ child: ChildProcess; port: number }> {
  const deadline = Date.now() + ATTEMPTS_FOR_MS;
  for (;;) {
    const port = options.port ?? (await freePort());
    const { file, args, uid, gid } = host.command('postgres', [
      '-D',
      host.pgdata,
      ...settings(port, options.isDurable),
    ]);
    // Its own process group: Ctrl-C in the terminal is for us, who first finish what is in hand.
    const child = spawn(file, args, {
      uid,
      gid,
      cwd: '/',
      env: CLEAN,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const lastWords = listen(child, log);
    const failure = await untilItAnswers(child, port, options.password);
    if (failure === null) return { child, port };
    if (Date.now() > deadline)
      throw new SetupError([
        `The embedded Postgres on ${host.pgdata} does not start (${failure}): ${lastWords().join(' | ')}`,
      ]);
    await sleep(200);
  }
}

/** Null when it answers, else how it ended. */
async function untilItAnswers(child: ChildProcess, port: number, password: string): Promise<string | null> {
  let failure: string | null = null;
  child.once('error', (cause) => (failure = cause.message));
  child.once('exit', (code, signal) => (failure = `ended with ${code ?? signal}`));
  const deadline = Date.now() + RECOVERY_FOR_MS;
  while (failure === null) {
    if (await answers(port, password)) return failure;
    if (Date.now() > deadline) {
      child.kill('SIGINT');
      return 'no answer in ten minutes';
    }
    await sleep(25);
  }
  return failure;
}

async function answers(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: USER,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Passes the server's own log on; answers its last lines. */
function listen(child: ChildProcess, log: Log): () => string[] {
  const last: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((l) => l !== '')) {
      last.push(line);
      if (last.length > 5) last.shift();
      log.debug({ part: 'postgres' }, line);
    }
  });
  return () => last;
}

function settings(port: number, isDurable: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    // A socket's path may be at most 107 bytes long, and a checkout's may be longer.
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    work_mem: '8MB',
    // Nothing replicates from this server: less to write per commit.
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '1GB',
    checkpoint_timeout: '15min',
    random_page_cost: 1.1,
    // Short statements: compiling them costs more than running them.
    jit: 'off',
    io_method: 'sync',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // No ERROR and no statement in the log: both carry what people wrote.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    // A killed server still loses nothing, a machine that lost its power might.
    ...(isDurable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
