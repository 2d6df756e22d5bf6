import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import type { JsonObject } from '../core/json.js';
import type { OpenBackend } from './queues.js';

/**
 * BullMQ on Postgres, in a schema of its own. Each queue and worker gets its own small pool, never the program's:
 * a worker holds a connection for LISTEN, and would starve everything else.
 */
export async function openPostgres(url: string, schema = 'bullmq'): Promise<OpenBackend> {
  await migrateQueues(url, schema);
  const connection = { connectionString: url, schema, max: 2, connectionTimeoutMillis: 5_000 };
  const shared = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 3_000 });
  shared.on('error', () => {});
  const kept = { removeOnComplete: true, removeOnFail: true };
  return {
    name: 'postgres',
    queue(name, onError) {
      const queue = new Queue(name, { connection, defaultJobOptions: kept }, createPostgresBackend);
      queue.on('error', onError);
      return {
        add: async (data: JsonObject) => void (await queue.add(name, data)),
        close: () => queue.close(),
      };
    },
    worker(name, run, concurrency, onError) {
      const worker = new Worker(
        name,
        (job) => run(job.data as JsonObject),
        {
          connection,
          concurrency,
          removeOnComplete: { count: 0 },
          removeOnFail: { count: 0 },
          runRetryDelay: 500,
        },
        createPostgresBackend,
      );
      worker.on('error', onError);
      return { close: () => worker.close() };
    },
    ping: async () => void (await shared.query('SELECT 1')),
    close: () => shared.end(),
  };
}

async function migrateQueues(url: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await runMigrations(client, schema);
  } finally {
    await client.end();
  }
}
