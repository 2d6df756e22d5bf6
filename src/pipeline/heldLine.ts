import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ChannelHealth, Intake } from '../channels/channel.js';
import type { Platform } from '../core/content.js';
import { lineKind } from '../core/line.js';
import { loadOffset, nameLine, saveOffset, setLinking, type LineSeen } from '../store/lines.js';
import { createLineStates, type LineStateDeps, type LineStates, type StateTiming } from './lineState.js';
import type { Receiver } from './receive.js';
import type { Sender } from './send.js';
import { showTyping } from './typing.js';

/** A line that shall run: where its settings come from, and how it is opened. */
export interface KnownLine {
  lineId: string;
  platform: Platform;
  /** Another text where its settings are others: then it is started anew. */
  version: string;
  /** Throws where its settings make no line. */
  open(): Channel;
}

/** A line whose channel is at hand already. */
export function openedLine(channel: Channel): KnownLine {
  const { lineId, platform } = channel;
  return { lineId, platform, version: '', open: () => channel };
}

export interface HeldLineDeps extends Omit<LineStateDeps, 'timing'> {
  receiver: Receiver;
  sender: Sender;
  /** What else works for a line while it is held: its fetcher, its queue. */
  opened?: (channel: Channel) => Promise<void>;
  closed?: (lineId: string) => Promise<void>;
  /** More that a line is handed: reports on what was sent, chats that are private. */
  intake?: (lineId: string) => Partial<Intake>;
  /** A person must link the account: told once until it is linked, or the line is started anew. */
  waitsForLink?: (lineId: string) => void;
  timing: HeldTiming;
}

export interface HeldTiming extends StateTiming {
  /** A line that cannot work at all (a refused token) is started again after this long. */
  restartMs: number;
  /** What is being sent at a clean stop gets this long to finish; well within a lease that is no more renewed. */
  sendMs: number;
}

/** A line while this process holds it: its channel listens and sends, and is started anew where it must be. */
export interface HeldLine {
  readonly known: KnownLine;
  /** null where it could not be opened. */
  readonly channel: Channel | null;
  /** Which restart that somebody asked for has been done. */
  readonly restartAt: Date | null;
  health(): ChannelHealth;
  /** What is to be written down of it. */
  seen(): LineSeen;
  /** Looks after it: never throws, and does not wait for what takes long. */
  look(): void;
  restart(known: KnownLine, restartAt: Date | null): void;
  /** Resolves when it is opened, or closed: whatever was begun of that. */
  settled(): Promise<void>;
  /** Takes nothing more. Where all lines end, what they took is stored before `end`. */
  stopListening(): Promise<void>;
  /**
   * Intake first, then what is being sent; the connections last: a send that is cut off is one of unknown outcome.
   * `isLost`: another process has the line, and writes how it stands. `isRemoved`: its account is unlinked as well.
   */
  end(how: { isLost: boolean; isRemoved?: boolean }): Promise<void>;
}

export function holdLine(first: KnownLine, firstRestart: Date | null, deps: HeldLineDeps): HeldLine {
  const { pool, log, sender, timing } = deps;
  const { lineId } = first;
  let known = first;
  let restartAt = firstRestart;
  let channel: Channel | null = null;
  let states: LineStates | null = null;
  let failure: string | null = null;
  let tryAgainAt = Infinity;
  let receivedAt: Date | null = null;
  let sentAt: Date | null = null;
  let isEnding = false;
  let isDeaf = false;
  /** Opening, starting anew, closing: one after the other. */
  let working: Promise<void> = Promise.resolve();

  async function begin(): Promise<void> {
    let one: Channel;
    try {
      one = known.open();
    } catch (cause) {
      states = createLineStates(lineId, undefined, deps);
      await cannotWork(cause as Error);
      return;
    }
    states = createLineStates(lineId, one.limits.keepsHours, deps);
    await states.changed('starting');
    await setLinking(pool, lineId, null, deps.now());
    await sender.start(noting(one));
    await deps.opened?.(one);
    channel = one;
    failure = null;
    // Not awaited: connecting may take long.
    if (!isEnding) void listen(one);
  }

  async function listen(one: Channel): Promise<void> {
    try {
      await one.start(intakeOf(one));
      failure = null;
    } catch (cause) {
      if (one === channel && !isEnding) await cannotWork(cause as Error);
    }
  }

  async function cannotWork(cause: Error): Promise<void> {
    failure = cause.message;
    tryAgainAt = deps.elapsed() + timing.restartMs;
    log.error({ line: lineId, err: cause }, 'a line cannot work');
    await states!.changed('down', cause.message).catch(() => {});
  }

  async function close(isRemoved = false): Promise<void> {
    const one = channel;
    if (!one) return;
    if (!isDeaf) await one.stopListening();
    const sent = sender.stop(lineId);
    await Promise.race([sent, sleep(timing.sendMs, undefined, { ref: false })]);
    if (isRemoved) await one.forget?.();
    await one.stop();
    await sent;
    await deps.closed?.(lineId);
    channel = null;
  }

  function next(what: () => Promise<void>): void {
    working = working.then(what).catch((cause: unknown) => {
      log.warn({ line: lineId, err: cause }, 'a line could not be started; again soon');
      failure = (cause as Error).message;
      tryAgainAt = 0;
    });
  }

  function intakeOf(one: Channel): Intake {
    const mine = states!;
    let linked: Promise<void> = Promise.resolve();
    return {
      async receive(inbound) {
        await deps.receiver.receive(inbound);
        showTyping(one, inbound, deps.receiver);
        receivedAt = deps.now();
      },
      loadOffset: () => loadOffset(pool, lineId),
      saveOffset: (offset) => saveOffset(pool, lineId, offset, deps.now()),
      async stateChanged(state, reason) {
        // One that was closed meanwhile has nothing more to say.
        if (one !== channel) return;
        // A refused account may be accepted again; one that was unlinked waits for its owner, who asks for the restart.
        if (state === 'down' && lineKind(lineId) !== 'whatsapp-web')
          tryAgainAt = Math.min(tryAgainAt, deps.elapsed() + timing.restartMs);
        if (state === 'up') tryAgainAt = Infinity;
        try {
          await mine.changed(state, reason);
        } finally {
          // Whether it could be written down or not: it comes once, and what waits would wait for the next time.
          if (state === 'up') sender.resume(lineId);
        }
      },
      named: (name) => nameLine(pool, lineId, name),
      async linking(qr) {
        if (one !== channel) return;
        if (mine.setLinking(qr !== null)) deps.waitsForLink?.(lineId);
        // In order: a void code must not come after its end.
        const write = async (): Promise<void> => await setLinking(pool, lineId, qr, deps.now());
        linked = linked.then(write, write);
        await linked;
      },
      ...deps.intake?.(lineId),
    };
  }

  /** The channel itself, but for when it last sent. */
  function noting(one: Channel): Channel {
    const send: Channel['send'] = async (...what) => {
      const sent = await one.send(...what);
      sentAt = deps.now();
      return sent;
    };
    return Object.create(one, { send: { value: send } }) as Channel;
  }

  next(begin);
  return {
    get known() {
      return known;
    },
    get channel() {
      return channel;
    },
    get restartAt() {
      return restartAt;
    },
    health() {
      if (failure !== null) return { state: 'down', detail: failure };
      // It does all that it can: a person must scan the code.
      if (states?.isLinking()) return { state: 'degraded', detail: 'waits for its QR code to be scanned' };
      return channel?.health() ?? { state: 'starting' };
    },
    seen: () => ({ upAt: states?.isUp() ? deps.now() : null, receivedAt, sentAt }),
    settled: () => working,
    look() {
      if (isEnding) return;
      states
        ?.look()
        .catch((cause: unknown) =>
          log.warn({ line: lineId, err: cause }, 'how a line stands is not written down yet'),
        );
      if (deps.elapsed() < tryAgainAt) return;
      tryAgainAt = Infinity;
      next(async () => {
        if (isEnding) return;
        if (!channel) return await begin();
        await channel.stopListening();
        void listen(channel);
      });
    },
    restart(other, at) {
      known = other;
      restartAt = at;
      log.info({ line: lineId }, 'a line is started anew');
      next(async () => {
        if (isEnding) return;
        await close();
        failure = null;
        tryAgainAt = Infinity;
        await begin();
      });
    },
    async stopListening() {
      isEnding = true;
      await channel?.stopListening();
      isDeaf = channel !== null;
    },
    async end({ isLost, isRemoved }) {
      isEnding = true;
      await working;
      await close(isRemoved);
      if (!isLost) await states?.changed('stopped').catch(() => {});
    },
  };
}
