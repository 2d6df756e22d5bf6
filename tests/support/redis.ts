import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { dieWithParent } from '../../src/embedded/dieWithParent.js';
import { freePort } from './freePort.js';

const BINARY = [
  '/usr/bin/redis-server',
  '/usr/local/bin/redis-server',
  '/opt/homebrew/bin/redis-server',
].find((path) => existsSync(path));

/** For `describe.skipIf(!hasRedis)`; with CI=true nothing is skipped, and a missing redis-server fails the suite. */
export const hasRedis = BINARY !== undefined || process.env.CI === 'true';

/** To be put into a skipped suite's title. */
export const redisTitle = hasRedis ? 'on Redis' : 'on Redis (skipped: no redis-server is installed)';

export interface TestRedis {
  url: string;
  /** kill -9, as a crash would. */
  kill(): Promise<void>;
  /** Up again, on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A Redis of the test's own on a free loopback port; null where none is installed. It ends with this process. */
export async function testRedis(): Promise<TestRedis | null> {
  if (!BINARY) {
    if (process.env.CI === 'true') throw new Error('CI=true, and no redis-server is installed');
    return null;
  }
  const port = await freePort();
  let child = await start(BINARY, port);
  const kill = () => end(child, 'SIGKILL');
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart: async () => {
      await kill();
      child = await start(BINARY, port);
    },
    stop: () => end(child, 'SIGTERM'),
  };
}

async function start(binary: string, port: number): Promise<ChildProcess> {
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    '/tmp',
  ];
  const { file, args } = dieWithParent(binary, settings);
  const child = spawn(file, args, { stdio: 'ignore', detached: true });
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    if (await answers(port)) return child;
    await sleep(25);
  }
  child.kill('SIGKILL');
  throw new Error('redis-server did not answer in five seconds');
}

async function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      done(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => done(false));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill(signal);
  await ended;
}
