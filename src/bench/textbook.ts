import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { inTransaction } from '../store/sql.js';

/**
 * The road as textbooks draw it, for comparison: one BullMQ job a message, one transaction a message, one update to
 * mark it sent. Plain SQL, pooled connections and a wide worker: the best form of it, not a weak one.
 */
export interface Textbook {
  /** Resolves once the message is durable (its job is in Redis). */
  receive(message: TextbookMessage): Promise<void>;
  stop(): Promise<void>;
}

export interface TextbookMessage {
  conversationId: string;
  lineId: string;
  externalId: string;
  text: string;
}

export interface TextbookDeps {
  pool: Pool;
  redisUrl: string;
  /** The same engine as ours: session in, session and messages out. */
  turn: (session: object, text: string) => { session: object; messages: object[] };
  /** The null channel. */
  send: (conversationId: string) => void;
}

const CONCURRENCY = 64;

export function startTextbook({ pool, redisUrl, turn, send }: TextbookDeps): Textbook {
  const connect = () => new Redis(redisUrl, { maxRetriesPerRequest: null });
  const [queueConnection, workerConnection] = [connect(), connect()];
  const queue = new Queue<TextbookMessage>('textbook', { connection: queueConnection });
  const worker = new Worker<TextbookMessage>('textbook', async (job) => handle(job.data), {
    connection: workerConnection,
    concurrency: CONCURRENCY,
  });

  async function handle(message: TextbookMessage): Promise<void> {
    const outgoing = await inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ session: object }>(
        'SELECT session FROM conversations WHERE id = $1 FOR UPDATE',
        [message.conversationId],
      );
      const inserted = await sql.query(
        `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, handled_at)
         VALUES ($1, $2, $3, 'text', $4, now(), now()) ON CONFLICT (line_id, external_id) DO NOTHING`,
        [
          message.lineId,
          message.externalId,
          message.conversationId,
          JSON.stringify({ kind: 'text', text: message.text }),
        ],
      );
      if (inserted.rowCount === 0) return [];
      const { session, messages } = turn(rows[0]!.session, message.text);
      await sql.query('UPDATE conversations SET session = $2 WHERE id = $1', [
        message.conversationId,
        JSON.stringify(session),
      ]);
      const seqs: number[] = [];
      for (const body of messages) {
        const { rows: out } = await sql.query<{ seq: number }>(
          'INSERT INTO outbound_messages (conversation_id, line_id, body) VALUES ($1, $2, $3) RETURNING seq',
          [message.conversationId, message.lineId, JSON.stringify(body)],
        );
        seqs.push(out[0]!.seq);
      }
      return seqs;
    });
    for (const seq of outgoing) {
      await pool.query("UPDATE outbound_messages SET state = 'sent', sent_at = now() WHERE seq = $1", [seq]);
      send(message.conversationId);
    }
  }

  return {
    async receive(message) {
      await queue.add('message', message, { removeOnComplete: true, removeOnFail: 100 });
    },
    async stop() {
      await worker.close();
      await queue.obliterate({ force: true });
      await queue.close();
      queueConnection.disconnect();
      workerConnection.disconnect();
    },
  };
}
