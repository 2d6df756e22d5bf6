import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { JsonObject } from '../core/json.js';
import type { OpenBackend } from './queues.js';

/** BullMQ on Redis. One connection is shared by all that add; each worker has its own, which blocks. */
export function openRedis(url: string, prefix = 'kentongan'): Promise<OpenBackend> {
  // An add while Redis is away must fail at once: a nudge that waits is worth less than the sweep.
  const shared = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: true, retryStrategy });
  shared.on('error', () => {});
  const kept = { removeOnComplete: true, removeOnFail: true };
  return Promise.resolve({
    name: 'redis' as const,
    queue(name, onError) {
      const queue = new Queue(name, { connection: shared, prefix, defaultJobOptions: kept });
      queue.on('error', onError);
      return {
        add: async (data: JsonObject) => void (await queue.add(name, data)),
        close: () => queue.close(),
      };
    },
    worker(name, run, concurrency, onError) {
      const connection = new Redis(url, { maxRetriesPerRequest: null, retryStrategy });
      connection.on('error', onError);
      const worker = new Worker<JsonObject>(name, (job) => run(job.data), {
        connection,
        prefix,
        concurrency,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
        runRetryDelay: 500,
      });
      worker.on('error', onError);
      return {
        async close() {
          await worker.close();
          connection.disconnect();
        },
      };
    },
    ping: async () => void (await shared.ping()),
    close: () => {
      shared.disconnect();
      return Promise.resolve();
    },
  });
}

/** Comes back within a second of Redis' return. */
function retryStrategy(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 5), 1_000);
}
