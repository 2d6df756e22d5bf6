import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Channel, ChannelHealth, Intake, LineState } from '../channels/channel.js';
import type { Now } from '../core/ports.js';
import { endIncidents } from '../store/incidents.js';
import {
  leaseHolder,
  leaseLine,
  loadOffset,
  nameLine,
  registerLines,
  releaseLine,
  saveOffset,
  setLineState,
} from '../store/lines.js';
import { isHolderDead } from './leaseOwner.js';
import type { Receiver } from './receive.js';
import type { Sender } from './send.js';
import type { RaiseIncidents } from './settle.js';

export interface LineKeeperDeps {
  pool: Pool;
  log: Logger;
  now: Now;
  channels: Channel[];
  receiver: Receiver;
  sender: Sender;
  raiseIncidents: RaiseIncidents;
  /** leaseOwner(): names this process. */
  owner: string;
  /** Another process took over a line that we held: this one has stopped listening and sending there. */
  lost?: (lineId: string) => void;
  timing?: Partial<LeaseTiming>;
}

export interface LeaseTiming {
  leaseSeconds: number;
  renewMs: number;
  /** A line that cannot work at all (a refused token) is started again after this long. */
  restartMs: number;
  /** What is being sent at a clean stop gets this long to finish; well within a lease that is no more renewed. */
  sendMs: number;
}

export interface LineKeeper {
  start(): Promise<void>;
  /** Stops listening, lets what is in hand finish, gives the lines up for another gateway. */
  stop(): Promise<void>;
  /** Each line with its state; `isHeld` false: another gateway has it. */
  health(): { lineId: string; isHeld: boolean; health: ChannelHealth }[];
}

const TIMING: LeaseTiming = { leaseSeconds: 10, renewMs: 3_000, restartMs: 60_000, sendMs: 6_000 };

/** Holds the lines of this installation: takes their leases, renews them, listens and sends while it has them. */
export function createLineKeeper(deps: LineKeeperDeps): LineKeeper {
  const { pool, log, channels, sender } = deps;
  const timing = { ...TIMING, ...deps.timing };
  const held = new Set<string>();
  const downUntil = new Map<string, number>();
  const failure = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let isRegistered = false;
  let isStopped = false;

  async function look(): Promise<void> {
    if (!isRegistered) {
      const rows = channels.map(({ lineId, platform }) => ({ id: lineId, platform, name: lineId }));
      try {
        await registerLines(pool, rows);
        isRegistered = true;
      } catch (cause) {
        log.warn({ err: cause }, 'the lines could not be written down; again soon');
        return;
      }
    }
    await Promise.all(
      channels.map((channel) =>
        lookAfter(channel).catch((cause: unknown) =>
          log.warn({ line: channel.lineId, err: cause }, 'a line could not be looked after'),
        ),
      ),
    );
  }

  async function lookAfter(channel: Channel): Promise<void> {
    const { lineId } = channel;
    const isHeld = await lease(lineId);
    if (isHeld && !held.has(lineId)) await take(channel);
    else if (!isHeld && held.has(lineId)) await lose(channel);
    else if (isHeld && performance.now() > (downUntil.get(lineId) ?? Infinity)) await listen(channel);
  }

  async function lease(lineId: string): Promise<boolean> {
    if (await leaseLine(pool, lineId, deps.owner, timing.leaseSeconds)) return true;
    const holder = await leaseHolder(pool, lineId);
    if (holder === null || !isHolderDead(holder, deps.owner)) return false;
    await releaseLine(pool, lineId, holder);
    return await leaseLine(pool, lineId, deps.owner, timing.leaseSeconds);
  }

  async function take(channel: Channel): Promise<void> {
    log.info({ line: channel.lineId }, 'this process holds the line');
    await sender.start(channel);
    held.add(channel.lineId);
    // Not awaited: connecting may take long, and the lease must be renewed meanwhile.
    void listen(channel);
  }

  async function listen(channel: Channel): Promise<void> {
    const { lineId } = channel;
    downUntil.delete(lineId);
    try {
      await channel.start(intakeOf(lineId));
      failure.delete(lineId);
    } catch (cause) {
      const reason = (cause as Error).message;
      failure.set(lineId, reason);
      downUntil.set(lineId, performance.now() + timing.restartMs);
      log.error({ line: lineId, err: cause }, 'a line cannot work');
      await changed(lineId, 'down', reason).catch(() => {});
    }
  }

  async function lose(channel: Channel): Promise<void> {
    log.warn({ line: channel.lineId }, 'another process took over the line');
    held.delete(channel.lineId);
    await end([channel], channel.lineId);
    deps.lost?.(channel.lineId);
  }

  /** Intake first, then what is being sent; the connections last: a send that is cut off is one of unknown outcome. */
  async function end(mine: Channel[], lineId?: string): Promise<void> {
    await Promise.all(mine.map((channel) => channel.stopListening()));
    if (lineId === undefined) await deps.receiver.stop();
    const sent = sender.stop(lineId);
    await Promise.race([sent, sleep(timing.sendMs, undefined, { ref: false })]);
    await Promise.all(mine.map((channel) => channel.stop()));
    await sent;
  }

  function intakeOf(lineId: string): Intake {
    return {
      receive: (inbound) => deps.receiver.receive(inbound),
      loadOffset: () => loadOffset(pool, lineId),
      saveOffset: (offset) => saveOffset(pool, lineId, offset, deps.now()),
      stateChanged: (state, reason) => changed(lineId, state, reason),
      named: (name) => nameLine(pool, lineId, name),
    };
  }

  async function changed(lineId: string, state: LineState, reason?: string): Promise<void> {
    log[state === 'down' ? 'error' : 'info']({ line: lineId, state, reason }, 'a line changed its state');
    await setLineState(pool, lineId, state, reason ?? null, deps.now());
    if (state === 'up') {
      await endIncidents(pool, 'line_down', lineId, deps.now());
      sender.resume(lineId);
    }
    if (state === 'down') {
      const detail = { line: lineId, reason: reason ?? '' };
      await deps.raiseIncidents(pool, [{ kind: 'line_down', lineId, detail }]);
    }
  }

  function again(): void {
    if (isStopped) return;
    timer = setTimeout(() => {
      working = look().finally(again);
    }, timing.renewMs);
  }

  return {
    async start() {
      working = look().finally(again);
      await working;
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await working;
      clearTimeout(timer);
      const mine = channels.filter(({ lineId }) => held.has(lineId));
      await end(mine);
      for (const { lineId } of mine) {
        await setLineState(pool, lineId, 'stopped', null, deps.now()).catch(() => {});
        await releaseLine(pool, lineId, deps.owner).catch(() => {});
      }
      held.clear();
    },
    health: () =>
      channels.map((channel) => {
        const { lineId } = channel;
        const reason = failure.get(lineId);
        const health: ChannelHealth =
          reason === undefined ? channel.health() : { state: 'down', detail: reason };
        return { lineId, isHeld: held.has(lineId), health };
      }),
  };
}
