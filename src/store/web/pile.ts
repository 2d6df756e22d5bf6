import type { KeptFile } from '../../core/file.js';
import { SCAN } from '../attachments.js';
import { shownName } from '../cases.js';
import type { Sql } from '../sql.js';
import { CASE_IN_SCOPE, scopeValues } from './cases.js';
import type { CaseScope } from './cases.js';
import type { Scope } from './scope.js';

/** A letter that is signed on paper, on its way from the printer to the resident. */
export interface PileRow {
  code: string;
  service: string;
  village: string;
  zone: string;
  resident: string | null;
  openedAt: Date;
  isUrgent: boolean;
  /** `new`: has no number yet. `made`: waits for the pen. `ready`: waits for the resident. */
  stage: 'new' | 'made' | 'ready';
  letterId: string | null;
  number: string | null;
  /** Its file is made, and can be printed. */
  isMade: boolean;
  printedAt: Date | null;
  /** A scan of this very paper, signed, is kept. */
  hasScan: boolean;
}

/**
 * What lies on the pile, of the cases that an officer may act on in villages whose letters they write: the oldest request
 * first, urgent ones before.
 */
export async function pile(sql: Sql, scope: CaseScope, writing: Scope, limit = 200): Promise<PileRow[]> {
  const values = scopeValues(scope);
  const { rows } = await sql.query<PileRow>(
    `SELECT cases.code, cases.service, villages.name AS village, villages.zone, ${shownName('cases', 'residents')} AS resident,
       cases.opened_at AS "openedAt", cases.is_urgent AS "isUrgent",
       CASE WHEN cases.status = 'ready' THEN 'ready' WHEN l.id IS NULL THEN 'new' ELSE 'made' END AS stage,
       l.id AS "letterId", l.number, l.made_at IS NOT NULL AS "isMade", l.printed_at AS "printedAt",
       EXISTS (SELECT FROM attachments a WHERE a.case_id = cases.id AND a.name = '${SCAN}' AND a.erased_at IS NULL
         AND a.created_at >= l.issued_at) AS "hasScan"
     FROM cases JOIN villages ON villages.id = cases.village_id JOIN residents ON residents.id = cases.resident_id
     LEFT JOIN letters l ON l.case_id = cases.id AND l.state = 'issued'
     WHERE ${CASE_IN_SCOPE} AND villages.letter_way = 'wet'
       AND ((cases.status = 'signing' AND cases.step = 'sign') OR (cases.status = 'ready' AND l.id IS NOT NULL))
       AND ($${values.length + 2}::text[] IS NULL OR cases.village_id = ANY ($${values.length + 2}))
     ORDER BY cases.is_urgent DESC, cases.opened_at, cases.id LIMIT $${values.length + 1}`,
    [...values, limit, writing.villages],
  );
  return rows;
}

/** Whether all of these cases lie in an officer's scope, and in villages whose letters they write. */
export async function mayWriteAll(
  sql: Sql,
  scope: CaseScope,
  writing: Scope,
  codes: readonly string[],
): Promise<boolean> {
  const values = scopeValues(scope);
  const { rows } = await sql.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM cases WHERE ${CASE_IN_SCOPE} AND code = ANY ($${values.length + 1}::text[])
       AND ($${values.length + 2}::text[] IS NULL OR village_id = ANY ($${values.length + 2}))`,
    [...values, codes, writing.villages],
  );
  return rows[0]!.n === new Set(codes).size;
}

/** Keeps a scan of a letter with its case, as a restricted file. The caller has found the case within its scope. */
export async function insertScan(
  sql: Sql,
  scan: { id: string; caseId: string; file: KeptFile },
  now: Date,
): Promise<void> {
  const { file } = scan;
  await sql.query(
    `INSERT INTO attachments (id, case_id, kind, state, mime, name, bytes, width, height, sha256, storage_key,
       is_restricted, created_at)
     VALUES ($1, $2, 'photo', 'stored', $3, $4, $5, $6, $7, $8, $9, true, $10)`,
    [
      scan.id,
      scan.caseId,
      file.mime,
      SCAN,
      file.bytes,
      file.width,
      file.height,
      file.sha256,
      file.storageKey,
      now,
    ],
  );
}
