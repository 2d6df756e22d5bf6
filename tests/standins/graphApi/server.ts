import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { servePhone } from '../phone.js';
import { Refusal, takeMessage, takeUpload } from './methods.js';
import { takeFault, type Call, type FaultKind, type State, type What } from './state.js';
import { deliver } from './webhook.js';

/** For so long a file's link may be used. */
const LINK_MS = 5 * 60_000;

/** Serves the Graph API of one number on loopback; `control` takes the persons' acts where they come by HTTP. */
export async function serve(
  state: State,
  port: number,
  control: (method: string, args: unknown[]) => Promise<unknown>,
): Promise<{ url: string; stop(): Promise<void> }> {
  let url = '';
  let isStopped = false;
  const server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      if (cause instanceof Refusal) return refuse(response, cause);
      reply(response, 500, { error: { code: 1, message: `the stand-in failed: ${String(cause)}` } });
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand.in');
    const body = await readBody(request);
    if (await servePhone(pathname, response, new URL('phone.js', import.meta.url))) return;
    if (pathname.startsWith('/shown/')) return sendShown(response, pathname.slice('/shown/'.length));
    if (pathname === '/control') {
      // A page of another place may not move anybody.
      const { origin } = request.headers;
      if (origin !== undefined && origin !== url) {
        response.writeHead(403).end();
        return;
      }
      const { method, args } = JSON.parse(body.toString(), revive) as { method: string; args: unknown[] };
      return reply(response, 200, (await control(method, args)) ?? null);
    }
    if (pathname.startsWith('/file/'))
      return await sendFile(pathname.slice('/file/'.length), request, response);
    if (request.headers.authorization !== `Bearer ${state.token}`)
      throw new Refusal(190, 'Error validating access token: the session is invalid', 401);
    const path = /^\/v\d+\.\d+\/(\d+)(?:\/(\w+))?$/u.exec(pathname);
    if (!path) throw new Refusal(100, `Unsupported request - method type: ${request.method}`);
    const [, id, edge] = path;
    if (edge === undefined)
      return id === state.phoneNumberId
        ? await act('number', {}, null, request, response, () => ({
            id,
            display_phone_number: state.displayNumber,
            verified_name: 'Desa Uji',
          }))
        : await act('media', { id }, null, request, response, () => linkOf(id!));
    if (id !== state.phoneNumberId) throw new Refusal(33, 'Object with this ID does not exist', 400);
    if (edge === 'media') {
      const type = request.headers['content-type'] ?? '';
      const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
      return await act('upload', { type: form.get('type') }, null, request, response, () =>
        takeUpload(state, form),
      );
    }
    const sent = JSON.parse(body.toString()) as { [field: string]: unknown };
    const to = (sent['to'] ?? sent['recipient'] ?? null) as string | null;
    await act(
      sent['status'] === undefined ? 'messages' : 'read',
      { ...sent, query: searchParams.size },
      to,
      request,
      response,
      () => takeMessage(state, sent),
    );
  }

  async function act(
    what: What,
    body: Call['body'],
    to: string | null,
    request: IncomingMessage,
    response: ServerResponse,
    run: () => object | Promise<object>,
  ): Promise<void> {
    const call: Call = { at: new Date().toISOString(), what, body, outcome: 'ok' };
    const fault = takeFault(state, what, to);
    try {
      if (fault !== null && fault !== 'drop_after' && !isLate(fault)) return fail(fault, call, request);
      if (fault !== null && isLate(fault)) await new Promise((resolve) => setTimeout(resolve, fault.afterMs));
      const result = await run();
      if (fault === 'drop_after') {
        call.outcome = 'drop_after';
        request.socket.destroy();
        return;
      }
      reply(response, 200, result);
    } catch (cause) {
      if (cause instanceof Refusal) call.outcome = cause.code;
      throw cause;
    } finally {
      state.record(call);
    }
  }

  function linkOf(id: string): object {
    const file = state.files.get(id);
    if (!file) throw new Refusal(100, `Unsupported get request. Object with ID '${id}' does not exist`);
    const part = randomBytes(12).toString('hex');
    state.links.set(part, { file: id, until: Date.now() + LINK_MS });
    return {
      messaging_product: 'whatsapp',
      url: `${url}/file/${part}`,
      mime_type: file.mime,
      sha256: file.sha256,
      file_size: file.bytes.length,
      id,
    };
  }

  /** A file as its phone shows it. */
  function sendShown(response: ServerResponse, id: string): void {
    const file = state.files.get(id);
    response.writeHead(file ? 200 : 404, { 'content-type': file?.mime ?? 'text/plain' }).end(file?.bytes);
  }

  /** The link leads on, as Meta's does, to where the bytes are. The token is wanted at the first of the two alone. */
  async function sendFile(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [part = '', isSecond] = path.split('/');
    const link = state.links.get(part);
    const call: Call = { at: new Date().toISOString(), what: 'download', body: { path }, outcome: 'ok' };
    state.record(call);
    if (!link || link.until < Date.now()) {
      response.writeHead(404).end();
      return;
    }
    if (!isSecond) {
      if (request.headers.authorization !== `Bearer ${state.token}`) {
        response.writeHead(401).end();
        return;
      }
      response.writeHead(302, { location: `/file/${part}/bytes` }).end();
      return;
    }
    const fault = takeFault(state, 'download', null);
    if (fault !== null && typeof fault === 'object' && 'redirect' in fault) {
      response.writeHead(302, { location: fault.redirect }).end();
      return;
    }
    const file = state.files.get(link.file)!;
    const bytes = fault !== null && typeof fault === 'object' && 'bytes' in fault ? fault.bytes : file.bytes;
    if (fault !== null && !(typeof fault === 'object' && 'bytes' in fault)) {
      if (typeof fault === 'object' && 'http' in fault && fault.http !== undefined)
        response.writeHead(fault.http).end();
      else if (fault !== 'hang') request.socket.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': file.mime }).end(bytes);
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  void deliver(state, () => isStopped);
  return {
    url,
    async stop() {
      isStopped = true;
      for (const wake of state.wake) wake();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isLate(fault: FaultKind): fault is { afterMs: number } {
  return typeof fault === 'object' && 'afterMs' in fault;
}

function fail(fault: FaultKind, call: Call, request: IncomingMessage): void {
  if (typeof fault === 'object' && 'code' in fault) {
    call.outcome = fault.code;
    throw new Refusal(
      fault.code,
      fault.message ?? `(#${fault.code}) refused`,
      fault.http ?? statusOf(fault.code),
      fault.retryAfter,
    );
  }
  if (typeof fault === 'object' && 'http' in fault) {
    call.outcome = fault.http;
    throw new Refusal(Number.NaN, 'a gateway', fault.http);
  }
  call.outcome = fault === 'hang' ? 'hang' : 'drop_before';
  if (fault !== 'hang') request.socket.destroy();
}

/** The status that Meta sends a code with. */
function statusOf(code: number): number {
  if (code === 190) return 401;
  if (code === 10 || code === 131005) return 403;
  if (code === 130429) return 429;
  return [1, 2, 131000, 131016].includes(code) ? 500 : 400;
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  if (refusal.retryAfter !== undefined) response.setHeader('retry-after', refusal.retryAfter);
  // What no code is meant for comes from something before Meta.
  if (Number.isNaN(refusal.code)) {
    response.writeHead(refusal.http, { 'content-type': 'text/html' }).end('<h1>gateway</h1>');
    return;
  }
  reply(response, refusal.http, {
    error: {
      message: refusal.message,
      type: 'OAuthException',
      code: refusal.code,
      error_data: { messaging_product: 'whatsapp', details: refusal.message },
      fbtrace_id: 'A0000000000',
    },
  });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body, replacer));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Bytes travel over the control channel as base64. */
export function replacer(this: unknown, _key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('base64') } : value;
}
export function revive(_key: string, value: unknown): unknown {
  return value !== null && typeof value === 'object' && '$bytes' in value
    ? new Uint8Array(Buffer.from(value.$bytes as string, 'base64'))
    : value;
}
