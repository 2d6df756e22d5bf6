import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebLog } from '../deps.js';

/** The doors by which platforms bring what comes. Each answers only once it is stored. */
export interface WebhookDoors {
  telegram(headers: WebhookHeaders, rawBody: Uint8Array): Promise<{ status: number }>;
  whatsAppCloud: {
    handshake(query: URLSearchParams): { status: number; body: string };
    handle(headers: WebhookHeaders, rawBody: Uint8Array): Promise<{ status: number }>;
  };
}
type WebhookHeaders = { [name: string]: string | undefined };

const PATHS = { telegram: '/channels/telegram/webhook', whatsAppCloud: '/channels/whatsapp-cloud/webhook' };
/** Bytes of a body: an update of Telegram is a few kilobytes, Meta sends three megabytes at most. */
const BYTES = { telegram: 1024 * 1024, whatsAppCloud: 3 * 1024 * 1024 };
/** Platforms bring a body at once; who dribbles it holds memory of ours before anybody knows who it is. */
const BODY_MS = 30_000;

/**
 * Takes requests to the webhooks' paths; false for any other. On node's own request and response, before all that is
 * made for people: a signature is over the bytes as they came, and thousands come in a second. No form of ours, no
 * cookie, no page: a door proves who speaks by secret or signature. Nothing is logged of those that went well.
 */
export function createWebhookListener(deps: {
  doors: WebhookDoors;
  log: WebLog;
  /** For a whole body. */
  bodyMs?: number;
}): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { doors, log, bodyMs = BODY_MS } = deps;

  async function take(
    door: keyof typeof PATHS,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readBody(request, BYTES[door], bodyMs);
    if (body === 'gone') return;
    if (body === 'too large') {
      response.setHeader('Connection', 'close');
      return answer(response, door, 413);
    }
    const headers = request.headers as WebhookHeaders;
    const handled =
      door === 'telegram' ? doors.telegram(headers, body) : doors.whatsAppCloud.handle(headers, body);
    const { status } = await handled.catch((cause: unknown) => {
      log.error({ err: cause }, 'a webhook failed; nothing was confirmed, it will be brought again');
      return { status: 500 };
    });
    answer(response, door, status);
  }

  function answer(response: ServerResponse, door: keyof typeof PATHS, status: number, body = ''): void {
    if (status >= 400) log.warn({ route: PATHS[door], status }, 'a webhook was refused');
    response.writeHead(status, HEADERS).end(body);
  }

  return (request, response) => {
    const url = request.url ?? '';
    if (!url.startsWith('/channels/')) return false;
    const [path, query = ''] = url.split('?', 2);
    const door = path === PATHS.whatsAppCloud ? 'whatsAppCloud' : path === PATHS.telegram ? 'telegram' : null;
    if (!door) return false;
    if (request.method === 'POST') {
      void take(door, request, response);
      return true;
    }
    if (request.method !== 'GET' || door === 'telegram') return false;
    const { status, body } = doors.whatsAppCloud.handshake(new URLSearchParams(query));
    answer(response, door, status, body);
    return true;
  };
}

/** The challenge is a stranger's text: never a page, never kept. */
const HEADERS = {
  'Content-Type': 'text/plain; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/** 'gone': the caller went away, or was sent away for taking too long. */
function readBody(
  request: IncomingMessage,
  most: number,
  ms: number,
): Promise<Buffer | 'too large' | 'gone'> {
  if (Number(request.headers['content-length'] ?? 0) > most) return Promise.resolve('too large');
  return new Promise((resolve) => {
    // One piece of memory that grows: kept one by one, a body sent byte by byte would cost a hundred times its size.
    let body: Buffer = Buffer.alloc(0);
    let size = 0;
    const late = setTimeout(() => request.destroy(), ms);
    const end = (what: Buffer | 'too large' | 'gone'): void => {
      clearTimeout(late);
      resolve(what);
    };
    request.on('data', (part: Buffer) => {
      const needed = size + part.length;
      if (needed > most) {
        request.pause();
        return end('too large');
      }
      // Most come in one part, which is taken as it is.
      if (size === 0) body = part;
      else {
        if (needed > body.length) body = grown(body, size, Math.min(most, needed * 2));
        part.copy(body, size);
      }
      size = needed;
    });
    request.once('end', () => end(body.subarray(0, size)));
    request.once('error', () => end('gone'));
    request.once('close', () => end('gone'));
  });
}

function grown(body: Buffer, size: number, to: number): Buffer {
  const larger = Buffer.allocUnsafe(to);
  body.copy(larger, 0, 0, size);
  return larger;
}
