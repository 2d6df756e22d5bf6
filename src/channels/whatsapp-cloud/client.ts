import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { MediaError, SendError } from '../../core/errors.js';
import type { SettingsOf } from '../../core/line.js';
import { CHANNEL_LIMITS } from '../../core/limits.js';
import type { Log } from '../../core/ports.js';
import type { Channel, ChannelHealth, Intake, LineState } from '../channel.js';
import { whatsAppStartLink } from '../startText.js';
import { createGraphApi } from './api.js';
import { createCloudDoor, type CloudDoorLine } from './door.js';
import { cloudLine } from './lineId.js';
import { createReadMarks } from './readMarks.js';
import { createSend } from './send.js';

export interface WhatsAppCloudOptions {
  settings: SettingsOf<'whatsapp-cloud'>;
  log: Log;
  /** Milliseconds to rest after the nth failure in a row; 1 s doubling to 30 s. */
  backoffMs?: (failures: number) => number;
  callMs?: number;
}

export interface WhatsAppCloud extends Channel {
  /** The line as the webhook's door sees it. */
  readonly doorLine: CloudDoorLine;
}

const PhoneNumber = z.object({ display_phone_number: z.string(), verified_name: z.string().optional() });
/** What is being received gets this long to finish. */
const STOP_MS = 5_000;

/** A line of the Cloud API: one number. Meta brings what comes to the webhook; nothing is asked for. */
export function createWhatsAppCloud(options: WhatsAppCloudOptions): WhatsAppCloud {
  const { settings, log } = options;
  const { phoneNumberId, appSecret, verifyToken } = settings;
  const lineId = cloudLine(phoneNumberId);
  const backoffMs = options.backoffMs ?? ((n: number) => Math.min(30_000, 1000 * 2 ** Math.min(n - 1, 5)));
  const open = () =>
    createGraphApi({ ...settings, ...(options.callMs === undefined ? {} : { callMs: options.callMs }) });
  let api = open();
  // A line that was stopped may be started again: the calls then go by a new one.
  const current = {
    get: (...given: Parameters<typeof api.get>) => api.get(...given),
    post: (...given: Parameters<typeof api.post>) => api.post(...given),
    upload: (...given: Parameters<typeof api.upload>) => api.upload(...given),
    download: (...given: Parameters<typeof api.download>) => api.download(...given),
    close: () => api.close(),
  };
  const marks = createReadMarks({ api: current, lineId, log });
  const send = createSend({ api: current, templates: settings.templates, log });
  let stopping = new AbortController();
  let isClosed = false;
  let health: ChannelHealth = { state: 'stopped' };
  let intake: Intake | null = null;
  let running: Promise<void> = Promise.resolve();
  let number: string | null = null;
  const handling = new Set<Promise<unknown>>();

  /** What is received is counted, so that a stop can wait for it. */
  function counted<T>(work: Promise<T>): Promise<T> {
    const one = work.finally(() => handling.delete(one));
    handling.add(one);
    return one;
  }

  const doorLine: CloudDoorLine = {
    lineId,
    phoneNumberId,
    appSecret,
    verifyToken,
    intake() {
      const listening = stopping.signal.aborted ? null : intake;
      return (
        listening && {
          receive(inbound) {
            marks.came(inbound);
            return counted(listening.receive(inbound));
          },
          reported: (reports) => counted(listening.reported?.(reports) ?? Promise.resolve()),
        }
      );
    },
    // Who holds the line shows that an answer is coming, if one is: not while its owner has the word.
    stored: () => {},
  };
  const door = createCloudDoor({ lines: () => [doorLine], log });

  async function start(given: Intake): Promise<void> {
    if (isClosed) api = open();
    isClosed = false;
    intake = given;
    stopping = new AbortController();
    setState('starting');
    const isGreeted = await tryGreeting();
    // A token that is refused is told at once; a network that is down heals by itself.
    if (health.state === 'down') throw new SendError('line_down', health.detail ?? 'Meta refuses the line');
    if (!isGreeted) running = greetAgain(stopping.signal);
  }

  /** What comes is received meanwhile: Meta calls us. */
  async function greetAgain(signal: AbortSignal): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      await sleep(backoffMs(failures), undefined, { signal }).catch(() => {});
      if (signal.aborted || (await tryGreeting()) || health.state === 'down') return;
    }
  }

  /** Learns the number, which shows as well that the token is good. */
  async function tryGreeting(): Promise<boolean> {
    try {
      const path = `${phoneNumberId}?fields=display_phone_number,verified_name`;
      const found = PhoneNumber.parse(await current.get(path, { signal: stopping.signal }));
      number = found.display_phone_number.replaceAll(/\D/gu, '');
      await intake?.named?.(`+${number}`).catch(notTold);
      log.info({ line: lineId, name: found.verified_name }, 'whatsapp-cloud: the number is known');
      setState('up');
      return true;
    } catch (cause) {
      if (stopping.signal.aborted) return false;
      const isHopeless = cause instanceof SendError && ['line_down', 'permanent'].includes(cause.failure);
      setState(isHopeless ? 'down' : 'degraded', (cause as Error).message);
      return false;
    }
  }

  function setState(state: LineState, detail?: string): void {
    if (health.state === state && health.detail === detail) return;
    health = detail === undefined ? { state } : { state, detail };
    if (state === 'down' || state === 'degraded')
      log.warn({ line: lineId, state, detail }, 'whatsapp-cloud: the line is not well');
    else log.info({ line: lineId, state }, 'whatsapp-cloud: line');
    intake?.stateChanged(state, detail).catch(notTold);
  }

  function notTold(cause: unknown): void {
    log.warn({ err: cause, line: lineId }, 'whatsapp-cloud: the state of the line could not be written down');
  }

  async function stopListening(): Promise<void> {
    stopping.abort();
    await Promise.race([Promise.all([running, ...handling]), sleep(STOP_MS, undefined, { ref: false })]);
  }

  return {
    lineId,
    platform: 'whatsapp',
    limits: CHANNEL_LIMITS['whatsapp-cloud'],
    doorLine,
    start,
    stopListening,
    async stop() {
      await stopListening();
      api.close();
      isClosed = true;
      await marks.settle();
      setState('stopped');
    },
    health: () => health,
    async send(chatId, message, media, how) {
      try {
        return await send(chatId, message, media, how);
      } catch (cause) {
        const error =
          cause instanceof SendError ? cause : new SendError('unknown', 'send: failed', { cause });
        if (error.failure === 'line_down') setState('down', error.message);
        throw error;
      }
    },
    showTyping: (chatId) => marks.typing(chatId),
    async fetchMedia(ref) {
      if (!ref.remote) throw new MediaError('lost', 'no file of WhatsApp is named');
      return await current.download(ref.remote);
    },
    handleWebhook: (headers, rawBody) => door.handle(headers, rawBody),
    /** WhatsApp's links bring words for the text field; `readContent` knows them again. */
    startLink: (payload) => (number === null ? null : whatsAppStartLink(number, payload)),
  };
}
