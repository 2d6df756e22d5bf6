import { TOKEN_BYTES, letterTokenHash } from '../core/letter.js';
import type { LetterPrint, LetterPrivate } from '../core/letter.js';
import { letterContent } from '../core/letterContent.js';
import { letterNumber, NUMBER_FORMAT } from '../core/letterNumber.js';
import { unprintableParts } from '../core/letterSigns.js';
import type { UnprintablePart } from '../core/letterSigns.js';
import { fieldsIn, fillBody, knownFields } from '../core/letterTemplate.js';
import type { Filled, LetterTemplate, VillageTemplate } from '../core/letterTemplate.js';
import { initialsOf, letterValues } from '../core/letterValues.js';
import type { JsonObject } from '../core/json.js';
import { insertAudit } from '../store/audit.js';
import { checkedLetters } from '../store/letters/checked.js';
import { allocateNumbers, insertLetters } from '../store/letters/issue.js';
import { replaceEarlier } from '../store/letters/state.js';
import { readLetterCases } from '../store/letters/sources.js';
import type { LetterCase } from '../store/letters/sources.js';
import type { Sql } from '../store/sql.js';
import { dateTimeFormat } from '../words/formatters.js';
import { wordDate, wordMoney, wordMonth, wordNumber } from '../words/values.js';
import type { ApplyContext } from './applier.js';
import { endLetter } from './endLetter.js';

/** So many signs of a field that cannot be printed are named. */
const MOST_SIGNS = 5;

/** A case whose letter is to be issued, and who signs it. */
export interface LetterToIssue {
  caseId: string;
  signer: { id: string; name: string; role: string };
  /** Set where it is signed a.n. (for the one who holds this role): 'kepala_desa'. */
  onBehalfOf: string | null;
  /** Set where it was signed just now: a letter of the case that stands gives way to the new one. `from`: where it was signed. */
  anew?: { from: string };
}

/** Why a letter gave way, as the register tells it. */
const SIGNED_ANEW = 'Surat baru ditandatangani';

export interface Issued {
  /** `isNew` false: it was issued before, and stands as it is. */
  issued: { caseId: string; code: string; letterId: string; number: string; isNew: boolean }[];
  /** `missing`: what is not known yet, as officers call it. */
  left: { caseId: string; code: string; missing: string[] }[];
}

/**
 * Issues letters inside the caller's transaction: each gets its number, its token and its words, which change no more. The
 * file is made after the commit (queue `letters`). A case whose letter stands already keeps it, but where it was signed anew:
 * then the one before says from now on that it was replaced. One whose fields are not all known is left, with their names.
 * `issuedBy`: the officer who had it done, where that is not the signer.
 */
export async function issueLetters(
  sql: Sql,
  wanted: LetterToIssue[],
  context: ApplyContext,
  issuedBy: string | null = null,
): Promise<Issued> {
  const ids = [...new Set(wanted.map(({ caseId }) => caseId))];
  await sql.query('SELECT FROM cases WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', [ids]);
  const cases = await readLetterCases(sql, ids, context.sealer);
  const checked = await checkedLetters(sql, ids);
  const result: Issued = { issued: [], left: [] };
  const ready: { of: LetterCase; to: LetterToIssue; draft: Draft }[] = [];
  for (const caseId of ids) {
    const of = cases.get(caseId);
    const to = wanted.find((one) => one.caseId === caseId)!;
    if (!of) continue;
    if (of.issued && !to.anew) {
      const { id: letterId, number } = of.issued;
      result.issued.push({ caseId, code: of.code, letterId, number, isNew: false });
      continue;
    }
    const draft = draftOf(of, to, context);
    if (isOther(of, draft, checked.get(caseId), context)) draft.missing.push(CHANGED);
    if (draft.missing.length > 0) result.left.push({ caseId, code: of.code, missing: draft.missing });
    else ready.push({ of, to, draft });
  }
  const numbers = await allocateNumbers(
    sql,
    ready.map(({ of, draft }) => ({
      villageId: of.villageId,
      counter: of.letterhead.counter === 'code' ? draft.classification : '',
      year: Number(draft.day.slice(0, 4)),
    })),
  );
  const letters = ready.map((one, n) => ({ ...one, id: context.newId(), sequence: numbers[n]! }));
  for (const { of, to } of letters)
    if (of.issued && to.anew)
      await endLetter(
        sql,
        { ...of.issued, code: of.code },
        {
          state: 'replaced',
          officerId: to.signer.id,
          from: to.anew.from,
          reason: SIGNED_ANEW,
          isReplaced: true,
        },
        context,
      );
  await insertLetters(
    sql,
    letters.map(({ of, to, draft, id, sequence }) => {
      const token = Buffer.from(context.random(TOKEN_BYTES)).toString('base64url');
      const number = numberOf(of, draft, sequence);
      const sealed: LetterPrivate = { token, names: draft.names, print: draft.print(number) };
      result.issued.push({ caseId: of.caseId, code: of.code, letterId: id, number, isNew: true });
      return {
        id,
        caseId: of.caseId,
        villageId: of.villageId,
        service: of.service,
        title: draft.title,
        classification: draft.classification,
        counter: of.letterhead.counter === 'code' ? draft.classification : '',
        year: Number(draft.day.slice(0, 4)),
        sequence,
        number,
        way: of.village.letterWay,
        signerId: to.signer.id,
        signerName: to.signer.name,
        signerTitle: draft.signerTitle.join(', '),
        initials: initialsOf(draft.names[0]!),
        tokenHash: letterTokenHash(token),
        private: context.sealer.seal('letter', id, sealed as unknown as JsonObject),
        letterheadId: of.letterheadId,
        issuedBy: issuedBy ?? to.signer.id,
        issuedOn: draft.day,
      };
    }),
    context.now,
  );
  await replaceEarlier(
    sql,
    letters.map(({ id, of }) => ({ id, caseId: of.caseId })),
  );
  await insertAudit(
    sql,
    letters.map(({ of, to, id, draft, sequence }) => ({
      officerId: issuedBy ?? to.signer.id,
      action: 'letter_issued',
      subjectKind: 'letter',
      subjectId: id,
      data: { code: of.code, number: numberOf(of, draft, sequence) },
    })),
    context.newId,
    context.now,
  );
  if (letters.length > 0) context.nudges.letters = true;
  return result;
}

/** What officers read of a letter that says something else than what was checked. */
const CHANGED = 'isinya berubah sejak diperiksa, kembalikan dulu ke pemeriksaan';

/** Whether a letter would say something else than what was checked; of what was checked before this was held fast nobody knows. */
function isOther(
  of: LetterCase,
  { values }: Draft,
  checked: string | undefined,
  { services, sealer }: ApplyContext,
): boolean {
  const template = templateOf(services[of.service]?.letter ?? null, of.own);
  if (checked === undefined || !template) return false;
  return !sealer.lookUpKeys(letterContent(of.caseId, template, values)).includes(checked);
}

/** What is missing for the letters of these cases, as officers call it, by case id; nothing issued, nothing locked. */
export async function missingForLetters(
  sql: Sql,
  caseIds: string[],
  context: Pick<ApplyContext, 'sealer' | 'services' | 'now'>,
): Promise<Map<string, string[]>> {
  const cases = await readLetterCases(sql, caseIds, context.sealer);
  const nobody = { id: '', name: '—', role: 'kepala_desa' };
  return new Map(
    [...cases].map(([caseId, of]) => [
      caseId,
      of.issued ? [] : draftOf(of, { signer: nobody, onBehalfOf: null }, context).missing,
    ]),
  );
}

/** A letter before it has its number. */
export interface Draft {
  /** What is not known, as officers call it. */
  missing: string[];
  /** The same by the fields' names. */
  missingFields: string[];
  /** What the fonts of a letter cannot print (core/letterSigns.ts); it stands among `missing` as well. */
  unprintable: UnprintablePart[];
  values: { [field: string]: string };
  title: string;
  classification: string;
  day: string;
  /** Of whom it is about, then who asked for it. */
  names: string[];
  signerTitle: string[];
  print(number: string): LetterPrint;
}

/** Writes a letter from what is known. `values` of fields that are missing read `…` in the print. */
export function draftOf(
  of: LetterCase,
  { signer, onBehalfOf }: Omit<LetterToIssue, 'caseId'>,
  context: Pick<ApplyContext, 'services' | 'now'>,
): Draft {
  const service = context.services[of.service];
  const shipped = service?.letter ?? null;
  const template = templateOf(shipped, of.own);
  const day = dayIn(context.now, of.village.zone);
  const signerTitle = titleLines(of, signer.role, onBehalfOf);
  const classification = of.classification ?? service?.classification ?? '';
  const values: { [field: string]: string } = template
    ? {
        ...letterValues(
          {
            template,
            typed: of.typed,
            form: of.form,
            person: of.person,
            answers: of.answers,
            village: of.village,
            day,
          },
          WORDING,
        ),
        jabatan: headTitle(of),
        penandatangan: signer.name,
      }
    : {};
  // The number is given last; it never is what is missing.
  const { missing: fields } = template ? fillBody(template.body, { ...values, nomor: '…' }) : { missing: [] };
  // Whom it is about is printed on the verifying page, whatever the body says.
  const about = template?.about ?? 'nama';
  const missingFields = template ? [...new Set([...fields, ...(values[about] ? [] : [about])])] : [];
  const known = knownFields(template ?? { fields: {} });
  const missing = missingFields.map((field) => known[field]?.label ?? field);
  const format = of.letterhead.number_format || NUMBER_FORMAT;
  if (!template) missing.push('Contoh surat');
  if (classification === '') missing.push('Kode klasifikasi');
  if (format.includes('{office_code}') && !of.village.officeCode) missing.push('Kode kantor desa');
  const print = (number: string): LetterPrint =>
    printOf(of, {
      title: template?.title ?? '',
      blocks: template ? fillBody(template.body, { ...values, nomor: number }).blocks : [],
      number,
      date: wordDate(day, 'id'),
      signerTitle,
      signer: signer.name,
      isHead: onBehalfOf === null,
    });
  const said = template ? fieldsIn(template.body) : [];
  const unprintable = unprintableParts(
    print('…'),
    said.flatMap((field) => {
      const value = values[field];
      return value ? [{ field, label: known[field]?.label ?? field, value }] : [];
    }),
  );
  missing.push(
    ...unprintable.map(({ label, signs }) => `${label}: ganti ${signs.slice(0, MOST_SIGNS).join(' ')}`),
  );
  return {
    missing,
    missingFields,
    unprintable,
    values,
    title: template?.title ?? service?.title ?? of.service,
    classification,
    day,
    names: [...new Set([values[about], values.nama].flatMap((name) => name ?? []))],
    signerTitle,
    print,
  };
}

/** The shipped template with what the village changed of it. */
export function templateOf(
  shipped: LetterTemplate | null,
  own: VillageTemplate | null,
): LetterTemplate | null {
  return shipped && own ? { ...shipped, ...own } : shipped;
}

/** The day there: `2026-11-24`. */
export function dayIn(at: Date, zone: string): string {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone } as const;
  return dateTimeFormat('en-CA', parts).format(at);
}

const WORDING = {
  date: (iso: string) => wordDate(iso, 'id'),
  month: (iso: string) => wordMonth(iso, 'id'),
  money: wordMoney,
  number: (value: number) => wordNumber(value, 'id'),
};

function numberOf(of: LetterCase, draft: Draft, sequence: number): string {
  return letterNumber(of.letterhead.number_format || NUMBER_FORMAT, {
    classification: draft.classification,
    sequence,
    officeCode: of.village.officeCode,
    day: draft.day,
  });
}

/** What a letter says of a village and its office. */
type VillageOffice = Omit<LetterCase['village'], 'zone'>;

function headTitle(of: Pick<LetterCase, 'letterhead'> & { village: VillageOffice }): string {
  const usual = of.village.type === 'kelurahan' ? 'Lurah' : 'Kepala Desa';
  return of.letterhead.head_title || of.village.signerTitle || usual;
}

/** How a role is called under a letter that it signs a.n. */
const DEPUTIES: { [role: string]: [desa: string, kelurahan: string] } = {
  sekretaris: ['Sekretaris Desa', 'Sekretaris Kelurahan'],
  kasi_pelayanan: ['Kepala Seksi Pelayanan', 'Kepala Seksi Pelayanan'],
  kasi_pemerintahan: ['Kepala Seksi Pemerintahan', 'Kepala Seksi Pemerintahan'],
  kasi_kesejahteraan: ['Kepala Seksi Kesejahteraan', 'Kepala Seksi Kesejahteraan'],
  kaur_tu: ['Kepala Urusan Tata Usaha dan Umum', 'Kepala Urusan Tata Usaha dan Umum'],
};

/** `Kepala Desa Kemiren`; or `a.n. Kepala Desa Kemiren`, `Sekretaris Desa`. */
export function titleLines(
  of: Pick<LetterCase, 'letterhead'> & { village: VillageOffice },
  role: string,
  onBehalfOf: string | null,
): string[] {
  const head = `${headTitle(of)} ${of.village.name}`;
  if (onBehalfOf === null) return [head];
  const own = DEPUTIES[role]?.[of.village.type === 'kelurahan' ? 1 : 0];
  const deputy = (role === 'sekretaris' ? of.letterhead.deputy_title : '') || own;
  return [`a.n. ${head}`, ...(deputy ? [deputy] : [])];
}

/** A letter as the frame sets it. */
export function printOf(
  { village, letterhead }: Pick<LetterCase, 'letterhead'> & { village: VillageOffice },
  of: {
    title: string;
    number: string;
    blocks: Filled[];
    date: string;
    signerTitle: string[];
    signer: string;
    isHead: boolean;
  },
): LetterPrint {
  const kind = village.type === 'kelurahan' ? 'KELURAHAN' : 'DESA';
  const address = [
    letterhead.address || village.officeAddress,
    letterhead.postcode && `Kode Pos ${letterhead.postcode}`,
  ];
  const contact = letterhead.contact || (village.officePhone ? `Telepon ${village.officePhone}` : '');
  return {
    heading: [
      'PEMERINTAH KABUPATEN BANYUWANGI',
      `KECAMATAN ${village.district.toUpperCase()}`,
      `${kind} ${village.name.toUpperCase()}`,
    ],
    contact: [address.filter(Boolean).join(' · '), contact].filter((text) => text !== ''),
    title: of.title,
    number: of.number,
    blocks: of.blocks,
    place: letterhead.place || village.name,
    date: of.date,
    signer: {
      lines: of.signerTitle,
      name: of.signer,
      number: (of.isHead ? letterhead.head_number : letterhead.deputy_number) || null,
    },
    way: village.letterWay,
  };
}
