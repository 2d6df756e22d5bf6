import type { Sealer } from '../../core/ports.js';
import { searchName } from '../../core/registerNames.js';
import { shownNumber } from '../../core/registerRow.js';
import type { Sql } from '../sql.js';
import type { Scope } from '../web/scope.js';

/** Somebody of the register as an officer sees them: numbers masked. */
export interface RegisterPerson {
  id: string;
  name: string;
  birthDate: string | null;
  sex: string | null;
  hamlet: string | null;
  rt: string | null;
  rw: string | null;
  village: string;
  nik: string | null;
  kk: string | null;
  isGone: boolean;
}

const MOST = 20;
const COLUMNS = `r.id, r.name, to_char(r.birth_date, 'YYYY-MM-DD') AS "birthDate", r.sex, r.hamlet, r.rt, r.rw,
  v.name AS village, r.private, r.removed_at IS NOT NULL AS "isGone"`;

/** People of a scope's registers by name, or by a whole NIK or No. KK; at most 20, the nearest first. */
export async function searchRegister(
  sql: Sql,
  scope: Scope,
  text: string,
  sealer: Sealer,
): Promise<RegisterPerson[]> {
  const digits = text.replace(/[\s.-]/gu, '');
  const isNumber = /^\d{16}$/u.test(digits);
  const { rows } = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM residents_register r JOIN villages v ON v.id = r.village_id
     WHERE ($1::text[] IS NULL OR r.village_id = ANY ($1)) AND ${
       isNumber ? '(r.nik_digest = ANY ($2::text[]) OR r.kk_digest = ANY ($3::text[]))' : BY_NAME
     }
     ORDER BY r.removed_at IS NOT NULL, ${isNumber ? 'r.name' : 'word_similarity($2, r.search_name) DESC, r.name'}
     LIMIT ${MOST}`,
    isNumber
      ? [scope.villages, sealer.lookUpKeys(`nik:${digits}`), sealer.lookUpKeys(`kk:${digits}`)]
      : [scope.villages, searchName(text)],
  );
  return rows.map((row) => shown(row, sealer));
}

const BY_NAME = `(r.search_name LIKE '%' || $2 || '%' OR r.search_name % $2 OR word_similarity($2, r.search_name) > 0.6)`;

/** These people of a scope, in the order of the ids. `isClear`: with their whole numbers; the caller writes down the look. */
export async function peopleByIds(
  sql: Sql,
  scope: Scope,
  ids: string[],
  sealer: Sealer,
  isClear = false,
): Promise<RegisterPerson[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM residents_register r JOIN villages v ON v.id = r.village_id
     WHERE r.id = ANY ($1::uuid[]) AND ($2::text[] IS NULL OR r.village_id = ANY ($2))
     ORDER BY array_position($1::uuid[], r.id)`,
    [ids, scope.villages],
  );
  return rows.map((row) => shown(row, sealer, isClear));
}

type Row = Omit<RegisterPerson, 'nik' | 'kk'> & { private: string };

function shown({ private: sealed, ...row }: Row, sealer: Sealer, isClear = false): RegisterPerson {
  const { nik, kk } = sealer.open('register', row.id, sealed);
  const number = (value: unknown): string | null => {
    if (typeof value !== 'string') return null;
    return isClear ? value : shownNumber(value);
  };
  return { ...row, nik: number(nik), kk: number(kk) };
}
