import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Now } from '../core/ports.js';
import type { PublishedFiles } from '../core/publication.js';
import type { Flows } from '../flow/compiled.js';
import { holdFlows, type FlowsInUse } from '../flow/inUse.js';
import { printFault, readFlows, versionsOf, withHistory, type FlowFault } from '../flow/load.js';
import type { Overlay } from '../flow/load/files.js';
import { keepFlowVersions } from '../store/flowVersions.js';
import { activePublication, activePublicationId } from '../store/publications.js';

/** How often the folder and the table are looked at. */
const EVERY_MS = 5_000;

/**
 * Keeps the flows of this process at what lies in the folder, and over it what was published. What does not hold never
 * comes into use: the flows before go on, and the faults are told (log, console).
 */
export interface FlowKeeper {
  readonly inUse: FlowsInUse;
  /** The publication that lies over the shipped flows; null: none. */
  readonly publication: string | null;
  /** Faults of what lies there, but is not in use. */
  readonly faults: readonly FlowFault[];
  /** Published files whose shipped ones have changed since: theirs are used, ours should be looked at. */
  readonly overtaken: readonly string[];
  /** Looks now; resolves once what changed is in use, or refused. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

export interface FlowKeeperDeps {
  folder: string;
  /** The flows of the folder, loaded already, as they were when `stamp` was taken. */
  shipped: Flows;
  stamp: string;
  pool: Pool;
  log: Logger;
  now: Now;
  /** 0: never by itself (tests). */
  everyMs?: number;
}

export async function createFlowKeeper(deps: FlowKeeperDeps): Promise<FlowKeeper> {
  const { folder, pool, log, now } = deps;
  const remembered = async (flows: Flows) =>
    withHistory(flows, await keepFlowVersions(pool, versionsOf(flows), now()));
  const inUse = holdFlows(await remembered(deps.shipped));
  let seen = `${deps.stamp}:`;
  let publication: string | null = null;
  let faults: FlowFault[] = [];
  let overtaken: string[] = [];
  let looking: Promise<void> | null = null;

  async function look(): Promise<void> {
    const [stamp, active] = await Promise.all([stampOf(folder), activePublicationId(pool)]);
    const present = `${stamp}:${active ?? ''}`;
    if (present === seen) return;
    const before = seen;
    seen = present;
    try {
      await take(active);
    } catch (cause) {
      // A database or a disk that failed for a moment: it is looked at again, not taken for seen.
      seen = before;
      throw cause;
    }
  }

  async function take(active: string | null): Promise<void> {
    const found = await activePublication(pool);
    const read = await readFlows(folder, found ? overlayOf(found.files) : undefined);
    faults = read.faults.filter((fault) => !fault.warning);
    if (!read.flows || faults.length > 0) {
      log.error(
        { publication: active, faults: faults.map(printFault) },
        'changed flows do not hold; those before go on',
      );
      return;
    }
    inUse.replace(await remembered(read.flows));
    publication = found?.id ?? null;
    overtaken = found ? await overtakenOf(folder, found.files) : [];
    log.info({ publication, flows: read.flows.byId.size }, 'other flows are in use');
    if (overtaken.length > 0)
      log.warn({ publication, files: overtaken }, 'published files lie over shipped ones that have changed');
  }

  const refresh = (): Promise<void> => {
    looking ??= look().finally(() => (looking = null));
    return looking;
  };
  const everyMs = deps.everyMs ?? EVERY_MS;
  const timer =
    everyMs > 0
      ? setInterval(() => {
          refresh().catch((cause: unknown) => log.warn({ err: cause }, 'flows could not be looked at'));
        }, everyMs)
      : undefined;
  timer?.unref();
  // What was published is in use from the first message on.
  await refresh();
  return {
    inUse,
    get publication() {
      return publication;
    },
    get faults() {
      return faults;
    },
    get overtaken() {
      return overtaken;
    },
    // A look that is under way may have begun before what the caller changed.
    refresh: async () => {
      await looking?.catch(() => {});
      await refresh();
    },
    async stop() {
      clearInterval(timer);
      await looking?.catch(() => {});
    },
  };
}

/** Published files as the loader takes them. */
export function overlayOf(files: PublishedFiles): Overlay {
  return new Map(Object.entries(files).map(([path, { text }]) => [path, text]));
}

/** SHA-256 of a shipped file, hex; null where none is shipped. */
export async function digestOfShipped(folder: string, path: string): Promise<string | null> {
  try {
    return createHash('sha256')
      .update(await readFile(join(folder, path)))
      .digest('hex');
  } catch {
    return null;
  }
}

/** Tells whether anything under the folder changed: names, sizes and times of its files. */
export async function stampOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const stamps = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch(() => null);
      return `${path} ${found?.size} ${found?.mtimeMs}`;
    }),
  );
  return createHash('sha256').update(stamps.join('\n')).digest('base64');
}

async function overtakenOf(folder: string, files: PublishedFiles): Promise<string[]> {
  const paths = Object.keys(files);
  const digests = await Promise.all(paths.map((path) => digestOfShipped(folder, path)));
  return paths.filter((path, i) => digests[i] !== files[path]!.shipped);
}
