import type { JsonObject } from '../../core/json.js';
import { Letterhead, VillageTemplate } from '../../core/letterTemplate.js';
import type { RegisterPerson } from '../../core/letterValues.js';
import type { Sealer } from '../../core/ports.js';
import type { Sql } from '../sql.js';
import { LETTER_OFFICE } from './office.js';
import type { LetterOffice } from './office.js';

/** A case and all that its letter may be written from. */
export interface LetterCase {
  caseId: string;
  code: string;
  service: string;
  status: string;
  villageId: string;
  village: LetterOffice;
  /** Where the village differs from the catalogue. */
  classification: string | null;
  answers: JsonObject;
  form: { [field: string]: string };
  person: RegisterPerson | null;
  typed: { [field: string]: string };
  letterhead: Letterhead;
  letterheadId: string | null;
  /** The village's own version of the service's template; null: the shipped one. */
  own: VillageTemplate | null;
  /** Of the letterhead. */
  logo: Buffer | null;
  /** The letter that stands for the case, where it was issued already. */
  issued: { id: string; number: string } | null;
}

interface Row extends LetterOffice {
  caseId: string;
  code: string;
  service: string;
  status: string;
  villageId: string;
  classification: string | null;
  answers: JsonObject;
  private: string | null;
  registerId: string | null;
  draft: string | null;
  letterhead: unknown;
  letterheadId: string | null;
  logo: Buffer | null;
  own: unknown;
  issuedId: string | null;
  issuedNumber: string | null;
}

/**
 * Reads and opens what the letters of these cases may be written from, by case id. Who somebody is in the register: as an
 * officer found it for this case, else as it is known of the resident who asks for themselves, else by the NIK of the form.
 */
export async function readLetterCases(
  sql: Sql,
  caseIds: string[],
  sealer: Sealer,
): Promise<Map<string, LetterCase>> {
  if (caseIds.length === 0) return new Map();
  const { rows } = await sql.query<Row>(
    `SELECT c.id AS "caseId", c.code, c.service, c.status, c.village_id AS "villageId", ${LETTER_OFFICE},
       (SELECT s.classification FROM village_services s WHERE s.village_id = v.id AND s.service = c.service) AS classification,
       c.answers, c.private, coalesce(
         (SELECT m.register_id FROM register_matches m WHERE m.case_id = c.id ORDER BY m.created_at DESC, m.id DESC LIMIT 1),
         CASE WHEN NOT c.is_unproven AND NOT EXISTS (SELECT FROM beneficiaries b WHERE b.case_id = c.id)
           THEN r.register_id END) AS "registerId",
       l.private AS draft, h.content AS letterhead, h.id AS "letterheadId", h.logo, t.content AS own,
       i.id AS "issuedId", i.number AS "issuedNumber"
     FROM cases c JOIN villages v ON v.id = c.village_id JOIN districts d ON d.code = v.district_code
     LEFT JOIN residents r ON r.id = c.resident_id
     LEFT JOIN letter_drafts l ON l.case_id = c.id
     LEFT JOIN letters i ON i.case_id = c.id AND i.state = 'issued'
     LEFT JOIN LATERAL (SELECT id, content, logo FROM letter_templates WHERE village_id = v.id AND service = ''
       ORDER BY version DESC LIMIT 1) h ON true
     LEFT JOIN LATERAL (SELECT content FROM letter_templates WHERE village_id = v.id AND service = c.service
       ORDER BY version DESC LIMIT 1) t ON true
     WHERE c.id = ANY ($1::uuid[])`,
    [caseIds],
  );
  const forms = await readForms(
    sql,
    rows.map(({ caseId }) => caseId),
    sealer,
  );
  const people = await readPeople(sql, rows, forms, sealer);
  return new Map(rows.map((row) => [row.caseId, toCase(row, forms, people, sealer)]));
}

function toCase(
  row: Row,
  forms: Map<string, { [field: string]: string }>,
  people: Map<string, RegisterPerson>,
  sealer: Sealer,
): LetterCase {
  const { name, type, district, officeAddress, officePhone, officeCode, signerTitle, zone, letterWay } = row;
  const sealed = row.private === null ? {} : sealer.open('case', row.caseId, row.private);
  const draft = row.draft === null ? {} : sealer.open('letter', row.caseId, row.draft);
  return {
    caseId: row.caseId,
    code: row.code,
    service: row.service,
    status: row.status,
    villageId: row.villageId,
    village: { name, type, district, officeAddress, officePhone, officeCode, signerTitle, zone, letterWay },
    classification: row.classification,
    answers: { ...row.answers, ...sealed },
    form: forms.get(row.caseId) ?? {},
    person: people.get(row.caseId) ?? null,
    typed: (draft.fields ?? {}) as { [field: string]: string },
    letterhead: Letterhead.parse(row.letterhead ?? {}),
    letterheadId: row.letterheadId,
    logo: row.logo,
    own: VillageTemplate.nullable().parse(row.own ?? null),
    issued: row.issuedId === null ? null : { id: row.issuedId, number: row.issuedNumber! },
  };
}

/** What was entered in the newest finished form of each case. */
async function readForms(
  sql: Sql,
  caseIds: string[],
  sealer: Sealer,
): Promise<Map<string, { [field: string]: string }>> {
  const { rows } = await sql.query<{ caseId: string; id: string; value: string }>(
    `SELECT n.case_id AS "caseId", v.id, v.value FROM unnest($1::uuid[]) AS n (case_id)
     JOIN LATERAL (SELECT f.id FROM form_uses u JOIN forms f ON f.id = u.form_id
       WHERE u.case_id = n.case_id AND f.state = 'done' ORDER BY f.done_at DESC LIMIT 1) f ON true
     JOIN form_values v ON v.form_id = f.id WHERE v.value IS NOT NULL`,
    [caseIds],
  );
  const forms = new Map<string, { [field: string]: string }>();
  for (const { caseId, id, value } of rows) {
    const entry = sealer.open('form', id, value);
    const form = forms.get(caseId) ?? {};
    form[String(entry.field)] = String(entry.value);
    forms.set(caseId, form);
  }
  return forms;
}

const PERSON = `r.id, r.name, to_char(r.birth_date, 'YYYY-MM-DD') AS "birthDate", r.sex, r.hamlet, r.rt, r.rw, r.private`;
type PersonRow = Omit<RegisterPerson, 'nik' | 'kk' | 'more'> & { id: string; private: string };

async function readPeople(
  sql: Sql,
  cases: Row[],
  forms: Map<string, { [field: string]: string }>,
  sealer: Sealer,
): Promise<Map<string, RegisterPerson>> {
  const { rows: byId } = await sql.query<PersonRow>(
    `SELECT ${PERSON} FROM residents_register r WHERE r.id = ANY ($1::uuid[])`,
    [cases.flatMap(({ registerId }) => registerId ?? [])],
  );
  const asked = cases.flatMap((row) => {
    const nik = forms.get(row.caseId)?.nik;
    return row.registerId === null && nik
      ? sealer.lookUpKeys(`nik:${nik}`).map((digest) => ({ ...row, digest }))
      : [];
  });
  const { rows: byNik } = asked.length
    ? await sql.query<PersonRow & { caseId: string }>(
        `SELECT n.case_id AS "caseId", ${PERSON} FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n (case_id, village_id, digest)
         JOIN residents_register r ON r.village_id = n.village_id AND r.nik_digest = n.digest AND r.removed_at IS NULL`,
        [asked.map((a) => a.caseId), asked.map((a) => a.villageId), asked.map((a) => a.digest)],
      )
    : { rows: [] };
  const people = new Map<string, RegisterPerson>();
  for (const { caseId, registerId } of cases) {
    const row = registerId
      ? byId.find(({ id }) => id === registerId)
      : byNik.find((found) => found.caseId === caseId);
    if (row) people.set(caseId, opened(row, sealer));
  }
  return people;
}

function opened({ id, private: sealed, ...row }: PersonRow, sealer: Sealer): RegisterPerson {
  const { nik, kk, ...rest } = sealer.open('register', id, sealed);
  const more = Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  const { name, birthDate, sex, hamlet, rt, rw } = row;
  return {
    name,
    birthDate,
    sex,
    hamlet,
    rt,
    rw,
    nik: typeof nik === 'string' ? nik : null,
    kk: typeof kk === 'string' ? kk : null,
    more,
  };
}
