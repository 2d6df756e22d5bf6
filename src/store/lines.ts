import type { Sql } from './sql.js';

/** A line as the gateway knows it: one account of one platform. */
export interface LineRow {
  id: string;
  platform: string;
  name: string;
}

/** Makes the lines that this process names known; keeps what an earlier run learned of them. */
export async function registerLines(sql: Sql, lines: LineRow[]): Promise<void> {
  await sql.query(
    `INSERT INTO lines (id, platform, name)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
     ON CONFLICT (id) DO UPDATE SET platform = EXCLUDED.platform`,
    [lines.map((l) => l.id), lines.map((l) => l.platform), lines.map((l) => l.name)],
  );
}

/** Lines that the environment names (again) are there, whatever was done to them before. */
export async function keepLines(sql: Sql, lineIds: string[]): Promise<void> {
  await sql.query('UPDATE lines SET removed_at = NULL WHERE id = ANY ($1) AND removed_at IS NOT NULL', [
    lineIds,
  ]);
}

/** A line as it is wanted: whoever holds it compares this with what runs. */
export interface WantedLine {
  id: string;
  /** Sealed LineSettings (purpose 'line', context the id); null: the environment names it, or nobody does any more. */
  settings: string | null;
  restartAt: Date | null;
  isRemoved: boolean;
}

export async function wantedLines(sql: Sql): Promise<WantedLine[]> {
  const { rows } = await sql.query<WantedLine>(
    `SELECT id, settings, restart_at AS "restartAt", removed_at IS NOT NULL AS "isRemoved" FROM lines`,
  );
  return rows;
}

/** Whether `kentongan line add` made a line that is still there. */
export async function hasStoredLines(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query(
    'SELECT FROM lines WHERE settings IS NOT NULL AND removed_at IS NULL LIMIT 1',
  );
  return rows.length > 0;
}

/** Whether a gateway runs the simulator at this moment: it ends with the first real line, at the next start. */
export async function isSimulatorRunning(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query(
    `SELECT FROM lines WHERE platform = 'simulator' AND lease_until > now() LIMIT 1`,
  );
  return rows.length > 0;
}

/** What a holder saw of its line since it last renewed the lease. */
export interface LineSeen {
  /** Set while the line is up. */
  upAt?: Date | null;
  receivedAt?: Date | null;
  sentAt?: Date | null;
}

/**
 * Takes or renews the lease of a line for `seconds`, and writes down what was seen of it. One gateway process holds a
 * line: it alone listens, sends and paces. By the database's clock, which all share. False where another holds it.
 */
export async function leaseLine(
  sql: Sql,
  lineId: string,
  owner: string,
  seconds: number,
  seen: LineSeen = {},
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE lines SET lease_owner = $2, lease_until = now() + make_interval(secs => $3),
       last_up_at = greatest(last_up_at, $4::timestamptz), last_received_at = greatest(last_received_at, $5::timestamptz),
       last_sent_at = greatest(last_sent_at, $6::timestamptz)
     WHERE id = $1 AND (lease_owner = $2 OR lease_owner IS NULL OR lease_until IS NULL OR lease_until < now())`,
    [lineId, owner, seconds, seen.upAt ?? null, seen.receivedAt ?? null, seen.sentAt ?? null],
  );
  return rowCount === 1;
}

/** When the line was last known to work: seen up, or something came in. null: never. */
export async function lastWorked(sql: Sql, lineId: string): Promise<Date | null> {
  const { rows } = await sql.query<{ at: Date | null }>(
    'SELECT greatest(last_up_at, last_received_at) AS at FROM lines WHERE id = $1',
    [lineId],
  );
  return rows[0]?.at ?? null;
}

/** Who holds the line at present; null where nobody does. */
export async function leaseHolder(sql: Sql, lineId: string): Promise<string | null> {
  const { rows } = await sql.query<{ lease_owner: string | null }>(
    'SELECT lease_owner FROM lines WHERE id = $1 AND lease_until > now()',
    [lineId],
  );
  return rows[0]?.lease_owner ?? null;
}

/** Gives up a lease: at a clean stop, or of a holder that is known to be dead. */
export async function releaseLine(sql: Sql, lineId: string, owner: string): Promise<void> {
  await sql.query(
    'UPDATE lines SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2',
    [lineId, owner],
  );
}

/** Writes down how the line stands, for the console and `/healthz`. The last error stays when it is well again. */
export async function setLineState(
  sql: Sql,
  lineId: string,
  state: string,
  reason: string | null,
  at: Date,
): Promise<void> {
  await sql.query(
    `UPDATE lines SET state = $2, state_reason = $3,
       state_at = CASE WHEN state = $2 THEN state_at ELSE $4 END,
       last_error = CASE WHEN $2 IN ('down', 'degraded') THEN coalesce($3, last_error) ELSE last_error END,
       last_error_at = CASE WHEN $2 IN ('down', 'degraded') AND $3 IS NOT NULL THEN $4 ELSE last_error_at END
     WHERE id = $1 AND (state, coalesce(state_reason, '')) IS DISTINCT FROM ($2, coalesce($3, ''))`,
    [lineId, state, reason, at],
  );
}

/** What the QR code says while an account waits to be linked; null once it is linked, or the code is void. */
export async function setLinking(sql: Sql, lineId: string, qr: string | null, at: Date): Promise<void> {
  await sql.query('UPDATE lines SET linking = $2, linking_at = $3 WHERE id = $1', [
    lineId,
    qr,
    qr === null ? null : at,
  ]);
}

/** What people call the line on its platform. */
export async function nameLine(sql: Sql, lineId: string, name: string): Promise<void> {
  await sql.query('UPDATE lines SET name = $2 WHERE id = $1 AND name <> $2', [lineId, name]);
}

/** The last update confirmed to the platform: a restart goes on there. */
export async function loadOffset(sql: Sql, lineId: string): Promise<string | null> {
  const { rows } = await sql.query<{ receive_offset: string | null }>(
    'SELECT receive_offset FROM lines WHERE id = $1',
    [lineId],
  );
  return rows[0]?.receive_offset ?? null;
}

/** Keeps the offset, and with it when the line last received. */
export async function saveOffset(sql: Sql, lineId: string, offset: string, at: Date): Promise<void> {
  await sql.query('UPDATE lines SET receive_offset = $2, last_received_at = $3 WHERE id = $1', [
    lineId,
    offset,
    at,
  ]);
}

/** The whole line rests until then: the platform said that it is too fast. */
export async function restLine(sql: Sql, lineId: string, until: Date): Promise<void> {
  await sql.query('UPDATE lines SET next_send_at = $2 WHERE id = $1', [lineId, until]);
}

/** When the line may send again; null at once. */
export async function lineRestsUntil(sql: Sql, lineId: string): Promise<Date | null> {
  const { rows } = await sql.query<{ next_send_at: Date | null }>(
    'SELECT next_send_at FROM lines WHERE id = $1',
    [lineId],
  );
  return rows[0]?.next_send_at ?? null;
}
