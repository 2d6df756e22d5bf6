import type { Sql } from '../sql.js';

/** A letter as an act finds it, locked after its case. */
export interface LockedLetter {
  id: string;
  code: string;
  caseId: string;
  villageId: string;
  number: string;
  state: 'issued' | 'withdrawn' | 'replaced';
}

/** Locks letters, their cases first, as everybody does. */
export async function lockLetters(sql: Sql, ids: string[]): Promise<LockedLetter[]> {
  await sql.query(
    `SELECT FROM cases WHERE id IN (SELECT case_id FROM letters WHERE id::text = ANY ($1::text[]))
     ORDER BY id FOR NO KEY UPDATE`,
    [ids],
  );
  const { rows } = await sql.query<LockedLetter>(
    `SELECT l.id, c.code, l.case_id AS "caseId", l.village_id AS "villageId", l.number, l.state
     FROM letters l JOIN cases c ON c.id = l.case_id WHERE l.id::text = ANY ($1::text[]) ORDER BY l.id FOR UPDATE OF l`,
    [ids],
  );
  return rows;
}

/** A letter no longer holds. */
export async function closeLetter(
  sql: Sql,
  to: {
    id: string;
    state: 'withdrawn' | 'replaced';
    officerId: string;
    reason: string;
    replacedBy: string | null;
  },
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE letters SET state = $2, state_at = $3, state_by = $4, state_reason = $5, replaced_by = $6 WHERE id = $1`,
    [to.id, to.state, now, to.officerId, to.reason, to.replacedBy],
  );
}

/** A new letter of a case takes the place of the one before it, which was withdrawn for it. */
export async function replaceEarlier(sql: Sql, letters: { id: string; caseId: string }[]): Promise<void> {
  await sql.query(
    `UPDATE letters l SET state = 'replaced', replaced_by = n.id
     FROM unnest($1::uuid[], $2::uuid[]) AS n (id, case_id)
     WHERE l.case_id = n.case_id AND l.id <> n.id AND l.state <> 'issued' AND l.replaced_by IS NULL`,
    [letters.map(({ id }) => id), letters.map(({ caseId }) => caseId)],
  );
}
