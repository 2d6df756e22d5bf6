import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { servePhone } from '../phone.js';
import { methods, Refusal, updatesNow, type Request } from './methods.js';
import { takeFault, type Call, type FaultKind, type State } from './state.js';
import { deliverByWebhook } from './webhook.js';

/** Serves the Bot API of one bot on loopback; `control` takes the persons' acts where they come by HTTP. */
export async function serve(
  state: State,
  port: number,
  control: (method: string, args: unknown[]) => Promise<unknown>,
): Promise<{ url: string; stop(): Promise<void> }> {
  let poll: { end: (refusal: Refusal) => void } | null = null;
  let stopped = false;

  const server: Server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      if (cause instanceof Refusal) return reply(response, cause.status, refusalBody(cause));
      reply(response, 500, {
        ok: false,
        error_code: 500,
        description: `the stand-in failed: ${String(cause)}`,
      });
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stand.in');
    const body = await readBody(request);
    if (await servePhone(url.pathname, response, new URL('phone.js', import.meta.url))) return;
    const shown = /^\/phone\/file\/([\w-]+)$/u.exec(url.pathname);
    if (shown) return showFile(response, shown[1]!);
    if (url.pathname === '/control') {
      // Pages of other places in the same machine's browser have no business here.
      const { origin, host } = request.headers;
      if (origin !== undefined && origin !== `http://${host}`) throw new Refusal(403, 'Forbidden');
      const { method, args } = JSON.parse(body.toString(), revive) as { method: string; args: unknown[] };
      return reply(response, 200, (await control(method, args)) ?? null);
    }
    const file = /^\/file\/bot([^/]+)\/(.+)$/u.exec(url.pathname);
    if (file) return sendFile(response, file[1]!, file[2]!);
    const call = /^\/bot([^/]+)\/(\w+)$/u.exec(url.pathname);
    if (!call) throw new Refusal(404, 'Not Found');
    if (call[1] !== state.token) throw new Refusal(401, 'Unauthorized');
    const parsed = await parse(request, url, body);
    await act(call[2]!, parsed, request, response);
  }

  async function act(
    method: string,
    parsed: Request,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const call: Call = {
      at: new Date(state.now()).toISOString(),
      method,
      params: parsed.params,
      files: Object.fromEntries(Object.entries(parsed.uploads).map(([name, bytes]) => [name, bytes.length])),
      outcome: 'ok',
    };
    const fault = takeFault(state, method, parsed.params);
    try {
      if (typeof fault === 'object' && fault && 'afterMs' in fault)
        await new Promise((resolve) => setTimeout(resolve, fault.afterMs));
      else if (fault && fault !== 'drop_after') return fail(fault, call, request);
      const result = method === 'getUpdates' ? await longPoll(parsed.params, request) : run(method, parsed);
      if (fault === 'drop_after') {
        call.outcome = 'drop_after';
        request.socket.destroy();
        return;
      }
      reply(response, 200, { ok: true, result });
    } catch (cause) {
      if (cause instanceof Refusal) call.outcome = cause.status;
      throw cause;
    } finally {
      if (method !== 'getUpdates' || call.outcome !== 'ok') state.record(call);
    }
  }

  function run(method: string, parsed: Request): unknown {
    const found = methods[method];
    if (!found) throw new Refusal(404, 'Not Found: method not found');
    const result = found(state, parsed);
    if (method === 'setWebhook') void deliverByWebhook(state, () => stopped);
    return result;
  }

  /** Waits for updates as the real one does; a second poller ends the first with 409. */
  async function longPoll(params: { [name: string]: unknown }, request: IncomingMessage): Promise<unknown[]> {
    poll?.end(
      new Refusal(
        409,
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      ),
    );
    const now = updatesNow(state, params);
    const seconds = Number(params['timeout'] ?? 0);
    if (now.length > 0 || seconds <= 0 || stopped) return now;
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        request.socket.off('close', hungUp);
        state.wake.delete(look);
        if (poll === mine) poll = null;
      };
      const hungUp = () => (done(), resolve([]));
      const look = () => {
        const found = stopped ? [] : updatesNow(state, { ...params, offset: 0 });
        if (found.length === 0 && !stopped) return;
        done();
        resolve(found);
      };
      const mine = {
        end: (refusal: Refusal) => {
          done();
          reject(refusal);
        },
      };
      const timer = setTimeout(() => (done(), resolve([])), seconds * 1000);
      poll = mine;
      state.wake.add(look);
      // Who hung up must not be handed updates.
      request.socket.once('close', hungUp);
    });
  }

  /** For the phone page; a program's own bytes are never shown as a page. */
  function showFile(response: ServerResponse, id: string): void {
    const file = state.files.get(id);
    if (!file) throw new Refusal(404, 'Not Found');
    const type = file.path.endsWith('.jpg') ? 'image/jpeg' : 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'x-content-type-options': 'nosniff' });
    response.end(file.bytes);
  }

  function sendFile(response: ServerResponse, token: string, path: string): void {
    if (token !== state.token) throw new Refusal(401, 'Unauthorized');
    const fault = takeFault(state, 'download', {});
    if (fault) {
      if (typeof fault === 'object' && 'status' in fault)
        throw new Refusal(fault.status, fault.description ?? 'Not Found');
      if (fault !== 'hang') response.destroy();
      return;
    }
    const file = [...state.files.values()].find((f) => f.path === path);
    if (!file) throw new Refusal(404, 'Not Found');
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': file.bytes.length,
    });
    response.end(file.bytes);
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      stopped = true;
      for (const wake of state.wake) wake();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function fail(
  fault: Exclude<FaultKind, 'drop_after' | { afterMs: number }>,
  call: Call,
  request: IncomingMessage,
): void {
  if (typeof fault === 'object') {
    throw new Refusal(fault.status, fault.description ?? defaultWords(fault.status, fault.retryAfter), {
      ...(fault.retryAfter === undefined ? {} : { retry_after: fault.retryAfter }),
      ...(fault.migrateTo === undefined ? {} : { migrate_to_chat_id: fault.migrateTo }),
    });
  }
  call.outcome = fault;
  if (fault === 'drop_before') request.socket.destroy();
}

function defaultWords(status: number, retryAfter?: number): string {
  const words: { [status: number]: string } = {
    400: 'Bad Request: chat not found',
    401: 'Unauthorized',
    403: 'Forbidden: bot was blocked by the user',
    404: 'Not Found',
    409: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    429: `Too Many Requests: retry after ${retryAfter}`,
  };
  return words[status] ?? 'Internal Server Error';
}

function refusalBody(refusal: Refusal) {
  return {
    ok: false,
    error_code: refusal.status,
    description: refusal.message,
    ...(refusal.parameters && Object.keys(refusal.parameters).length > 0
      ? { parameters: refusal.parameters }
      : {}),
  };
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

/** Parameters come as JSON, as a form, as multipart with files, or in the query. */
async function parse(request: IncomingMessage, url: URL, body: Buffer): Promise<Request> {
  const type = request.headers['content-type'] ?? '';
  const params: { [name: string]: unknown } = Object.fromEntries(url.searchParams);
  const uploads: { [name: string]: Uint8Array } = {};
  if (body.length === 0) return { params, uploads };
  if (type.startsWith('application/json'))
    return { params: { ...params, ...(JSON.parse(body.toString()) as object) }, uploads };
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  for (const [name, value] of form) {
    if (typeof value === 'string') params[name] = value;
    else uploads[name] = new Uint8Array(await value.arrayBuffer());
  }
  return { params, uploads };
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
