import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import type { Role } from '../config.js';
import type { Simulator } from '../core/simulator.js';
import type { Runtime } from '../runtime.js';
import { createSetupLink } from '../web/auth/setup.js';
import type { WebDeps } from '../web/deps.js';
import type { WebEnv } from '../web/env.js';
import { questionsOf } from '../web/questions.js';
import type { StartedGateway } from './gateway.js';
import { listen } from './listen.js';
import { createHealth } from './health.js';
import { createMetrics } from './metrics.js';
import { createStartLinks } from './startLinks.js';
import { openWebhook, type StartedWebhook } from './webhook.js';
import type { StartedRole } from './worker.js';

export interface StartedWeb extends StartedRole {
  /** `http://127.0.0.1:8080` */
  address: string;
  /** The one-time link for the first keeper; null where somebody can sign in already, or without pages. */
  setupLink: string | null;
}

/** HTTP: pages and console for `web` and `all`; health, metrics and webhooks alone for the others. */
export async function startWeb(
  runtime: Runtime,
  role: Role,
  gateway: StartedGateway | null,
  simulator: Simulator | null,
): Promise<StartedWeb> {
  // Where the web is the only one that is reached from outside, it takes what Telegram brings.
  const webhook = role === 'web' ? await openWebhook(runtime) : null;
  const deps = webDeps(runtime, gateway, simulator, webhook ?? webhookOf(gateway));
  const hasPages = role === 'web' || role === 'all';
  const app = hasPages ? (await import('../web/app.js')).createApp(deps) : await operationsOnly(deps);
  const { host, port } = runtime.config;
  const server = await listen(app.fetch, host, port);
  const bound = (server.address() as AddressInfo).port;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    setupLink: hasPages ? await createSetupLink(deps) : null,
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        // Server-sent events and idle connections would hold the server open.
        if ('closeIdleConnections' in server) server.closeIdleConnections();
        setTimeout(() => {
          if ('closeAllConnections' in server) server.closeAllConnections();
        }, 1_000).unref();
      });
      await webhook?.stop();
    },
  };
}

type Webhook = Pick<StartedWebhook, 'handle'>;

/** The line's own, in the process that holds it. */
function webhookOf(gateway: StartedGateway | null): Webhook | null {
  const line = gateway?.channels.find((channel) => 'handleWebhook' in channel);
  return line ? { handle: (headers, body) => line.handleWebhook!(headers, body) } : null;
}

function webDeps(
  runtime: Runtime,
  gateway: StartedGateway | null,
  simulator: Simulator | null,
  webhook: Webhook | null,
): WebDeps {
  const { config, pool, now, newId, random, sealer, log, services, perform, media, flows } = runtime;
  let prisma: ReturnType<WebDeps['prisma']> | undefined;
  return {
    settings: {
      publicUrl: config.publicUrl,
      authKeys: runtime.keys.map((key) =>
        createHmac('sha256', key).update('kentongan/console').digest('hex'),
      ),
    },
    pool,
    prisma: () => (prisma ??= import('../store/prisma.js').then(({ createPrisma }) => createPrisma(pool))),
    now,
    newId,
    random,
    sealer,
    log,
    services,
    questions: questionsOf(flows),
    perform,
    readMedia: (attachmentId) => media.read(attachmentId),
    health: createHealth(runtime, gateway),
    metrics: createMetrics(runtime),
    startLinks: createStartLinks(pool, gateway?.channels ?? null, log),
    telegramWebhook: webhook
      ? async ({ secret, body }) => {
          const headers = secret === null ? {} : { 'x-telegram-bot-api-secret-token': secret };
          return (await webhook.handle(headers, body)).status;
        }
      : null,
    simulator,
  };
}

async function operationsOnly(deps: WebDeps): Promise<Hono<WebEnv>> {
  const { operationRoutes } = await import('../web/routes/operation.js');
  const { webhookRoutes } = await import('../web/routes/webhook.js');
  const { bodies } = await import('../web/security.js');
  return new Hono<WebEnv>()
    .use(bodies())
    .route('/', operationRoutes(deps))
    .route('/channels', webhookRoutes(deps));
}
