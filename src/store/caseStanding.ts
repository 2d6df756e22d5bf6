import type { CaseState } from '../core/cases.js';
import type { Situation } from '../core/decide.js';
import { pathOf } from '../core/path.js';
import type { Service } from '../core/service.js';
import { IS_ISSUED, IS_MADE_ELSEWHERE, STATE, stateOf } from './cases.js';
import type { StateColumns } from './cases.js';
import { lastActs } from './lastActs.js';
import type { Sql } from './sql.js';

/** How a case stands, for whoever wants to know what could be done to it now (core/decide.ts `possibleActs`). */
export interface CaseStanding {
  state: CaseState;
  situation: Situation;
}

/** How these cases stand, by id. Nothing is locked: what is done a moment later is decided anew. */
export async function readStandings(
  sql: Sql,
  caseIds: string[],
  services: { [id: string]: Service },
  now: Date,
): Promise<Map<string, CaseStanding>> {
  if (caseIds.length === 0) return new Map();
  const { rows } = await sql.query<StandingRow>(
    `SELECT c.id, c.service, c.resident_id AS "residentId", ${STATE}, c.closed_at AS "closedAt",
       c.conversation_id IS NOT NULL AS "hasChat", c.receiver_role IS NOT NULL AS "isSealed",
       c.is_confidential AS "isConfidential", v.letter_way AS way, ${IS_ISSUED} AS "isIssued",
       ${IS_MADE_ELSEWHERE} AS "isMadeElsewhere",
       (o.is_active AND EXISTS (SELECT FROM officer_roles r WHERE r.officer_id = o.id
         AND (r.village_id = c.village_id OR r.village_id IS NULL))) IS TRUE AS "holderIsActive"
     FROM cases c JOIN villages v ON v.id = c.village_id LEFT JOIN officers o ON o.id = c.officer_id
     WHERE c.id = ANY ($1::uuid[])`,
    [caseIds],
  );
  const last = await lastActs(sql, caseIds);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        state: stateOf(row),
        situation: {
          now,
          service: row.service,
          path: pathOf(services[row.service]),
          way: row.way,
          holderIsActive: row.holderIsActive,
          closedAt: row.closedAt,
          isIssued: row.isIssued,
          isMadeElsewhere: row.isMadeElsewhere,
          isOwnLetter: Boolean(services[row.service]?.letter),
          hasChat: row.hasChat,
          hasPin: true,
          isSealed: row.isSealed,
          isConfidential: row.isConfidential,
          isComplaint: services[row.service]?.kind === 'complaint',
          residentId: row.residentId,
          last: last.get(row.id) ?? null,
        },
      },
    ]),
  );
}

type StandingRow = StateColumns &
  Pick<
    Situation,
    | 'service'
    | 'residentId'
    | 'closedAt'
    | 'hasChat'
    | 'isSealed'
    | 'isConfidential'
    | 'way'
    | 'isIssued'
    | 'isMadeElsewhere'
    | 'holderIsActive'
  > & { id: string };
