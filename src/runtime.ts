import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import { FLOWS_FOLDER } from './commands/flowsFolder.js';
import type { Config } from './config.js';
import { createCounters, type Counters } from './core/counters.js';
import type { NewId, Now, Nudge, RandomBytes, Sealer } from './core/ports.js';
import type { Service } from './core/service.js';
import { appliers } from './effects/index.js';
import { createPerform, type Perform } from './effects/perform.js';
import { loadFlows } from './flow/load.js';
import { createNudge, type LocalStops } from './jobs/nudge.js';
import { createQueues, type Queues } from './jobs/queues.js';
import { createMedia, type Media, type MediaDeps } from './media/media.js';
import { createMediaStorage } from './media/storage.js';
import { followingEngine, type Engine } from './pipeline/engine.js';
import { leaseOwner } from './pipeline/leaseOwner.js';
import type { RaiseIncidents } from './pipeline/settle.js';
import { createFlowKeeper, stampOf, type FlowKeeper } from './roles/flowKeeper.js';
import { createLog } from './roles/log.js';
import { raiseIncidents } from './store/incidents.js';
import { checkKeys } from './store/keyCheck.js';
import { loadKeys, sealerOver } from './store/keys.js';
import { hasStoredLines } from './store/lines.js';
import { lookUps } from './store/lookUps/index.js';
import { mediaFiles } from './store/mediaFiles.js';
import { migrate } from './store/migrate.js';
import { createPool } from './store/pool.js';
import { canBeProgram } from './store/programRole.js';
import { seed } from './store/seed.js';

/** What a process of Kentongan is made of: made once, handed on to the roles. */
export interface Runtime {
  readonly config: Config;
  readonly log: Logger;
  readonly now: Now;
  readonly newId: NewId;
  readonly random: RandomBytes;
  readonly pool: Pool;
  readonly sealer: Sealer;
  /** The keys themselves, newest first: other secrets are derived from them. */
  readonly keys: Uint8Array[];
  /** The flows in use, and what may take their place. */
  readonly flows: FlowKeeper;
  readonly engine: Engine;
  /** The catalogue of the flows in use: always the same object. */
  readonly services: { [id: string]: Service };
  readonly queues: Queues;
  readonly nudge: Nudge;
  /** Stops of the road in this process: roles enter themselves. */
  readonly local: LocalStops;
  readonly counters: Counters;
  readonly media: Media;
  /** Parts of media/ for the gateway, which fetches. */
  readonly mediaParts: Omit<MediaDeps, 'fetchRemote'>;
  readonly appliers: typeof appliers;
  readonly lookUps: typeof lookUps;
  readonly perform: Perform;
  readonly raiseIncidents: RaiseIncidents;
  /** Names this process among those that may hold a line. */
  readonly owner: string;
  /** Why statements do not run as the role that may only add to the audit log; null where they do. */
  readonly roleFault: string | null;
  /** Nobody else works on this database: no job is needed to wake a stop that runs here. */
  readonly isAlone: boolean;
  /** Ends what the runtime opened, after the roles have stopped. */
  stop(): Promise<void>;
}

/**
 * Opens the database (the one that comes along where none is configured), brings it up to date, reads flows and keys,
 * opens the queues. Throws FlowFaultsError where a flow does not hold, SetupError where an operator must mend something.
 */
export async function createRuntime(
  config: Config,
  log: Logger = createLog(config.logLevel),
): Promise<Runtime> {
  const ending: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ending.splice(0).toReversed())
      await end().catch((cause: unknown) => log.warn({ err: cause }, 'a part did not end cleanly'));
  };
  try {
    return await open(config, log, ending, stop);
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function open(
  given: Config,
  log: Logger,
  ending: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<Runtime> {
  const now = () => new Date();
  const random = (size: number) => randomBytes(size);
  // Reading the flows keeps this process busy while Postgres starts in its own.
  const [url, [stamp, shipped]] = await settled(
    openDatabase(given, log, ending),
    Promise.all([stampOf(FLOWS_FOLDER), loadFlows(FLOWS_FOLDER)]),
  );
  await migrate(url);
  const program = await canBeProgram(url);
  if (program.why)
    log.warn(
      { reason: program.why },
      'the program cannot run as a role that only adds to the audit log; triggers alone protect it (docs/audit.md)',
    );
  const pool = createPool(url, { log, role: program.role });
  ending.push(() => pool.end());
  const config = { ...given, simulator: await mayBeSimulated(given, pool, log) };
  await seed(pool, {
    demonstration: config.simulator || config.demonstration !== undefined,
    officerChats: config.demonstration?.officers,
  });
  const source = { secretKeys: config.secretKeys, dataDir: config.dataDir };
  const keys = await loadKeys(source, log);
  const sealer = sealerOver(source, keys);
  await checkKeys(pool, sealer);
  const flows = await createFlowKeeper({ folder: FLOWS_FOLDER, shipped, stamp, pool, log, now });
  ending.push(() => flows.stop());
  const services: { [id: string]: Service } = {};
  flows.inUse.follow((present) => {
    for (const id of Object.keys(services)) delete services[id];
    Object.assign(services, present.services);
  });
  const queues = await createQueues(
    config.redisUrl ? { redisUrl: config.redisUrl } : { databaseUrl: url },
    log,
  );
  ending.push(() => queues.close());
  const local: LocalStops = { converse: null, send: new Map() };
  const nudge = createNudge(queues, local, log);
  const mediaParts = {
    rows: mediaFiles(pool),
    storage: createMediaStorage(config.dataDir),
    sealer,
    log,
    now,
  };
  return {
    config,
    log,
    now,
    newId: v7,
    random,
    pool,
    sealer,
    keys,
    flows,
    engine: followingEngine(flows.inUse),
    services,
    queues,
    nudge,
    local,
    counters: createCounters(),
    media: createMedia(mediaParts),
    mediaParts,
    appliers,
    lookUps,
    perform: createPerform({ pool, now, newId: v7, random, sealer, services, nudge }),
    async raiseIncidents(sql, incidents) {
      // The notification is committed with what the caller does next; a nudge that comes too early is made up for.
      if ((await raiseIncidents(sql, incidents, v7, now())) > 0)
        setTimeout(() => nudge.notify(), 100).unref();
    },
    owner: leaseOwner(),
    roleFault: program.why,
    isAlone: config.databaseUrl === null,
    stop,
  };
}

/** The simulator ends with the first real line, also with one that `kentongan line add` made. */
async function mayBeSimulated(config: Config, pool: Pool, log: Logger): Promise<boolean> {
  if (!config.simulator || !(await hasStoredLines(pool))) return config.simulator;
  log.warn('the simulator stays off: a real line was added (kentongan line list)');
  return false;
}

async function openDatabase(
  config: Config,
  log: Logger,
  ending: (() => Promise<unknown>)[],
): Promise<string> {
  if (config.databaseUrl) return config.databaseUrl;
  const { startEmbeddedPostgres } = await import('./embedded/postgres.js');
  const embedded = await startEmbeddedPostgres(config.dataDir, log);
  ending.push(() => embedded.stop());
  return embedded.url;
}

/** Both, or the first fault of either once both have ended: what was begun must be ended, too. */
async function settled<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return await Promise.all([a, b]);
}

/** Where a line's own things lie under the data directory. */
export function simulatorFolder(config: Config): string {
  return join(config.dataDir, 'simulator');
}
