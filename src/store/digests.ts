import type { JsonObject } from '../core/json.js';
import { isOpen } from './cases.js';
import { insertInternal } from './inbound.js';
import { OFFICER_CHAT } from './officerChats.js';
import type { Sql } from './sql.js';

/** Lines of one digest: what fits on a small phone without scrolling. */
const LINES = 10;
/** Officers whose digests one call makes. */
const OFFICERS = 100;

/** One case of a digest. */
interface Line {
  code: string;
  service: string;
  /** First name only; none of what is sealed. */
  resident: string | null;
  status: string;
}

/**
 * Makes the digests that are due: one message for each officer with all that waits for it, each case once, oldest first.
 * What is no longer news is left out and marked 'stale': a new case that somebody has, or any that was closed meanwhile,
 * but for one that its resident withdrew. The officer's row is locked first, so that two workers do not make two.
 */
export async function tellDigests(
  sql: Sql,
  now: Date,
  limit: number,
): Promise<{ seen: number; told: number }> {
  const { rows: officers } = await sql.query<{
    id: string;
    isActive: boolean;
    conversationId: string | null;
  }>(
    `SELECT w.id, w.is_active AS "isActive", chat.id AS "conversationId" FROM officers w
     LEFT JOIN LATERAL (${OFFICER_CHAT('w.id')}) chat ON true
     WHERE w.id IN (SELECT officer_id FROM notifications
         WHERE told_at IS NULL AND tell_at <= $1 AND way = 'digest')
       AND chat."isDown" IS NOT TRUE
     ORDER BY w.id LIMIT $2 FOR NO KEY UPDATE OF w SKIP LOCKED`,
    [now, Math.min(OFFICERS, limit)],
  );
  if (officers.length === 0) return { seen: 0, told: 0 };
  const { rows } = await sql.query<
    Line & { id: string; officerId: string; caseId: string; isStale: boolean }
  >(
    `SELECT n.id, n.officer_id AS "officerId", c.id AS "caseId", c.code, c.service, n.vars ->> 'resident' AS resident,
       c.status, (c.id IS NULL OR (n.kind = 'officer-new-case' AND c.status <> 'open') OR ${NEVER_HEARD('n')}
         OR NOT (${isOpen('c.status')} OR c.status = 'cancelled')) AS "isStale"
     FROM notifications n LEFT JOIN cases c ON c.id = n.subject_id
     WHERE n.officer_id = ANY ($1::uuid[]) AND n.told_at IS NULL AND n.tell_at <= $2 AND n.way = 'digest'
     ORDER BY c.opened_at, c.id, n.created_at FOR UPDATE OF n`,
    [officers.map(({ id }) => id), now],
  );
  const made = officers.flatMap(({ id, isActive, conversationId }) => {
    const news = rows.filter((row) => row.officerId === id && !row.isStale);
    if (!isActive || !conversationId || news.length === 0) return [];
    const cases = [...new Map(news.map((row) => [row.caseId, row])).values()];
    return [{ id, conversationId, vars: digestOf(cases) }];
  });
  await insertInternal(
    sql,
    made.map(({ id, conversationId, vars }) => ({
      conversationId,
      externalId: `digest:${id}:${now.getTime()}`,
      flow: 'officer-digest',
      vars,
    })),
    now,
  );
  const reached = new Set(made.map(({ id }) => id));
  const active = new Set(officers.filter(({ isActive }) => isActive).map(({ id }) => id));
  await markTold(
    sql,
    rows.map((row) => ({
      id: row.id,
      error:
        row.isStale || !active.has(row.officerId)
          ? 'stale'
          : reached.has(row.officerId)
            ? null
            : 'no_address',
    })),
    now,
  );
  return { seen: rows.length, told: made.length };
}

/** That a request was withdrawn is no news to an officer who never heard of it. Of notification `n`. */
export const NEVER_HEARD = (n: string): string => `(${n}.kind = 'officer-case-notice'
  AND ${n}.vars ->> 'event' = 'cancelled' AND EXISTS (
    SELECT FROM notifications f WHERE f.officer_id = ${n}.officer_id AND f.kind = 'officer-new-case'
      AND f.subject_id = ${n}.subject_id AND (f.told_at IS NULL OR f.error = 'stale')))`;

function digestOf(cases: Line[]): JsonObject {
  const lines = cases
    .slice(0, LINES)
    .map(({ code, service, resident, status }) => ({ code, service, resident, status }));
  return { count: cases.length, cases: lines, more: cases.length > LINES ? cases.length - LINES : null };
}

/** Notes what was told, or why not: 'stale', 'no_address'. */
export async function markTold(
  sql: Sql,
  rows: { id: string; error: string | null }[],
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE notifications n SET told_at = $3, error = t.error
     FROM unnest($1::uuid[], $2::text[]) AS t (id, error) WHERE n.id = t.id`,
    [rows.map((row) => row.id), rows.map((row) => row.error), now],
  );
}
