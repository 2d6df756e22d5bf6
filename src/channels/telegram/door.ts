import type { Log, Now } from '../../core/ports.js';
import type { Inbound } from '../../core/content.js';
import { createAcknowledge } from './acknowledge.js';
import { createBotApi } from './api.js';
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

  const acknowledge = createAcknowledge({ api, log, lineId, username: () => null });

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
