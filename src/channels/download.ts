import { MediaError } from '../core/errors.js';

export interface DownloadOptions {
  /** Whether a file may be had from there. Asked for the link and for each redirect. */
  isAllowed: (url: URL) => boolean;
  /** Sent to the first link's host alone: whoever it redirects to never sees it. */
  authorization?: string;
  maxBytes: number;
  /** For all of it, redirects included. */
  ms: number;
}

const REDIRECTS = 3;

/**
 * Downloads a file from a platform. Only hosts that are allowed are asked, redirects are followed by hand, the token is
 * handed to none but the first host, and what is too large is cut off while it comes. Rejects with a MediaError, whose
 * words hold no part of the link.
 */
export async function download(link: string, options: DownloadOptions): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(options.ms);
  const first = readUrl(link);
  let url = first;
  for (let hops = 0; ; hops += 1) {
    if (!options.isAllowed(url))
      throw new MediaError('refused', 'download: the link leads to a host that is not allowed', {
        because: 'unsafe',
      });
    if (hops > REDIRECTS) throw new MediaError('lost', 'download: too many redirects');
    const isFirst = url.protocol === first.protocol && url.host === first.host;
    const response = await ask(url, isFirst ? options.authorization : undefined, signal);
    const next = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && next !== null) {
      await response.body?.cancel();
      url = readUrl(next, url);
      continue;
    }
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new MediaError(failureOf(response.status), `download: ${response.status}`);
    }
    if (Number(response.headers.get('content-length') ?? 0) > options.maxBytes) {
      await response.body.cancel();
      throw tooLarge(options.maxBytes);
    }
    return await readAtMost(response.body, options.maxBytes);
  }
}

async function ask(url: URL, authorization: string | undefined, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      redirect: 'manual',
      signal,
      // Meta's link refuses some programs by the name that they give: ours is plain.
      headers: { 'user-agent': 'kentongan', ...(authorization === undefined ? {} : { authorization }) },
    });
  } catch (cause) {
    throw broken(cause);
  }
}

async function readAtMost(body: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of body) {
      size += part.length;
      if (size > most) throw tooLarge(most);
      parts.push(part);
    }
  } catch (cause) {
    throw cause instanceof MediaError ? cause : broken(cause);
  }
  return Buffer.concat(parts);
}

function readUrl(link: string, base?: URL): URL {
  if (!URL.canParse(link, base?.href)) throw new MediaError('lost', 'download: not a link');
  return new URL(link, base);
}

function failureOf(status: number): 'lost' | 'retry' {
  return [400, 401, 403, 404, 410].includes(status) ? 'lost' : 'retry';
}

function tooLarge(most: number): MediaError {
  return new MediaError('refused', `download: over ${most} bytes`, { because: 'too_large' });
}

/** Only what kind of failure it was: its words may name the link. */
function broken(cause: unknown): MediaError {
  const inner = (cause as { cause?: { code?: unknown } }).cause;
  return new MediaError('retry', `download: ${String(inner?.code ?? (cause as Error).name)}`);
}
