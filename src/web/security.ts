import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import { plainText } from '../core/plainText.js';
import type { WebDeps } from './deps.js';
import type { WebContext, WebEnv } from './env.js';
import { PageError } from './pageError.js';

/** Bytes of a form; routes that take files say their own. */
const FORM_BYTES = 64 * 1024;
const LARGER: { [path: string]: number } = {
  '/simulator/': 12 * 1024 * 1024,
  // The photos of a secure form, where a browser without scripts sends them all at once.
  '/isi/': 24 * 1024 * 1024,
  // A village's register; the multipart form around it.
  '/console/register/unggah': 21 * 1024 * 1024,
  // A village's logo.
  '/console/templat/': 3 * 1024 * 1024,
  // Words of one language in a spreadsheet, or a flow with its words in every language.
  '/console/alur/': 2 * 1024 * 1024,
  // A photo of a signed letter.
  '/console/cetak/': 12 * 1024 * 1024,
};

/** Pages whose very address opens them. */
const SECRET_PATHS = ['/isi/', '/verifikasi/'];

/** Headers of every answer. Nothing runs in a page but our own files. */
export function headers(deps: WebDeps): MiddlewareHandler<WebEnv> {
  const usual = headersWith(deps, 'same-origin');
  // Not even to ourselves: what is asked for from such a page (its stylesheet) must not bring the address along.
  const secret = headersWith(deps, 'no-referrer');
  return (c, next) => (isSecret(c.req.path) ? secret : usual)(c, next);
}

function isSecret(path: string): boolean {
  return SECRET_PATHS.some((secret) => path.startsWith(secret));
}

function headersWith(
  deps: WebDeps,
  referrerPolicy: 'same-origin' | 'no-referrer',
): MiddlewareHandler<WebEnv> {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      mediaSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // Not 'no-referrer': under it a browser sends `Origin: null` with our own forms, and over plain http (an office's
    // own network) nothing else would tell them from a stranger's. Other sites are told nothing either way.
    referrerPolicy,
    xFrameOptions: 'DENY',
    xContentTypeOptions: 'nosniff',
    crossOriginResourcePolicy: 'same-origin',
    permissionsPolicy: { camera: [], microphone: [], payment: [], usb: [] },
    strictTransportSecurity: deps.settings.publicUrl?.startsWith('https:') ? 'max-age=31536000' : false,
  });
}

/** A form counts only if it was sent from a page of ours. */
export function ownForms(deps: WebDeps): MiddlewareHandler<WebEnv> {
  const publicOrigin = deps.settings.publicUrl && new URL(deps.settings.publicUrl).origin;
  const check = csrf({
    origin: (origin, c) =>
      origin === publicOrigin || (URL.canParse(origin) && new URL(origin).host === hostOf(c as WebContext)),
  });
  return (c, next) => (isBeyondForging(c) ? next() : check(c, next));
}

/**
 * A page whose address is secret sends `Origin: null` with its own forms, since it refers to nothing. Browsers tell with
 * `Sec-Fetch-Site` that it is our own all the same; from one too old for that, who knows the address is who was given it,
 * and no cookie is looked at there.
 */
function isBeyondForging(c: WebContext): boolean {
  return (
    isSecret(c.req.path) && c.req.header('sec-fetch-site') === undefined && c.req.header('origin') === 'null'
  );
}

/** Refuses bodies over the limit of their path with 413. */
export function bodies(): MiddlewareHandler<WebEnv> {
  const limits = Object.entries(LARGER).map(([path, maxSize]) => ({ path, limit: limit(maxSize) }));
  const usual = limit(FORM_BYTES);
  return (c, next) => (limits.find(({ path }) => c.req.path.startsWith(path))?.limit ?? usual)(c, next);
}

function limit(maxSize: number): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new PageError(413);
    },
  });
}

/**
 * No page holds a character that turns or hides text, whoever wrote it: such are shown as marks. For all pages at once, so
 * that none forgets a name or an answer; our own words have none.
 */
export function plainPages(): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    await next();
    if (!c.res.headers.get('content-type')?.startsWith('text/html')) return;
    const page = await c.res.text();
    c.res = new Response(plainText(page), c.res);
  };
}

/** One line a request, by the route's pattern: a path may hold a token or somebody's code, a query what they look for. */
export function requestLog(deps: WebDeps): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const from = performance.now();
    await next();
    const fields = {
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      ms: Math.round(performance.now() - from),
    };
    if (c.res.status >= 500) deps.log.error(fields, 'request failed');
    else deps.log.info(fields, 'request');
  };
}

function hostOf(c: WebContext): string {
  return c.req.header('host') ?? new URL(c.req.url).host;
}
