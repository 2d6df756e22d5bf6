import type { JsonObject } from '../../core/json.js';
import { shownName } from '../../core/line.js';
import type { Sql } from '../sql.js';
import type { Changes } from './caseChanges.js';
import type { Scope } from './scope.js';

/** A line as people see it: never with a secret. */
export interface LineSeen {
  id: string;
  platform: string;
  name: string;
  /** The names of the villages that it serves; [] all. */
  villages: string[];
  villageIds: string[];
  state: string;
  reason: string | null;
  stateAt: Date | null;
  lastReceivedAt: Date | null;
  lastSentAt: Date | null;
  lastError: string | null;
  lastErrorAt: Date | null;
  /** Messages in its outbox, and since when the oldest waits. */
  waiting: number;
  waitingSince: Date | null;
  /** A gateway process that is alive holds it. */
  isHeld: boolean;
  /** An account waits to be linked. */
  isLinking: boolean;
  /** `kentongan line add` made it; else the environment names it. */
  isStored: boolean;
  /** What officers are to be told who have no chat but on this line, which is down. */
  untold: number;
}

const VILLAGES_OF = `LEFT JOIN LATERAL (
    SELECT coalesce(array_agg(v.id ORDER BY v.name), '{}') AS ids, coalesce(array_agg(v.name ORDER BY v.name), '{}') AS names
    FROM villages v
    WHERE v.id = lines.village_id OR v.id IN (SELECT s.village_id FROM line_villages s WHERE s.line_id = lines.id)
  ) line_villages_of ON true`;

/** The lines that serve the scope: its villages' own, and those that serve all. */
export async function linesInScope(sql: Sql, scope: Scope): Promise<LineSeen[]> {
  const { rows } = await sql.query<LineSeen>(
    `SELECT lines.id, lines.platform, lines.name, line_villages_of.names AS villages, line_villages_of.ids AS "villageIds",
       lines.state, lines.state_reason AS reason, lines.state_at AS "stateAt",
       lines.last_received_at AS "lastReceivedAt", lines.last_sent_at AS "lastSentAt",
       lines.last_error AS "lastError", lines.last_error_at AS "lastErrorAt",
       box.waiting, box.since AS "waitingSince",
       (lines.lease_owner IS NOT NULL AND lines.lease_until > now()) IS TRUE AS "isHeld",
       lines.linking IS NOT NULL AS "isLinking", lines.settings IS NOT NULL AS "isStored",
       CASE WHEN lines.state <> 'down' THEN 0 ELSE (
         SELECT count(*)::int FROM notifications n WHERE n.told_at IS NULL
           AND EXISTS (SELECT FROM addresses a JOIN conversations c ON c.address_id = a.id
             WHERE a.officer_id = n.officer_id AND c.line_id = lines.id AND a.blocked_at IS NULL)
           AND NOT EXISTS (SELECT FROM addresses a JOIN conversations c ON c.address_id = a.id JOIN lines l ON l.id = c.line_id
             WHERE a.officer_id = n.officer_id AND a.blocked_at IS NULL AND l.state <> 'down' AND l.removed_at IS NULL)
       ) END AS untold
     FROM lines ${VILLAGES_OF}
     LEFT JOIN LATERAL (
       SELECT count(*)::int AS waiting, min(o.created_at) AS since FROM outbound_messages o
       WHERE o.line_id = lines.id AND o.state IN ('pending', 'sending')
     ) box ON true
     WHERE lines.removed_at IS NULL
       AND ($1::text[] IS NULL OR line_villages_of.ids = '{}' OR line_villages_of.ids && $1)
     ORDER BY lines.platform, lines.name`,
    [scope.villages],
  );
  return rows;
}

/**
 * How long a code may be shown after it came: WhatsApp gives its first one for a minute and the later ones for twenty
 * seconds, and tells us of each new one.
 */
const CODE_SECONDS = 60;

/** What the QR codes say of accounts that wait to be linked, by line: for the installation's keepers alone. */
export async function linkingCodes(sql: Sql, now: Date): Promise<Map<string, string>> {
  const { rows } = await sql.query<{ id: string; linking: string }>(
    `SELECT id, linking FROM lines WHERE linking IS NOT NULL AND removed_at IS NULL
       AND linking_at > $1::timestamptz - make_interval(secs => $2) AND lease_until > now()`,
    [now, CODE_SECONDS],
  );
  return new Map(rows.map(({ id, linking }) => [id, linking]));
}

/**
 * Looks for what changed on the page of lines, by the villages that a line serves; a line of all, and an incident, concern
 * everybody. The first look answers all.
 */
export function lineChanges(): (sql: Sql) => Promise<Changes> {
  let known: Map<string, { signature: string; villages: string[] }> | undefined;
  let incidents: string | undefined;
  return async (sql) => {
    const { rows } = await sql.query<{ id: string; signature: string; villages: string[] }>(
      `SELECT lines.id, line_villages_of.ids AS villages, concat_ws('|', name, state, state_reason, state_at, last_received_at,
         last_sent_at, linking_at, restart_at, removed_at, lease_until > now(), box.waiting, box.first) AS signature
       FROM lines ${VILLAGES_OF}
       LEFT JOIN (SELECT line_id, count(*) AS waiting, min(seq) AS first FROM outbound_messages
         WHERE state IN ('pending', 'sending') GROUP BY line_id) box ON box.line_id = lines.id`,
    );
    const { rows: open } = await sql.query<{ signature: string }>(
      `SELECT concat_ws('|', count(*), max(opened_at)) AS signature FROM incidents WHERE closed_at IS NULL`,
    );
    const before = known;
    known = new Map(rows.map(({ id, signature, villages }) => [id, { signature, villages }]));
    const isSame = incidents === open[0]!.signature;
    incidents = open[0]!.signature;
    if (!before || !isSame) return 'all';
    const changed = rows.filter(({ id, signature, villages }) => {
      const was = before.get(id);
      return was?.signature !== signature || was.villages.join() !== villages.join();
    });
    const concerned = changed.flatMap(({ id, villages }) => [villages, before.get(id)?.villages ?? villages]);
    if (concerned.some((villages) => villages.length === 0)) return 'all';
    return new Set(concerned.flat());
  };
}

/**
 * The names by which people find the lines: the page "is this really us". One that was not connected yet has no name
 * but its id, which says nothing to anybody.
 */
export async function officialLines(
  sql: Sql,
): Promise<{ platform: string; name: string; village: string | null }[]> {
  const { rows } = await sql.query<{ platform: string; name: string; villages: string[] }>(
    `SELECT lines.platform, lines.name, line_villages_of.names AS villages FROM lines ${VILLAGES_OF}
     WHERE lines.platform <> 'simulator' AND lines.removed_at IS NULL AND lines.name <> lines.id
     ORDER BY lines.platform, lines.name`,
  );
  return rows.map(({ platform, name, villages }) => ({
    platform,
    name: shownName(name),
    village: villages.length > 0 ? villages.join(', ') : null,
  }));
}

/** Whether an incident is about a line that is these villages' own. */
export const ofOwnLine = (villages: string) => `incidents.line_id IN (
    SELECT id FROM lines WHERE village_id = ANY (${villages})
    UNION ALL SELECT line_id FROM line_villages WHERE village_id = ANY (${villages}))`;

export interface IncidentRow {
  id: string;
  kind: string;
  village: string | null;
  lineId: string | null;
  /** What people call that line. */
  line: string | null;
  detail: JsonObject;
  openedAt: Date;
  /** Within the scope in which the officer may close it. */
  mayClose: boolean;
}

/**
 * Open incidents of the scope, and of lines that are its villages' own; those of the whole installation (no village) are
 * its keepers' alone.
 */
export async function openIncidents(sql: Sql, scope: Scope, closing: Scope): Promise<IncidentRow[]> {
  const { rows } = await sql.query<IncidentRow>(
    `SELECT incidents.id, incidents.kind, villages.name AS village, incidents.line_id AS "lineId",
       coalesce(lines.name, incidents.line_id) AS line, incidents.detail,
       incidents.opened_at AS "openedAt",
       ($2::text[] IS NULL OR incidents.village_id = ANY ($2)) IS TRUE AS "mayClose"
     FROM incidents LEFT JOIN villages ON villages.id = incidents.village_id
       LEFT JOIN lines ON lines.id = incidents.line_id
     WHERE incidents.closed_at IS NULL
       AND ($1::text[] IS NULL OR incidents.village_id = ANY ($1) OR ${ofOwnLine('$1')})
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
