import type { JsonObject } from '../core/json.js';
import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

export interface AuditEntry {
  officerId: string | null;
  /** What was done: 'case_finished', 'listing_published', 'village.hours'. */
  action: string;
  subjectKind: string;
  subjectId: string;
  /** `code`: of the case that it was done for, where that is not the subject; `village`: where it was done. */
  data?: JsonObject;
}

/**
 * Writes what officers did, for whoever must answer for it later. Rows are never changed: the program's role may only
 * add and read them, and a trigger refuses the rest. Each is written with the case it concerns and the village in which it
 * was done: what `data` says, else the case's, else the officer's own where it is only one.
 */
export async function insertAudit(sql: Sql, entries: AuditEntry[], newId: NewId, now: Date): Promise<void> {
  if (entries.length === 0) return;
  await sql.query(
    `INSERT INTO audit_log (id, at, officer_id, action, subject_kind, subject_id, data, case_id, village_id)
     SELECT a.id, $7, a.officer_id, a.action, a.subject_kind, a.subject_id, a.data, c.id, coalesce(v.id, c.village_id, own.id)
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[]) WITH ORDINALITY
       AS a (id, officer_id, action, subject_kind, subject_id, data, ord)
     LEFT JOIN LATERAL (SELECT id, village_id FROM cases WHERE id = CASE
       WHEN a.subject_kind = 'case' AND a.subject_id ~ '^[0-9a-f-]{36}$' THEN a.subject_id::uuid
       ELSE (SELECT coded.id FROM cases coded WHERE coded.code = a.data->>'code') END) c ON true
     LEFT JOIN villages v ON v.id = CASE WHEN a.subject_kind = 'village' THEN a.subject_id ELSE a.data->>'village' END
     LEFT JOIN LATERAL (SELECT min(village_id) AS id FROM officer_roles WHERE officer_id = a.officer_id
       HAVING count(*) = count(village_id) AND count(DISTINCT village_id) = 1) own ON true
     ORDER BY a.ord`,
    [
      entries.map(() => newId()),
      entries.map((e) => e.officerId),
      entries.map((e) => e.action),
      entries.map((e) => e.subjectKind),
      entries.map((e) => e.subjectId),
      entries.map((e) => JSON.stringify(e.data ?? {})),
      now,
    ],
  );
}
