import { createHash, timingSafeEqual } from 'node:crypto';
import type { Log } from '../../core/ports.js';
import { OutOfOrderError } from '../chatTurns.js';
import { createInOrder } from './inOrder.js';
import type { Taker } from './take.js';

/** An update is a few kilobytes; what is much larger is none. */
export const WEBHOOK_BYTES = 1024 * 1024;

export type WebhookHandler = (
  headers: { [name: string]: string | undefined },
  rawBody: Uint8Array,
) => Promise<{ status: number }>;

/**
 * Takes an update that Telegram brings: 200 only once it is stored, 500 where it was not (Telegram brings it again).
 * 401 without our secret, 413 and 400 for what cannot be an update.
 */
export function createWebhook(deps: { secret: string; taker: Taker; log: Log }): WebhookHandler {
  const take = createInOrder((update) => deps.taker.take(update));
  return async (headers, rawBody) => {
    if (!isSecret(headers['x-telegram-bot-api-secret-token'], deps.secret)) return { status: 401 };
    if (rawBody.length > WEBHOOK_BYTES) {
      deps.log.warn({ bytes: rawBody.length }, 'telegram: an oversized update was refused');
      return { status: 413 };
    }
    const update = readJson(rawBody);
    if (update === undefined) {
      deps.log.warn({ bytes: rawBody.length }, 'telegram: an update that is not JSON was refused');
      return { status: 400 };
    }
    try {
      await take(update);
      return { status: 200 };
    } catch (cause) {
      if (cause instanceof OutOfOrderError) deps.log.info({}, 'telegram: an update came before its turn');
      else deps.log.error({ err: cause }, 'telegram: an update was not stored; it will come again');
      return { status: 500 };
    }
  };
}

/** In constant time, also for another length. */
function isSecret(given: string | undefined, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(secret)) && given !== undefined;
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
