import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { FLOWS_FOLDER, LETTERS_FOLDER } from '../commands/flowsFolder.js';
import type { Role } from '../config.js';
import { environmentLines } from '../core/line.js';
import type { Simulator } from '../core/simulator.js';
import { createRenderer } from '../letters/renderer.js';
import type { Renderer } from '../letters/renderer.js';
import type { Runtime } from '../runtime.js';
import { createSetupLink } from '../web/auth/setup.js';
import type { WebDeps } from '../web/deps.js';
import type { WebEnv } from '../web/env.js';
import { questionsOf } from '../web/questions.js';
import { createWebhookListener } from '../web/routes/webhook.js';
import type { StartedGateway } from './gateway.js';
import { listen } from './listen.js';
import { createFlowDesk, TRANSCRIPTS_FOLDER } from './flowDesk.js';
import { createHealth } from './health.js';
import { createMetrics } from './metrics.js';
import { createStartLinks } from './startLinks.js';
import { openWebhooks } from './webhook.js';
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
  // A worker is reached by nobody.
  const webhooks = role === 'worker' ? null : await openWebhooks(runtime, gateway);
  const letters = createRenderer(LETTERS_FOLDER);
  const deps = webDeps(runtime, gateway, simulator, letters);
  const hasPages = role === 'web' || role === 'all';
  const app = hasPages ? (await import('../web/app.js')).createApp(deps) : await operationsOnly(deps);
  const { host, port } = runtime.config;
  const front = webhooks ? createWebhookListener({ doors: webhooks, log: runtime.log }) : undefined;
  const server = await listen(app.fetch, host, port, front);
  const bound = (server.address() as AddressInfo).port;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    setupLink: hasPages ? await createSetupLink(deps) : null,
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        // Server-sent events and idle connections would hold the server open.
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 1_000).unref();
      });
      await webhooks?.stop();
      await letters.stop();
    },
  };
}

function webDeps(
  runtime: Runtime,
  gateway: StartedGateway | null,
  simulator: Simulator | null,
  letters: Renderer,
): WebDeps {
  const { config, pool, now, newId, random, sealer, log, services, perform, media, flows } = runtime;
  let prisma: ReturnType<WebDeps['prisma']> | undefined;
  const links = createStartLinks(pool, gateway ? () => gateway.channels : null, log);
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
    questions: questionsOf(() => flows.inUse.current),
    flowDesk: createFlowDesk({ folder: FLOWS_FOLDER, transcripts: TRANSCRIPTS_FOLDER, keeper: flows, pool }),
    perform,
    readMedia: (attachmentId) => media.read(attachmentId),
    keepPhoto: (attachmentId, bytes) => media.keepPhoto(attachmentId, bytes),
    dropPhoto: (file) => media.drop(file),
    letterPicture: (setting) => letters.picture(setting),
    health: createHealth(runtime, gateway),
    metrics: createMetrics(runtime),
    environmentLines: environmentLines(config.lines),
    startLinks: links.chat,
    groupLinks: links.group,
    simulator,
  };
}

async function operationsOnly(deps: WebDeps): Promise<Hono<WebEnv>> {
  const { operationRoutes } = await import('../web/routes/operation.js');
  const { bodies } = await import('../web/security.js');
  return new Hono<WebEnv>().use(bodies()).route('/', operationRoutes(deps));
}
