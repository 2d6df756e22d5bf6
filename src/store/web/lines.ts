import type { JsonObject } from '../../core/json.js';
import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

export interface LineRow {
  id: string;
  platform: string;
  name: string;
  village: string | null;
  state: string;
  reason: string | null;
  stateAt: Date | null;
  lastReceivedAt: Date | null;
  waiting: number;
}

/** The lines that serve the scope: its villages' own, and those that serve many. */
export async function linesInScope(sql: Sql, scope: Scope): Promise<LineRow[]> {
  const { rows } = await sql.query<LineRow>(
    `SELECT lines.id, lines.platform, lines.name, villages.name AS village, lines.state, lines.state_reason AS reason,
       lines.state_at AS "stateAt", lines.last_received_at AS "lastReceivedAt",
       (SELECT count(*)::int FROM outbound_messages WHERE outbound_messages.line_id = lines.id
          AND outbound_messages.state IN ('pending', 'sending')) AS waiting
     FROM lines LEFT JOIN villages ON villages.id = lines.village_id
     WHERE $1::text[] IS NULL OR lines.village_id IS NULL OR lines.village_id = ANY ($1)
     ORDER BY lines.platform, lines.name`,
    [scope.villages],
  );
  return rows;
}

/** The names by which people find the lines: the page "is this really us". */
export async function officialLines(
  sql: Sql,
): Promise<{ platform: string; name: string; village: string | null }[]> {
  const { rows } = await sql.query<{ platform: string; name: string; village: string | null }>(
    `SELECT lines.platform, lines.name, villages.name AS village FROM lines
       LEFT JOIN villages ON villages.id = lines.village_id
     WHERE lines.platform <> 'simulator' ORDER BY lines.platform, lines.name`,
  );
  return rows;
}

export interface IncidentRow {
  id: string;
  kind: string;
  village: string | null;
  lineId: string | null;
  detail: JsonObject;
  openedAt: Date;
  /** Within the scope in which the officer may close it. */
  mayClose: boolean;
}

/** Open incidents of the scope; those of the whole installation (no village) are its keepers' alone. */
export async function openIncidents(sql: Sql, scope: Scope, closing: Scope): Promise<IncidentRow[]> {
  const { rows } = await sql.query<IncidentRow>(
    `SELECT incidents.id, incidents.kind, villages.name AS village, incidents.line_id AS "lineId", incidents.detail,
       incidents.opened_at AS "openedAt",
       ($2::text[] IS NULL OR incidents.village_id = ANY ($2)) IS TRUE AS "mayClose"
     FROM incidents LEFT JOIN villages ON villages.id = incidents.village_id
     WHERE incidents.closed_at IS NULL
       AND ($1::text[] IS NULL OR incidents.village_id = ANY ($1))
     ORDER BY incidents.opened_at DESC LIMIT 200`,
    [scope.villages, closing.villages],
  );
  return rows;
}

/** Closes one; false where it is not in the scope, or was closed already. One without a village is a keeper's. */
export async function closeIncident(
  sql: Sql,
  scope: Scope,
  incident: { id: string; officerId: string; now: Date },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE incidents SET closed_at = $3, closed_by = $4
     WHERE id = $2 AND closed_at IS NULL AND ($1::text[] IS NULL OR village_id = ANY ($1))`,
    [scope.villages, incident.id, incident.now, incident.officerId],
  );
  return rowCount === 1;
}
