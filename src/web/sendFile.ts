import type { WebDeps } from './deps.js';
import type { WebContext } from './env.js';
import { PageError } from './pageError.js';

/** What a browser may show or play in its place; anything else is handed out as a download. */
const SHOWN = /^(?:image\/(?:jpeg|png|webp)|audio\/(?:ogg|opus|mpeg|mp4|x-m4a))$/u;

/** Sends a stored file, never as a page: whatever it claims to be. */
export async function sendFile(
  deps: WebDeps,
  c: WebContext,
  id: string,
  cacheControl = 'no-store',
): Promise<Response> {
  const media = await deps.readMedia(id);
  if (!media) throw new PageError(404);
  const isShown = SHOWN.test(media.mime);
  const headers = {
    'Content-Type': isShown ? media.mime : 'application/octet-stream',
    'Content-Disposition': isShown ? 'inline' : 'attachment',
    'Cache-Control': cacheControl,
    'Accept-Ranges': 'bytes',
  };
  const { bytes } = media;
  const range = rangeOf(c.req.header('range'), bytes.length);
  if (range === 'none') return c.body(null, 416, { ...headers, 'Content-Range': `bytes */${bytes.length}` });
  if (!range) return c.body(new Uint8Array(bytes), 200, headers);
  const [from, to] = range;
  return c.body(new Uint8Array(bytes.subarray(from, to + 1)), 206, {
    ...headers,
    'Content-Range': `bytes ${from}-${to}/${bytes.length}`,
  });
}

/**
 * The one range that is asked for (RFC 9110 14.1.2), first and last byte: phones of Apple play no voice note without.
 * null: the whole, also where several are asked for; 'none': beyond the file.
 */
function rangeOf(header: string | undefined, size: number): [from: number, to: number] | 'none' | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/u.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return null;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return from >= size || from > to ? 'none' : [from, to];
}
