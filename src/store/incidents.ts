import type { IncidentKind } from '../core/effect.js';
import { OUTSIDERS } from '../core/handlers.js';
import type { JsonObject } from '../core/json.js';
import { LINE_ROLES, shownName } from '../core/line.js';
import type { NewId } from '../core/ports.js';
import { insertNotifications } from './notifications.js';
import { recordLineOutages } from './outages.js';
import type { Sql } from './sql.js';
import { loadVillageOfficers } from './villageOfficers.js';

/** Something that a person must hear of. Without a village it concerns the installation: its keepers are told. */
export interface IncidentInsert {
  kind: IncidentKind;
  villageId?: string | null;
  lineId?: string | null;
  conversationId?: string | null;
  /** `text`, where there is one, is what officers read. */
  detail: JsonObject;
}

/**
 * Kinds that go on until somebody ends them: one that is open already is not opened again. That nobody could be told is
 * opened for each conversation and case: each is a request that waits.
 */
const LASTING: ReadonlySet<IncidentKind> = new Set([
  'line_down',
  'clock_behind',
  'no_officer',
  'conversation_parked',
  'not_reached',
]);

/**
 * Opens incidents and notifies: the village's officers of a late emergency, the keepers of everything else too.
 * Answers how many were opened; wake `notify` after the commit where it is not 0.
 */
export async function raiseIncidents(
  sql: Sql,
  incidents: IncidentInsert[],
  newId: NewId,
  now: Date,
): Promise<number> {
  if (incidents.length === 0) return 0;
  const given = incidents.map((incident) => ({ ...incident, id: newId() }));
  const { rows } = await sql.query<{ id: string }>(
    `INSERT INTO incidents (id, kind, village_id, line_id, conversation_id, detail, opened_at)
     SELECT n.id, n.kind, n.village_id, n.line_id, n.conversation_id, n.detail, $8
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::jsonb[], $7::boolean[])
       AS n (id, kind, village_id, line_id, conversation_id, detail, is_lasting)
     WHERE NOT (n.is_lasting AND EXISTS (
       SELECT FROM incidents o WHERE o.closed_at IS NULL AND o.kind = n.kind
         AND o.village_id IS NOT DISTINCT FROM n.village_id AND o.line_id IS NOT DISTINCT FROM n.line_id
         AND (n.kind NOT IN ('conversation_parked', 'no_officer', 'not_reached') OR o.conversation_id IS NOT DISTINCT FROM n.conversation_id)
         AND (n.kind <> 'no_officer' OR o.detail->>'code' IS NOT DISTINCT FROM n.detail->>'code')))
     RETURNING id`,
    [
      given.map((i) => i.id),
      given.map((i) => i.kind),
      given.map((i) => i.villageId ?? null),
      given.map((i) => i.lineId ?? null),
      given.map((i) => i.conversationId ?? null),
      given.map((i) => JSON.stringify(i.detail)),
      given.map((i) => LASTING.has(i.kind)),
      now,
    ],
  );
  const opened = new Set(rows.map((row) => row.id));
  // A village whose lines are all down cannot be reached: its promises stand still.
  if (given.some(({ id, kind }) => kind === 'line_down' && opened.has(id)))
    await recordLineOutages(sql, newId, now);
  await notify(
    sql,
    given.filter((incident) => opened.has(incident.id)),
    newId,
    now,
  );
  return opened.size;
}

/** Ends an incident; false where it is not open or outside the officer's villages (null: all). */
export async function closeIncident(
  sql: Sql,
  id: string,
  by: { officerId: string; villages: string[] | null },
  now: Date,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE incidents SET closed_at = $3, closed_by = $2
     WHERE id = $1 AND closed_at IS NULL AND ($4::text[] IS NULL OR village_id = ANY ($4))`,
    [id, by.officerId, now, by.villages],
  );
  return rowCount === 1;
}

/** What goes by itself when its cause does: a line that came back, a clock that is right again. */
export async function endIncidents(
  sql: Sql,
  kind: IncidentKind,
  lineId: string | null,
  now: Date,
): Promise<void> {
  await sql.query(
    'UPDATE incidents SET closed_at = $3 WHERE kind = $1 AND closed_at IS NULL AND line_id IS NOT DISTINCT FROM $2',
    [kind, lineId, now],
  );
}

/**
 * A line is up again: its incident ends, and whoever was told of it is told so, once. Whoever was not told of it yet
 * (all their chats were on that very line) is told that it was away. Answers whether anybody is: then wake `notify`.
 */
export async function endLineDown(sql: Sql, lineId: string, newId: NewId, now: Date): Promise<boolean> {
  const { rows } = await sql.query<{ incident: string; officer: string; since: Date; line: string }>(
    `WITH ended AS (
       UPDATE incidents SET closed_at = $2 WHERE kind = 'line_down' AND line_id = $1 AND closed_at IS NULL
       RETURNING id, opened_at
     )
     SELECT e.id AS incident, n.officer_id AS officer, e.opened_at AS since, coalesce(l.name, $1) AS line
     FROM ended e JOIN notifications n ON n.subject_id = e.id AND n.kind = 'officer-incident' AND n.number = 0
     LEFT JOIN lines l ON l.id = $1`,
    [lineId, now],
  );
  await recordLineOutages(sql, newId, now);
  const told = rows.map(({ incident, officer, since, line }) => ({
    officerId: officer,
    kind: 'officer-incident',
    subjectId: incident,
    number: 1,
    vars: { incident: 'line_up', line: shownName(line), from: since.toISOString() },
  }));
  return (await insertNotifications(sql, told, newId, now)) > 0;
}

async function notify(
  sql: Sql,
  opened: (IncidentInsert & { id: string })[],
  newId: NewId,
  now: Date,
): Promise<void> {
  if (opened.length === 0) return;
  const officers = await loadVillageOfficers(
    sql,
    opened.flatMap((incident) => incident.villageId ?? []),
  );
  const lines = await loadLines(
    sql,
    opened.flatMap((incident) => incident.lineId ?? []),
  );
  const { rows: keepers } = await sql.query<{ id: string }>(
    `SELECT DISTINCT o.id FROM officers o JOIN officer_roles r ON r.officer_id = o.id
     WHERE o.is_active AND r.village_id IS NULL AND r.role <> ALL ($1)`,
    [OUTSIDERS],
  );
  await insertNotifications(
    sql,
    opened.flatMap((incident) => {
      const own = incident.villageId
        ? (officers.get(incident.villageId) ?? []).filter((o) => !o.isKeeper)
        : [];
      const line = incident.lineId ? lines.get(incident.lineId) : undefined;
      // An emergency goes to everybody near; the rest is the keepers' work, or the village's where it has none.
      const to =
        // Whoever knows the person can tell them in another way.
        incident.kind === 'not_reached' && own.length > 0
          ? own
          : incident.kind === 'late_emergency' || keepers.length === 0
            ? [...own, ...keepers]
            : keepers;
      // What a village's own line cannot do, its office must know: people will come to the counter.
      const office = ABOUT_LINES.has(incident.kind) ? (line?.officers ?? []) : [];
      const ids = new Set([...to.map((officer) => officer.id), ...office]);
      return [...ids].map((officerId) => ({
        officerId,
        kind: 'officer-incident',
        subjectId: incident.id,
        number: 0,
        vars: {
          incident: incident.kind,
          text: textOf(incident.detail, 'text'),
          resident: textOf(incident.detail, 'resident'),
          village: textOf(incident.detail, 'village'),
          line: line ? shownName(line.name) : null,
          from: textOf(incident.detail, 'from'),
          to: textOf(incident.detail, 'to'),
        },
      }));
    }),
    newId,
    now,
  );
}

const ABOUT_LINES: ReadonlySet<IncidentKind> = new Set(['line_down', 'possible_gap']);

/** Lines by id, each with those who look after it in the villages that are its own: of one that serves all, nobody. */
async function loadLines(
  sql: Sql,
  ids: string[],
): Promise<Map<string, { name: string; officers: string[] }>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<{ id: string; name: string; officers: string[] }>(
    `SELECT l.id, l.name, ARRAY(
       SELECT DISTINCT o.id::text FROM officers o JOIN officer_roles r ON r.officer_id = o.id
       WHERE o.is_active AND r.role = ANY ($2) AND (r.village_id = l.village_id
         OR r.village_id IN (SELECT v.village_id FROM line_villages v WHERE v.line_id = l.id))
     ) AS officers
     FROM lines l WHERE l.id = ANY ($1)`,
    [[...new Set(ids)], LINE_ROLES],
  );
  return new Map(rows.map(({ id, ...line }) => [id, line]));
}

function textOf(detail: JsonObject, name: string): string | null {
  const value = detail[name];
  return typeof value === 'string' ? value : null;
}
