import type { LetterPrint } from '../core/letter.js';
import { drawQr } from './qr.js';

/** What the frame is handed (flows/letters/frame.typ): a letter's words, and what stands around them. */
export interface FrameData extends LetterPrint {
  /** Written across the page; null: it is issued. */
  draft: string | null;
  /** SVG; null: no public page can be reached. */
  qr: string | null;
  seal: string[];
  /** In the place of a signature on paper. */
  signed: string;
  logo: boolean;
  /** Year, month and day that the file says it was made on. */
  day: [number, number, number];
  /** Whether signs that the shipped fonts lack may be taken from others. */
  fallback: boolean;
}

/** One letter to be set. */
export interface Setting {
  print: LetterPrint;
  /** The address of its page; null where no public page can be reached. */
  verifyUrl: string | null;
  /** PNG. */
  logo: Uint8Array | null;
  isDraft: boolean;
  /** When it was issued: the file bears no other time, so that it comes out the same each time. */
  at: Date;
}

/** The words around a letter that are the same in all of them. */
export async function frameData({ print, verifyUrl, logo, isDraft, at }: Setting): Promise<FrameData> {
  return {
    ...print,
    draft: isDraft ? 'KONSEP' : null,
    qr: verifyUrl === null ? null : await drawQr(verifyUrl),
    seal: [
      'Pindai kode ini untuk memeriksa surat: berlaku atau tidak, dan apakah berkasnya asli.',
      'Segel elektronik pada surat ini bukan tanda tangan elektronik tersertifikasi.',
      ...(verifyUrl === null ? [] : [`Alamat resmi: ${new URL(verifyUrl).host}`]),
    ],
    signed: 'Disetujui secara elektronik',
    logo: logo !== null,
    day: [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()],
    fallback: false,
  };
}
