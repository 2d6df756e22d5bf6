import type { JsonObject } from '../../core/json.js';
import type { NewId, Sealer } from '../../core/ports.js';
import { guessMapping } from '../../core/registerRow.js';
import type { RegisterField, RegisterMapping, RowFault } from '../../core/registerRow.js';
import type { Sql } from '../sql.js';
import type { Scope } from '../web/scope.js';
import { readCsv } from './readCsv.js';
import type { CsvRow } from './readCsv.js';

export type ImportState = 'uploaded' | 'checked' | 'applied' | 'discarded';

export interface ImportCounts {
  new: number;
  changed: number;
  same: number;
  gone: number;
  faulty: number;
}

export interface RegisterImport {
  id: string;
  villageId: string;
  village: string;
  zone: string;
  officer: string | null;
  state: ImportState;
  columns: string[];
  mapping: RegisterMapping;
  rowCount: number;
  counts: Partial<ImportCounts>;
  /** Some of the rows that are not taken: line and reason, never what stood there. */
  faults: { line: number; fault: RowFault }[];
  createdAt: Date;
  appliedAt: Date | null;
}

const COLUMNS = `i.id, i.village_id AS "villageId", v.name AS village, v.zone, o.name AS officer, i.state, i.columns,
  i.mapping, i.row_count AS "rowCount", i.counts, i.faults, i.created_at AS "createdAt", i.applied_at AS "appliedAt"`;
const FROM = `register_imports i JOIN villages v ON v.id = i.village_id LEFT JOIN officers o ON o.id = i.officer_id`;

/**
 * Keeps an uploaded file until it is applied or let go: row by row sealed, in the caller's transaction; the file itself
 * lies nowhere. Answers the import's id. Throws CsvError.
 */
export async function stageImport(
  sql: Sql,
  given: { villageId: string; officerId: string; bytes: Uint8Array },
  { newId, sealer, now }: { newId: NewId; sealer: Sealer; now: Date },
): Promise<string> {
  const id = newId();
  let count = 0;
  let number = 0;
  for await (const piece of readCsv(given.bytes)) {
    if ('columns' in piece) {
      await sql.query(
        `INSERT INTO register_imports (id, village_id, officer_id, state, columns, mapping, row_count, created_at)
         VALUES ($1, $2, $3, 'uploaded', $4::text[], $5, 0, $6)`,
        [
          id,
          given.villageId,
          given.officerId,
          piece.columns,
          JSON.stringify(guessMapping(piece.columns)),
          now,
        ],
      );
      continue;
    }
    count += piece.rows.length;
    const chunk = newId();
    await sql.query('INSERT INTO register_chunks (id, import_id, number, rows) VALUES ($1, $2, $3, $4)', [
      chunk,
      id,
      (number += 1),
      sealer.seal('register', chunk, { rows: piece.rows }),
    ]);
  }
  await sql.query('UPDATE register_imports SET row_count = $2 WHERE id = $1', [id, count]);
  return id;
}

/** The rows of an upload, a chunk at a time, opened. */
export async function* stagedRows(sql: Sql, importId: string, sealer: Sealer): AsyncGenerator<CsvRow[]> {
  for (let after = 0; ;) {
    const { rows } = await sql.query<{ id: string; number: number; rows: string }>(
      'SELECT id, number, rows FROM register_chunks WHERE import_id = $1 AND number > $2 ORDER BY number LIMIT 1',
      [importId, after],
    );
    const [chunk] = rows;
    if (!chunk) return;
    after = chunk.number;
    yield (sealer.open('register', chunk.id, chunk.rows) as { rows: CsvRow[] } & JsonObject).rows;
  }
}

/** An import within a scope, locked where `lock`; null where there is none. */
export async function importInScope(
  sql: Sql,
  scope: Scope,
  id: string,
  lock = false,
): Promise<RegisterImport | null> {
  const { rows } = await sql.query<RegisterImport>(
    `SELECT ${COLUMNS} FROM ${FROM} WHERE i.id = $1 AND ($2::text[] IS NULL OR i.village_id = ANY ($2))
     ${lock ? 'FOR NO KEY UPDATE OF i' : ''}`,
    [id, scope.villages],
  );
  return rows[0] ?? null;
}

/** The newest imports of a scope. */
export async function importsInScope(sql: Sql, scope: Scope): Promise<RegisterImport[]> {
  const { rows } = await sql.query<RegisterImport>(
    `SELECT ${COLUMNS} FROM ${FROM} WHERE ($1::text[] IS NULL OR i.village_id = ANY ($1)) AND i.state <> 'discarded'
       AND (i.state = 'applied' OR EXISTS (SELECT FROM register_chunks c WHERE c.import_id = i.id))
     ORDER BY i.created_at DESC LIMIT 20`,
    [scope.villages],
  );
  return rows;
}

/** How a dry run or an import came out. What is applied or discarded keeps no row of the file. */
export async function saveImport(
  sql: Sql,
  id: string,
  to: {
    state: ImportState;
    mapping: { [F in RegisterField]?: number };
    counts: Partial<ImportCounts>;
    faults: RegisterImport['faults'];
    isWhole: boolean;
  },
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE register_imports SET state = $2, mapping = $3, counts = $4, faults = $5, is_whole = $6,
       applied_at = CASE WHEN $2 = 'applied' THEN $7::timestamptz END
     WHERE id = $1`,
    [
      id,
      to.state,
      JSON.stringify(to.mapping),
      JSON.stringify(to.counts),
      JSON.stringify(to.faults),
      to.isWhole,
      now,
    ],
  );
  if (to.state === 'applied' || to.state === 'discarded')
    await sql.query('DELETE FROM register_chunks WHERE import_id = $1', [id]);
}

/** How many people the register of each village of a scope holds. */
export async function registerSizes(sql: Sql, scope: Scope): Promise<{ village: string; count: number }[]> {
  const { rows } = await sql.query<{ village: string; count: number }>(
    `SELECT v.name AS village, count(*)::int AS count FROM residents_register r JOIN villages v ON v.id = r.village_id
     WHERE r.removed_at IS NULL AND ($1::text[] IS NULL OR r.village_id = ANY ($1))
     GROUP BY v.id ORDER BY v.name`,
    [scope.villages],
  );
  return rows;
}
