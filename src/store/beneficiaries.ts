import type { Relation } from '../core/effect.js';
import type { Sql } from './sql.js';

export interface BeneficiaryInsert {
  id: string;
  caseId: string;
  name: string;
  relation: Relation;
  phone: string | null;
  /** The chat of whoever asks: they are not asked there whether they agree. */
  conversationId: string | null;
}

/**
 * Writes for whom cases are, and where each can be asked: the chat of that phone that was heard last. Answers the
 * conversation by the beneficiary's id, where there is one.
 */
export async function insertBeneficiaries(
  sql: Sql,
  rows: BeneficiaryInsert[],
  now: Date,
): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const { rows: made } = await sql.query<{ id: string; askedIn: string | null }>(
    `INSERT INTO beneficiaries (id, case_id, name, relation, phone, asked_in, created_at)
     SELECT n.id, n.case_id, n.name, n.relation, n.phone, chat.id, $7
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[])
       AS n (id, case_id, name, relation, phone, conversation_id)
     LEFT JOIN LATERAL (
       SELECT c.id FROM addresses a JOIN conversations c ON c.address_id = a.id JOIN lines l ON l.id = c.line_id
       WHERE a.phone = n.phone AND a.blocked_at IS NULL AND a.merged_into IS NULL AND c.merged_into IS NULL
         AND NOT c.is_group AND NOT c.is_private AND l.removed_at IS NULL
         AND a.id IS DISTINCT FROM (SELECT h.address_id FROM conversations h WHERE h.id = n.conversation_id)
       ORDER BY c.last_inbound_at DESC NULLS LAST LIMIT 1) chat ON n.phone IS NOT NULL
     ON CONFLICT (case_id) DO NOTHING
     RETURNING id, asked_in AS "askedIn"`,
    [
      rows.map((r) => r.id),
      rows.map((r) => r.caseId),
      rows.map((r) => r.name),
      rows.map((r) => r.relation),
      rows.map((r) => r.phone),
      rows.map((r) => r.conversationId),
      now,
    ],
  );
  return new Map(made.flatMap(({ id, askedIn }) => (askedIn === null ? [] : [[id, askedIn]])));
}

export interface LockedBeneficiary {
  id: string;
  askedIn: string | null;
  answer: 'agreed' | 'refused' | null;
  code: string;
}

export async function lockBeneficiaries(sql: Sql, ids: string[]): Promise<Map<string, LockedBeneficiary>> {
  const { rows } = await sql.query<LockedBeneficiary>(
    `SELECT b.id, b.asked_in AS "askedIn", b.answer, c.code FROM beneficiaries b JOIN cases c ON c.id = b.case_id
     WHERE b.id = ANY ($1::uuid[]) ORDER BY b.id FOR NO KEY UPDATE OF b`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export async function answerBeneficiaryRow(
  sql: Sql,
  id: string,
  answer: 'agreed' | 'refused',
  now: Date,
): Promise<void> {
  await sql.query('UPDATE beneficiaries SET answer = $2, answered_at = $3 WHERE id = $1', [id, answer, now]);
}
