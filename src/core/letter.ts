import { createHash } from 'node:crypto';
import type { JsonObject } from './json.js';
import type { Filled } from './letterTemplate.js';

/** Bytes of a letter's token: 160 bits. */
export const TOKEN_BYTES = 20;

/** What the sealed column of a letter holds: the token of its page, and every word that is printed. */
export interface LetterPrivate {
  token: string;
  /** Of whom it is about, and who asked for it: as they stand on the paper. */
  names: string[];
  print: LetterPrint;
}

/** A letter as the frame sets it (flows/letters/frame.typ): data alone, never source. */
export interface LetterPrint {
  /** 'PEMERINTAH KABUPATEN BANYUWANGI', 'KECAMATAN GLAGAH', 'DESA KEMIREN' */
  heading: string[];
  /** Under the heading: address, telephone. */
  contact: string[];
  title: string;
  number: string;
  blocks: Filled[];
  place: string;
  date: string;
  signer: { lines: string[]; name: string; number: string | null };
  way: 'wet' | 'electronic';
}

export function letterTokenHash(token: string): string {
  return createHash('sha256').update(`letter:${token}`).digest('hex');
}

/** The sealed column as what it is: we alone write it. */
export function asPrivate(opened: JsonObject): LetterPrivate {
  return opened as unknown as LetterPrivate;
}

/** `surat-keterangan-usaha-K7M2.pdf`: nothing of whom it is about. */
export function letterFileName({ title, code }: { title: string; code: string }): string {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-|-$/gu, '');
  return `${words}-${code.slice(0, 4)}.pdf`;
}
