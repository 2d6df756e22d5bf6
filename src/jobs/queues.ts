import type { Logger } from 'pino';
import type { JsonObject } from '../core/json.js';

/**
 * The queues: wake-ups only. The truth is in the tables, so a job may be lost, doubled or late; the sweep makes up
 * for it. `wake` runs converse, `send` (one queue a line) wakes the line's gateway, `notify` hands notifications to
 * officers' conversations, `timed` runs what is due, `letters` makes the files of letters that were issued.
 */
export type QueueName = 'wake' | 'send' | 'notify' | 'timed' | 'letters';

export interface Queues {
  readonly backend: 'redis' | 'postgres';
  /** Adds a job. Rejects where the queue is down: the caller logs it and leaves the rest to the sweep. */
  add(name: QueueName, data?: JsonObject, part?: string): Promise<void>;
  /** Works off a queue in this process. `part` is the line of a `send` queue. A job that throws is logged, not retried. */
  work(name: QueueName, process: (data: JsonObject) => Promise<void>, options?: WorkOptions): Promise<void>;
  /** Stops working off a queue; resolves when the job in hand is done, at most after a few seconds. */
  stopWork(name: QueueName, part?: string): Promise<void>;
  /** Rejects where the queue cannot be reached. */
  ping(): Promise<void>;
  /** Bounded: a close after a restart of the backend can hang, and must not hold up the end of the program. */
  close(): Promise<void>;
}

export interface WorkOptions {
  part?: string;
  concurrency?: number;
}

export type QueueBackend = { redisUrl: string; prefix?: string } | { databaseUrl: string; schema?: string };

/** Opens the queues on Redis, or on BullMQ's own tables in Postgres. Nothing may depend on which. */
export async function createQueues(backend: QueueBackend, log: Logger): Promise<Queues> {
  const opened =
    'redisUrl' in backend
      ? await (await import('./redisBackend.js')).openRedis(backend.redisUrl, backend.prefix)
      : await (await import('./postgresBackend.js')).openPostgres(backend.databaseUrl, backend.schema);
  const queues = new Map<string, OpenQueue>();
  const workers = new Map<string, OpenWorker>();

  function queue(full: string): OpenQueue {
    let found = queues.get(full);
    if (!found)
      queues.set(
        full,
        (found = opened.queue(full, (error) => log.debug({ queue: full, err: error }, 'queue error'))),
      );
    return found;
  }

  return {
    backend: opened.name,
    async add(name, data = {}, part) {
      await within(ADD_MS, queue(fullName(name, part)).add(data), `adding to ${name}`);
    },
    async work(name, process, options = {}) {
      const full = fullName(name, options.part);
      if (workers.has(full)) throw new Error(`${full} is worked off in this process already`);
      const run = async (data: JsonObject): Promise<void> => {
        try {
          await process(data);
        } catch (error) {
          log.error({ queue: full, err: error }, 'a job failed; the sweep will see to what it left');
        }
      };
      const worker = opened.worker(full, run, options.concurrency ?? 1, (error) =>
        log.debug({ queue: full, err: error }, 'queue worker error'),
      );
      workers.set(full, worker);
    },
    async stopWork(name, part) {
      const full = fullName(name, part);
      const worker = workers.get(full);
      workers.delete(full);
      if (worker) await bounded(worker.close());
    },
    ping: () => within(PING_MS, opened.ping(), `reaching ${opened.name}`),
    async close() {
      await Promise.all([...workers.values()].map((worker) => bounded(worker.close())));
      await Promise.all([...queues.values()].map((q) => bounded(q.close())));
      await bounded(opened.close());
      workers.clear();
      queues.clear();
    },
  };
}

/** What a backend brings: redisBackend.ts, postgresBackend.ts. */
export interface OpenBackend {
  readonly name: 'redis' | 'postgres';
  queue(name: string, onError: (error: Error) => void): OpenQueue;
  worker(
    name: string,
    run: (data: JsonObject) => Promise<void>,
    concurrency: number,
    onError: (error: Error) => void,
  ): OpenWorker;
  ping(): Promise<void>;
  close(): Promise<void>;
}
export interface OpenQueue {
  add(data: JsonObject): Promise<void>;
  close(): Promise<void>;
}
export interface OpenWorker {
  close(): Promise<void>;
}

const ADD_MS = 5_000;
const PING_MS = 3_000;
const CLOSE_MS = 4_000;

/** BullMQ's names may not hold ':'. */
function fullName(name: QueueName, part?: string): string {
  return part === undefined ? name : `${name}.${part.replaceAll(/[^A-Za-z0-9_-]/gu, '_')}`;
}

async function within<T>(ms: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took over ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

/** Waits for a close, but not for ever, and takes no offence at a backend that is gone. */
async function bounded(closing: Promise<unknown>): Promise<void> {
  await within(CLOSE_MS, closing, 'closing').catch(() => {});
}
