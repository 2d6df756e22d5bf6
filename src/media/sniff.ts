import { MediaError } from '../core/errors.js';
import { endsAsArchive } from './archive.js';

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
/** Programs for Windows, Linux, macOS, Android, a browser: named by file-type, or begun like a script. */
const PROGRAMS = new Set([
  'application/x-msdownload',
  'application/x-elf',
  'application/x-mach-binary',
  'application/vnd.android.package-archive',
  'application/java-vm',
  'application/java-archive',
  'application/wasm',
  'application/x-ms-shortcut',
  'application/x-deb',
  'application/x-rpm',
  'application/x-chrome-extension',
]);

/**
 * Tells what a file is. Rejects with a MediaError 'refused' for all but pictures, PDFs and voice notes, and for those
 * that are an archive (a program, too) as well, to whoever reads them from their end. Pictures may be: they are drawn
 * anew.
 */
export async function sniff(bytes: Uint8Array): Promise<Sniffed> {
  if (bytes.length === 0) throw new MediaError('refused', 'an empty file', { because: 'broken' });
  const { fileTypeFromBuffer } = await import('file-type');
  const mime = (await fileTypeFromBuffer(bytes))?.mime;
  if (mime !== undefined && IMAGES.has(mime)) return { kind: 'image' };
  const found = kept(mime);
  if (found && endsAsArchive(bytes))
    throw new MediaError('refused', `a file of type ${mime} that is an archive as well`, {
      because: 'unsafe',
    });
  if (found) return found;
  const isProgram = (mime !== undefined && PROGRAMS.has(mime)) || (bytes[0] === 0x23 && bytes[1] === 0x21);
  throw new MediaError('refused', `a file of type ${mime ?? 'unknown'}`, {
    because: isProgram ? 'unsafe' : 'kind',
  });
}

function kept(mime: string | undefined): Sniffed | null {
  if (mime === 'application/pdf') return { kind: 'pdf' };
  const extension = mime === undefined ? undefined : VOICES[mime];
  return extension === undefined ? null : { kind: 'voice', mime: mime!.split(';')[0]!, extension };
}
