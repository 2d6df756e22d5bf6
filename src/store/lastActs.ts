import { fold } from '../core/cases.js';
import type { CaseFact, CaseFactKind, CaseState } from '../core/cases.js';
import type { LastAct } from '../core/decide.js';
import type { JsonObject } from '../core/json.js';
import type { Sql } from './sql.js';

interface EventRow {
  caseId: string;
  number: number;
  kind: CaseFactKind;
  officerId: string | null;
  officerName: string | null;
  data: JsonObject;
  at: Date;
}

/**
 * The last act on each of these cases, by case id, and what was before it: all facts that one person left at one moment.
 * What others noted or said meanwhile (a note, the RT head) changes nothing and is passed over.
 */
export async function lastActs(sql: Sql, caseIds: string[]): Promise<Map<string, LastAct>> {
  if (caseIds.length === 0) return new Map();
  const { rows } = await sql.query<EventRow>(
    `SELECT e.case_id AS "caseId", e.number, e.kind, e.officer_id AS "officerId", o.name AS "officerName", e.data, e.at
     FROM case_events e LEFT JOIN officers o ON o.id = e.officer_id
     WHERE e.case_id = ANY ($1::uuid[]) ORDER BY e.case_id, e.number`,
    [caseIds],
  );
  return new Map(
    caseIds.flatMap((id) => {
      const act = lastOf(rows.filter((row) => row.caseId === id));
      return act ? [[id, act] as const] : [];
    }),
  );
}

function lastOf(rows: EventRow[]): LastAct | null {
  const moving = rows.filter(({ kind }) => !ASIDE.has(kind));
  const end = moving.at(-1);
  if (!end || end.kind === 'case_opened') return null;
  let from = moving.length - 1;
  while (from > 0 && isSameAct(moving[from - 1]!, end)) from--;
  const act = moving.slice(from);
  const before = moving
    .slice(0, from)
    .reduce<CaseState | null>((state, row) => fold(state, factOf(row)), null);
  return {
    officerId: end.officerId,
    officerName: end.officerName,
    at: end.at,
    kinds: act.map(({ kind }) => kind),
    numbers: act.map(({ number }) => number),
    stands: act.some(
      ({ kind, data }) =>
        (kind === 'case_signed' && data['way'] === 'electronic') ||
        (kind === 'case_reopened' && data['letter'] !== undefined),
    ),
    before: before!,
  };
}

const ASIDE: ReadonlySet<CaseFactKind> = new Set([
  'case_noted',
  'case_related',
  'case_escalated',
  'case_reminded',
  'case_rated',
  'case_introduced',
  'case_agreed',
  'case_matched',
  'case_classified',
]);

function isSameAct(one: EventRow, end: EventRow): boolean {
  return (
    one.officerId === end.officerId && one.at.getTime() === end.at.getTime() && one.kind !== 'case_opened'
  );
}

function factOf({ kind, officerId, officerName, data }: EventRow): CaseFact {
  return { kind, officer: officerId === null ? null : { id: officerId, name: officerName ?? '' }, data };
}
