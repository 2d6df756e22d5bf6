import type { Sql } from '../sql.js';
import { CASE_IN_SCOPE, scopeValues } from './cases.js';
import type { CaseScope } from './cases.js';
import type { Scope } from './scope.js';

export interface FileRow {
  id: string;
  isRestricted: boolean;
  caseCode: string | null;
  villageId: string | null;
  mime: string | null;
}

/**
 * A stored file that belongs to a case or a listing of the scope; null otherwise. A file that belongs to nothing yet
 * (a request that is not confirmed) is nobody's to see.
 */
export async function fileInScope(
  sql: Sql,
  scope: CaseScope,
  listings: Scope,
  id: string,
): Promise<FileRow | null> {
  const { rows } = await sql.query<FileRow>(
    `SELECT attachments.id, attachments.is_restricted AS "isRestricted", attachments.mime, cases.code AS "caseCode",
       coalesce(cases.village_id, listings.village_id) AS "villageId"
     FROM attachments LEFT JOIN cases ON cases.id = attachments.case_id
       LEFT JOIN listings ON listings.id = attachments.listing_id
     WHERE attachments.id = $10 AND attachments.state = 'stored' AND ((cases.id IS NOT NULL AND ${CASE_IN_SCOPE})
       OR (listings.id IS NOT NULL AND ($9::text[] IS NULL OR listings.village_id = ANY ($9))))`,
    [...scopeValues(scope), listings.villages, id],
  );
  return rows[0] ?? null;
}

/** Whether anybody may see it: a picture of a listing that is on the market. */
export async function isOnMarket(sql: Sql, id: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT 1 FROM attachments JOIN listings ON listings.id = attachments.listing_id
     WHERE attachments.id = $1 AND attachments.state = 'stored' AND attachments.kind = 'photo'
       AND NOT attachments.is_restricted AND listings.status IN ('published', 'sold')`,
    [id],
  );
  return rowCount === 1;
}

/** Whether a phone of the simulator sent it: its page shows no other files of ours. */
export async function isOfSimulator(sql: Sql, id: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT 1 FROM attachments JOIN conversations ON conversations.id = attachments.conversation_id
       JOIN lines ON lines.id = conversations.line_id
     WHERE attachments.id = $1 AND attachments.state = 'stored' AND lines.platform = 'simulator'`,
    [id],
  );
  return rowCount === 1;
}
