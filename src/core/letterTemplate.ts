import { z } from 'zod';

/**
 * What a letter says, as a clerk writes it: pure. A body is plain text with fields in braces. An empty line ends a block;
 * a block whose every line is `Label : words` is set as a table. What stands in square brackets is left out where one of its
 * fields is not known; every field outside of brackets must be known, or the letter is not issued. Of a table whose every row
 * stands in brackets one row must be left.
 *
 * ```
 * Yang bertanda tangan di bawah ini, {jabatan} {desa}, menerangkan bahwa:
 *
 * Nama : {nama}
 * NIK : {nik}
 *
 * mempunyai usaha {nama_usaha}[ sejak tahun {mulai}].
 * ```
 */

/** Fields that every letter knows, with the words by which officers and clerks are told of them, and an invented sample. */
export const COMMON_FIELDS = {
  nama: { label: 'Nama', sample: 'SITI AMINAH' },
  nik: { label: 'NIK', sample: '3510014507850001' },
  no_kk: { label: 'Nomor KK', sample: '3510011208100002' },
  tempat_lahir: { label: 'Tempat lahir', sample: 'Banyuwangi' },
  tanggal_lahir: { label: 'Tanggal lahir', sample: '5 Juli 1985' },
  jenis_kelamin: { label: 'Jenis kelamin', sample: 'Perempuan' },
  agama: { label: 'Agama', sample: 'Islam' },
  pekerjaan: { label: 'Pekerjaan', sample: 'Pedagang' },
  status_kawin: { label: 'Status perkawinan', sample: 'Kawin' },
  alamat: { label: 'Alamat', sample: 'Dusun Krajan RT 003 RW 004' },
  dusun: { label: 'Dusun', sample: 'Krajan' },
  rt: { label: 'RT', sample: '003' },
  rw: { label: 'RW', sample: '004' },
  desa: { label: 'Desa atau kelurahan', sample: 'Desa Kemiren' },
  nama_desa: { label: 'Nama desa saja', sample: 'Kemiren' },
  kecamatan: { label: 'Nama kecamatan', sample: 'Glagah' },
  kabupaten: { label: 'Nama kabupaten', sample: 'Banyuwangi' },
  alamat_kantor: { label: 'Alamat kantor', sample: 'Jalan Raya Desa 1' },
  jabatan: { label: 'Jabatan penandatangan', sample: 'Kepala Desa' },
  penandatangan: { label: 'Nama penandatangan', sample: 'SUPRIYADI' },
  nomor: { label: 'Nomor surat', sample: '500.2.2.4/001/429.517.06/2026' },
  tanggal: { label: 'Tanggal surat', sample: '24 November 2026' },
  berlaku_sampai: { label: 'Berlaku sampai', sample: '24 Desember 2026' },
} as const satisfies { [field: string]: { label: string; sample: string } };
export type CommonField = keyof typeof COMMON_FIELDS;

const FieldId = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/u);

/** A field of one service's letters: an answer of its flow, worded as a letter words it. */
export const LetterField = z.strictObject({
  label: z.string().min(2).max(60),
  /** The question that answers it; without one an officer types it. */
  answer: z.string().optional(),
  /** The question whose answer stands in its place where `answer` is 'other' or was not given. */
  other: z.string().optional(),
  /** How the values of a choice read in a letter. */
  words: z.record(z.string(), z.string().min(1).max(120)).optional(),
  type: z.enum(['text', 'date', 'month', 'money', 'number']).default('text'),
  /** Another field that stands in its place where nobody was asked: the mother who reports the birth herself. */
  fallback: z.string().optional(),
  sample: z.string().min(1).max(200),
});
export type LetterField = z.infer<typeof LetterField>;

const Title = z.string().trim().min(3).max(120);
const Body = z.string().trim().min(10).max(6000);
const SIGNERS = ['head', 'deputy'] as const;

/** flows/letters/<service>.yaml */
export const LetterTemplate = z.strictObject({
  title: Title,
  body: Body,
  fields: z.record(FieldId, LetterField).default({}),
  /** The field with the name of whom it is about: whoever verifies the letter is shown their initials. */
  about: FieldId.default('nama'),
  /** `deputy`: the Sekretaris signs a.n. the head. */
  signer: z.enum(SIGNERS).default('head'),
  /** Of {berlaku_sampai}. */
  valid_months: z.number().int().min(1).max(24).optional(),
});
export type LetterTemplate = z.infer<typeof LetterTemplate>;

/** What a village's clerk may change of it; null: as shipped. */
export const VillageTemplate = z.strictObject({
  title: Title,
  body: Body,
  signer: z.enum(SIGNERS),
});
export type VillageTemplate = z.infer<typeof VillageTemplate>;

const line = (most: number) => z.string().trim().max(most);

/** The letterhead of a village, its signers and its numbers. Empty: as shipped. */
export const Letterhead = z.strictObject({
  /** Under the names of regency, district and village: address, telephone, e-mail. */
  address: line(160).default(''),
  contact: line(160).default(''),
  postcode: z
    .string()
    .trim()
    .regex(/^(\d{5})?$/u)
    .default(''),
  /** How the head's office is called on letters ("Pj. Kepala Desa"), and their NIP. */
  head_title: line(60).default(''),
  head_number: line(40).default(''),
  deputy_title: line(60).default(''),
  deputy_number: line(40).default(''),
  /** Before the date. */
  place: line(60).default(''),
  number_format: line(80).default(''),
  /** Numbers count on by classification code, or through all letters of the year. */
  counter: z.enum(['code', 'village']).default('code'),
});
export type Letterhead = z.infer<typeof Letterhead>;

/** A paragraph or a table of the body, its fields still in place. */
export type Block = { kind: 'paragraph'; text: string } | { kind: 'rows'; rows: [string, string][] };

const FIELD = /\{([^{}]*)\}/gu;
const ROW = /^(\[?)\s*([^:{}[\]]{1,60}?)\s*:\s+(\S.*)$/u;

/** The blocks of a body. */
export function readBody(body: string): Block[] {
  return body
    .replace(/\r\n?/gu, '\n')
    .split(/\n[ \t]*\n/u)
    .map((block) => block.split('\n').map((text) => text.trim()))
    .map((lines) => lines.filter((text) => text !== ''))
    .filter((lines) => lines.length > 0)
    .map((lines): Block => {
      const rows = lines.map((text) => ROW.exec(text));
      if (rows.every((row) => row !== null) && lines.some((text) => text.includes('{')))
        return { kind: 'rows', rows: rows.map((row) => [row![2]!, `${row![1]!}${row![3]!}`]) };
      return { kind: 'paragraph', text: lines.join(' ') };
    });
}

export interface BodyFaults {
  /** Names in braces that no letter of this service knows. */
  unknown: string[];
  /** A brace or a bracket without its other half. */
  isUneven: boolean;
}

/** What stands in the way of using a body. `known`: names of all fields. */
export function bodyFaults(body: string, known: Iterable<string>): BodyFaults {
  const names = new Set(known);
  const used = fieldsIn(body);
  const rest = body.replaceAll(FIELD, '');
  const brackets = rest.replaceAll(/\[[^[\]]*\]/gu, '');
  return {
    unknown: [...new Set(used.filter((name) => !names.has(name)))],
    isUneven: /[{}]/u.test(rest) || /[[\]]/u.test(brackets),
  };
}

/** Names of the fields of a text, in their order. */
export function fieldsIn(text: string): string[] {
  return [...text.matchAll(FIELD)].map(([, name]) => name!.trim());
}

/** Names of the fields that must be known: those outside of brackets. */
export function requiredFields(body: string): string[] {
  return [...new Set(fieldsIn(body.replaceAll(/\[[^[\]]*\]/gu, '')))];
}

/** A body as it is printed. */
export type Filled = { kind: 'paragraph'; text: string } | { kind: 'rows'; rows: [string, string][] };

/** Puts the values in their places. `missing`: names of the required fields that have none. */
export function fillBody(
  body: string,
  values: { [field: string]: string | undefined },
): { blocks: Filled[]; missing: string[] } {
  const missing = requiredFields(body).filter((name) => !values[name]);
  const fill = (text: string): string =>
    text
      .replaceAll(/\[([^[\]]*)\]/gu, (whole, inner: string) => {
        const names = fieldsIn(inner);
        if (names.length === 0) return whole;
        return names.every((name) => values[name]) ? inner : '';
      })
      // A function, so that what a person wrote ("$&") is not read as a pattern.
      .replaceAll(FIELD, (_, name: string) => values[name.trim()] ?? '…')
      .replace(/[ \t]{2,}/gu, ' ')
      .trim();
  const blocks = readBody(body).flatMap((block): Filled[] => {
    if (block.kind === 'paragraph') {
      const text = fill(block.text);
      return text === '' ? [] : [{ kind: 'paragraph', text }];
    }
    const rows = block.rows
      .map(([label, text]): [string, string] => [label, fill(text)])
      .filter(([, text]) => text !== '');
    if (rows.length > 0) return [{ kind: 'rows', rows }];
    missing.push(...block.rows.flatMap(([, text]) => fieldsIn(text)));
    return [];
  });
  return { blocks, missing: [...new Set(missing)] };
}

/** All fields of a service's letters with their words and samples. */
export function knownFields(template: Pick<LetterTemplate, 'fields'>): {
  [field: string]: { label: string; sample: string };
} {
  return { ...COMMON_FIELDS, ...template.fields };
}
