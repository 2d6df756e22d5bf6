import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.js';
import { isAlive } from '../../src/embedded/owner.js';
import { migrate } from '../../src/store/migrate.js';
import { createPool } from '../../src/store/pool.js';
import { seed } from '../../src/store/seed.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The run's Postgres; its database is the template that testDatabase() clones. */
    templateUrl: string;
  }
}

const PREFIX = 'kentongan-test-';

/** One Postgres for the whole run, migrated and seeded once; suites clone it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepOldRuns();
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const postgres = await startEmbeddedPostgres(folder, pino({ level: 'silent' }), { isDurable: false });
  await migrate(postgres.url);
  const pool = createPool(postgres.url);
  await seed(pool);
  // What a test is about is told at once, whatever the hour: those about pace set it themselves.
  await pool.query(`ALTER TABLE officers ALTER COLUMN pace SET DEFAULT 'immediate',
    ALTER COLUMN quiet_from SET DEFAULT '00:00', ALTER COLUMN quiet_until SET DEFAULT '00:00'`);
  await pool.end();
  project.provide('templateUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** Folders of runs that were killed: their servers ended with them, their files did not. */
async function sweepOldRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`, 'u').exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
