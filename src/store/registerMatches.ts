import type { Candidate, MatchOutcome, Said } from '../core/registerMatch.js';
import type { Sql } from './sql.js';

export interface MatchInsert {
  id: string;
  draftId: string;
  conversationId: string;
  residentId: string;
  villageId: string;
  /** Sealed: what was said. */
  said: string;
  outcome: MatchOutcome;
  candidates: string[];
  registerId: string | null;
}

const CANDIDATE = `id, search_name AS "searchName", to_char(birth_date, 'YYYY-MM-DD') AS "birthDate",
  search_hamlet AS "searchHamlet", rt, rw, similarity(search_name, $2)::float8 AS similarity`;
const THERE = 'village_id = $1 AND removed_at IS NULL';

/**
 * People of the village's register: of that very name, or of a near one born in the same year; without a birth date, of
 * a near name. At most 20, the nearest first. Two look-ups in an index, not one that has to read every Siti of the
 * village: this runs while a conversation waits.
 */
export async function findCandidates(sql: Sql, villageId: string, said: Said): Promise<Candidate[]> {
  const near =
    said.birthDate === null
      ? `SELECT ${CANDIDATE} FROM residents_register WHERE ${THERE} AND search_name % $2`
      : `SELECT ${CANDIDATE} FROM residents_register WHERE ${THERE} AND similarity(search_name, $2) > 0.2
           AND birth_date >= date_trunc('year', $3::date) AND birth_date < date_trunc('year', $3::date) + interval '1 year'`;
  const { rows } = await sql.query<Candidate>(
    `SELECT * FROM (
       SELECT ${CANDIDATE} FROM residents_register WHERE ${THERE} AND search_name = $2
       UNION (${near})) AS c
     ORDER BY "birthDate" IS NOT DISTINCT FROM $3::text DESC, similarity DESC, id LIMIT 20`,
    [villageId, said.searchName, said.birthDate],
  );
  return rows;
}

/** How often each of these conversations was compared since then. */
export async function countMatches(
  sql: Sql,
  conversationIds: string[],
  since: Date,
): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ id: string; count: number }>(
    `SELECT conversation_id AS id, count(*)::int AS count FROM register_matches
     WHERE conversation_id = ANY ($1::uuid[]) AND created_at > $2 GROUP BY 1`,
    [conversationIds, since],
  );
  return new Map(rows.map((row) => [row.id, row.count]));
}

export async function insertMatch(sql: Sql, match: MatchInsert, now: Date): Promise<void> {
  await sql.query(
    `INSERT INTO register_matches (id, draft_id, conversation_id, resident_id, village_id, said, outcome, candidates,
       register_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::uuid[], $9, $10)`,
    [
      match.id,
      match.draftId,
      match.conversationId,
      match.residentId,
      match.villageId,
      match.said,
      match.outcome,
      match.candidates,
      match.registerId,
      now,
    ],
  );
}

export interface LockedMatch {
  id: string;
  candidates: string[];
  isDecided: boolean;
}

/** The newest match of each case, locked. */
export async function lockMatches(sql: Sql, caseIds: string[]): Promise<Map<string, LockedMatch>> {
  const { rows } = await sql.query<LockedMatch & { caseId: string }>(
    `SELECT case_id AS "caseId", id, candidates, decided_at IS NOT NULL AS "isDecided" FROM register_matches
     WHERE case_id = ANY ($1::uuid[]) ORDER BY created_at, id FOR NO KEY UPDATE`,
    [caseIds],
  );
  return new Map(rows.map(({ caseId, ...row }) => [caseId, row]));
}

/**
 * Keeps what an officer decided; and, where the resident of the case asked for themselves and their history was not
 * hidden then, who they are from now on.
 */
export async function decideMatchRow(
  sql: Sql,
  id: string,
  decided: { registerId: string | null; officerId: string },
  now: Date,
): Promise<void> {
  await sql.query(
    'UPDATE register_matches SET register_id = $2, decided_by = $3, decided_at = $4 WHERE id = $1',
    [id, decided.registerId, decided.officerId, now],
  );
  await sql.query(
    `UPDATE residents r SET register_id = $2 FROM register_matches m JOIN cases c ON c.id = m.case_id
     WHERE m.id = $1 AND r.id = c.resident_id AND r.id = m.resident_id AND NOT c.is_unproven AND $2::uuid IS NOT NULL
       AND NOT EXISTS (SELECT FROM beneficiaries b WHERE b.case_id = c.id)`,
    [id, decided.registerId],
  );
}
