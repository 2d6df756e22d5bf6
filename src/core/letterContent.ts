import { fieldsIn } from './letterTemplate.js';
import type { LetterTemplate } from './letterTemplate.js';

/** Filled in by the issuing itself, from the village and its office: nobody types them, and nobody checks them. */
export const GIVEN_FIELDS: readonly string[] = [
  'nomor',
  'tanggal',
  'jabatan',
  'penandatangan',
  'berlaku_sampai',
  'desa',
  'nama_desa',
  'kecamatan',
  'kabupaten',
  'alamat_kantor',
];

/**
 * All that a letter says of its request, as one text: its words, and the value of each field that somebody had to check. Of two
 * drafts of a case these texts are the same where the letters say the same, whenever, and by whom, they are signed.
 */
export function letterContent(
  caseId: string,
  { title, body, signer, about }: LetterTemplate,
  values: { [field: string]: string },
): string {
  const said = [...new Set([...fieldsIn(body), about])].filter((field) => !GIVEN_FIELDS.includes(field));
  return JSON.stringify([
    'letter',
    caseId,
    title,
    body,
    signer,
    said.toSorted().map((field) => [field, values[field] ?? null]),
  ]);
}
