import type { Log, Now } from '../../core/ports.js';
import type { Inbound } from '../../core/content.js';
import { createBotApi } from './api.js';
import { toSendError } from './errors.js';
import { queryOf } from './ids.js';
import { telegramLine } from './lineId.js';
import { createTaker } from './take.js';
import { createWebhook, type WebhookHandler } from './webhook.js';

export interface TelegramDoor {
  readonly lineId: string;
  readonly handle: WebhookHandler;
  /** Takes nothing more, lets what is in hand finish. */
  stop(): Promise<void>;
}

/**
 * The webhook alone, for a process that serves HTTP and does not hold the line: what comes is stored, a tap is
 * acknowledged, nothing else is said. The gateway that holds the line tells Telegram where the webhook is.
 */
export function createTelegramDoor(options: {
  token: string;
  apiRoot: string;
  secret: string;
  receive: (inbound: Inbound) => Promise<void>;
  log: Log;
  now: Now;
}): TelegramDoor {
  const { log, now, secret, receive } = options;
  const lineId = telegramLine(options.token);
  const api = createBotApi(options);
  const inHand = new Set<Promise<unknown>>();
  let isStopped = false;

  async function acknowledge(externalId: string): Promise<void> {
    const query = queryOf(externalId);
    if (!query) return;
    await api.call('answerCallbackQuery', { callback_query_id: query }).catch((cause: unknown) => {
      const reason = toSendError(cause, 'answerCallbackQuery').message;
      log.info({ line: lineId, reason }, 'telegram: tap not acknowledged');
    });
  }

  function hold<T>(work: Promise<T>): Promise<T> {
    inHand.add(work);
    return work.finally(() => inHand.delete(work));
  }

  const taker = createTaker({
    lineId,
    intake: { receive },
    log,
    now,
    tapped: (externalId) => void hold(acknowledge(externalId)),
  });
  const webhook = createWebhook({ secret, taker, log });
  return {
    lineId,
    handle: async (headers, rawBody) => (isStopped ? { status: 503 } : await hold(webhook(headers, rawBody))),
    async stop() {
      isStopped = true;
      await Promise.allSettled(inHand);
      api.close();
    },
  };
}
