import type { CaseStatus } from '../../core/cases.js';
import { isOpen } from '../cases.js';
import type { Sql } from '../sql.js';
import { CASE_IN_SCOPE, scopeValues } from './cases.js';
import type { CaseScope } from './cases.js';

/** What a case's page tells beside the case itself. */
export interface CaseMore {
  origin: 'chat' | 'counter';
  conversationId: string | null;
  forwardedTo: string | null;
  /** Its clock stands still since then. */
  pausedAt: Date | null;
  /** The case that it is one with, where this officer may see that one. */
  mergedInto: string | null;
  /** Where it stands in its village's queue; null: it waits for nobody. */
  place: number | null;
}

export async function caseMore(sql: Sql, scope: CaseScope, caseId: string): Promise<CaseMore> {
  const { rows } = await sql.query<CaseMore>(
    `SELECT c.origin, c.conversation_id AS "conversationId", c.forwarded_to AS "forwardedTo",
       c.paused_at AS "pausedAt",
       (SELECT code FROM cases WHERE cases.id = c.merged_into AND ${CASE_IN_SCOPE}) AS "mergedInto",
       CASE WHEN ${isOpen('c.status')} THEN (SELECT count(*)::int FROM cases o WHERE o.village_id = c.village_id
         AND ${isOpen('o.status')} AND (o.opened_at, o.id) <= (c.opened_at, c.id)) END AS place
     FROM cases c WHERE c.id = $9`,
    [...scopeValues(scope), caseId],
  );
  return rows[0]!;
}

/** Another case that this one may have to do with. */
export interface OtherCase {
  code: string;
  service: string;
  status: CaseStatus;
  openedAt: Date;
  /** Tied to it by an officer. */
  isRelated: boolean;
  /** Of the same service, and both wait: they may be one. */
  isTwin: boolean;
}

/** Cases of the scope that are tied to this one, and the other ones of its resident, newest first; at most ten. */
export async function otherCases(sql: Sql, scope: CaseScope, caseId: string): Promise<OtherCase[]> {
  const { rows } = await sql.query<OtherCase>(
    `WITH one AS (SELECT id, resident_id, village_id, service, status, is_unproven FROM cases c WHERE c.id = $9)
     SELECT cases.code, cases.service, cases.status, cases.opened_at AS "openedAt", ties.id IS NOT NULL AS "isRelated",
       ${isOpen('cases.status')} AND ${isOpen('one.status')} AND cases.service = one.service AS "isTwin"
     FROM one JOIN LATERAL (
         SELECT other_id AS id FROM case_relations WHERE case_id = one.id
         UNION SELECT case_id FROM case_relations WHERE other_id = one.id
         UNION (SELECT k.id FROM cases k WHERE k.resident_id = one.resident_id AND k.village_id = one.village_id
           AND k.id <> one.id AND NOT one.is_unproven AND NOT k.is_unproven ORDER BY k.opened_at DESC LIMIT 10)
       ) AS others ON true
     JOIN cases ON cases.id = others.id
     LEFT JOIN LATERAL (SELECT cases.id FROM case_relations t
       WHERE (t.case_id, t.other_id) IN ((one.id, cases.id), (cases.id, one.id)) LIMIT 1) AS ties ON true
     WHERE ${CASE_IN_SCOPE}
     ORDER BY ties.id IS NULL, cases.opened_at DESC LIMIT 10`,
    [...scopeValues(scope), caseId],
  );
  return rows;
}
