import { Hono } from 'hono';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';

/**
 * Updates that Telegram brings. The raw body goes to the line's own intake, which checks the secret in constant
 * time and stores; the answer is 200 only after the commit, else Telegram brings it again.
 */
export function webhookRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>().post('/telegram/webhook', async (c) => {
    if (!deps.telegramWebhook) return c.notFound();
    const status = await deps
      .telegramWebhook({
        secret: c.req.header('x-telegram-bot-api-secret-token') ?? null,
        body: new Uint8Array(await c.req.arrayBuffer()),
      })
      .catch((error: unknown) => {
        deps.log.error({ err: error }, 'telegram webhook: nothing stored, will be brought again');
        return 500;
      });
    return c.body(null, status as 200);
  });
}
