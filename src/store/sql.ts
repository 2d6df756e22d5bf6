import type { Pool, PoolClient, QueryResultRow } from 'pg';

/** What runs a statement: the pool, or one client inside a transaction. */
export interface Sql {
  /** A named statement is parsed and planned once a connection: for the message path. */
  query<R extends QueryResultRow>(
    statement: string | { name: string; text: string },
    values?: unknown[],
  ): Promise<{ rows: R[]; rowCount: number | null }>;
}

/** Runs `work` in one transaction; commits what it resolves with, rolls back what it throws. */
export async function inTransaction<T>(pool: Pool, work: (sql: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (cause) {
    await client.query('ROLLBACK').catch((e: Error) => (broken = e));
    throw cause;
  } finally {
    client.release(broken);
  }
}
