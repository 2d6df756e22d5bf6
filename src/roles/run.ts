import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig, type Config, type Role } from '../config.js';
import { asItLeaves } from '../core/asItLeaves.js';
import { SetupError } from '../core/errors.js';
import { FlowFaultsError, printFault } from '../flow/load.js';
import type { Logger } from 'pino';
import type { SimulatedPlatform } from '../channels/index.js';
import { isConnectionFault } from '../pipeline/faults.js';
import { createRuntime, simulatorFolder, type Runtime } from '../runtime.js';
import { simulatorHistory } from '../store/simulatorHistory.js';
import { checkPort } from './listen.js';
import { createLog } from './log.js';
import { watchNpm } from './parent.js';
import type { StartedGateway } from './gateway.js';
import type { StartedRole } from './worker.js';

/** What is in hand may take so long to finish; after it the process ends all the same. */
const STOP_MS = 10_000;
/** A database that does not answer is waited for so long. */
const DATABASE_MS = 60_000;

/** What a run plays on instead of the real platforms: `start --standins`. */
export interface Stage {
  /** Starts it; answers with the configuration to run on. Throws SetupError where it may not be. */
  begin(config: Config): Promise<Config>;
  /** The database is open, the lines are not. */
  opened(runtime: Runtime): Promise<void>;
  /** HTTP is served at `address`; answers with what people are told. */
  up(address: string): Promise<string[]>;
  stop(): Promise<void>;
}

/** Runs a role until the process is told to end. A fault of set-up is printed, one a line, and ends with exit code 2. */
export async function runRole(role: Role, stage: Stage | null = null): Promise<void> {
  let config: Config;
  try {
    config = readConfig();
    if (stage && role !== 'all')
      throw new SetupError(['--standins: the stand-ins live in the process of all roles: leave --role out']);
    if (config.simulator && role !== 'all')
      throw new SetupError([
        `SIMULATOR: its phones live in the process that shows them: start without --role ${role}`,
      ]);
  } catch (cause) {
    refuse(cause);
    return;
  }
  const log = createLog(config.logLevel);
  const ending = endWhenTold(log, config);
  contain(log, () => ending.end());
  try {
    // Found out at once, not after everything else was started.
    await checkPort(config.host, config.port);
    if (stage) ending.add(() => stage.stop());
    await start(role, stage ? await stage.begin(config) : config, log, ending, stage);
  } catch (cause) {
    log.debug({ err: cause }, 'the start failed');
    await ending.runAll();
    refuse(cause);
    process.exit();
  }
}

async function start(
  role: Role,
  config: Config,
  log: Logger,
  ending: Ending,
  stage: Stage | null,
): Promise<void> {
  const runtime = await openRuntime(config, log, ending);
  ending.add(() => runtime.stop());
  await stage?.opened(runtime);
  const started: StartedRole[] = [];
  ending.add(async () => {
    for (const one of started.toReversed()) await one.stop();
  });
  if (ending.isEnding()) return;
  let gateway: StartedGateway | null = null;
  let foundAt: (address: string) => void = () => {};
  /** Where the console is, once it is there. */
  const linkAt = new Promise<string>((resolve) => (foundAt = resolve));
  let simulator: SimulatedPlatform | null = null;
  if (role === 'worker' || role === 'all')
    started.push(await (await import('./worker.js')).startWorker(runtime));
  if (role === 'gateway' || role === 'all') {
    simulator = runtime.config.simulator ? await openSimulator(runtime) : null;
    const lost = (lineId: string): void => {
      log.error(
        { line: lineId },
        'a line was taken over by another gateway; this one ends, to stand by anew',
      );
      process.exitCode = 1;
      ending.end();
    };
    gateway = await (
      await import('./gateway.js')
    ).startGateway(runtime, simulator, {
      lost,
      // The phone that stands in is a page, which has been told.
      waitsForLink(lineId) {
        if (!stage) void linkAt.then((address) => tellLink(lineId, address));
      },
    });
    started.push(gateway);
  }
  const { startWeb } = await import('./web.js');
  const web = await startWeb(runtime, role, gateway, simulator);
  started.push(web);
  log.info({ role, address: web.address }, 'up');
  tell(`Kentongan is up (${role}): ${web.address}`);
  foundAt(config.publicUrl ?? web.address);
  if (stage) for (const line of await stage.up(web.address)) tell(line);
  if (simulator) tell(`Try it in the browser: ${web.address}/simulator`);
  if (web.setupLink) {
    const base = config.publicUrl ?? web.address;
    tell(`Nobody can sign in to the console yet. This link makes the first keeper, once, within an hour:`);
    tell(`  ${base}${web.setupLink}`);
  }
}

/** A database of one's own may be starting at the same time, or again: it is waited for, then refused. */
async function openRuntime(config: Config, log: Logger, ending: Ending): Promise<Runtime> {
  for (const end = performance.now() + DATABASE_MS; ;) {
    try {
      return await createRuntime(config, log);
    } catch (cause) {
      // A wrong password, or no database of that name: waiting will not help.
      if (/^(?:28|3D)/u.test((cause as { code?: string }).code ?? ''))
        throw new SetupError([`DATABASE_URL: ${(cause as Error).message}`]);
      if (config.databaseUrl === null || !isConnectionFault(cause) || ending.isEnding()) throw cause;
      if (performance.now() > end)
        throw new SetupError([`DATABASE_URL: the database does not answer: ${(cause as Error).message}`]);
      log.warn({ err: cause }, 'the database does not answer yet; trying again');
      await sleep(1_000);
    }
  }
}

async function openSimulator({ config, now, newId, pool, sealer }: Runtime): Promise<SimulatedPlatform> {
  const { createSimulatedPlatform } = await import('../channels/index.js');
  return createSimulatedPlatform({
    now,
    newId,
    dir: simulatorFolder(config),
    history: (person, limit) =>
      simulatorHistory(pool, person.lineId, person.id, limit, (message) => asItLeaves(message, sealer)),
  });
}

interface Ending {
  /** What was opened last ends first. */
  add(end: () => Promise<void>): void;
  end(): void;
  isEnding(): boolean;
  runAll(): Promise<void>;
}

/** Ends cleanly on SIGTERM, SIGINT, and when npm is gone; a second signal, or ten seconds, end it at once. */
function endWhenTold(log: Logger, config: Config): Ending {
  const ends: (() => Promise<void>)[] = [];
  let ending: Promise<void> | null = null;
  let endingSince = 0;

  async function runAll(): Promise<void> {
    const late = setTimeout(() => {
      log.error('not everything could be finished in time; ending all the same');
      process.exit(1);
    }, STOP_MS);
    for (const end of ends.splice(0).toReversed())
      await end().catch((cause: unknown) => log.error({ err: cause }, 'a part did not stop cleanly'));
    clearTimeout(late);
  }

  function end(): void {
    if (ending) return;
    endingSince = performance.now();
    log.info('stopping: finishing what is in hand');
    ending = runAll().then(() => {
      log.info('stopped');
      process.exit();
    });
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      // Ctrl-C reaches us twice under npm: from the terminal, and passed on.
      if (ending && performance.now() - endingSince > 1_000) process.exit(1);
      end();
    });
  if (config.isRunByNpm)
    watchNpm(() => {
      log.warn('npm is gone; stopping');
      end();
    });
  return { add: (one) => void ends.push(one), end, isEnding: () => ending !== null, runAll };
}

/** A promise that nobody waited for harms nothing else; an error out of nowhere leaves a state that nobody knows. */
function contain(log: Logger, end: () => void): void {
  process.on('unhandledRejection', (cause) =>
    log.error({ err: cause }, 'a promise failed that nobody waited for'),
  );
  process.on('uncaughtException', (cause) => {
    log.fatal({ err: cause }, 'an error out of nowhere; ending, to be started anew');
    process.exitCode = 1;
    end();
  });
}

function refuse(cause: unknown): void {
  if (cause instanceof SetupError) for (const fault of cause.faults) process.stderr.write(`${fault}\n`);
  else if (cause instanceof FlowFaultsError)
    for (const fault of cause.faults) process.stderr.write(`${printFault(fault)}\n`);
  else throw cause;
  process.exitCode = 2;
}

function tellLink(lineId: string, address: string): void {
  tell(`${lineId} waits for its phone: sign in at ${address}/console/jalur and scan the code there with`);
  tell(`  WhatsApp → Linked devices → Link a device`);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
