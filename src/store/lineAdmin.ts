import type { JsonObject } from '../core/json.js';
import { lineIdOf, platformOf, type LineSettings } from '../core/line.js';
import type { NewId, Sealer } from '../core/ports.js';
import { insertAudit } from './audit.js';
import type { Sql } from './sql.js';

/** What stands in the way, to be worded by the command line or the console. */
export type LineFault =
  /** The environment names it: it is changed there. `detail`: the variable. */
  | 'of_environment'
  | 'unknown_line'
  /** There already: a WhatsApp Web line of that name. */
  | 'exists';

export class LineError extends Error {
  override readonly name = 'LineError';
  constructor(
    readonly fault: LineFault,
    readonly detail: string,
  ) {
    super(`${fault}: ${detail}`);
  }
}

/** Who changes lines, and with what. `officerId` null: the server's command line. */
export interface LineAdmin {
  officerId: string | null;
  sealer: Sealer;
  newId: NewId;
  now: Date;
  /** core/line.ts environmentLines */
  environment: ReadonlyMap<string, string>;
}

/**
 * Makes a line, or gives one that is there other secrets (a new token of the same bot). Its settings are sealed; the
 * gateway picks it up within seconds. `villages`: ids that it serves; [] all. Throws LineError.
 */
export async function addLine(
  sql: Sql,
  settings: LineSettings,
  villages: string[],
  admin: LineAdmin,
): Promise<{ id: string; isNew: boolean }> {
  const id = lineIdOf(settings);
  refuseEnvironment(id, admin);
  const { rows } = await sql.query<{ isThere: boolean }>(
    `SELECT removed_at IS NULL AND settings IS NOT NULL AS "isThere" FROM lines WHERE id = $1 FOR UPDATE`,
    [id],
  );
  const isThere = rows[0]?.isThere ?? false;
  // It has no secret that could be another: adding it twice is a slip.
  if (isThere && settings.kind === 'whatsapp-web') throw new LineError('exists', id);
  const sealed = admin.sealer.seal('line', id, settings as unknown as JsonObject);
  await sql.query(
    `INSERT INTO lines (id, platform, name, settings) VALUES ($1, $2, $1, $3)
     ON CONFLICT (id) DO UPDATE SET settings = EXCLUDED.settings, removed_at = NULL`,
    [id, platformOf(settings.kind), sealed],
  );
  await setVillages(sql, id, villages);
  await audit(sql, isThere ? 'line.change' : 'line.add', id, { kind: settings.kind, villages }, admin);
  return { id, isNew: !isThere };
}

/** Which villages a line serves: [] all. Throws LineError. */
export async function serveVillages(
  sql: Sql,
  id: string,
  villages: string[],
  admin: LineAdmin,
): Promise<void> {
  await lockLine(sql, id);
  await setVillages(sql, id, villages);
  await audit(sql, 'line.serve', id, { villages }, admin);
}

/** Asks the gateway that holds it to start the line anew; a WhatsApp Web line that is not linked shows a new code. */
export async function restartLine(sql: Sql, id: string, admin: LineAdmin): Promise<void> {
  await lockLine(sql, id);
  await sql.query('UPDATE lines SET restart_at = $2 WHERE id = $1', [id, admin.now]);
  await audit(sql, 'line.restart', id, {}, admin);
}

/**
 * Takes a line away: the gateway stops it. Its conversations, and what waits to be sent there, are kept: they go on
 * where it is added again. Answers how many messages wait. Throws LineError: also for one that the environment names.
 */
export async function removeLine(sql: Sql, id: string, admin: LineAdmin): Promise<{ waiting: number }> {
  refuseEnvironment(id, admin);
  await lockLine(sql, id);
  await sql.query('UPDATE lines SET removed_at = $2, settings = NULL, linking = NULL WHERE id = $1', [
    id,
    admin.now,
  ]);
  const { rows } = await sql.query<{ waiting: number }>(
    `SELECT count(*)::int AS waiting FROM outbound_messages WHERE line_id = $1 AND state IN ('pending', 'sending')`,
    [id],
  );
  await sql.query(
    `UPDATE incidents SET closed_at = $2 WHERE line_id = $1 AND kind = 'line_down' AND closed_at IS NULL`,
    [id, admin.now],
  );
  await audit(sql, 'line.remove', id, { waiting: rows[0]!.waiting }, admin);
  return rows[0]!;
}

function refuseEnvironment(id: string, { environment }: LineAdmin): void {
  const variable = environment.get(id);
  if (variable !== undefined) throw new LineError('of_environment', variable);
}

async function lockLine(sql: Sql, id: string): Promise<void> {
  const { rowCount } = await sql.query('SELECT FROM lines WHERE id = $1 AND removed_at IS NULL FOR UPDATE', [
    id,
  ]);
  if (rowCount === 0) throw new LineError('unknown_line', id);
}

async function setVillages(sql: Sql, id: string, villages: string[]): Promise<void> {
  const ids = [...new Set(villages)];
  await sql.query('UPDATE lines SET village_id = $2 WHERE id = $1', [id, ids.length === 1 ? ids[0] : null]);
  await sql.query('DELETE FROM line_villages WHERE line_id = $1', [id]);
  if (ids.length > 1)
    await sql.query('INSERT INTO line_villages (line_id, village_id) SELECT $1, unnest($2::text[])', [
      id,
      ids,
    ]);
}

async function audit(
  sql: Sql,
  action: string,
  id: string,
  data: JsonObject,
  { officerId, newId, now }: LineAdmin,
): Promise<void> {
  await insertAudit(sql, [{ officerId, action, subjectKind: 'line', subjectId: id, data }], newId, now);
}
