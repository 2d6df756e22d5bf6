import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { readConfig } from '../config.js';
import type { Config } from '../config.js';
import { SetupError } from '../core/errors.js';

/** What a command works with, where it needs the server rather than an up-to-date database. */
export interface Server {
  config: Config;
  url: string;
  log: Logger;
}

/**
 * Runs a command's work on the installation's database, brought up to date first: DATABASE_URL, or the embedded Postgres,
 * which a running gateway shares. A fault of set-up is printed without a stack, one a line, and ends with exit code 2.
 */
export async function withDatabase(work: (pool: Pool, server: Server) => Promise<void>): Promise<void> {
  await withServer(async (server) => {
    const { createPool } = await import('../store/pool.js');
    const { canBeProgram } = await import('../store/programRole.js');
    const { migrate } = await import('../store/migrate.js');
    const { seed } = await import('../store/seed.js');
    await migrate(server.url);
    const { role } = await canBeProgram(server.url);
    const pool = createPool(server.url, { max: 2, log: server.log, role });
    try {
      await seed(pool);
      await work(pool, server);
    } finally {
      await pool.end();
    }
  });
}

/**
 * As withDatabase, on the database as it is. `alone`: on the embedded Postgres wait for a running gateway to end, and
 * refuse to work beside one that goes on.
 */
export async function withServer(
  work: (server: Server) => Promise<void>,
  options: { alone?: boolean } = {},
): Promise<void> {
  await reportingFaults(async () => {
    const config = readConfig();
    const { default: pino } = await import('pino');
    const log = pino({ level: 'warn' }, pino.destination(2));
    if (config.databaseUrl) {
      await work({ config, url: config.databaseUrl, log });
      return;
    }
    const { startEmbeddedPostgres } = await import('../embedded/postgres.js');
    const embedded = await startEmbeddedPostgres(config.dataDir, log, { join: !options.alone });
    try {
      await work({ config, url: embedded.url, log });
    } finally {
      await embedded.stop();
    }
  });
}

/** A fault of set-up is printed without a stack, one a line, and ends with exit code 2. */
export async function reportingFaults(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (!(cause instanceof SetupError)) throw cause;
    for (const fault of cause.faults) process.stderr.write(`${fault}\n`);
    process.exitCode = 2;
  }
}
