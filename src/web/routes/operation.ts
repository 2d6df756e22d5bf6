import { Hono } from 'hono';
import type { Health, WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { isLocal } from '../source.js';

/** What an operator's machines ask: is it up, and how much did it do. */
export function operationRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/healthz', async (c) => {
      const { ok, parts: all } = await deps.health();
      const parts = isLocal(c) ? all : withoutDetail(all);
      const broken = Object.keys(parts).filter((name) => !parts[name]!.ok);
      c.header('Cache-Control', 'no-store');
      return c.json(ok ? { status: 'ok', parts } : { status: 'broken', broken, parts }, ok ? 200 : 503);
    })
    .get('/metrics', async (c) => {
      if (!isLocal(c)) return c.text('metrics are served on loopback only\n', 403);
      const { contentType, body } = await deps.metrics();
      return c.body(body, 200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
    });
}

/** Details may name hosts, users and accounts: nobody elsewhere needs them. */
function withoutDetail(parts: Health['parts']): Health['parts'] {
  return Object.fromEntries(
    Object.entries(parts).map(([name, { ok, word }]) => [name, word === undefined ? { ok } : { ok, word }]),
  );
}
