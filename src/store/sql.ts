import type { Pool, PoolClient, QueryResultRow } from 'pg';

/** What runs a statement: the pool, or one client inside a transaction. */
export interface Sql {
  /** A named statement is parsed and planned once a connection: for the message path. */
  query<R extends QueryResultRow>(
    statement: string | { name: string; text: string },
    values?: unknown[],
  ): Promise<{ rows: R[]; rowCount: number | null }>;
}

/**
 * Runs `work` in one transaction; commits what it resolves with, rolls back what it throws. BEGIN goes out together with
 * the first statement. On the message path `work` may send the COMMIT together with its last statements, by calling
 * `commit` after the last of them was handed over: where one of them fails, the server rolls back.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (sql: PoolClient, commit: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let committing: Promise<unknown> | undefined;
  const commit = () => (committing ??= client.query('COMMIT'));
  const beginning = client.query('BEGIN');
  beginning.catch(() => {});
  try {
    const result = await work(client, commit);
    await beginning;
    await commit();
    return result;
  } catch (cause) {
    await client.query('ROLLBACK').catch((e: Error) => (broken = e));
    throw cause;
  } finally {
    client.release(broken);
  }
}
