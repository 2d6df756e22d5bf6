import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';

const TYPES: { [extension: string]: string } = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};
const SHARED: { [path: string]: string } = {
  '/': 'phone.html',
  '/phone': 'phone.html',
  '/phone/phone.css': 'phone.css',
  '/phone/phone.js': 'phone.js',
  '/phone/control.js': 'control.js',
};

/**
 * Serves the page that is a phone: the same for all stand-ins, but for `adapter`, the module that tells what one's own
 * platform can (`/phone/adapter.js`). False where the path is none of it.
 */
export async function servePhone(path: string, response: ServerResponse, adapter: URL): Promise<boolean> {
  const shared = SHARED[path];
  if (!shared && path !== '/phone/adapter.js') return false;
  const file = shared ? new URL(`phone/${shared}`, import.meta.url) : adapter;
  response.writeHead(200, {
    'content-type': TYPES[file.pathname.split('.').at(-1)!]!,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(await readFile(file));
  return true;
}
