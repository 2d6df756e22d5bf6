import type { JsonObject } from '../../core/json.js';
import { notSealedFrom } from '../cases.js';
import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

export const AUDIT_PAGE = 50;

/** What an officer may read of the record: of their villages; what belongs to none is the installation's keepers' alone. */
export interface AuditScope {
  villages: Scope;
  /** Of a sealed complaint nobody reads but whom it is sealed to (store/cases.ts `postsOf`). */
  reader: { officer: string; posts: readonly string[] };
}

export interface AuditFilter {
  /** A case's code. */
  code: string | null;
  officerId: string | null;
  /** A day by the regency's clock, '2026-11-24'. */
  day: string | null;
  /** Rows written before this one. */
  before: number | null;
}

export interface AuditRow {
  seq: number;
  at: Date;
  officer: string | null;
  action: string;
  village: string | null;
  zone: string | null;
  /** The case that it was done to, or for. */
  code: string | null;
  data: JsonObject;
  /** In a block of the chain by now. */
  block: number | null;
}

/** A page of the record, the newest first; one row more than a page tells that there is another. */
export async function auditInScope(
  sql: Sql,
  { villages: { villages }, reader }: AuditScope,
  { code, officerId, day, before }: AuditFilter,
  zone: string,
): Promise<AuditRow[]> {
  const { rows } = await sql.query<AuditRow>(
    `SELECT a.seq, a.at, o.name AS officer, a.action, v.name AS village, v.zone, c.code, a.data,
       (SELECT b.number FROM audit_blocks b
        WHERE b.written_at >= a.at - interval '5 minutes' AND a.seq = ANY (b.seqs) ORDER BY b.written_at LIMIT 1) AS block
     FROM audit_log a
     LEFT JOIN officers o ON o.id = a.officer_id
     LEFT JOIN villages v ON v.id = a.village_id
     LEFT JOIN cases c ON c.id = a.case_id
     WHERE ($1::text[] IS NULL OR a.village_id = ANY ($1))
       AND (a.case_id IS NULL OR ${notSealedFrom('c', '$2', '$3')})
       AND ($4::text IS NULL OR a.case_id = (SELECT id FROM cases WHERE code = $4))
       AND ($5::uuid IS NULL OR a.officer_id = $5)
       AND ($6::date IS NULL OR (a.at >= $6::date::timestamp AT TIME ZONE $8 AND a.at < ($6::date + 1)::timestamp AT TIME ZONE $8))
       AND ($7::bigint IS NULL OR a.seq < $7)
     ORDER BY a.seq DESC LIMIT ${AUDIT_PAGE + 1}`,
    [villages, reader.officer, reader.posts, code, officerId, day, before, zone],
  );
  return rows;
}

/** Who may have written something there, by name: for the filter. */
export async function auditedOfficers(
  sql: Sql,
  { villages }: Scope,
): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql.query<{ id: string; name: string }>(
    `SELECT DISTINCT o.id, o.name FROM officers o JOIN officer_roles r ON r.officer_id = o.id
     WHERE $1::text[] IS NULL OR r.village_id = ANY ($1) ORDER BY o.name, o.id LIMIT 2000`,
    [villages],
  );
  return rows;
}
