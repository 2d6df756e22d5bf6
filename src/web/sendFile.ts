import type { WebDeps } from './deps.js';
import type { WebContext } from './env.js';
import { PageError } from './pageError.js';

/** What a browser may show in its place; anything else is handed out as a download. */
const SHOWN = /^image\/(?:jpeg|png|webp)$/u;

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
  return c.body(new Uint8Array(media.bytes), 200, {
    'Content-Type': isShown ? media.mime : 'application/octet-stream',
    'Content-Disposition': isShown ? 'inline' : 'attachment',
    'Cache-Control': cacheControl,
  });
}
