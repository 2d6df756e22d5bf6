import type { JsonObject } from './json.js';
import type { LetterField, LetterTemplate } from './letterTemplate.js';

/** What is known of a case when its letter is written. */
export interface LetterSources {
  template: Pick<LetterTemplate, 'fields' | 'valid_months'>;
  /** What an officer typed goes before all else. */
  typed: { [field: string]: string };
  /** Of the secure form: nik, family_card, name. */
  form: { [field: string]: string };
  /** Of the village's register. */
  person: RegisterPerson | null;
  /** The conversation's answers, the sensitive ones among them. */
  answers: JsonObject;
  village: { name: string; type: 'desa' | 'kelurahan'; district: string; officeAddress: string | null };
  /** In the village's zone: `2026-11-24`. */
  day: string;
}

export interface RegisterPerson {
  name: string;
  /** `1985-07-05` */
  birthDate: string | null;
  sex: string | null;
  hamlet: string | null;
  rt: string | null;
  rw: string | null;
  nik: string | null;
  kk: string | null;
  more: { [field: string]: string };
}

/** How dates and amounts are worded: handed in, since core has no formatter of its own. */
export interface Wording {
  date(iso: string): string;
  month(iso: string): string;
  money(rupiah: number): string;
  number(value: number): string;
}

/**
 * The values of all fields that are known. The name that a resident is called by in the chat is none: a letter bears the
 * name of the card.
 */
export function letterValues(of: LetterSources, wording: Wording): { [field: string]: string } {
  const { form, person, village } = of;
  const values: { [field: string]: string | null | undefined } = {
    nama: form.name ?? person?.name,
    nik: form.nik ?? person?.nik,
    no_kk: form.family_card ?? person?.kk,
    tempat_lahir: inTitleCase(person?.more.birth_place),
    tanggal_lahir: person?.birthDate ? wording.date(person.birthDate) : null,
    jenis_kelamin: person?.sex ? (person.sex === 'L' ? 'Laki-laki' : 'Perempuan') : null,
    agama: inTitleCase(person?.more.religion),
    pekerjaan: inTitleCase(person?.more.occupation),
    status_kawin: inTitleCase(person?.more.marital_status),
    alamat: person ? addressOf(person, village.type) : null,
    dusun: person?.hamlet,
    rt: person?.rt,
    rw: person?.rw,
    desa: `${village.type === 'kelurahan' ? 'Kelurahan' : 'Desa'} ${village.name}`,
    nama_desa: village.name,
    kecamatan: village.district,
    kabupaten: 'Banyuwangi',
    alamat_kantor: village.officeAddress,
    tanggal: wording.date(of.day),
    berlaku_sampai: of.template.valid_months
      ? wording.date(monthsLater(of.day, of.template.valid_months))
      : null,
  };
  for (const [id, field] of Object.entries(of.template.fields))
    values[id] = answerOf(field, of.answers, wording);
  for (const [id, text] of Object.entries(of.typed)) if (text.trim() !== '') values[id] = text.trim();
  for (const [id, { fallback }] of Object.entries(of.template.fields))
    if (!values[id] && fallback !== undefined) values[id] = values[fallback];
  return Object.fromEntries(
    Object.entries(values).flatMap(([id, value]) => (value ? [[id, oneLine(value)]] : [])),
  );
}

function answerOf(field: LetterField, answers: JsonObject, wording: Wording): string | null {
  const of = (question: string | undefined) => (question === undefined ? undefined : answers[question]);
  const own = of(field.answer);
  const value =
    own === undefined || own === null || own === '' || own === 'other' ? (of(field.other) ?? own) : own;
  if (value === undefined || value === null || value === '') return null;
  const said = typeof value === 'string' ? value : JSON.stringify(value);
  const worded = field.words && Object.hasOwn(field.words, said) ? field.words[said]! : null;
  if (worded !== null) return worded;
  // A choice that has no words of its own in a letter ('other', and nobody said what) must be typed.
  if (field.words && value === own) return null;
  switch (field.type) {
    case 'date':
      return wording.date(said);
    case 'month':
      return wording.month(said);
    case 'money':
      return typeof value === 'number' ? wording.money(value) : said;
    case 'number':
      return typeof value === 'number' ? wording.number(value) : said;
    case 'text':
      return said;
  }
}

/** `Dusun Krajan RT 003 RW 004`; where the register has a street, it comes first. */
function addressOf(person: RegisterPerson, type: 'desa' | 'kelurahan'): string | null {
  const place = person.hamlet
    ? `${type === 'kelurahan' ? 'Lingkungan' : 'Dusun'} ${inTitleCase(person.hamlet)!}`
    : null;
  const street = inTitleCase(person.more.address);
  const named =
    street && place && street.toLowerCase().includes(person.hamlet!.toLowerCase())
      ? street
      : [street, place].filter(Boolean).join(', ');
  const area = [person.rt ? `RT ${person.rt}` : null, person.rw ? `RW ${person.rw}` : null].filter(
    (part) => part !== null && !/\brt\b/iu.test(named),
  );
  const whole = [named, ...area].filter(Boolean).join(' ');
  return whole === '' ? null : whole;
}

/** Registers are written in capitals: "KARYAWAN SWASTA" reads as "Karyawan Swasta"; what has small letters stays. */
function inTitleCase(text: string | null | undefined): string | null {
  if (!text) return null;
  if (/\p{Ll}/u.test(text)) return text;
  return text
    .toLowerCase()
    .replace(/(^|[\s/(.-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** What would break a line or turn the direction of a text is no part of a value. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

function monthsLater(day: string, months: number): string {
  const [year, month, of] = day.split('-').map(Number) as [number, number, number];
  // The last day of a short month where it has no such day.
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(of, last))).toISOString().slice(0, 10);
}

/** `S.A.`: all that a public page shows of a name. */
export function initialsOf(name: string): string {
  const letters = name
    .split(',')[0]!
    .split(/[\s.]+/u)
    .flatMap((word) => word.match(/^\p{L}/u)?.[0].toUpperCase() ?? []);
  return letters
    .slice(0, 4)
    .map((letter) => `${letter}.`)
    .join('');
}
