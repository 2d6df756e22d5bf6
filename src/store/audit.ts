import type { JsonObject } from '../core/json.js';
import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

export interface AuditEntry {
  officerId: string | null;
  /** What was done: 'case.finish', 'listing.approve', 'invite.confirm'. */
  action: string;
  subjectKind: string;
  subjectId: string;
  data?: JsonObject;
}

/** Writes what officers did, for whoever must answer for it later. */
export async function insertAudit(sql: Sql, entries: AuditEntry[], newId: NewId, now: Date): Promise<void> {
  if (entries.length === 0) return;
  await sql.query(
    `INSERT INTO audit_log (id, at, officer_id, action, subject_kind, subject_id, data)
     SELECT id, $7, officer_id, action, subject_kind, subject_id, data
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
       AS a (id, officer_id, action, subject_kind, subject_id, data)`,
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
