import type { CaseExtras } from '../../core/caseSeen.js';
import { NO_EXTRAS, isLate } from '../../core/caseSeen.js';
import { LADDER } from '../../core/clocks.js';
import { HEADS } from '../../core/handlers.js';
import type { Service } from '../../core/service.js';
import { readClocks } from '../clocks.js';
import type { Sql } from '../sql.js';
import type { SeenRow } from './caseRows.js';

type Row = Omit<SeenRow, 'place'>;

/**
 * What the resident is told of their own cases beyond their rows, by case id: whether the letter is in the chat, who was told
 * of a promise that is missed, and what an outage did to it. Asked for the few that can have any of it, each kind at once.
 */
export async function readExtras(
  sql: Sql,
  rows: Row[],
  { services, now }: { services: { [id: string]: Service }; now: Date },
): Promise<Map<string, CaseExtras>> {
  const extras = new Map(rows.map(({ id }) => [id, { ...NO_EXTRAS }]));
  for (const id of await lettersOf(
    sql,
    idsOf(rows, ({ status }) => status === 'finished'),
  ))
    extras.get(id)!.hasLetter = true;
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const [id, rungs] of await rungsTold(
    sql,
    idsOf(rows, (row) => isLate(row, now)),
  ))
    Object.assign(extras.get(id)!, toldOf(rungs, byId.get(id)!));
  const atOffice = idsOf(rows, ({ status }) => AT_OFFICE.has(status));
  for (const { id, clocks } of await readClocks(sql, await feltOutages(sql, atOffice), services))
    Object.assign(extras.get(id)!, { halted: clocks.halted, postponed: clocks.postponed?.kind ?? null });
  return extras;
}

/** Where the office has the next step; what waits for the resident keeps no promise. */
const AT_OFFICE: ReadonlySet<string> = new Set(['open', 'in_hand', 'signing']);

function idsOf(rows: Row[], has: (row: Row) => boolean): string[] {
  return rows.filter(has).map(({ id }) => id);
}

/** Of these cases, those whose electronic letter stands and was made. */
async function lettersOf(sql: Sql, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<{ id: string }>(
    `SELECT case_id AS id FROM letters
     WHERE case_id = ANY ($1::uuid[]) AND state = 'issued' AND way = 'electronic' AND made_at IS NOT NULL`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

interface ToldRung {
  rung: string;
  /** What whoever was told is in that village by now. */
  roles: string[];
}

/** The rungs that these cases came to since they were last opened, and whom they were told. */
async function rungsTold(sql: Sql, ids: string[]): Promise<Map<string, ToldRung[]>> {
  const found = new Map<string, ToldRung[]>();
  if (ids.length === 0) return found;
  const { rows } = await sql.query<ToldRung & { id: string }>(
    `SELECT e.case_id AS id, e.data->>'rung' AS rung, ARRAY(
       SELECT DISTINCT r.role FROM officer_roles r
       WHERE e.data->'officers' ? r.officer_id::text AND r.village_id = c.village_id) AS roles
     FROM case_events e JOIN cases c ON c.id = e.case_id
     WHERE e.case_id = ANY ($1::uuid[]) AND e.kind IN ('case_reminded', 'case_escalated')
       AND jsonb_array_length(e.data->'officers') > 0
       AND e.number > (SELECT max(o.number) FROM case_events o
         WHERE o.case_id = e.case_id AND o.kind IN ('case_opened', 'case_reopened'))`,
    [ids],
  );
  for (const { id, ...one } of rows) found.set(id, [...(found.get(id) ?? []), one]);
  return found;
}

/** Who in the office, and who beyond it. Of a confidential case nobody is named: it may be about them. */
function toldOf(rungs: ToldRung[], { isConfidential }: Row): Pick<CaseExtras, 'told' | 'beyond'> {
  if (isConfidential) return { told: 'office', beyond: null };
  const names = new Set(
    // A rung is called by whom it goes to; who stands in for them today has another role.
    rungs.flatMap(({ rung, roles }) =>
      rung in LADDER ? [rung] : roles.filter((role) => HEADS.includes(role)),
    ),
  );
  const [secretary, head] = [names.has('sekretaris'), names.has('kepala_desa')];
  const told = secretary && head ? 'heads' : secretary ? 'sekretaris' : head ? 'kepala_desa' : 'office';
  const [kecamatan, dinas] = [names.has('kecamatan'), names.has('dinas')];
  return { told, beyond: kecamatan && dinas ? 'both' : kecamatan ? 'kecamatan' : dinas ? 'kabupaten' : null };
}

/** Of these cases, those in whose time there was an outage. */
async function feltOutages(sql: Sql, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<{ id: string }>(
    `SELECT c.id FROM cases c WHERE c.id = ANY ($1::uuid[]) AND EXISTS (
       SELECT FROM outages o WHERE (o.village_id IS NULL OR o.village_id = c.village_id)
         AND (o.to_at IS NULL OR o.to_at > c.opened_at))`,
    [ids],
  );
  return rows.map(({ id }) => id);
}
