import { request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listen } from '../../src/roles/listen.js';
import { createWebhookListener } from '../../src/web/routes/webhook.js';
import { testLog } from '../channels/intake.js';

let server: Server;
let base: string;
let log: ReturnType<typeof testLog>;
const taken: { door: string; bytes: number }[] = [];
let last = '';
/** Long enough for any honest caller of a test. */
const BODY_MS = 1_500;

beforeEach(async () => {
  taken.length = 0;
  log = testLog();
  const doors = {
    async telegram(headers: { [name: string]: string | undefined }, body: Uint8Array) {
      if (headers['x-telegram-bot-api-secret-token'] !== 'rahasia') return { status: 401 };
      if (body.length === 0) throw new Error('the database is away');
      taken.push({ door: 'telegram', bytes: body.length });
      return { status: 200 };
    },
    whatsAppCloud: {
      handshake: (query: URLSearchParams) =>
        query.get('hub.verify_token') === 'rahasia'
          ? { status: 200, body: query.get('hub.challenge') ?? '' }
          : { status: 403, body: '' },
      async handle(_: object, body: Uint8Array) {
        taken.push({ door: 'cloud', bytes: body.length });
        last = Buffer.from(body).toString('utf8');
        return { status: 200 };
      },
    },
  };
  const front = createWebhookListener({ doors, log, bodyMs: BODY_MS });
  server = await listen(() => new Response('the rest'), '127.0.0.1', 0, front);
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const post = (path: string, body: string, headers: { [name: string]: string } = {}) =>
  fetch(`${base}${path}`, { method: 'POST', body, headers });
const telegram = (body: string, secret = 'rahasia') =>
  post('/channels/telegram/webhook', body, { 'X-Telegram-Bot-Api-Secret-Token': secret });

test('a webhook is answered as its door says, and with 500 where nothing was stored', async () => {
  expect((await telegram('{}')).status).toBe(200);
  expect((await telegram('{}', 'salah')).status).toBe(401);
  expect((await telegram('')).status).toBe(500);
  expect(taken).toEqual([{ door: 'telegram', bytes: 2 }]);
  expect(log.lines.join('\n')).not.toContain('rahasia');
});

test('a body over the limit of its platform is refused while it comes, told by its length or not', async () => {
  expect((await telegram('x'.repeat(1024 * 1024 + 1))).status).toBe(413);
  const large = 'x'.repeat(2 * 1024 * 1024);
  expect((await post('/channels/whatsapp-cloud/webhook', large)).status).toBe(200);
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest(`${base}/channels/whatsapp-cloud/webhook`, { method: 'POST' }, (response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    request.once('error', reject);
    // In pieces, without a length.
    for (let n = 0; n < 4; n += 1) request.write('x'.repeat(1024 * 1024));
  });
  expect(status).toBe(413);
  expect(taken).toEqual([{ door: 'cloud', bytes: large.length }]);
});

test('the handshake gives the challenge back as plain text that no browser makes a page of', async () => {
  const shaken = await fetch(
    `${base}/channels/whatsapp-cloud/webhook?hub.mode=subscribe&hub.verify_token=rahasia&hub.challenge=%3Cb%3E77`,
  );
  expect(await shaken.text()).toBe('<b>77');
  expect(shaken.headers.get('content-type')).toContain('text/plain');
  expect(shaken.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await fetch(`${base}/channels/whatsapp-cloud/webhook?hub.verify_token=x`)).status).toBe(403);
});

test('everything else is left to the pages', async () => {
  for (const path of ['/', '/channels/telegram/webhook/x', '/channels/', '/channels/telegram/webhook'])
    expect(await (await fetch(`${base}${path}`)).text()).toBe('the rest');
});

test('a body that comes in many small pieces is what was sent', async () => {
  const words = Array.from({ length: 3_000 }, (_, n) => `kata ${n};`);
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest(`${base}/channels/whatsapp-cloud/webhook`, { method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('error', reject);
    for (const word of words) request.write(word);
    request.end();
  });
  expect(status).toBe(200);
  expect(last).toBe(words.join(''));
});

test('a caller who does not go on with a body is sent away', async () => {
  const ended = await new Promise((resolve) => {
    const request = httpRequest(`${base}/channels/whatsapp-cloud/webhook`, { method: 'POST' }, () =>
      resolve('answered'),
    );
    request.once('error', () => resolve('sent away'));
    request.write('{');
  });
  expect(ended).toBe('sent away');
  expect(taken).toEqual([]);
});
