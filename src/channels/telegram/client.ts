import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { MediaError, SendError } from '../../core/errors.js';
import { CHANNEL_LIMITS } from '../../core/limits.js';
import type { Log, Now } from '../../core/ports.js';
import type { Channel, ChannelHealth, Intake, LineState, SlotBook, TopicBook } from '../channel.js';
import { createAcknowledge } from './acknowledge.js';
import { createBotApi } from './api.js';
import { MENU_COMMANDS, type MenuCommand } from './commands.js';
import { toSendError } from './errors.js';
import { telegramLine } from './lineId.js';
import { poll } from './poll.js';
import { createSend } from './send.js';
import { telegramGroupLink, telegramStartLink } from './startLink.js';
import { createTaker, type Taker } from './take.js';
import { ALLOWED_UPDATES } from './update.js';
import { createWebhook, type WebhookHandler } from './webhook.js';

export interface TelegramOptions {
  token: string;
  apiRoot: string;
  /** Telegram calls us at `url`; null: we poll, and need no public address. */
  webhook: { url: string; secret: string } | null;
  commands?: MenuCommand[];
  /** The topics of its groups; without, each group's messages stand in one row. */
  topics?: TopicBook;
  /** Which messages hold slots; without, nothing is edited. */
  slots?: SlotBook;
  log: Log;
  now: Now;
  /** Milliseconds to rest after the nth failure in a row; 1 s doubling to 30 s. */
  backoffMs?: (failures: number) => number;
  connectMs?: number;
  callMs?: number;
  /** How long a poll is held, and how much longer its answer is waited for: 30 s and 10 s. */
  patience?: { seconds: number; graceMs: number };
}

const Me = z.object({ id: z.int(), username: z.string().optional() });
/** What is being received gets this long to finish. */
const STOP_MS = 5_000;
const CURE = {
  refused: 'Telegram refuses the token: check TELEGRAM_BOT_TOKEN with @BotFather, then start again',
  conflict: 'another program polls with this token: stop it, or give each its own bot',
};

/** A line of Telegram: one bot. Its id is the bot's, so that another bot is another line. */
export function createTelegram(options: TelegramOptions): Channel {
  const lineId = telegramLine(options.token);
  const api = createBotApi(options);
  const { log } = options;
  const backoffMs = options.backoffMs ?? ((n: number) => Math.min(30_000, 1000 * 2 ** Math.min(n - 1, 5)));
  let stopping = new AbortController();
  let health: ChannelHealth = { state: 'stopped' };
  let intake: Intake | null = null;
  let webhook: WebhookHandler | null = null;
  let running: Promise<void> = Promise.resolve();
  const handling = new Set<Promise<unknown>>();
  let username: string | null = null;
  const acknowledgeTap = createAcknowledge({ api, log, lineId, username: () => username });

  async function start(given: Intake): Promise<void> {
    intake = given;
    stopping = new AbortController();
    const taker = createTaker({
      lineId,
      intake: given,
      log,
      now: options.now,
      tapped: (id) => void acknowledgeTap(id),
    });
    if (options.webhook) webhook = createWebhook({ secret: options.webhook.secret, taker, log });
    setState('starting');
    const isHeard = await tryGreeting();
    // A token that is refused is told at once; a network that is down heals by itself.
    if (isDown()) throw new SendError('line_down', CURE.refused);
    running = listen(taker, isHeard, stopping.signal).catch((cause: unknown) =>
      log.error({ err: cause, line: lineId }, 'telegram: listening ended'),
    );
  }

  async function listen(taker: Taker, isHeard: boolean, signal: AbortSignal): Promise<void> {
    for (let failures = 1; !isHeard; failures += 1) {
      await sleep(backoffMs(failures), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      isHeard = await tryGreeting();
      if (isDown()) return;
    }
    if (!options.webhook)
      await poll({ api, taker, log, signal, backoffMs, went, patience: options.patience });
  }

  async function tryGreeting(): Promise<boolean> {
    try {
      await greet();
      return true;
    } catch (cause) {
      const error = toSendError(cause, 'getMe');
      went({ error, isHopeless: error.failure === 'line_down' });
      return false;
    }
  }

  /** Learns who we are, and sets up how updates come. */
  async function greet(): Promise<void> {
    const me = Me.parse(await api.call('getMe', {}, { signal: stopping.signal }));
    if (options.webhook) {
      await api.call('setWebhook', {
        url: options.webhook.url,
        secret_token: options.webhook.secret,
        // Several at once could overtake each other.
        max_connections: 1,
        allowed_updates: ALLOWED_UPDATES,
      });
    } else {
      // Telegram does not let a bot poll while a webhook is set. What waits there is kept.
      await api.call('deleteWebhook', { drop_pending_updates: false });
    }
    if (me.username) {
      username = me.username;
      await intake?.named?.(`@${me.username}`).catch(notTold);
    }
    // Without its menu the bot works as well.
    await api
      .call('setMyCommands', { commands: options.commands ?? MENU_COMMANDS })
      .catch((cause: unknown) => {
        log.warn(
          { line: lineId, reason: toSendError(cause, 'setMyCommands').message },
          'telegram: no commands menu',
        );
      });
    setState('up');
  }

  function went(failure: { error: SendError; isHopeless: boolean } | null): void {
    if (!failure) return setState('up');
    if (failure.isHopeless) return setState('down', CURE.refused);
    setState('degraded', failure.error.message.includes(' 409 ') ? CURE.conflict : failure.error.message);
  }

  function isDown(): boolean {
    return health.state === 'down';
  }

  function setState(state: LineState, detail?: string): void {
    if (health.state === state && health.detail === detail) return;
    health = detail === undefined ? { state } : { state, detail };
    if (state === 'down' || state === 'degraded')
      log.warn({ line: lineId, state, detail }, 'telegram: the line is not well');
    else log.info({ line: lineId, state }, 'telegram: line');
    intake?.stateChanged(state, detail).catch(notTold);
  }

  function notTold(cause: unknown): void {
    log.warn({ err: cause, line: lineId }, 'telegram: the state of the line could not be written down');
  }

  async function stopListening(): Promise<void> {
    stopping.abort();
    await Promise.race([Promise.all([running, ...handling]), sleep(STOP_MS, undefined, { ref: false })]);
  }

  const send = createSend({
    api,
    log,
    now: options.now,
    ...(options.topics ? { topics: options.topics } : {}),
    ...(options.slots ? { slots: options.slots } : {}),
  });
  return {
    lineId,
    platform: 'telegram',
    limits: CHANNEL_LIMITS.telegram,
    start,
    stopListening,
    async stop() {
      await stopListening();
      api.close();
      setState('stopped');
    },
    health: () => health,
    async send(chatId, message, media) {
      try {
        return await send(chatId, message, media);
      } catch (cause) {
        const error = toSendError(cause, 'send');
        if (error.failure === 'line_down') went({ error, isHopeless: true });
        throw error;
      }
    },
    async fetchMedia(ref) {
      if (!ref.remote) throw new MediaError('lost', 'no file of Telegram is named');
      return { bytes: await api.download(ref.remote), mime: ref.mime ?? 'application/octet-stream' };
    },
    acknowledgeTap,
    async handleWebhook(headers, rawBody) {
      if (!webhook || stopping.signal.aborted) return { status: webhook ? 503 : 404 };
      const handled = webhook(headers, rawBody);
      handling.add(handled);
      return handled.finally(() => handling.delete(handled));
    },
    startLink: (payload) => (username === null ? null : telegramStartLink(username, payload)),
    groupLink: (payload) => (username === null ? null : telegramGroupLink(username, payload)),
  };
}
