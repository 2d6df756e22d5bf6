import { maskIdentityNumbers } from './identityNumbers.js';
import { wordTable } from './wordTable.js';
import { maskNumber, readFamilyCard, readNik } from './nik.js';
import { readRt, searchHamlet, searchName } from './registerNames.js';

/** A row of a village's register, as its clerk exports it from OpenSID or keeps it in a spreadsheet: pure. */

/** What a column may be. The first two must be there. */
export const REGISTER_FIELDS = [
  'name',
  'nik',
  'kk',
  'birth_date',
  'birth_place',
  'sex',
  'hamlet',
  'rt',
  'rw',
  'address',
  'religion',
  'occupation',
  'marital_status',
] as const;
export type RegisterField = (typeof REGISTER_FIELDS)[number];
/** The place of each field's column, from 0. */
export type RegisterMapping = { [F in RegisterField]?: number };

/** How headings name each field, in small letters and digits alone. */
const HEADINGS: { [F in RegisterField]: readonly string[] } = {
  name: ['nama', 'namalengkap', 'namapenduduk', 'namawarga', 'fullname', 'name'],
  nik: ['nik', 'nonik', 'nomornik', 'nomorindukkependudukan', 'noktp', 'nomorktp'],
  kk: ['nokk', 'nomorkk', 'kk', 'nokartukeluarga', 'nomorkartukeluarga', 'nomerkk'],
  birth_date: ['tanggallahir', 'tgllahir', 'tanggallhr', 'tgllhr', 'tgl', 'birthdate', 'dob'],
  birth_place: ['tempatlahir', 'tmptlahir', 'tmplhr', 'tempatlhr', 'kotalahir'],
  sex: ['jeniskelamin', 'jk', 'kelamin', 'sex', 'lp', 'jnskelamin', 'gender'],
  hamlet: ['dusun', 'namadusun', 'lingkungan', 'dukuh', 'kampung'],
  rt: ['rt', 'nort', 'nomorrt'],
  rw: ['rw', 'norw', 'nomorrw'],
  address: ['alamat', 'alamatlengkap', 'alamatsekarang', 'jalan'],
  religion: ['agama', 'agamaid'],
  occupation: ['pekerjaan', 'pekerjaanid', 'jenispekerjaan'],
  marital_status: ['statuskawin', 'statusperkawinan', 'statuskawinid', 'kawin'],
};

/** What the headings most likely mean; each column once. Headings that begin alike come after those that are the same. */
export function guessMapping(columns: readonly string[]): RegisterMapping {
  const plain = columns.map((column) => column.toLowerCase().replace(/[^a-z0-9]/gu, ''));
  const mapping: RegisterMapping = {};
  const taken = new Set<number>();
  const take = (field: RegisterField, fits: (heading: string) => boolean): void => {
    if (mapping[field] !== undefined) return;
    const at = plain.findIndex((heading, n) => !taken.has(n) && fits(heading));
    if (at < 0) return;
    mapping[field] = at;
    taken.add(at);
  };
  for (const field of REGISTER_FIELDS) take(field, (heading) => HEADINGS[field].includes(heading));
  for (const field of REGISTER_FIELDS)
    take(field, (heading) => HEADINGS[field].some((known) => known.length > 4 && heading.startsWith(known)));
  return mapping;
}

/** Why a row is not taken. `*_rounded`: a spreadsheet turned the number into 3,51E+15, and its end is lost. */
export const ROW_FAULTS = [
  'no_name',
  'nik_rounded',
  'bad_nik',
  'nik_twice',
  'kk_rounded',
  'bad_kk',
  'bad_birth_date',
  'nobody',
] as const;
export type RowFault = (typeof ROW_FAULTS)[number];

/** One person of the register. */
export interface RegisterEntry {
  name: string;
  searchName: string;
  birthDate: string | null;
  sex: 'L' | 'P' | null;
  hamlet: string | null;
  searchHamlet: string | null;
  rt: string | null;
  rw: string | null;
  nik: string | null;
  kk: string | null;
  /** What else a letter may need, as it stood there. */
  more: { [F in RegisterField]?: string };
}

export type ReadRow =
  | { entry: RegisterEntry; fault: null }
  /** `nik`: whose row it is, where that can still be told. */
  | { entry: null; fault: RowFault; nik: string | null };

/** Reads one row. `today`: `2026-11-26`. */
export function readRow(cells: readonly string[], mapping: RegisterMapping, today: string): ReadRow {
  const cell = (field: RegisterField): string => {
    const at = mapping[field];
    return at === undefined ? '' : clean(cells[at] ?? '');
  };
  const nik = numberIn(cell('nik'), today, readNik);
  const fault = (kind: RowFault): ReadRow => ({ entry: null, fault: kind, nik: nik.value });
  const name = cell('name').slice(0, 120);
  if (searchName(name) === '' || holdsNumber(name)) return fault('no_name');
  if (nik.fault) return fault(nik.fault === 'rounded' ? 'nik_rounded' : 'bad_nik');
  const kk = numberIn(cell('kk'), today, readFamilyCard);
  if (kk.fault) return fault(kk.fault === 'rounded' ? 'kk_rounded' : 'bad_kk');
  const birthDate = readBirthDate(cell('birth_date'), today);
  if (birthDate === undefined) return fault('bad_birth_date');
  // Nothing tells them from a namesake.
  if (nik.value === null && birthDate === null) return fault('nobody');
  // Names and hamlets are kept in clear: a column of numbers that was taken for one of them must not be.
  const place = cell('hamlet').slice(0, 60);
  const hamlet = place === '' || holdsNumber(place) ? null : place;
  const more: RegisterEntry['more'] = {};
  for (const field of ['birth_place', 'address', 'religion', 'occupation', 'marital_status'] as const) {
    const text = cell(field).slice(0, 120);
    if (text !== '') more[field] = text;
  }
  return {
    fault: null,
    entry: {
      name,
      searchName: searchName(name),
      birthDate,
      sex: readSex(cell('sex')),
      hamlet,
      searchHamlet: (hamlet && searchHamlet(hamlet)) || null,
      rt: readRt(cell('rt')),
      rw: readRt(cell('rw')),
      nik: nik.value,
      kk: kk.value,
      more,
    },
  };
}

function holdsNumber(text: string): boolean {
  return /\d{6}/u.test(text) || maskIdentityNumbers(text).found;
}

/** What tells a person without a NIK from others of the village. */
export function personKey(entry: {
  searchName: string;
  birthDate: string | null;
  kkDigest: string | null;
}): string {
  return `${entry.searchName}|${entry.birthDate ?? ''}|${entry.kkDigest ?? ''}`;
}

/** A number as it may be shown beside a candidate; null stays null. */
export function shownNumber(digits: string | null | undefined): string | null {
  return digits ? maskNumber(digits) : null;
}

interface NumberIn {
  value: string | null;
  fault: 'rounded' | 'bad' | null;
}

/**
 * A number of a cell: none where it is empty or nought, as the newborn have it. The ministry's form is asked for softly:
 * an old number whose date is no date stands on somebody's card all the same.
 */
function numberIn(cell: string, today: string, read: typeof readNik): NumberIn {
  const bare = cell.replace(/^['"`=]+|["']+$/gu, '');
  if (bare === '' || /^[0\s-]+$/u.test(bare)) return { value: null, fault: null };
  if (/^\d+([.,]\d+)?e\+?\d+$/iu.test(bare)) return { value: null, fault: 'rounded' };
  const digits = bare.replace(/[.,]0+$/u, '').replace(/[\s.\-–]/gu, '');
  // A spreadsheet keeps fifteen digits of a number and makes the last one nought: no count is 0000.
  if (/^\d{12}0000$/u.test(digits)) return { value: null, fault: 'rounded' };
  const found = read(digits, today);
  if ('value' in found) return { value: found.value, fault: null };
  return /^[1-9]\d{15}$/u.test(digits) && found.fault === 'date'
    ? { value: digits, fault: null }
    : { value: null, fault: 'bad' };
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'mei', 'jun', 'jul', 'agu', 'sep', 'okt', 'nov', 'des'];
const OTHER_MONTHS = wordTable<string>({
  may: 'mei',
  agt: 'agu',
  ags: 'agu',
  aug: 'agu',
  oct: 'okt',
  dec: 'des',
  peb: 'feb',
  nop: 'nov',
});

/** `2026-11-26`; null where the cell is empty, undefined where it is no day of a living person. */
function readBirthDate(cell: string, today: string): string | null | undefined {
  const bare = cell.replace(/^'/u, '').replace(/[T ]\d{1,2}:\d{2}.*$/u, '');
  if (bare === '' || /^0{1,4}[-/.]0{1,2}[-/.]0{1,4}$/u.test(bare)) return null;
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/u.exec(bare);
  const usual = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/u.exec(bare);
  const worded = /^(\d{1,2})[-/. ]+([a-z]{3,})\.?[-/. ]+(\d{4})$/iu.exec(bare);
  if (iso) return dayOf(iso[1]!, iso[2]!, iso[3]!, today);
  if (usual) return dayOf(usual[3]!, usual[2]!, usual[1]!, today);
  if (worded) {
    const short = worded[2]!.toLowerCase().slice(0, 3);
    const month = MONTHS.indexOf(OTHER_MONTHS[short] ?? short) + 1;
    return month === 0 ? undefined : dayOf(worded[3]!, String(month), worded[1]!, today);
  }
  // A spreadsheet's count of days since 1899-12-30.
  if (/^\d{4,5}$/u.test(bare)) {
    const at = new Date(Date.UTC(1899, 11, 30) + Number(bare) * 86_400_000);
    return dayOf(String(at.getUTCFullYear()), String(at.getUTCMonth() + 1), String(at.getUTCDate()), today);
  }
  return undefined;
}

function dayOf(year: string, month: string, day: string, today: string): string | undefined {
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (at.getUTCMonth() !== Number(month) - 1 || at.getUTCDate() !== Number(day)) return undefined;
  const iso = at.toISOString().slice(0, 10);
  return iso > today || Number(year) < Number(today.slice(0, 4)) - 120 ? undefined : iso;
}

/** OpenSID writes 1 and 2. */
function readSex(cell: string): 'L' | 'P' | null {
  const word = cell.toLowerCase().replace(/[^a-z0-9]/gu, '');
  if (/^(?:l|1|lk|laki|lakilaki|pria|m|male)$/u.test(word)) return 'L';
  if (/^(?:p|2|pr|perempuan|wanita|f|female)$/u.test(word)) return 'P';
  return null;
}

/** What the database refuses goes, and what is no letter of anything. */
function clean(cell: string): string {
  return cell
    .replace(/[\p{C}\u00a0]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}
