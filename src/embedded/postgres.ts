import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from 'node:path';
import pg from 'pg';
import { SetupError } from '../core/errors.js';
import { USER, readyCluster } from './cluster.js';
import { findHost } from './host.js';
import type { Host } from './host.js';
import { claim, disclaim } from './owner.js';
import { findPostmaster } from './postmaster.js';
import { launch } from './server.js';
import type { Log } from './server.js';

export interface EmbeddedOptions {
  /** For commands beside a running gateway: use its server rather than wait for it to end. */
  join?: boolean;
  /** false only in tests: a crash of the machine may then lose data. */
  isDurable?: boolean;
  /** A fixed port; a free one otherwise. */
  port?: number;
  /** How many ms to wait for another program on the same data to end. */
  patience?: number;
}

export interface EmbeddedPostgres {
  url: string;
  /** The server's process: a test that kills it needs to know. */
  pid: number;
  /** Stops the server cleanly, if it is ours. */
  stop(): Promise<void>;
}

const DATABASE = 'kentongan';

/**
 * Starts the Postgres that comes along on `<dataDir>/postgres`, made at the first start, and waits until it answers.
 * It listens on loopback alone, asks for the password beside the cluster, ends with this process however that ends,
 * and is started again on the same port should it end by itself. An orphan of a dead process is stopped and started
 * anew as ours; a living owner is waited for, then refused with SetupError.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  log: Log,
  options: EmbeddedOptions = {},
): Promise<EmbeddedPostgres> {
  const host = findHost(resolve(dataDir));
  const owned = `${host.pgdata}.owner`;
  const joined = await takeOwnership(host, owned, log, options);
  if (joined) return joined;
  try {
    const isDurable = options.isDurable ?? true;
    const password = await readyCluster(host, isDurable);
    await endOrphan(host, log);
    const server = await launch(host, { isDurable, port: options.port, password }, log);
    const url = urlOf(server.port, password, DATABASE);
    await createDatabase(urlOf(server.port, password, 'postgres'));
    log.info({ data: host.pgdata, port: server.port }, 'embedded Postgres is ready');
    const stop = async () => {
      await server.stop();
      await disclaim(owned);
    };
    return {
      url,
      stop,
      get pid() {
        return server.pid();
      },
    };
  } catch (cause) {
    await disclaim(owned);
    throw cause;
  }
}

/** Null once the cluster is ours; the running server where `join` allows to use another's. */
async function takeOwnership(
  host: Host,
  owned: string,
  log: Log,
  options: EmbeddedOptions,
): Promise<EmbeddedPostgres | null> {
  const deadline = Date.now() + (options.patience ?? 20_000);
  for (let told = false; ; told = true) {
    const owner = await claim(owned);
    if (owner === null) return null;
    const running = options.join ? await findRunning(host) : null;
    if (running) return running;
    if (Date.now() > deadline) {
      throw new SetupError([
        `Process ${owner} is running on ${host.pgdata}. Stop it first (kill ${owner}), or choose another DATA_DIR.`,
      ]);
    }
    if (!told) log.warn({ owner }, 'another process is running on this data; waiting for it to end');
    await sleep(100);
  }
}

/** Another process's server, if it answers. */
async function findRunning(host: Host): Promise<EmbeddedPostgres | null> {
  const found = await findPostmaster(host.pgdata);
  if (found?.status !== 'ready') return null;
  const password = await readyCluster(host, true);
  const url = urlOf(found.port, password, DATABASE);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
  } catch {
    return null;
  }
  return { url, pid: found.pid, stop: async () => {} };
}

/** The server of a process that was killed: told to end (on Linux it was told already), and waited for. */
async function endOrphan(host: Host, log: Log): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (let asked = false; ;) {
    const orphan = await findPostmaster(host.pgdata);
    if (!orphan) return;
    if (Date.now() > deadline)
      throw new SetupError([
        `An old Postgres (process ${orphan.pid}) does not end on ${host.pgdata}. End it by: kill -INT ${orphan.pid}`,
      ]);
    if (!asked) {
      log.warn(
        { pid: orphan.pid },
        'an embedded Postgres was left by a process that is gone; stopping it first',
      );
      process.kill(orphan.pid, 'SIGINT');
      asked = true;
    }
    await sleep(50);
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function urlOf(port: number, password: string, database: string): string {
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
}
