import { MediaError } from '../core/errors.js';

/** What may be kept, by what its bytes are; its name and the type it claims count for nothing. */
export type Sniffed =
  { kind: 'image' } | { kind: 'pdf' } | { kind: 'voice'; mime: string; extension: string };

const IMAGES = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif']);
const VOICES: { [mime: string]: string } = {
  'audio/ogg': 'ogg',
  'audio/opus': 'ogg',
  'audio/ogg; codecs=opus': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/x-m4a': 'm4a',
};

/** Tells what a file is. Rejects with a MediaError 'refused' for all but pictures, PDFs and voice notes. */
export async function sniff(bytes: Uint8Array): Promise<Sniffed> {
  if (bytes.length === 0) throw new MediaError('refused', 'an empty file');
  const { fileTypeFromBuffer } = await import('file-type');
  const mime = (await fileTypeFromBuffer(bytes))?.mime;
  if (mime !== undefined && IMAGES.has(mime)) return { kind: 'image' };
  if (mime === 'application/pdf') return { kind: 'pdf' };
  const extension = mime === undefined ? undefined : VOICES[mime];
  if (mime !== undefined && extension !== undefined)
    return { kind: 'voice', mime: mime.split(';')[0]!, extension };
  throw new MediaError('refused', `a file of type ${mime ?? 'unknown'}`);
}
