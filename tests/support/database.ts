import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Pool } from 'pg';
import { inject } from 'vitest';
import { createPool } from '../../src/store/pool.js';

export interface TestDatabase {
  pool: Pool;
  url: string;
  /** Throws everybody out and lets nobody in: what a program meets while its database is down. */
  close(): Promise<void>;
  open(): Promise<void>;
  /** Ends the pool and takes the database away. */
  drop(): Promise<void>;
}

/** A fresh database with all tables and all villages, cloned from the run's template in some tens of milliseconds. */
export async function testDatabase(options: { isEmpty?: boolean } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asKeeper((client) =>
    client.query(
      `CREATE DATABASE ${name} TEMPLATE ${options.isEmpty ? 'template0' : 'kentongan'} STRATEGY FILE_COPY`,
    ),
  );
  const url = new URL(inject('templateUrl'));
  url.pathname = name;
  const pool = createPool(url.href);
  return {
    pool,
    url: url.href,
    close: () =>
      asKeeper(async (client) => {
        await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
        await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
          name,
        ]);
      }),
    open: () =>
      asKeeper((client) => client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`).then(() => {})),
    drop: async () => {
      if (!pool.ended) await pool.end();
      await asKeeper((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

/** Works on the server itself: nobody may be connected to the template. */
async function asKeeper(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const url = new URL(inject('templateUrl'));
  url.pathname = 'postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
