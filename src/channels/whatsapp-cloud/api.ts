import { z } from 'zod';
import { MediaError, SendError } from '../../core/errors.js';
import { download } from '../download.js';
import { errorOfCode, errorOfNetwork } from './errors.js';
import { hexOf, readMedia } from './mediaId.js';

/** Calls of the Graph API for one number. Every failure is a SendError that says what should follow. */
export interface GraphApi {
  /** `path` behind the version. Resolves with the parsed JSON, to be read by who asked. */
  get(path: string, options?: { signal?: AbortSignal }): Promise<unknown>;
  /** POST to a path of the number: 'messages'. */
  post(path: string, body: object): Promise<unknown>;
  /** Hands a file over; resolves with its media id. Nobody sees it yet: whatever breaks may be tried again. */
  upload(file: { bytes: Uint8Array; mime: string; name: string }): Promise<string>;
  /** A file's bytes by what `readContent` made of it. Rejects with a MediaError. */
  download(remote: string): Promise<{ bytes: Uint8Array; mime: string }>;
  /** Ends what is under way. */
  close(): void;
}

export interface GraphOptions {
  token: string;
  phoneNumberId: string;
  apiRoot: string;
  /** Our own time-outs. */
  callMs?: number;
}

/** The version that the requests and payloads here were read for. */
const VERSION = 'v25.0';
const CALL_MS = 15_000;
/** An upload over a weak line takes its time. */
const UPLOAD_MS = 60_000;
const DOWNLOAD_MS = 60_000;
const DOWNLOAD_BYTES = 20 * 1024 * 1024;
/** Where Meta keeps files for a short while; besides the API's own host. */
const MEDIA_HOSTS = /^(?:lookaside\.fbsbx\.com|(?:[a-z0-9-]+\.)+(?:fbcdn\.net|whatsapp\.net))$/u;

const Failure = z.object({
  error: z.object({
    code: z.coerce.number(),
    message: z.string().optional(),
    error_data: z.object({ details: z.string().optional() }).optional().catch(undefined),
  }),
});
const Uploaded = z.object({ id: z.string().min(1) });
const MediaLink = z.object({
  url: z.string(),
  mime_type: z.string().optional(),
  sha256: z.string().optional(),
  file_size: z.coerce.number().optional(),
});

export function createGraphApi(options: GraphOptions): GraphApi {
  const { apiRoot, token, phoneNumberId } = options;
  const closing = new AbortController();
  const authorization = `Bearer ${token}`;
  const callMs = options.callMs ?? CALL_MS;

  async function call(
    what: string,
    path: string,
    init: { method: string; body?: string | FormData; type?: string },
    ms: number,
    outer?: AbortSignal,
  ): Promise<unknown> {
    const patience = createPatience(ms, closing.signal, outer);
    try {
      const response = await fetch(`${apiRoot}/${VERSION}/${path}`, {
        method: init.method,
        redirect: 'error',
        signal: patience.signal,
        headers: { authorization, ...(init.type === undefined ? {} : { 'content-type': init.type }) },
        ...(init.body === undefined ? {} : { body: init.body }),
      });
      const text = await response.text();
      if (!response.ok) throw refused(what, response, text);
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw cause instanceof SendError ? cause : errorOfNetwork(cause, what);
    } finally {
      patience.end();
    }
  }

  async function upload(file: { bytes: Uint8Array; mime: string; name: string }): Promise<string> {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('type', file.mime);
    form.set('file', new Blob([new Uint8Array(file.bytes)], { type: file.mime }), file.name);
    try {
      const path = `${phoneNumberId}/media`;
      return Uploaded.parse(await call('media', path, { method: 'POST', body: form }, UPLOAD_MS)).id;
    } catch (cause) {
      if (!(cause instanceof SendError) || cause.failure === 'unknown')
        throw new SendError('retry', cause instanceof SendError ? cause.message : 'media: no id was given');
      throw cause;
    }
  }

  async function fetchFile(remote: string): Promise<{ bytes: Uint8Array; mime: string }> {
    const { id, sha256 } = readMedia(remote);
    const asked = await call(
      'media',
      `${encodeURIComponent(id)}?phone_number_id=${phoneNumberId}`,
      { method: 'GET' },
      callMs,
    )
      .then((answer) => MediaLink.parse(answer))
      .catch((cause: unknown) => {
        throw mediaError(cause);
      });
    if ((asked.file_size ?? 0) > DOWNLOAD_BYTES)
      throw new MediaError('refused', `a file of ${asked.file_size} bytes, over ${DOWNLOAD_BYTES}`, {
        because: 'too_large',
      });
    const bytes = await download(asked.url, {
      isAllowed: (url) => isOfMeta(url, apiRoot),
      authorization,
      maxBytes: DOWNLOAD_BYTES,
      ms: DOWNLOAD_MS,
    });
    const expected = sha256 ?? (asked.sha256 === undefined ? null : hexOf(asked.sha256));
    if (expected !== null && expected !== (await digest(bytes)))
      throw new MediaError('lost', 'what was downloaded is not what was sent');
    return { bytes, mime: asked.mime_type ?? 'application/octet-stream' };
  }

  return {
    get: (path, more = {}) => call('get', path, { method: 'GET' }, callMs, more.signal),
    post: (path, body) =>
      call(
        path,
        `${phoneNumberId}/${path}`,
        { method: 'POST', body: JSON.stringify(body), type: 'application/json' },
        callMs,
      ),
    upload,
    download: fetchFile,
    close: () => closing.abort(),
  };
}

/** The platform's own hosts, over TLS; and the API's root as it is configured, which may be a stand-in. */
export function isOfMeta(url: URL, apiRoot: string): boolean {
  const root = new URL(apiRoot);
  if (url.username !== '' || url.password !== '') return false;
  if (url.protocol === root.protocol && url.host === root.host) return true;
  return url.protocol === 'https:' && url.port === '' && MEDIA_HOSTS.test(url.hostname);
}

function refused(what: string, response: Response, text: string): SendError {
  const told = Number(response.headers.get('retry-after') ?? Number.NaN);
  const more = { http: response.status, ...(told > 0 ? { retryAfter: told } : {}) };
  const parsed = Failure.safeParse(readJson(text));
  // What is no error of Meta's comes from a gateway before it.
  if (!parsed.success) return errorOfCode(-1, { ...more, words: `${what}: ${response.status}` });
  const { code, message, error_data: data } = parsed.data.error;
  return errorOfCode(code, { ...more, words: `${what}: ${data?.details ?? message ?? response.status}` });
}

/** A file that cannot be asked for: more than five refusals in an hour, and Meta answers nothing for an hour. */
function mediaError(cause: unknown): MediaError {
  if (!(cause instanceof SendError)) return new MediaError('retry', 'media: an answer without a link');
  return new MediaError(cause.failure === 'permanent' ? 'lost' : 'retry', cause.message);
}

async function digest(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('hex');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** A signal that aborts after `ms`, or with one of the outer ones, at which no listener is left behind. */
function createPatience(
  ms: number,
  ...outer: (AbortSignal | undefined)[]
): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  for (const one of outer) {
    if (one?.aborted) abort();
    one?.addEventListener('abort', abort);
  }
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      for (const one of outer) one?.removeEventListener('abort', abort);
    },
  };
}
