import type { Pool } from 'pg';
import type { Log, Now } from '../core/ports.js';
import { loseFile, waitingFiles, type WaitingFile } from '../store/attachmentRows.js';

export interface FetcherDeps {
  pool: Pool;
  log: Log;
  now: Now;
  /** media/: fetches, checks and stores one file. 'retry': the platform cannot be reached. */
  fetch: (attachmentId: string) => Promise<'stored' | 'refused' | 'lost' | 'retry' | 'gone'>;
  /** Files came: messages that wait for them may go. */
  fetched: (lineId: string) => void;
}

/** Fetches what people sent, in the gateway that holds their line. */
export interface Fetcher {
  /** Files may wait on this line. Does nothing for a line that is not ours. */
  nudge(lineId: string): void;
  start(lineId: string): void;
  /** The line is no longer ours. */
  drop(lineId: string): void;
  /** Finishes what is in hand. */
  stop(): Promise<void>;
}

const AT_ONCE = 3;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 300_000;
/** The platform keeps a file for a while; what could not be had in a day is not to be had. */
const GIVE_UP_MS = 24 * 3_600_000;
/** A file whose handling fails again and again is at fault itself. */
const MOST_FAULTS = 5;

export function createFetcher(deps: FetcherDeps): Fetcher {
  const lines = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const resting = new Map<string, { until: number; tries: number }>();
  let isStopped = false;

  async function work(lineId: string): Promise<void> {
    while (!isStopped && lines.has(lineId)) {
      const at = performance.now();
      const skipped = [...resting].filter(([, rest]) => rest.until > at).map(([id]) => id);
      const files = await waitingFiles(deps.pool, lineId, skipped, AT_ONCE);
      if (files.length === 0) return;
      await Promise.all(files.map((file) => fetchOne(file)));
      deps.fetched(lineId);
    }
  }

  async function fetchOne(file: WaitingFile): Promise<void> {
    let isFault = false;
    const outcome = await deps.fetch(file.id).catch((cause: unknown) => {
      deps.log.error({ err: cause, attachment: file.id }, 'a file could not be fetched or stored');
      isFault = true;
      return 'retry' as const;
    });
    if (outcome !== 'retry') {
      resting.delete(file.id);
      return;
    }
    const tries = (resting.get(file.id)?.tries ?? 0) + 1;
    const isHopeless =
      (isFault && tries >= MOST_FAULTS) || deps.now().getTime() - file.createdAt.getTime() > GIVE_UP_MS;
    if (isHopeless) {
      resting.delete(file.id);
      deps.log.error({ attachment: file.id, tries }, 'a file is given up on');
      await loseFile(deps.pool, file.id, 'lost', deps.now());
      return;
    }
    const ms = Math.min(FIRST_REST_MS * 2 ** (tries - 1), LONGEST_REST_MS);
    resting.set(file.id, { until: performance.now() + ms, tries });
  }

  return {
    start: (lineId) => void lines.add(lineId),
    drop: (lineId) => void lines.delete(lineId),
    nudge(lineId) {
      if (isStopped || !lines.has(lineId) || running.has(lineId)) return;
      const done = work(lineId)
        .catch((cause: unknown) =>
          deps.log.warn({ err: cause, line: lineId }, 'files could not be fetched; again soon'),
        )
        .finally(() => running.delete(lineId));
      running.set(lineId, done);
    },
    async stop() {
      isStopped = true;
      await Promise.all(running.values());
    },
  };
}
