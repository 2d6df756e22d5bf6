import { asPrivate } from '../../core/letter.js';
import type { Sealer } from '../../core/ports.js';
import type { Sql } from '../sql.js';
import { CASE_IN_SCOPE, scopeValues } from './cases.js';
import type { CaseScope } from './cases.js';
import type { Scope } from './scope.js';

/** One line of the register of letters. */
export interface AgendaRow {
  id: string;
  number: string;
  /** '2026-11-24' */
  day: string;
  village: string;
  service: string;
  title: string;
  classification: string;
  code: string;
  /** Of whom it is about; initials where the reader may not see the case. */
  name: string;
  signerName: string;
  signerTitle: string;
  way: 'wet' | 'electronic';
  state: 'issued' | 'withdrawn' | 'replaced';
  reason: string | null;
  replacedBy: string | null;
  /** Whether the reader may open the case. */
  isVisible: boolean;
}

export interface AgendaFilter {
  /** '2026-11' */
  month: string;
  /** The beginning of a classification code; '' all. */
  classification: string;
}

/**
 * The letters of the villages of a scope that were issued in a month, by their day and number: every number that was given, also
 * of letters that hold no more. Names are opened for who may see the case alone.
 */
export async function agenda(
  sql: Sql,
  scope: Scope,
  cases: CaseScope,
  filter: AgendaFilter,
  sealer: Sealer,
  limit: number,
  offset = 0,
): Promise<AgendaRow[]> {
  const values = scopeValues(cases);
  const own = (n: number) => `$${values.length + n}`;
  const { rows } = await sql.query<Omit<AgendaRow, 'name'> & { initials: string; private: string | null }>(
    `SELECT l.id, l.number, l.issued_on::text AS day, l.village, l.service, l.title, l.classification,
       cases.code, l.initials, l.signer_name AS "signerName", l.signer_title AS "signerTitle", l.way, l.state,
       l.state_reason AS reason, n.number AS "replacedBy", seen.is_visible AS "isVisible",
       CASE WHEN seen.is_visible THEN l.private END AS private
     -- The page first: what else is told is read of its letters alone.
     FROM (SELECT letters.*, villages.name AS village FROM letters JOIN villages ON villages.id = letters.village_id
       WHERE (${own(1)}::text[] IS NULL OR letters.village_id = ANY (${own(1)}))
         AND letters.issued_on >= ${own(2)}::date AND letters.issued_on < ${own(2)}::date + interval '1 month'
         AND starts_with(letters.classification, ${own(3)})
       ORDER BY letters.issued_on, villages.name, letters.year, letters.counter, letters.sequence
       LIMIT ${own(4)} OFFSET ${own(5)}) l
     JOIN cases ON cases.id = l.case_id LEFT JOIN letters n ON n.id = l.replaced_by
     CROSS JOIN LATERAL (SELECT (${CASE_IN_SCOPE}) AS is_visible) seen
     ORDER BY l.issued_on, l.village, l.year, l.counter, l.sequence`,
    [...values, scope.villages, `${filter.month}-01`, filter.classification, limit, offset],
  );
  return rows.map(({ initials, private: sealed, ...row }) => ({
    ...row,
    name:
      sealed === null ? initials : (asPrivate(sealer.open('letter', row.id, sealed)).names[0] ?? initials),
  }));
}

/** The classification codes under which letters of a scope were issued in a month. */
export async function agendaCodes(sql: Sql, scope: Scope, month: string): Promise<string[]> {
  const { rows } = await sql.query<{ classification: string }>(
    `SELECT DISTINCT classification FROM letters
     WHERE ($1::text[] IS NULL OR village_id = ANY ($1))
       AND issued_on >= $2::date AND issued_on < $2::date + interval '1 month' ORDER BY 1`,
    [scope.villages, `${month}-01`],
  );
  return rows.map(({ classification }) => classification);
}
