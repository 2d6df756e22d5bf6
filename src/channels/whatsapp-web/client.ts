import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import qrcode from 'qrcode';
import { z } from 'zod';
import { MediaError } from '../../core/errors.js';
import { CHANNEL_LIMITS } from '../../core/limits.js';
import type { Log, Now } from '../../core/ports.js';
import type { Channel, ChannelHealth, Intake, LineState, SentReport } from '../channel.js';
import { startText } from '../startText.js';
import { findBrowser } from './browser.js';
import { openChild, type Child, type ChildEvent } from './child.js';
import { createOwn } from './own.js';
import { sessionFolder } from './profile.js';
import { toReport } from './reports.js';
import { createSending } from './send.js';
import { createSupervisor, TIMING, type Supervisor, type Timing } from './supervisor.js';
import { createTaker, type Taker } from './take.js';
import { Media } from './talk.js';

export interface WhatsAppWebOptions {
  /** Names the line. */
  name: string;
  /** Where the linked account lies; whoever has it has the account. Made 0700. */
  profileFolder: string;
  /** null: the first browser that usual systems have. */
  browserPath: string | null;
  /** What of our environment the browser needs: PATH, proxies, time zone. */
  browserEnv: { [name: string]: string };
  /** A stand-in's address instead of WhatsApp's own page: for tests alone. */
  page: string | null;
  /** Shows the QR code to whoever started us; null where nobody looks. */
  show: ((text: string) => void) | null;
  log: Log;
  now: Now;
  timing?: Partial<Timing>;
}

export interface WhatsAppWeb extends Channel {
  /** The line's process and its browser: what tests kill, and the bench measures. */
  running(): Pick<Child, 'pid' | 'browserPid'> | null;
}

/** A single call into the browser: longer than any limit of ours, which know what was asked for. */
const PROTOCOL_MS = 100_000;
const MOST_BYTES = 20 * 1024 * 1024;
/** So much of a chat is read again after we were away, and so far back at most. */
const HISTORY = { most: 1_000, ms: 120_000, days: 14 };
/** The same of a look through the chats of a line that is up: what comes meanwhile waits for it. */
const LOOK = { most: 50, ms: 10_000, overlapSeconds: 30 };
/** WhatsApp's clock and ours, and what came late while we were there. */
const OVERLAP_SECONDS = 600;
const SAVE_MS = 5_000;
/** With the rests between them some minutes: a database is started anew within that. */
const MOST_TELLS = 40;
/** With the heartbeats between them some two minutes: a page that is slow after its start has come round. */
const MOST_UNREAD = 4;
const TYPING_MS = 5_000;
const LOGOUT_MS = 10_000;

/**
 * A line of WhatsApp on a phone's own account, through whatsapp-web.js: its real Client drives WhatsApp's page in a
 * headless Chromium, in a process of its own. Unofficial: WhatsApp may block the account; the Cloud API is the drop-in.
 */
export function createWhatsAppWeb(options: WhatsAppWebOptions): WhatsAppWeb {
  const lineId = `whatsapp-web:${options.name}`;
  const timing = { ...TIMING, ...options.timing };
  const { log } = options;
  const own = createOwn();
  let health: ChannelHealth = { state: 'stopped' };
  let intake: Intake | null = null;
  let taker: Taker | null = null;
  let supervisor: Supervisor | null = null;
  let number: string | null = null;
  /** Up to when (seconds) everything is stored; null: never linked before. */
  let storedUntil: number | null = null;
  /** What is older was never ours. */
  let linkedAt = 0;
  /** From when on (seconds) the chats are still to be read again; null: they were. */
  let readFrom: number | null = null;
  let readingAgain: NodeJS.Timeout | undefined;
  /** How often in a row a connected page's chats could not be read, and at which count the page is begun anew. */
  let unread = 0;
  let mostUnread = MOST_UNREAD;
  /** From when on (seconds) nobody has looked yet for what came by no event. */
  let lookFrom = 0;
  let looking: NodeJS.Timeout | undefined;
  let saving: NodeJS.Timeout | undefined;
  let saved: number | null = null;
  let isForgotten = false;

  const nowSeconds = (): number => Math.floor(options.now().getTime() / 1000);
  const child = (): Child | null => supervisor?.child() ?? null;
  const sending = createSending({
    child,
    page: () => supervisor?.page() ?? null,
    own,
    stuck: () => supervisor?.restart('a message does not get out'),
    log,
    sendMs: timing.sendMs,
  });

  async function start(given: Intake): Promise<void> {
    intake = given;
    // Told at once where there is no browser at all.
    const browser = findBrowser(options.browserPath, options.browserEnv, options.page);
    const known = readOffset(await given.loadOffset());
    if (known) {
      storedUntil = Math.max(storedUntil ?? 0, known.storedUntil);
      linkedAt = known.linkedAt;
    }
    taker = createTaker({
      lineId,
      intake: given,
      log,
      receiveMs: timing.receiveMs,
      isOurs: (record) => own.isOurs(record),
      stored: (chat) => void seen(chat),
    });
    supervisor = createSupervisor({
      lineId,
      timing,
      log,
      open: (on) => {
        // What comes by event before the page is ready, and its history read, waits for what came before it.
        taker?.hold();
        return openChild(
          {
            kind: 'open',
            profileFolder: options.profileFolder,
            browser,
            page: options.page,
            protocolMs: PROTOCOL_MS,
            bootMs: timing.bootMs,
          },
          log,
          (event) => {
            // Also where the page was loaded anew by itself.
            if (event.kind === 'ready') taker?.hold();
            on(event);
          },
        );
      },
      forget: () => rmSync(sessionFolder(options.profileFolder), { recursive: true, force: true }),
      wasLinked: () => storedUntil !== null,
      changed: setState,
      linking,
      ready: (mine, told) => void ready(mine, told),
      event: hear,
    });
    supervisor.start();
  }

  async function ready(mine: Child, told: string | null): Promise<void> {
    if (told !== null && told !== number) {
      number = told;
      await intake?.named?.(`+${told}`).catch(notTold);
    }
    await catchUp(mine);
  }

  /**
   * What was written while we were away comes by no event: the chats are read again from where everything was stored.
   * Of an account that was just linked, nothing: what lies there unread was written to a person, not to us. Until that
   * has worked, what comes now moves nothing forward.
   */
  async function catchUp(mine: Child): Promise<void> {
    clearTimeout(readingAgain);
    clearTimeout(looking);
    const mineTaker = taker;
    const begunAt = nowSeconds();
    if (storedUntil === null) {
      storedUntil = begunAt;
      linkedAt = storedUntil;
      save();
      mineTaker?.release([]);
      lookLater(mine, begunAt);
      return;
    }
    readFrom ??= Math.max(storedUntil - OVERLAP_SECONDS, linkedAt, nowSeconds() - HISTORY.days * 86_400);
    try {
      const ask = { do: 'history' as const, since: readFrom, most: HISTORY.most };
      const missed = await mine.ask(ask, z.array(z.unknown()), HISTORY.ms);
      mineTaker?.release(missed);
      readFrom = null;
      unread = 0;
      mostUnread = MOST_UNREAD;
      lookLater(mine, begunAt);
      log.info({ line: lineId, messages: missed.length }, 'whatsapp-web: read what may have been missed');
    } catch (cause) {
      mineTaker?.release([]);
      // One that is not connected at the moment is read again all the same: nothing else would ever do it.
      if (supervisor?.running() !== mine) return;
      const reason = (cause as Error).message;
      log.warn({ line: lineId, reason }, 'whatsapp-web: the chats could not be read again; soon once more');
      if (child() === mine && (unread += 1) >= mostUnread) {
        // A page may come up without what it needs, and stays so. Ever more rarely: one that lacks it for good still
        // hears and sends.
        unread = 0;
        mostUnread *= 2;
        supervisor?.restart('the chats cannot be read');
        return;
      }
      readingAgain = setTimeout(() => {
        if (supervisor?.running() !== mine) return;
        taker?.hold();
        void catchUp(mine);
      }, timing.heartbeatMs);
    }
  }

  function lookLater(mine: Child, from: number): void {
    lookFrom = from;
    clearTimeout(looking);
    looking = setTimeout(() => void look(mine), timing.lookMs);
    looking.unref();
  }

  /** A first message at times comes without an event: only its chat shows it. */
  async function look(mine: Child): Promise<void> {
    if (supervisor?.running() !== mine || readFrom !== null) return;
    const from = lookFrom;
    if (child() !== mine) return lookLater(mine, from);
    const mineTaker = taker;
    const begunAt = nowSeconds();
    mineTaker?.hold();
    const since = Math.max(from - LOOK.overlapSeconds, linkedAt);
    const ask = { do: 'history' as const, since, most: LOOK.most };
    const found = await mine.ask(ask, z.array(z.unknown()), LOOK.ms).catch(() => null);
    // The page was loaded anew meanwhile: all of it is being read again.
    if (readFrom !== null) return;
    mineTaker?.release(found ?? [], true);
    lookLater(mine, found ? begunAt : from);
  }

  function hear(event: ChildEvent): void {
    if (event.kind === 'message') taker?.take(event.record);
    if (event.kind !== 'ack') return;
    const report = toReport(event.id, event.ack, options.now());
    if (report) void tell(report);
  }

  /** WhatsApp says it once: that a message was refused must not be lost because the database is away. */
  async function tell(report: SentReport): Promise<void> {
    const most = report.status === 'failed' ? MOST_TELLS : 1;
    for (let failures = 1; ; failures += 1) {
      try {
        await intake?.reported?.([report]);
        return;
      } catch (cause) {
        if (failures >= most) return notTold(cause);
        await sleep(timing.receiveMs(failures), undefined, { ref: false });
      }
    }
  }

  /** All that a chat said is stored: now the phone may show it as seen. */
  async function seen(chat: string): Promise<void> {
    if (readFrom === null) {
      // A clock that is ahead must not let what comes in the meantime be forgotten.
      storedUntil = Math.max(storedUntil ?? 0, Math.min(taker?.storedUntil() ?? 0, nowSeconds()));
      saving ??= setTimeout(save, SAVE_MS);
    }
    await child()
      ?.ask({ do: 'seen', chat }, z.unknown(), timing.pulseMs)
      .catch(() => {});
  }

  function save(): void {
    clearTimeout(saving);
    saving = undefined;
    if (storedUntil === null || storedUntil === saved) return;
    const until = storedUntil;
    intake?.saveOffset(`${until}/${linkedAt}`).then(() => {
      saved = until;
    }, notTold);
  }

  function linking(qr: string | null): void {
    intake?.linking?.(qr).catch(notTold);
    if (qr === null) return;
    // Not the code itself: whoever reads it in a log has the account.
    log.info({ line: lineId }, 'whatsapp-web: waits for its QR code to be scanned');
    if (options.show) void draw(qr, options.show);
  }

  async function draw(qr: string, show: (text: string) => void): Promise<void> {
    const drawn = await qrcode.toString(qr, { type: 'terminal', small: true }).catch(() => null);
    if (drawn) show(`${lineId}: WhatsApp → Perangkat tertaut → pindai kode ini\n${drawn}\n`);
  }

  function setState(state: LineState, detail?: string): void {
    if (health.state === state && health.detail === detail) return;
    // That we unlinked it ourselves is no news.
    if (isForgotten && state !== 'stopped') return;
    health = detail === undefined ? { state } : { state, detail };
    const level = state === 'down' || state === 'degraded' ? 'warn' : 'info';
    log[level]({ line: lineId, state, detail }, 'whatsapp-web: line');
    intake?.stateChanged(state, detail).catch(notTold);
  }

  function notTold(cause: unknown): void {
    log.warn({ err: cause, line: lineId }, 'whatsapp-web: what happened could not be written down');
  }

  async function typing(chat: string, isOn: boolean): Promise<void> {
    await child()
      ?.ask({ do: 'typing', chat, isOn }, z.unknown(), TYPING_MS)
      .catch(() => {});
  }

  async function stopListening(): Promise<void> {
    clearTimeout(readingAgain);
    clearTimeout(looking);
    await taker?.stop();
    save();
  }

  return {
    lineId,
    platform: 'whatsapp',
    limits: CHANNEL_LIMITS['whatsapp-web'],
    start,
    stopListening,
    async stop() {
      await stopListening();
      await supervisor?.stop();
      setState('stopped');
    },
    async forget() {
      isForgotten = true;
      try {
        await supervisor?.page()?.ask({ do: 'logout' }, z.unknown(), LOGOUT_MS);
      } catch (cause) {
        const reason = (cause as Error).message;
        log.warn({ line: lineId, reason }, 'whatsapp-web: the phone still shows this device as linked');
      }
    },
    health: () => health,
    async send(chatId, message, media) {
      await typing(chatId, true);
      try {
        return await sending.send(chatId, message, media);
      } finally {
        void typing(chatId, false);
      }
    },
    findSent: (chatId, message, since) => sending.find(chatId, message, since),
    showTyping: (chatId) => typing(chatId, true),
    async fetchMedia(ref) {
      if (!ref.remote) throw new MediaError('lost', 'no file of WhatsApp is named');
      if ((ref.bytes ?? 0) > MOST_BYTES) throw new MediaError('refused', `${ref.bytes} bytes`);
      const mine = child();
      if (!mine) throw new MediaError('retry', 'the line is not ready');
      const ask = { do: 'media' as const, message: ref.remote, most: MOST_BYTES };
      const got = await mine.ask(ask, Media, timing.mediaMs).catch((cause: unknown) => {
        throw new MediaError('retry', `the file cannot be had now: ${(cause as Error).message}`);
      });
      if ('failure' in got) throw new MediaError(got.failure, got.why);
      return { bytes: got.bytes, mime: ref.mime ?? got.mime };
    },
    // Proposes the words; whoever follows it still presses Send. https://faq.whatsapp.com/5913398998672934
    startLink: (payload) =>
      number === null ? null : `https://wa.me/${number}?text=${encodeURIComponent(startText(payload))}`,
    running: () => supervisor?.running() ?? null,
  };
}

/** `<stored until>/<linked at>`, in seconds. */
function readOffset(offset: string | null): { storedUntil: number; linkedAt: number } | null {
  const found = /^(\d{1,12})\/(\d{1,12})$/u.exec(offset ?? '');
  return found ? { storedUntil: Number(found[1]), linkedAt: Number(found[2]) } : null;
}
