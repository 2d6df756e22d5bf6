import type { Sql } from '../sql.js';

/**
 * What was checked of the letters of these cases: the keyed digest that the last check left (effects/letterCheck.ts), by case id.
 * None where a letter was taken back since: what a head has written anew is written from what is known then.
 */
export async function checkedLetters(sql: Sql, caseIds: string[]): Promise<Map<string, string>> {
  if (caseIds.length === 0) return new Map();
  const { rows } = await sql.query<{ caseId: string; digest: string | null }>(
    `SELECT DISTINCT ON (e.case_id) e.case_id AS "caseId", e.data ->> 'letter' AS digest FROM case_events e
     WHERE e.case_id = ANY ($1::uuid[]) AND e.kind = 'case_verified' AND NOT EXISTS (
       SELECT FROM letters l WHERE l.case_id = e.case_id AND l.state <> 'issued' AND l.state_at >= e.at)
     ORDER BY e.case_id, e.number DESC`,
    [caseIds],
  );
  return new Map(rows.flatMap(({ caseId, digest }) => (digest === null ? [] : [[caseId, digest]])));
}
