import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { Hono } from 'hono';

/**
 * The few static files, read once, named by their content so that a browser keeps them for a year.
 * Ours lie beside this file (scripts/build.js copies them to dist); htmx comes from its package.
 */
export type Asset =
  | 'style.css'
  | 'desk.css'
  | 'console.js'
  | 'form.js'
  | 'verify.js'
  | 'simulator.js'
  | 'htmx.js'
  | 'hx-sse.js'
  | 'icon.svg';

const require = createRequire(import.meta.url);
const FILES: { [A in Asset]: { file: () => string | URL; type: string } } = {
  'style.css': { file: ours('style.css'), type: 'text/css; charset=utf-8' },
  'desk.css': { file: ours('desk.css'), type: 'text/css; charset=utf-8' },
  'console.js': { file: ours('console.js'), type: 'text/javascript; charset=utf-8' },
  'form.js': { file: ours('form.js'), type: 'text/javascript; charset=utf-8' },
  'verify.js': { file: ours('verify.js'), type: 'text/javascript; charset=utf-8' },
  'simulator.js': { file: ours('simulator.js'), type: 'text/javascript; charset=utf-8' },
  'htmx.js': { file: () => htmx('htmx.min.js'), type: 'text/javascript; charset=utf-8' },
  'hx-sse.js': { file: () => htmx('ext/hx-sse.min.js'), type: 'text/javascript; charset=utf-8' },
  'icon.svg': { file: ours('icon.svg'), type: 'image/svg+xml' },
};

interface Loaded {
  path: string;
  type: string;
  plain: Buffer<ArrayBuffer>;
  gzip: Buffer<ArrayBuffer>;
}
const loaded = new Map<Asset, Loaded>();

/** Where an asset is to be had: `/assets/style.1a2b3c4d5e.css`. */
export function assetPath(name: Asset): string {
  return load(name).path;
}

export function assetRoutes(): Hono {
  return new Hono().get('/:file', (c) => {
    const name = (Object.keys(FILES) as Asset[]).find(
      (asset) => load(asset).path === `/assets/${c.req.param('file')}`,
    );
    if (!name) return c.notFound();
    const asset = load(name);
    c.header('Content-Type', asset.type);
    c.header('Cache-Control', 'public, max-age=31536000, immutable');
    c.header('Vary', 'Accept-Encoding');
    if (!/\bgzip\b/u.test(c.req.header('accept-encoding') ?? '')) return c.body(asset.plain);
    c.header('Content-Encoding', 'gzip');
    return c.body(asset.gzip);
  });
}

function load(name: Asset): Loaded {
  let asset = loaded.get(name);
  if (!asset) {
    const plain = Buffer.from(readFileSync(FILES[name].file()));
    const digest = createHash('sha256').update(plain).digest('hex').slice(0, 10);
    const dot = name.lastIndexOf('.');
    const path = `/assets/${name.slice(0, dot)}.${digest}${name.slice(dot)}`;
    asset = { path, type: FILES[name].type, plain, gzip: Buffer.from(gzipSync(plain)) };
    loaded.set(name, asset);
  }
  return asset;
}

function ours(name: string): () => URL {
  return () => new URL(`./assets/${name}`, import.meta.url);
}

function htmx(name: string): string {
  return require.resolve(`htmx.org/dist/${name}`);
}
