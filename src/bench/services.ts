import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../embedded/postgres.js';
import { migrate } from '../store/migrate.js';
import { createPool } from '../store/pool.js';
import { freePort } from './start.js';

const REDIS = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((path) => existsSync(path));

/** A Postgres (durable: fsync on) and a Redis of the bench's own, on loopback, gone with `stop`. */
export interface Services {
  pool: Pool;
  redisUrl: string;
  stop(): Promise<void>;
}

/** Starts them; null where no redis-server is installed. */
export async function startServices(): Promise<Services | null> {
  if (!REDIS) return null;
  const dir = await mkdtemp(join(tmpdir(), 'kentongan-bench-'));
  const postgres = await startEmbeddedPostgres(dir, pino({ level: 'error' }));
  const redis = await startRedis(REDIS, dir);
  await migrate(postgres.url);
  const pool = createPool(postgres.url);
  return {
    pool,
    redisUrl: redis.url,
    async stop() {
      await pool.end();
      await redis.stop();
      await postgres.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function startRedis(binary: string, dir: string): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const child = spawn(binary, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (tries > 200) throw new Error('redis-server did not come up');
    await sleep(25);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
