import type { Asker } from '../../core/asker.js';
import type { CaseStatus } from '../../core/cases.js';
import { seenOf, stateAlone } from '../../core/caseSeen.js';
import type { CaseExtras } from '../../core/caseSeen.js';
import { mayBeSeen } from '../../core/history.js';
import type { CaseSeen } from '../../core/lookup.js';
import type { Service } from '../../core/service.js';
import { FOR_WHOM, placesOf, SEALED_TO, shownName } from '../cases.js';
import type { Sql } from '../sql.js';

/** A case as look-ups read it. */
export interface SeenRow {
  id: string;
  code: string;
  service: string;
  status: CaseStatus;
  villageId: string;
  residentId: string;
  residentName: string | null;
  forWhom: string | null;
  conversationId: string | null;
  isUnproven: boolean;
  isConfidential: boolean;
  receiverRole: string | null;
  receiverIds: string[] | null;
  openedAt: Date;
  dueAt: Date | null;
  lastWords: string | null;
  officerId: string | null;
  officerName: string | null;
  step: string | null;
  missing: string[];
  closedAt: Date | null;
  forwardedTo: string | null;
  isMerged: boolean;
  isUrgent: boolean;
  assignedId: string | null;
  place: number | null;
}

/** The columns of a SeenRow, but for `place`. */
export const SEEN = `c.id, c.code, c.service, c.status, c.village_id AS "villageId", c.resident_id AS "residentId",
  ${shownName('c', 'r')} AS "residentName", ${FOR_WHOM} AS "forWhom", c.conversation_id AS "conversationId", c.is_unproven AS "isUnproven", c.is_confidential AS "isConfidential", c.opened_at AS "openedAt", c.due_at AS "dueAt",
  ${SEALED_TO}, c.last_words AS "lastWords", o.id AS "officerId", o.name AS "officerName",
  c.step, c.missing, c.closed_at AS "closedAt", c.forwarded_to AS "forwardedTo", c.merged_into IS NOT NULL AS "isMerged", c.is_urgent AS "isUrgent", c.assigned_id AS "assignedId"`;
export const SEEN_FROM = `cases c JOIN residents r ON r.id = c.resident_id LEFT JOIN officers o ON o.id = c.officer_id`;

/** Cases by their codes. */
export async function readCases(sql: Sql, { codes }: { codes: string[] }): Promise<SeenRow[]> {
  if (codes.length === 0) return [];
  const { rows } = await sql.query<SeenRow>(
    `SELECT ${SEEN} FROM ${SEEN_FROM} WHERE c.code = ANY ($1::text[])`,
    [codes],
  );
  return withPlaces(sql, rows);
}

/** Adds where each stands in the queue. */
export async function withPlaces<R extends Omit<SeenRow, 'place'>>(
  sql: Sql,
  rows: R[],
): Promise<(R & { place: number | null })[]> {
  const places = await placesOf(
    sql,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ ...row, place: places.get(row.id) ?? null }));
}

/** Whether the asker may see all of it. */
export function seesCase(asker: Asker, row: SeenRow | Omit<SeenRow, 'place'>): boolean {
  return mayBeSeen(asker, { ...row, at: row.openedAt });
}

/** As flows see it: all of it, or the state alone. */
export function toSeen(
  row: SeenRow & { extras?: CaseExtras | undefined },
  detail: boolean,
  { services, now }: { services: { [id: string]: Service }; now: Date },
): CaseSeen {
  return detail ? seenOf(row, services[row.service], now) : stateAlone(row);
}
