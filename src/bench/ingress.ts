import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { pino } from 'pino';
import { v7 as newId } from 'uuid';
import { createCloudDoor } from '../channels/index.js';
import { createCounters } from '../core/counters.js';
import { createNudge, type LocalStops } from '../jobs/nudge.js';
import { createQueues } from '../jobs/queues.js';
import { createReceiver } from '../pipeline/receive.js';
import { listen } from '../roles/listen.js';
import { registerLines } from '../store/lines.js';
import { createWebhookListener } from '../web/routes/webhook.js';
import type { Aim, Counted } from './ingressLoad.js';
import { inTurn, type Bench } from './report.js';
import { startServices, type Services } from './services.js';

const CONNECTIONS = 64;
const ROUND_MS = 1_500;
const LINE = {
  phoneNumberId: '106500000000001',
  appSecret: 'a-secret-of-the-bench',
  verifyToken: 'bench-token',
};
const LINE_ID = `whatsapp-cloud:${LINE.phoneNumberId}`;
const PATH = '/channels/whatsapp-cloud/webhook';

/**
 * What comes in by webhook, as in production: signature checked, read, row committed on a durable Postgres, workers
 * woken, 200 answered. Against a server of node:http that only parses the same bodies, by the same load.
 */
export const ingressBench: Bench = {
  names: ['ingress.webhook'],
  async run() {
    const services = await startServices();
    if (!services) return 'no redis-server is installed';
    const load = startLoad();
    const ours = await openIngress(services);
    const bare = await openBare();
    try {
      await ours.round(load); // warm, and everybody known
      await bare.round(load);
      const rates = await inTurn(
        () => ours.round(load),
        () => bare.round(load),
      );
      return [
        {
          name: 'ingress.webhook',
          value: rates.ours,
          unit: 'updates/s',
          against: `node:http that only parses: ${Math.round(rates.theirs)}`,
          ratio: rates.ratio,
          target: '≥ 5,000 or ≥ 0.5 times',
          met: rates.ours >= 5_000 || rates.ratio >= 0.5,
        },
      ];
    } finally {
      load.kill();
      await bare.stop();
      await ours.stop();
      await services.stop();
    }
  },
};

interface Side {
  /** Updates a second. Throws where one was not answered with 200, or was answered and is not there. */
  round(load: ChildProcess): Promise<number>;
  stop(): Promise<void>;
}

async function openIngress({ pool, redisUrl }: Services): Promise<Side> {
  const log = pino({ level: 'error' });
  const queues = await createQueues({ redisUrl }, log);
  const local: LocalStops = { converse: null, send: new Map() };
  const receiver = createReceiver({
    pool,
    log,
    now: () => new Date(),
    newId,
    nudge: createNudge(queues, local, log),
    counters: createCounters(),
    raiseIncidents: () => Promise.resolve(),
  });
  await registerLines(pool, [{ id: LINE_ID, platform: 'whatsapp', name: LINE_ID }]);
  const intake = { receive: receiver.receive.bind(receiver) };
  const line = { ...LINE, lineId: LINE_ID, intake: () => intake, stored: () => {} };
  const doors = {
    telegram: () => Promise.resolve({ status: 404 }),
    whatsAppCloud: createCloudDoor({ lines: () => [line], log }),
  };
  const front = createWebhookListener({ doors, log });
  const server = await listen(() => new Response(null, { status: 404 }), '127.0.0.1', 0, front);
  let rounds = 0;
  return {
    async round(load) {
      rounds += 1;
      const { answered, seconds } = await aim(load, server, `r${rounds}`);
      const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM inbound_messages');
      if (rows[0]!.n !== answered) throw new Error(`${answered} were confirmed, ${rows[0]!.n} are there`);
      // Nobody handles them here; in production what lies unhandled is a few hundred.
      await pool.query('TRUNCATE inbound_messages CASCADE');
      return answered / seconds;
    },
    async stop() {
      await close(server);
      await receiver.stop();
      await queues.close();
    },
  };
}

async function openBare(): Promise<Side> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      JSON.parse(Buffer.concat(parts).toString());
      response.writeHead(200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    async round(load) {
      const { answered, seconds } = await aim(load, server, 'bare');
      return answered / seconds;
    },
    stop: () => close(server),
  };
}

function startLoad(): ChildProcess {
  return fork(join(import.meta.dirname, `ingressLoad${extname(import.meta.filename)}`));
}

async function aim(load: ChildProcess, server: Server, round: string): Promise<Counted> {
  const wanted: Aim = {
    port: (server.address() as AddressInfo).port,
    path: PATH,
    secret: LINE.appSecret,
    phoneNumberId: LINE.phoneNumberId,
    connections: CONNECTIONS,
    ms: ROUND_MS,
    round,
  };
  load.send(wanted);
  const [counted] = (await once(load, 'message')) as [Counted];
  if (counted.refused > 0) throw new Error(`${counted.refused} updates were refused`);
  return counted;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
