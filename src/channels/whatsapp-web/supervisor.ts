import { z } from 'zod';
import type { Log } from '../../core/ports.js';
import type { LineState } from '../channel.js';
import type { Child, ChildEvent } from './child.js';

/** All in milliseconds. */
export interface Timing {
  /** Between two questions whether the page still lives. */
  heartbeatMs: number;
  /** A heartbeat that is not answered within so long has failed; two in a row end the process. */
  pulseMs: number;
  /** How long the page may take to show itself; the library waits no longer. */
  bootMs: number;
  /** From the browser's start, or the account's link, until the page is ready: then it is nudged … */
  readyMs: number;
  /** … and after so long again the browser is begun anew, and after that the process. */
  nudgeMs: number;
  /** Rest before the nth start in a row that did not become ready. */
  backoffMs: (failures: number) => number;
  /** A line that does not come back within so long is down: people are told. It is tried on. */
  downAfterMs: number;
  /** How long one message may take to be sent, and a file to be fetched. */
  sendMs: number;
  mediaMs: number;
  /** How often the chats are looked through while the line is up: at times a message comes by no event. */
  lookMs: number;
  /** Rest before the nth try to hand on a message that could not be stored. */
  receiveMs: (failures: number) => number;
}

export const TIMING: Timing = {
  heartbeatMs: 30_000,
  pulseMs: 10_000,
  bootMs: 30_000,
  readyMs: 45_000,
  nudgeMs: 15_000,
  backoffMs: (n) => Math.min(1_000 * 2 ** (n - 1), 300_000),
  downAfterMs: 300_000,
  sendMs: 60_000,
  mediaMs: 90_000,
  lookMs: 60_000,
  receiveMs: (n) => Math.min(250 * 2 ** (n - 1), 15_000),
};

export interface SupervisorDeps {
  lineId: string;
  /** Starts a process of the line. */
  open(on: (event: ChildEvent) => void): Child;
  /** Forgets the account: it was unlinked, and its profile is worth nothing. */
  forget(): void;
  /** Whether the account was linked before: then its QR code is bad news. */
  wasLinked(): boolean;
  timing: Timing;
  log: Log;
  changed(state: LineState, detail?: string): void;
  /** What the QR code says; null once it is void. */
  linking(qr: string | null): void;
  /** The page is ready: for the first time, or again. */
  ready(child: Child, number: string | null): void;
  event(event: ChildEvent): void;
}

export interface Supervisor {
  start(): void;
  /** The process whose page is ready, and connected; null where there is none. */
  child(): Child | null;
  /** The same, though WhatsApp may not be reached at the moment. */
  page(): Child | null;
  /** Begins anew, where the page is ready but does not do what it should. */
  restart(why: string): void;
  /** Whatever runs, for tests. */
  running(): Child | null;
  stop(): Promise<void>;
}

export const CURE = {
  link: 'waits to be linked: open WhatsApp on the phone, Linked devices, and scan the QR code of this line in the console',
  unlinked:
    'the phone has unlinked this account: start the line again in the console, and scan its QR code with the phone',
  refused:
    'WhatsApp has blocked this account (terms of service): look at the phone; until it is free again, use the Cloud API or Telegram',
};

type Phase =
  | 'stopped'
  /** A browser is starting, or its page is. */
  | 'starting'
  /** A QR code is shown: a person's turn. */
  | 'linking'
  | 'ready'
  /** Between two processes. */
  | 'resting'
  /** Ended until a person acts. */
  | 'over';

/**
 * Keeps a line's process alive: starts it, watches that its page becomes ready and stays so, ends it where it hangs, and
 * starts it anew with backoff. Stops for good where the account was unlinked or blocked. See facts: the library tells
 * nothing of a browser that was killed, of a tab that crashed, nor of a page that was in sync before it looked.
 */
export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const { timing, log, lineId } = deps;
  let phase: Phase = 'stopped';
  let child: Child | null = null;
  let failures = 0;
  let notReadySince = 0;
  let isConnected = false;
  let watchdog: NodeJS.Timeout | undefined;
  let heart: NodeJS.Timeout | undefined;
  let rest: NodeJS.Timeout | undefined;
  let late: NodeJS.Timeout | undefined;
  let closing: Promise<void> = Promise.resolve();

  function begin(): void {
    phase = 'starting';
    const mine = deps.open((event) => {
      if (child === mine) hear(mine, event);
    });
    child = mine;
    watch(mine, timing.readyMs);
  }

  function hear(from: Child, event: ChildEvent): void {
    if (phase === 'stopped' || phase === 'over' || phase === 'resting') return;
    switch (event.kind) {
      case 'qr':
        clearTimeout(watchdog);
        phase = 'linking';
        deps.linking(event.qr);
        // Of an account that was linked before, somebody must hear at once.
        if (deps.wasLinked()) isDown(CURE.link);
        else deps.changed('starting', CURE.link);
        return beat(from);
      case 'linked':
        if (phase !== 'linking') return;
        phase = 'starting';
        deps.linking(null);
        deps.changed('starting');
        watch(from, timing.readyMs);
        return;
      case 'ready':
        return ready(from, event.number);
      case 'state':
        log.info({ line: lineId, state: event.state }, 'whatsapp-web: connection');
        if (phase === 'ready') connected(event.state);
        return;
      case 'trouble':
        if (event.what === 'unlinked' || event.what === 'refused') return over(event.what, event.why);
        return again(event.why);
      case 'exited':
        return again('the process of the line ended');
      default:
        deps.event(event);
    }
  }

  function ready(from: Child, number: string | null): void {
    clearTimeout(watchdog);
    clearTimeout(late);
    if (phase === 'linking') deps.linking(null);
    phase = 'ready';
    failures = 0;
    notReadySince = 0;
    connected('CONNECTED');
    deps.ready(from, number);
    beat(from);
  }

  /** While WhatsApp is not reached, the page would keep what we send: it waits here instead, where it is seen. */
  function connected(state: string): void {
    isConnected = state === 'CONNECTED';
    if (isConnected) deps.changed('up');
    else deps.changed('degraded', `WhatsApp is not reached at the moment (${state})`);
  }

  /** Not ready in time: a nudge, then a new browser, then a new process. */
  function watch(mine: Child, ms: number, step: 'nudge' | 'again' | 'process' = 'nudge'): void {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      if (child !== mine || phase !== 'starting') return;
      log.warn({ line: lineId, step }, 'whatsapp-web: the page does not become ready');
      if (step === 'process') return again('the page does not become ready');
      // Whether it worked is seen by what follows.
      mine.ask({ do: step }, z.unknown(), timing.pulseMs).catch(() => {});
      if (step === 'nudge') watch(mine, timing.nudgeMs, 'again');
      else watch(mine, timing.readyMs, 'process');
    }, ms);
  }

  function beat(mine: Child): void {
    clearTimeout(heart);
    heart = setTimeout(() => {
      void pulse(mine).then((why) => {
        if (child !== mine || (phase !== 'ready' && phase !== 'linking')) return;
        if (why !== null) return again(why);
        beat(mine);
      });
    }, timing.heartbeatMs);
  }

  /** Null where the page lives, else what is wrong. A busy machine gets a second chance. */
  async function pulse(mine: Child): Promise<string | null> {
    let why = '';
    for (let tries = 0; tries < 2; tries += 1) {
      try {
        const state = await mine.ask({ do: 'state' }, z.string().nullable(), timing.pulseMs);
        if (phase === 'linking') return null;
        if (child === mine && phase === 'ready') connected(state ?? 'unknown');
        // The network may be away for a while: WhatsApp connects again by itself, and a new browser would not help.
        if (['CONNECTED', 'OPENING', 'PAIRING', 'TIMEOUT'].includes(state ?? '')) return null;
        why = `not connected: ${state}`;
      } catch (cause) {
        why = `the page does not answer: ${(cause as Error).message}`;
      }
    }
    return why;
  }

  function again(why: string): void {
    clearTimers();
    if (phase === 'linking') deps.linking(null);
    phase = 'resting';
    failures += 1;
    const restMs = timing.backoffMs(failures);
    log.warn({ line: lineId, why, restMs }, 'whatsapp-web: the line is started anew');
    notReadySince ||= performance.now();
    const lateMs = notReadySince + timing.downAfterMs - performance.now();
    if (lateMs > 0) deps.changed('starting', why);
    late = setTimeout(() => isDown(why), Math.max(0, lateMs));
    late.unref();
    const old = child;
    child = null;
    closing = closing
      .then(() => old?.close())
      .then(
        () => {
          if (phase === 'resting') rest = setTimeout(begin, restMs);
        },
        (cause: unknown) =>
          log.error({ line: lineId, err: cause }, 'whatsapp-web: a process could not be ended'),
      );
  }

  function over(what: 'unlinked' | 'refused', why: string): void {
    clearTimers();
    log.error({ line: lineId, why }, 'whatsapp-web: the account is refused; a person must act');
    phase = 'over';
    deps.linking(null);
    deps.changed('down', CURE[what]);
    const old = child;
    child = null;
    closing = closing
      .then(() => old?.close())
      .then(() => {
        if (why === 'LOGOUT') deps.forget();
      })
      .catch((cause: unknown) =>
        log.error({ line: lineId, err: cause }, 'whatsapp-web: could not end cleanly'),
      );
  }

  function isDown(why: string): void {
    if (phase !== 'ready' && phase !== 'stopped') deps.changed('down', why);
  }

  function clearTimers(): void {
    for (const timer of [watchdog, heart, rest, late]) clearTimeout(timer);
  }

  return {
    start() {
      if (phase !== 'stopped' && phase !== 'over') return;
      failures = 0;
      notReadySince = 0;
      deps.changed('starting');
      phase = 'resting';
      closing = closing.then(() => {
        if (phase === 'resting') begin();
      });
    },
    child: () => (phase === 'ready' && isConnected ? child : null),
    page: () => (phase === 'ready' ? child : null),
    restart(why) {
      if (phase === 'ready') again(why);
    },
    running: () => child,
    async stop() {
      clearTimers();
      if (phase === 'linking') deps.linking(null);
      phase = 'stopped';
      const old = child;
      child = null;
      closing = closing.then(() => old?.close());
      await closing;
    },
  };
}
