import type { CaseStatus } from '../../core/cases.js';
import { OPEN_STATUSES } from '../../core/cases.js';
import { isOpen } from '../cases.js';
import type { Sql } from '../sql.js';
import { CASE_COLUMNS, CASE_IN_SCOPE, CASE_IN_SCOPE_LATE, joinedTo, scopeValues } from './cases.js';
import type { CaseRow, CaseScope } from './cases.js';

/** So many cards stand in a column; how many there are is told above it, up to COUNTED. */
export const COLUMN_SIZE = 25;
export const COUNTED = 500;
const CLOSED_SIZE = 10;

/** The few that are shown are found by an index alone; all else is joined to these. */
const JOINED = joinedTo('placed');

export interface Column {
  status: CaseStatus | 'closed';
  rows: CaseRow[];
  /** null: nobody counts what is closed. */
  count: number | null;
}

/**
 * The board of villages: a column for each state that waits, in the order of fairness, and what was closed last. It costs
 * what waits there, whatever was closed before.
 */
export async function boardOf(sql: Sql, scope: CaseScope, villages: readonly string[]): Promise<Column[]> {
  const [open, counts, closed] = await Promise.all([
    sql.query<CaseRow>(
      `SELECT ${CASE_COLUMNS} FROM (
         SELECT id, row_number() OVER (PARTITION BY status ORDER BY is_urgent DESC, opened_at, id) AS place
         FROM cases WHERE ${isOpen('cases.status')} AND cases.village_id = ANY ($9::text[]) AND ${CASE_IN_SCOPE}
       ) AS placed ${JOINED}
       WHERE placed.place <= ${COLUMN_SIZE} ORDER BY placed.place`,
      [...scopeValues(scope), villages],
    ),
    sql.query<{ status: string; count: number }>(
      `SELECT status, count(*)::int AS count FROM (SELECT status FROM cases
         WHERE ${isOpen('cases.status')} AND cases.village_id = ANY ($9::text[]) AND ${CASE_IN_SCOPE}
         LIMIT ${COUNTED * OPEN_STATUSES.length}) AS those GROUP BY status`,
      [...scopeValues(scope), villages],
    ),
    sql.query<CaseRow>(
      `SELECT ${CASE_COLUMNS} FROM (
         SELECT newest.id FROM unnest($9::text[]) AS v (id) CROSS JOIN LATERAL (
           SELECT cases.id, cases.closed_at FROM cases
           WHERE cases.village_id = v.id AND cases.closed_at IS NOT NULL AND ${CASE_IN_SCOPE_LATE}
           ORDER BY cases.closed_at DESC LIMIT ${CLOSED_SIZE}) AS newest
         ORDER BY newest.closed_at DESC LIMIT ${CLOSED_SIZE}
       ) AS placed ${JOINED} ORDER BY cases.closed_at DESC`,
      [...scopeValues(scope), villages],
    ),
  ]);
  return [
    ...OPEN_STATUSES.map((status) => ({
      status,
      rows: open.rows.filter((row) => row.status === status),
      count: Math.min(counts.rows.find((row) => row.status === status)?.count ?? 0, COUNTED),
    })),
    { status: 'closed', rows: closed.rows, count: null },
  ];
}

/** Active villages of a scope, or those that have officers, by name: what a keeper chooses a board from. */
export async function boardVillages(
  sql: Sql,
  villages: readonly string[] | null,
): Promise<{ id: string; name: string; district: string }[]> {
  const { rows } = await sql.query<{ id: string; name: string; district: string }>(
    `SELECT v.id, v.name, d.name AS district FROM villages v JOIN districts d ON d.code = v.district_code
     WHERE ($1::text[] IS NULL AND v.state <> 'listed') OR v.id = ANY ($1)
     ORDER BY v.name, d.name`,
    [villages],
  );
  return rows;
}
