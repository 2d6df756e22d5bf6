import type { Sql } from './sql.js';

/** Any number: one sweeps at a time. */
const LOCK = 7_204_113_528;

/** Takes the sweep's lock until the end of the transaction; false where another has it. */
export async function tryToSweep(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [LOCK]);
  return rows[0]!.mine;
}

/** Whether a message waits that came before `before`, in a conversation that does not rest. */
export async function hasWaiting(sql: Sql, before: Date, now: Date): Promise<boolean> {
  return await exists(
    sql,
    `SELECT FROM inbound_messages i JOIN conversations c ON c.id = i.conversation_id
     WHERE i.handled_at IS NULL AND i.parked_at IS NULL AND i.received_at <= $1
       AND (c.wake_at IS NULL OR c.wake_at <= $2)`,
    [before, now],
  );
}

export async function hasDueTimers(sql: Sql, now: Date): Promise<boolean> {
  return await exists(sql, 'SELECT FROM timers WHERE done_at IS NULL AND due_at <= $1', [now]);
}

/** Lines whose gateway still has files to fetch. */
export async function linesWithWaitingFiles(sql: Sql, before: Date): Promise<string[]> {
  const { rows } = await sql.query<{ line_id: string }>(
    `SELECT DISTINCT c.line_id FROM attachments a JOIN conversations c ON c.id = a.conversation_id
     WHERE a.state = 'waiting' AND a.created_at <= $1`,
    [before],
  );
  return rows.map((row) => row.line_id);
}

async function exists(sql: Sql, what: string, values: unknown[]): Promise<boolean> {
  const { rows } = await sql.query<{ is: boolean }>(`SELECT EXISTS (${what}) AS is`, values);
  return rows[0]!.is;
}
