import type { Figures } from '../../core/figures.js';
import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

/** What stands in case_figures for an area, a service ('' all) and a month ('2026-11'). */
export interface FigureRow extends Figures {
  area: string;
  service: string;
  month: string;
}

const COLUMNS = `area, service, to_char(month, 'YYYY-MM') AS month, opened, waiting, overdue, finished, refused,
  forwarded, cancelled, kept, missed, rated, stars, durations`;

/** Months as '2026-11', both included. */
export interface Months {
  from: string;
  to: string;
}

/** The areas of these, of one service or ('') of all together. The caller has held the areas to the scope. */
export async function figuresOf(
  sql: Sql,
  areas: readonly string[],
  service: string,
  months: Months,
): Promise<FigureRow[]> {
  const { rows } = await sql.query<FigureRow>(
    `SELECT ${COLUMNS} FROM case_figures
     WHERE area = ANY ($1::text[]) AND service = $2 AND month BETWEEN $3::date AND $4::date ORDER BY month, area`,
    [areas, service, ...daysOf(months)],
  );
  return rows;
}

/** The same, of each service. */
export async function figuresByService(
  sql: Sql,
  areas: readonly string[],
  months: Months,
): Promise<FigureRow[]> {
  const { rows } = await sql.query<FigureRow>(
    `SELECT ${COLUMNS} FROM case_figures
     WHERE area = ANY ($1::text[]) AND service <> '' AND month BETWEEN $2::date AND $3::date ORDER BY service, month`,
    [areas, ...daysOf(months)],
  );
  return rows;
}

function daysOf({ from, to }: Months): string[] {
  return [`${from}-01`, `${to}-01`];
}

/** A village of a scope with its district, for the names beside figures. */
export interface AreaVillage {
  id: string;
  name: string;
  district: string;
  districtName: string;
  /** How many villages the district has, in the scope or not. */
  districtSize: number;
}

export async function areaVillages(sql: Sql, scope: Scope): Promise<AreaVillage[]> {
  const { rows } = await sql.query<AreaVillage>(
    `SELECT v.id, v.name, v.district_code AS district, d.name AS "districtName",
       (SELECT count(*)::int FROM villages o WHERE o.district_code = v.district_code) AS "districtSize"
     FROM villages v JOIN districts d ON d.code = v.district_code
     WHERE $1::text[] IS NULL OR v.id = ANY ($1) ORDER BY d.name, v.name`,
    [scope.villages],
  );
  return rows;
}

/** A case that was handed up, as the kecamatan sees it: no names, and never a sealed or confidential one. */
export interface EscalatedCase {
  code: string;
  service: string;
  status: string;
  village: string;
  zone: string;
  openedAt: Date;
  dueAt: Date | null;
  closedAt: Date | null;
  escalatedAt: Date;
  to: string | null;
}

export async function escalatedCases(sql: Sql, scope: Scope, limit = 200): Promise<EscalatedCase[]> {
  const { rows } = await sql.query<EscalatedCase>(
    `SELECT c.code, c.service, c.status, v.name AS village, v.zone, c.opened_at AS "openedAt", c.due_at AS "dueAt",
       c.closed_at AS "closedAt", e.at AS "escalatedAt", e.data->>'to' AS "to"
     FROM (SELECT DISTINCT ON (case_id) case_id, at, data FROM case_events
       WHERE kind = 'case_escalated' AND data->>'to' IN ('kecamatan', 'kabupaten', 'dinas')
       ORDER BY case_id, number DESC) e
     JOIN cases c ON c.id = e.case_id JOIN villages v ON v.id = c.village_id
     WHERE NOT c.is_confidential AND c.receiver_role IS NULL AND ($1::text[] IS NULL OR c.village_id = ANY ($1))
     ORDER BY (c.closed_at IS NOT NULL), e.at DESC, c.code LIMIT $2`,
    [scope.villages, limit],
  );
  return rows;
}
