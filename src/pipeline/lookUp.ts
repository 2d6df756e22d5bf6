import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../channels/channel.js';
import type { TakenRow } from '../store/outbound.js';
import { isOfAnother } from '../store/sentMessages.js';
import { isConnectionFault } from './faults.js';
import type { LineDeps } from './send.js';

/** What a look into the chat's history came to. */
export interface LookUpEnds {
  /** It had gone out, under these ids. */
  found(row: TakenRow, externalIds: string[]): void;
  /** It surely had not: it goes again. */
  missing(row: TakenRow): Promise<void>;
  /** That cannot be told: a person decides. */
  unclear(row: TakenRow, why: string): Promise<void>;
}

/** Looks for messages of unknown outcome in their chats, one after the other, while the line works. */
export interface LookUp {
  add(rows: TakenRow[]): void;
  /** The line works (again). */
  wake(): void;
  /** What was not looked up stays as it is, for the next holder of the line. */
  stop(): Promise<void>;
}

export interface LookUpLimits {
  /** A look that takes longer is given up. */
  lookMs: number;
  /** Tries of a look that fails, and the wait between two. */
  lookTries: number;
  lookAgainMs: number;
}

export const LOOK_UP_LIMITS: LookUpLimits = { lookMs: 30_000, lookTries: 3, lookAgainMs: 5_000 };

export function createLookUp(channel: Channel, deps: LineDeps, ends: LookUpEnds): LookUp {
  const { limits } = deps;
  const stopping = new AbortController();
  let rows: TakenRow[] = [];
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (rows.length > 0 && isUp() && !stopping.signal.aborted) {
      const [row] = rows as [TakenRow];
      const isDone = await look(row);
      // A line that went down in the middle of it looks again once it is back.
      if (!isDone) break;
      rows = rows.filter((one) => one !== row);
    }
  }

  function isUp(): boolean {
    const { state } = channel.health();
    return state === 'up' || state === 'degraded';
  }

  async function look(row: TakenRow): Promise<boolean> {
    const fields = { line: channel.lineId, message: row.seq };
    for (let tries = 1; ; tries += 1) {
      try {
        const ids = await timely(channel.findSent!(row.chatId, row.message, row.begunAt));
        if (ids === null) await ends.unclear(row, 'the history of the chat does not tell');
        else if (ids.length === 0) {
          deps.log.info(fields, 'a message was cut off before it went out; it goes again');
          await ends.missing(row);
        } else if (await isAnothers(row, ids))
          await ends.unclear(row, 'the history of the chat shows the same words of another message');
        else {
          deps.log.info(fields, 'a message that was cut off had gone out');
          ends.found(row, ids);
        }
        return true;
      } catch (cause) {
        if (stopping.signal.aborted || !isUp()) return false;
        deps.log.warn({ ...fields, err: cause, tries }, 'the history of a chat could not be read');
        if (tries >= limits.lookTries) {
          await ends.unclear(row, 'the history of the chat could not be read').catch(() => {});
          return true;
        }
        await sleep(limits.lookAgainMs, undefined, { ref: false, signal: stopping.signal }).catch(() => {});
        if (stopping.signal.aborted) return false;
      }
    }
  }

  /** A database that is away is waited for: it is not the history that does not tell. */
  async function isAnothers({ seq }: TakenRow, ids: string[]): Promise<boolean> {
    for (;;) {
      try {
        return await isOfAnother(deps.pool, { lineId: channel.lineId, seq }, ids);
      } catch (cause) {
        if (!isConnectionFault(cause)) throw cause;
        await sleep(limits.lookAgainMs, undefined, { ref: false, signal: stopping.signal });
      }
    }
  }

  /** What the platform answers within the time; rejects at the end of it, and when the sender stops. */
  async function timely<T>(looking: Promise<T>): Promise<T> {
    const over = sleep(limits.lookMs, undefined, { ref: false, signal: stopping.signal }).then(() => {
      throw new Error(`nothing was found within ${limits.lookMs} ms`);
    });
    over.catch(() => {});
    looking.catch(() => {});
    return await Promise.race([looking, over]);
  }

  function wake(): void {
    if (rows.length === 0 || !isUp() || stopping.signal.aborted) return;
    working ??= work().finally(() => {
      working = null;
      // What was added in this very moment.
      wake();
    });
  }

  return {
    add(more) {
      rows.push(...more);
      wake();
    },
    wake,
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
