import { MediaError } from '../core/errors.js';
import type { FileKind } from '../core/file.js';
import { lookIntoPdf } from './pdf.js';
import { redraw } from './picture.js';
import { sniff } from './sniff.js';

/** Bytes of a file as it comes: what Telegram lets a bot download. */
export const MOST_BYTES = 20 * 1024 * 1024;
const MOST_PDF_BYTES = 10 * 1024 * 1024;
const MOST_VOICE_BYTES = 5 * 1024 * 1024;

/** A file as it is kept. */
export interface Checked {
  bytes: Uint8Array;
  mime: string;
  extension: string;
  width: number | null;
  height: number | null;
}

/**
 * Makes what a person sent fit to keep: pictures drawn anew, PDFs and voice notes as they are, within caps. `kind` is
 * what was asked for: a document may be a picture, a photo may not be a PDF. Works on bytes alone: nothing here, nor
 * anything it calls, opens a connection or follows what is written in a file (channels download, and they alone).
 * Rejects with a MediaError 'refused' that says why.
 */
export async function check(kind: FileKind, bytes: Uint8Array): Promise<Checked> {
  cap(bytes, MOST_BYTES);
  const found = await sniff(bytes);
  if (found.kind === 'image' && kind !== 'voice') {
    return { ...(await redraw(bytes)), mime: 'image/jpeg', extension: 'jpg' };
  }
  const plain = { bytes, width: null, height: null };
  if (found.kind === 'pdf' && kind === 'document') {
    cap(bytes, MOST_PDF_BYTES);
    await lookIntoPdf(bytes);
    return { ...plain, mime: 'application/pdf', extension: 'pdf' };
  }
  if (found.kind === 'voice' && kind === 'voice') {
    cap(bytes, MOST_VOICE_BYTES);
    return { ...plain, mime: found.mime, extension: found.extension };
  }
  throw new MediaError('refused', `a ${found.kind} where a ${kind} was wanted`, { because: 'kind' });
}

function cap(bytes: Uint8Array, most: number): void {
  if (bytes.length > most)
    throw new MediaError('refused', `a file of ${bytes.length} bytes, over ${most}`, {
      because: 'too_large',
    });
}
