import type { Sealer } from '../../core/ports.js';
import type { MatchOutcome } from '../../core/registerMatch.js';
import { peopleByIds } from '../register/search.js';
import type { RegisterPerson } from '../register/search.js';
import type { Sql } from '../sql.js';

/** Who stands behind a case, as far as it is known. */
export interface PeopleOfCase {
  beneficiary: {
    name: string;
    relation: string;
    /** Asked in a chat of their own. */
    isAsked: boolean;
    answer: 'agreed' | 'refused' | null;
  } | null;
  introduction: {
    way: 'rt_tap' | 'photo';
    rt: string | null;
    rw: string | null;
    officer: string | null;
    answer: 'mine' | 'not_mine' | null;
  } | null;
  match: {
    outcome: MatchOutcome;
    said: { name: string; birthDate: string | null; address: string };
    candidates: RegisterPerson[];
    person: RegisterPerson | null;
    decidedBy: string | null;
  } | null;
  /** An officer found the resident for an earlier request. */
  known: RegisterPerson | null;
}

interface MatchRow {
  id: string;
  villageId: string;
  outcome: MatchOutcome;
  said: string;
  candidates: string[];
  registerId: string | null;
  decidedBy: string | null;
}

/**
 * The caller has found the case within its scope. Candidates are of the case's village alone; numbers are masked, but for
 * `isClear` those of the person whom an officer confirmed: the caller writes that look down.
 */
export async function peopleOfCase(
  sql: Sql,
  caseId: string,
  sealer: Sealer,
  isClear = false,
): Promise<PeopleOfCase> {
  const [beneficiaries, introductions, matches, known] = await Promise.all([
    sql.query<NonNullable<PeopleOfCase['beneficiary']>>(
      `SELECT name, relation, asked_in IS NOT NULL AS "isAsked", answer FROM beneficiaries WHERE case_id = $1`,
      [caseId],
    ),
    sql.query<NonNullable<PeopleOfCase['introduction']>>(
      `SELECT i.way, i.rt, i.rw, o.name AS officer, i.answer FROM introductions i
       LEFT JOIN officers o ON o.id = i.officer_id WHERE i.case_id = $1`,
      [caseId],
    ),
    sql.query<MatchRow>(
      `SELECT m.id, m.village_id AS "villageId", m.outcome, m.said, m.candidates, m.register_id AS "registerId",
         o.name AS "decidedBy"
       FROM register_matches m LEFT JOIN officers o ON o.id = m.decided_by
       WHERE m.case_id = $1 ORDER BY m.created_at DESC, m.id DESC LIMIT 1`,
      [caseId],
    ),
    sql.query<{ registerId: string; villageId: string }>(
      `SELECT r.register_id AS "registerId", c.village_id AS "villageId" FROM cases c
       JOIN residents r ON r.id = c.resident_id
       JOIN residents_register g ON g.id = r.register_id AND g.village_id = c.village_id AND g.removed_at IS NULL
       WHERE c.id = $1 AND NOT c.is_unproven`,
      [caseId],
    ),
  ]);
  const match = matches.rows[0];
  const beneficiary = beneficiaries.rows[0] ?? null;
  const one = known.rows[0];
  const before = one && !match && !beneficiary ? one : null;
  return {
    beneficiary,
    introduction: introductions.rows[0] ?? null,
    match: match ? await opened(sql, match, sealer, isClear) : null,
    known: before
      ? ((
          await peopleByIds(sql, { villages: [before.villageId] }, [before.registerId], sealer, isClear)
        )[0] ?? null)
      : null,
  };
}

async function opened(
  sql: Sql,
  match: MatchRow,
  sealer: Sealer,
  isClear: boolean,
): Promise<PeopleOfCase['match']> {
  const scope = { villages: [match.villageId] };
  const isDecided = match.decidedBy !== null;
  const own = match.registerId === null ? [] : [match.registerId];
  const [person] = await peopleByIds(sql, scope, own, sealer, isClear && isDecided);
  const candidates = await peopleByIds(sql, scope, isDecided ? [] : match.candidates, sealer);
  const said = sealer.open('register', match.id, match.said);
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    outcome: match.outcome,
    said: {
      name: text(said['name']),
      birthDate: text(said['birth_date']) || null,
      address: text(said['address']),
    },
    candidates,
    person: person ?? null,
    decidedBy: match.decidedBy,
  };
}
