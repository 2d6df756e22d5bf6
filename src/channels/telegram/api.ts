import type { Telegram } from 'telegraf';
import { MediaError } from '../../core/errors.js';
import { createAgent } from './agent.js';
import { toSendError, withoutToken } from './errors.js';

/** Calls of the Bot API. Every failure is a SendError that says what should follow. */
export interface BotApi {
  /** Resolves with the bare result, to be parsed by who asked. `ms`: our own time-out; a silent server holds for 500 s. */
  call(method: string, params: object, options?: { ms?: number; signal?: AbortSignal }): Promise<unknown>;
  /** A file's bytes by its file_id. Its link carries the token: it is used here and nowhere kept. */
  download(fileId: string): Promise<Uint8Array>;
  close(): void;
}

const CALL_MS = 15_000;
const DOWNLOAD_MS = 60_000;
/** What Telegram lets a bot download. */
const DOWNLOAD_BYTES = 20 * 1024 * 1024;

export function createBotApi(options: {
  token: string;
  apiRoot: string;
  connectMs?: number;
  callMs?: number;
}): BotApi {
  const agent = createAgent(options.apiRoot, options.connectMs);
  let telegram: Promise<Telegram> | undefined;

  async function call(method: string, params: object, more: { ms?: number; signal?: AbortSignal } = {}) {
    telegram ??= load(options, agent);
    const client = await telegram;
    const patience = createPatience(more.ms ?? options.callMs ?? CALL_MS, more.signal);
    try {
      return await (client.callApi as AnyCall)(method, params, { signal: patience.signal });
    } catch (cause) {
      throw toSendError(cause, method);
    } finally {
      patience.end();
    }
  }

  async function download(fileId: string): Promise<Uint8Array> {
    const file = (await call('getFile', { file_id: fileId }).catch((cause: unknown) => {
      throw mediaError(cause);
    })) as { file_path?: unknown };
    if (typeof file.file_path !== 'string')
      throw new MediaError('lost', 'Telegram names no path for the file');
    const path = file.file_path.split('/').map(encodeURIComponent).join('/');
    try {
      const response = await fetch(`${options.apiRoot}/file/bot${options.token}/${path}`, {
        // The Bot API sends nobody elsewhere: files come from its own host alone.
        redirect: 'error',
        signal: AbortSignal.timeout(DOWNLOAD_MS),
      });
      if (!response.ok || !response.body) {
        await response.body?.cancel();
        throw new MediaError(response.status === 404 ? 'lost' : 'retry', `download: ${response.status}`);
      }
      return await readAtMost(response.body, DOWNLOAD_BYTES);
    } catch (cause) {
      if (cause instanceof MediaError) throw cause;
      throw new MediaError(
        'retry',
        `download: ${withoutToken(cause instanceof Error ? cause.message : 'failed')}`,
      );
    }
  }

  return { call, download, close: () => agent.destroy() };
}

/** telegraf's types stop at Bot API 7.1; newer methods go the same way. */
type AnyCall = (method: string, params: object, options: { signal: AbortSignal }) => Promise<unknown>;

/** Imported when first needed: 18 MB. Its own agent is dropped for plain http, so ours is set afterwards. */
async function load(
  options: { token: string; apiRoot: string },
  agent: ReturnType<typeof createAgent>,
): Promise<Telegram> {
  const { Telegram } = await import('telegraf');
  const client = new Telegram(options.token, { apiRoot: options.apiRoot, webhookReply: false });
  Object.assign(client.options, { agent });
  // callApi is a method: bound, so that it may be called with methods that its types do not know.
  client.callApi = client.callApi.bind(client);
  return client;
}

/** A signal that aborts after `ms`, or when the outer one does. AbortSignal.any would gather listeners on the latter. */
function createPatience(
  ms: number,
  outer: AbortSignal | undefined,
): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}

function mediaError(cause: unknown): MediaError {
  const error = toSendError(cause, 'getFile');
  if (error.failure !== 'permanent') return new MediaError('retry', error.message);
  return new MediaError(error.message.includes('too big') ? 'refused' : 'lost', error.message);
}

async function readAtMost(body: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > most) throw new MediaError('refused', `download: over ${most} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
