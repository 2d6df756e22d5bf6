import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { replacer, revive } from '../botApi/server.js';
import { servePhone } from '../phone.js';
import { pageOf } from './page.js';
import { NO_ANSWER, pageCalls } from './pageCalls.js';
import { allForPage, newDevice, takeFault, type Device, type State, type Tell } from './state.js';

/**
 * Serves WhatsApp Web's page, what the page asks for, the phone for people, and `control`, on loopback.
 * The page lives at https://web.whatsapp.com, so its answers carry leave for other origins.
 */
export async function serve(
  state: State,
  port: number,
  control: (method: string, args: unknown[]) => Promise<unknown>,
): Promise<{ url: string; stop(): Promise<void> }> {
  let url = '';
  const server: Server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      reply(response, 500, { error: cause instanceof Error ? cause.message : String(cause) });
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand.in');
    if (pathname === `/${state.version}.html`) return html(response, await pageOf(state.version, url));
    if (await servePhone(pathname, response, new URL('phone.js', import.meta.url))) return;
    if (pathname === '/control') {
      // Pages of other places on the same machine's browser have no business here.
      if (request.headers.origin && request.headers.origin !== url) return reply(response, 403, {});
      const { method, args } = JSON.parse((await readBody(request)).toString(), revive) as {
        method: string;
        args: unknown[];
      };
      // What was left out comes as null.
      const given = args.map((arg) => arg ?? undefined);
      return reply(response, 200, (await control(method, given)) ?? null);
    }
    const device = searchParams.get('device');
    if (pathname.startsWith('/media/')) return sendFile(response, pathname, device !== null);
    if (!device) return reply(response, 404, { error: `nothing at ${pathname}` });
    const known = state.devices.get(device) ?? newDevice(device);
    state.devices.set(device, known);
    if (pathname === '/device/events') return openEvents(response, known);
    if (pathname === '/media') {
      const fault = takeFault(state, 'upload');
      if (fault !== null && typeof fault === 'object') await sleep(fault.afterMs);
      const path = keepFile(state, await readBody(request), searchParams.get('mime') ?? '');
      return reply(response, 200, path);
    }
    const found = pageCalls[pathname.replace('/device/', '')];
    if (!found) return reply(response, 404, { error: `nothing at ${pathname}` });
    const body = JSON.parse((await readBody(request)).toString()) as { [field: string]: unknown };
    const result = await found(state, body, known);
    if (result !== NO_ANSWER) reply(response, 200, result ?? null);
  }

  /** The page's ear: the greeting first, then whatever happens. */
  function openEvents(response: ServerResponse, device: Device): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
    const tell: Tell = (event) => void response.write(`data: ${JSON.stringify(event)}\n\n`);
    device.pages.push(tell);
    response.once('close', () => device.pages.splice(device.pages.indexOf(tell), 1));
    tell({
      kind: 'hello',
      me: state.me,
      lacks: state.lacks,
      keys: device.keys,
      boot: device.isLinked ? takeFault(state, 'boot') : null,
      ref: device.isLinked ? null : device.ref,
      state: device.isLinked ? state.accountState : 'UNPAIRED',
      chats: device.isLinked ? allForPage(state) : [],
    });
  }

  function sendFile(response: ServerResponse, path: string, isPage: boolean): void {
    const fault = isPage ? takeFault(state, 'download') : null;
    if (fault === 'hang') return;
    const file = state.files.get(path);
    if (fault === 'broken') return reply(response, 500, { error: 'the server fails' });
    if (fault || !file) return reply(response, 404, { error: 'gone' });
    response.writeHead(200, {
      'content-type': file.mime || 'application/octet-stream',
      'access-control-allow-origin': '*',
    });
    response.end(file.bytes);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Keeps a file; answers with the path that a page fetches it at. */
export function keepFile(state: State, bytes: Uint8Array, mime: string): string {
  const path = `/media/${state.nextFile++}`;
  state.files.set(path, { bytes, mime });
  return path;
}

function html(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(text);
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(JSON.stringify(body, replacer));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
