import type { Channel, ChannelHealth } from '../channels/channel.js';
import { platformOf, lineKind } from '../core/line.js';
import {
  keepLines,
  leaseHolder,
  leaseLine,
  registerLines,
  releaseLine,
  wantedLines,
  type WantedLine,
} from '../store/lines.js';
import { holdLine, type HeldLine, type HeldLineDeps, type HeldTiming, type KnownLine } from './heldLine.js';
import { isHolderDead } from './leaseOwner.js';

export { openedLine, type KnownLine } from './heldLine.js';

export interface LineKeeperDeps extends Omit<HeldLineDeps, 'timing' | 'elapsed'> {
  /** Those that the environment names, and the simulator's: always there, whatever the table says. */
  lines: KnownLine[];
  /** One that `kentongan line add` made, by its sealed settings. Not given: none of those run here. */
  stored?: (lineId: string, settings: string) => Channel;
  /** Deletes what a line that was removed has left on this machine; it runs nowhere any more. Absent: nothing is left. */
  forget?: (lineId: string) => Promise<void>;
  /** leaseOwner(): names this process. */
  owner: string;
  /** Another process took over a line that we held: this one has stopped listening and sending there. */
  lost?: (lineId: string) => void;
  timing?: Partial<LeaseTiming>;
}

export interface LeaseTiming extends HeldTiming {
  leaseSeconds: number;
  renewMs: number;
}

export interface LineKeeper {
  start(): Promise<void>;
  /** Stops listening, lets what is in hand finish, gives the lines up for another gateway. */
  stop(): Promise<void>;
  /** Each line with its state; `isHeld` false: another gateway has it. */
  health(): { lineId: string; isHeld: boolean; health: ChannelHealth }[];
  /** The channels of the lines that are held, as they are now: a line that is started anew has another. */
  channels(): Channel[];
}

const TIMING: LeaseTiming = {
  leaseSeconds: 10,
  renewMs: 3_000,
  restartMs: 60_000,
  sendMs: 6_000,
  degradedMs: 300_000,
  steadyMs: 30_000,
};

/**
 * Holds the lines of this installation: takes their leases, renews them, listens and sends while it has them. It looks
 * at the table every few seconds: a line that was added there is started, one whose settings or `restart_at` changed is
 * started anew, one that was removed is stopped.
 */
export function createLineKeeper(deps: LineKeeperDeps): LineKeeper {
  const { pool, log } = deps;
  const timing = { ...TIMING, ...deps.timing };
  const fixed = new Map(deps.lines.map((line) => [line.lineId, line]));
  const held = new Map<string, HeldLine>();
  /** All that shall run, held here or not. */
  let known: string[] = [...fixed.keys()];
  /** Lines that are being stopped: not taken again before that is done. */
  const leaving = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  /** Removed ones of which nothing is left here. */
  const forgotten = new Set<string>();
  let isRegistered = false;
  let isStopped = false;

  async function look(): Promise<void> {
    let rows: WantedLine[];
    try {
      if (!isRegistered) {
        await registerLines(pool, deps.lines.map(rowOf));
        await keepLines(pool, [...fixed.keys()]);
      }
      isRegistered = true;
      rows = await wantedLines(pool);
    } catch (cause) {
      log.warn({ err: cause }, 'the lines could not be read; again soon');
      return;
    }
    const wanted = new Map(rows.flatMap((row) => pair(row)));
    known = [...wanted.keys()];
    for (const lineId of held.keys()) if (!wanted.has(lineId)) leave(lineId);
    for (const row of rows) await forgetRemoved(row, wanted.has(row.id));
    await Promise.all(
      [...wanted].map(([lineId, { line, row }]) =>
        lookAfter(line, row).catch((cause: unknown) =>
          log.warn({ line: lineId, err: cause }, 'a line could not be looked after'),
        ),
      ),
    );
  }

  function pair(row: WantedLine): [string, { line: KnownLine; row: WantedLine }][] {
    const own = fixed.get(row.id);
    if (own) return [[row.id, { line: own, row }]];
    if (row.settings === null || row.isRemoved || !deps.stored) return [];
    const { id, settings } = row;
    const line: KnownLine = {
      lineId: id,
      platform: platformOf(lineKind(id)),
      version: settings,
      open: () => deps.stored!(id, settings),
    };
    return [[id, { line, row }]];
  }

  async function lookAfter(line: KnownLine, row: WantedLine): Promise<void> {
    const { lineId } = line;
    if (leaving.has(lineId)) return;
    const mine = held.get(lineId);
    const isHeld = await lease(lineId, mine);
    if (!mine && isHeld) await take(line, row);
    if (!mine) return;
    if (!isHeld) return await lose(mine);
    if (mine.known.version !== line.version || mine.restartAt?.getTime() !== row.restartAt?.getTime())
      mine.restart(line, row.restartAt);
    else mine.look();
  }

  async function lease(lineId: string, mine: HeldLine | undefined): Promise<boolean> {
    const seen = mine?.seen();
    if (await leaseLine(pool, lineId, deps.owner, timing.leaseSeconds, seen)) return true;
    const holder = await leaseHolder(pool, lineId);
    if (holder === null || !isHolderDead(holder, deps.owner)) return false;
    await releaseLine(pool, lineId, holder);
    return await leaseLine(pool, lineId, deps.owner, timing.leaseSeconds, seen);
  }

  async function take(line: KnownLine, row: WantedLine): Promise<void> {
    log.info({ line: line.lineId }, 'this process holds the line');
    const mine = holdLine(line, row.restartAt, { ...deps, timing, elapsed: () => performance.now() });
    held.set(line.lineId, mine);
    await mine.settled();
  }

  async function lose(mine: HeldLine): Promise<void> {
    const { lineId } = mine.known;
    log.warn({ line: lineId }, 'another process took over the line');
    held.delete(lineId);
    await mine.end({ isLost: true });
    deps.lost?.(lineId);
  }

  /** A line that was removed. Not waited for: the other lines' leases must be renewed meanwhile. */
  function leave(lineId: string): void {
    const mine = held.get(lineId)!;
    held.delete(lineId);
    log.info({ line: lineId }, 'the line was removed; it is stopped');
    const left = mine
      .end({ isLost: false, isRemoved: true })
      .then(() => deps.forget?.(lineId))
      .then(() => releaseLine(pool, lineId, deps.owner))
      .catch((cause: unknown) => log.warn({ line: lineId, err: cause }, 'a line did not stop cleanly'))
      .finally(() => leaving.delete(lineId));
    leaving.set(lineId, left);
  }

  /** One that was removed while no gateway held it. */
  async function forgetRemoved(row: WantedLine, isWanted: boolean): Promise<void> {
    const { id } = row;
    if (isWanted || !row.isRemoved) return void forgotten.delete(id);
    if (!deps.forget || forgotten.has(id) || leaving.has(id)) return;
    try {
      if (!(await lease(id, undefined))) return;
      await deps.forget(id);
      forgotten.add(id);
      await releaseLine(pool, id, deps.owner);
    } catch (cause) {
      log.warn({ line: id, err: cause }, 'what a removed line left could not be deleted; again soon');
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
      const mine = [...held.values()];
      await Promise.all(mine.map((line) => line.stopListening()));
      await deps.receiver.stop();
      await Promise.all(mine.map((line) => line.end({ isLost: false })));
      for (const lineId of held.keys()) await releaseLine(pool, lineId, deps.owner).catch(() => {});
      held.clear();
      await Promise.all(leaving.values());
    },
    health: () =>
      known.map((lineId) => {
        const mine = held.get(lineId);
        return { lineId, isHeld: mine !== undefined, health: mine?.health() ?? { state: 'stopped' } };
      }),
    channels: () => [...held.values()].flatMap((line) => line.channel ?? []),
  };
}

function rowOf({ lineId, platform }: KnownLine): { id: string; platform: string; name: string } {
  return { id: lineId, platform, name: lineId };
}
