import { isOpen } from '../cases.js';
import type { Sql } from '../sql.js';
import { CASE_COLUMNS, CASE_IN_SCOPE, CASE_JOINS, scopeValues, villagesOf } from './cases.js';
import type { CaseRow, CaseScope } from './cases.js';

/** A step that an officer may do, of a service in a village. */
export interface OwnStep {
  village: string;
  service: string;
  act: string;
  isConfidential: boolean;
  /** Whose step it is, where this officer does it for somebody who is away. */
  inPlaceOf: string | null;
}

export const WORK_SIZE = 60;

/**
 * What is an officer's own to do, in the order of fairness: urgent by what it is, then what is overdue, then by the time of
 * the request. Theirs is what they have in hand; what was laid on them, or waits for a step of theirs, and nobody
 * has (or who is away has, and they stand in for that one); and a complaint that is sealed to them. What has no step any more (it is to be handed out) is with whoever checks.
 * At most WORK_SIZE + 1.
 */
export async function workOf(
  sql: Sql,
  scope: CaseScope,
  officerId: string,
  steps: readonly OwnStep[],
  now: Date,
): Promise<CaseRow[]> {
  const villages = villagesOf(scope);
  // An installation's keeper does no step: what they hold is found by its holder, not among all that is open.
  const waiting = `${villages === null ? 'false AND ' : ''}(cases.officer_id IS NULL OR cases.officer_id = ANY ($16::uuid[])) AND (cases.receiver_role IS NOT NULL
    OR (cases.village_id, cases.service, coalesce(cases.step, 'verify'), cases.is_confidential) IN
      (SELECT * FROM unnest($10::text[], $11::text[], $12::text[], $13::boolean[])))`;
  const { rows } = await sql.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} ${CASE_JOINS}
     WHERE ${isOpen('cases.status')} AND ${CASE_IN_SCOPE} AND ($14::text[] IS NULL OR cases.village_id = ANY ($14))
       AND (cases.officer_id = $9 OR (cases.assigned_id = $9 AND cases.officer_id IS NULL) OR (${waiting}))
     ORDER BY (cases.status IN ('asked', 'ready')), cases.is_urgent DESC, (cases.due_at < $15) IS TRUE DESC, cases.opened_at, cases.id
     LIMIT ${WORK_SIZE + 1}`,
    [
      ...scopeValues(scope),
      officerId,
      steps.map((s) => s.village),
      steps.map((s) => s.service),
      steps.map((s) => s.act),
      steps.map((s) => s.isConfidential),
      villages,
      now,
      [...new Set(steps.flatMap(({ inPlaceOf }) => inPlaceOf ?? []))],
    ],
  );
  return rows;
}
