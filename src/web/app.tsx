import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { getCookie, setCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import type { MiddlewareHandler } from 'hono';
import { assetRoutes } from './assets.js';
import type { WebDeps } from './deps.js';
import type { WebContext, WebEnv } from './env.js';
import { PageError } from './pageError.js';
import { consoleRoutes } from './routes/console.js';
import { formRoutes } from './routes/form.js';
import { homeRoutes } from './routes/home.js';
import { marketRoutes } from './routes/market.js';
import { operationRoutes } from './routes/operation.js';
import { simulatorRoutes } from './routes/simulator.js';
import { verifyRoutes } from './routes/verify.js';
import { trackRoutes } from './routes/track.js';
import { bodies, headers, ownForms, plainPages, requestLog } from './security.js';
import { FaultPage } from './views/fault.js';
import { viewOf } from './views/view.js';
import { isLanguage } from './words.js';

/** The whole web: public pages, the officers' console, health; the simulator where it is on. Webhooks stand before it. */
export function createApp(deps: WebDeps): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  app.use(requestLog(deps));
  app.use(headers(deps));
  // What a machine asks for, before anything that is made for people.
  app.route('/', operationRoutes(deps));
  app.route('/assets', assetRoutes());
  app.use(compress());
  app.use(plainPages());
  app.use(languageOf(deps));
  app.use(ownForms(deps));
  app.use(bodies());
  app.route('/', homeRoutes(deps));
  app.route('/pasar', marketRoutes(deps));
  app.route('/lacak', trackRoutes(deps));
  app.route('/verifikasi', verifyRoutes(deps));
  app.route('/isi', formRoutes(deps));
  app.route('/console', consoleRoutes(deps));
  if (deps.simulator) app.route('/simulator', simulatorRoutes(deps, deps.simulator));
  app.notFound((c) => faultPage(deps, c, 404));
  app.onError((error, c) => {
    if (error instanceof PageError) return faultPage(deps, c, error.status, error.key);
    if (error instanceof HTTPException) return faultPage(deps, c, error.status);
    deps.log.error({ err: error }, 'page failed');
    return faultPage(deps, c, 500);
  });
  return app;
}

/** Indonesian, unless the reader chose: `?lang=en`, kept in a cookie. */
function languageOf(deps: WebDeps): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const asked = c.req.query('lang');
    if (isLanguage(asked))
      setCookie(c, 'lang', asked, { path: '/', maxAge: 31_536_000, sameSite: 'Lax', httpOnly: true });
    const kept = getCookie(c, 'lang');
    const language = isLanguage(asked) ? asked : isLanguage(kept) ? kept : 'id';
    c.set('view', viewOf(language, c.req.path, deps.now(), null));
    await next();
  };
}

function faultPage(deps: WebDeps, c: WebContext, status: number, key?: PageError['key']) {
  const view = c.get('view') ?? viewOf('id', c.req.path, deps.now(), null);
  c.header('Cache-Control', 'no-store');
  c.status(status as 400);
  return c.html(
    <FaultPage view={view} status={status} textKey={key} isConsole={c.req.path.startsWith('/console')} />,
  );
}
