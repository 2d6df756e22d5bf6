import type { Counters } from '../core/counters.js';
import type { Runtime } from '../runtime.js';

const HELP: { [K in keyof Counters]: string } = {
  received: 'Messages stored',
  duplicates: 'Deliveries that were there already',
  unreadable: 'Messages that could only be kept as unreadable',
  webhooksRefused: 'Calls of a webhook without the right secret or signature',
  turns: 'Messages handled',
  batches: 'Transactions in which messages were handled',
  conversationFailures: 'Conversations that failed and were tried again',
  conversationsParked: 'Messages given up on',
  sent: 'Messages sent',
  sendRetries: 'Sends put off',
  sendFailures: 'Messages that could not be sent',
  sendUnknown: 'Sends of which nobody knows the outcome',
  notified: 'Notifications handed to officers’ chats',
  timersFired: 'Timers that came due',
  swept: 'Things that the sweep found lying',
};

/** Counters and what waits, for Prometheus. Made at the first request: most installations never ask. */
export function createMetrics(runtime: Runtime): () => Promise<{ contentType: string; body: string }> {
  let register: Promise<import('prom-client').Registry> | undefined;
  return async () => {
    const opened = await (register ??= open(runtime));
    return { contentType: opened.contentType, body: await opened.metrics() };
  };
}

async function open({ counters, pool }: Runtime): Promise<import('prom-client').Registry> {
  const { Counter, Gauge, Registry, collectDefaultMetrics } = await import('prom-client');
  const register = new Registry();
  collectDefaultMetrics({ register });
  for (const name of Object.keys(counters) as (keyof Counters)[]) {
    const counter = new Counter({
      name: `kentongan_${name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)}_total`,
      help: HELP[name],
      registers: [],
      collect() {
        this.reset();
        this.inc(counters[name]);
      },
    });
    register.registerMetric(counter);
  }
  const waiting = new Gauge({
    name: 'kentongan_waiting',
    help: 'Rows that wait, by stop of the road',
    labelNames: ['stop'],
    registers: [],
    async collect() {
      const { rows } = await pool.query<{ stop: string; n: number }>(
        `SELECT 'converse' AS stop, count(*)::int AS n FROM inbound_messages WHERE handled_at IS NULL AND parked_at IS NULL
         UNION ALL SELECT 'send', count(*)::int FROM outbound_messages WHERE state IN ('pending', 'sending')
         UNION ALL SELECT 'notify', count(*)::int FROM notifications WHERE told_at IS NULL
         UNION ALL SELECT 'timed', count(*)::int FROM timers WHERE done_at IS NULL AND due_at <= now()`,
      );
      for (const { stop, n } of rows) this.set({ stop }, n);
    },
  });
  register.registerMetric(waiting);
  return register;
}
