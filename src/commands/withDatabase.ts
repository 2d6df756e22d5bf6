import type { Pool } from 'pg';
import { readConfig } from '../config.js';
import { SetupError } from '../core/errors.js';

/**
 * Runs a command's work on the installation's database, brought up to date first: DATABASE_URL, or the embedded Postgres,
 * which a running gateway shares. A fault of set-up is printed without a stack, one a line, and ends with exit code 2.
 */
export async function withDatabase(work: (pool: Pool) => Promise<void>): Promise<void> {
  try {
    const config = readConfig();
    const { default: pino } = await import('pino');
    const { createPool } = await import('../store/pool.js');
    const { migrate } = await import('../store/migrate.js');
    const { seed } = await import('../store/seed.js');
    const log = pino({ level: 'warn' }, pino.destination(2));
    const { startEmbeddedPostgres } = await import('../embedded/postgres.js');
    const embedded = config.databaseUrl
      ? null
      : await startEmbeddedPostgres(config.dataDir, log, { join: true });
    const url = config.databaseUrl ?? embedded!.url;
    try {
      await migrate(url);
      const pool = createPool(url, { max: 2, log });
      try {
        await seed(pool);
        await work(pool);
      } finally {
        await pool.end();
      }
    } finally {
      await embedded?.stop();
    }
  } catch (cause) {
    if (!(cause instanceof SetupError)) throw cause;
    for (const fault of cause.faults) process.stderr.write(`${fault}\n`);
    process.exitCode = 2;
  }
}
