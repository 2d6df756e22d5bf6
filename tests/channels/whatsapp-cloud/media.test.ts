import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel } from '../../../src/channels/channel.js';
import { download } from '../../../src/channels/download.js';
import { isOfMeta } from '../../../src/channels/whatsapp-cloud/api.js';
import { createWhatsAppCloud } from '../../../src/channels/whatsapp-cloud/client.js';
import { hexOf, readMedia, spellMedia } from '../../../src/channels/whatsapp-cloud/mediaId.js';
import { startGraphApi, type FaultKind, type GraphApi } from '../../standins/graphApi.js';
import { testLog } from '../intake.js';

describe('a file of Meta', () => {
  let meta: GraphApi;
  let channel: Channel;
  let remote: string;
  let strangers: Server;
  let asked: { url: string; authorization: string | undefined }[];

  beforeEach(async () => {
    meta = await startGraphApi();
    channel = createWhatsAppCloud({ settings: meta.settings, log: testLog() });
    const siti = meta.person('6281200000041', 'Siti');
    await siti.sendsPhoto(new Uint8Array([1, 2, 3]));
    remote = (await siti.messages())[0]!.photos[0]!;
    asked = [];
    strangers = createServer((request, response) => {
      asked.push({ url: request.url!, authorization: request.headers.authorization });
      response.end('x');
    });
    await new Promise<void>((resolve) => strangers.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await channel.stop();
    strangers.closeAllConnections();
    strangers.close();
    await meta.stop();
  });

  test('is had by its id, over a redirect', async () => {
    const { bytes, mime } = await channel.fetchMedia({ remote });
    expect([new Uint8Array(bytes), mime]).toEqual([new Uint8Array([1, 2, 3]), 'image/jpeg']);
    expect((await meta.calls('download')).map(({ body }) => body['path'])).toEqual([
      expect.not.stringContaining('/'),
      expect.stringMatching(/\/bytes$/u),
    ]);
  });

  test.each<[string, 'media' | 'download', FaultKind, string]>([
    ['that Meta forgot', 'media', { code: 100 }, 'lost'],
    ['asked for too often', 'media', { code: 130429 }, 'retry'],
    ['while Meta is down', 'media', { http: 503 }, 'retry'],
    ['over a broken connection', 'media', 'drop_before', 'retry'],
    ['while the token is refused', 'media', { code: 190 }, 'retry'],
    ['whose link has ended', 'download', { http: 404 }, 'lost'],
    ['whose download fails', 'download', { http: 503 }, 'retry'],
    ['whose download breaks', 'download', 'drop_before', 'retry'],
    ['of other bytes than Meta says', 'download', { bytes: new Uint8Array([9]) }, 'lost'],
  ])('%s: %s %j is %s', async (_, what, fault, failure) => {
    await meta.fails(what, fault);
    const fetched = channel.fetchMedia({ remote });
    await expect(fetched).rejects.toMatchObject({ name: 'MediaError', failure });
    await expect(fetched).rejects.not.toMatchObject({
      message: expect.stringMatching(/EAA|https?:|file\//u),
    });
  });

  test('of other bytes than the webhook told is not kept', async () => {
    const lied = spellMedia(remote, 'a'.repeat(64));
    await expect(channel.fetchMedia({ remote: lied })).rejects.toMatchObject({ failure: 'lost' });
  });

  test('that leads elsewhere is not followed there, and the token goes nowhere', async () => {
    const elsewhere = `http://127.0.0.1:${(strangers.address() as AddressInfo).port}/steal`;
    await meta.fails('download', { redirect: elsewhere });
    await expect(channel.fetchMedia({ remote })).rejects.toMatchObject({ failure: 'refused' });
    expect(asked).toEqual([]);
  });

  test('an id that is no id asks for nothing else', async () => {
    await expect(channel.fetchMedia({ remote: '../106500000000001/messages' })).rejects.toMatchObject({
      failure: 'lost',
    });
  });
});

describe('the guarded download', () => {
  let server: Server;
  let base: string;
  let asked: { url: string; authorization: string | undefined }[];
  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push({ url: request.url!, authorization: request.headers.authorization });
      if (request.url === '/large') {
        response.writeHead(200);
        // Without a length: only counting tells.
        for (let n = 0; n < 64; n += 1) response.write(Buffer.alloc(1024));
        response.end();
      } else if (request.url === '/told')
        response.writeHead(200, { 'content-length': 5_000_000 }).end(Buffer.alloc(10));
      else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
      else if (request.url === '/other')
        response.writeHead(302, { location: `${base.replace('127.0.0.1', 'localhost')}/end` }).end();
      else response.end('bytes');
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const options = { isAllowed: () => true, authorization: 'Bearer secret', maxBytes: 10_000, ms: 5_000 };

  test('cuts off what is too large while it comes, told by its length or not', async () => {
    await expect(download(`${base}/large`, options)).rejects.toMatchObject({ failure: 'refused' });
    await expect(download(`${base}/told`, options)).rejects.toMatchObject({ failure: 'refused' });
  });
  test('hands the token to the first host alone', async () => {
    expect(Buffer.from(await download(`${base}/other`, options)).toString()).toBe('bytes');
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer secret', undefined]);
  });
  test('asks a host that is not allowed for nothing', async () => {
    const only = { ...options, isAllowed: (url: URL) => url.hostname === '127.0.0.1' };
    await expect(download(`${base}/other`, only)).rejects.toMatchObject({ failure: 'refused' });
    expect(asked.map(({ url }) => url)).toEqual(['/other']);
  });
  test('ends where redirects go round', async () => {
    await expect(download(`${base}/round`, options)).rejects.toMatchObject({ failure: 'lost' });
  });
  test.each(['', 'file:///etc/passwd', 'javascript:1'])('of %j fails', async (link) => {
    await expect(
      download(link, { ...options, isAllowed: (url) => url.protocol === 'http:' }),
    ).rejects.toMatchObject({
      name: 'MediaError',
    });
  });
});

test.each([
  ['https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1', true],
  ['https://scontent.xx.fbcdn.net/a', true],
  ['https://mmg.whatsapp.net/a', true],
  ['https://graph.facebook.com/v25.0/1', true],
  ['http://lookaside.fbsbx.com/a', false],
  ['https://lookaside.fbsbx.com:8443/a', false],
  ['https://user@lookaside.fbsbx.com/a', false],
  ['https://lookaside.fbsbx.com.evil.example/a', false],
  ['https://evilfbcdn.net/a', false],
  ['https://fbcdn.net.evil.example/a', false],
  ['https://127.0.0.1/a', false],
  ['https://169.254.169.254/latest', false],
])('%s is Meta’s: %s', (link, isTheirs) =>
  expect(isOfMeta(new URL(link), 'https://graph.facebook.com')).toBe(isTheirs),
);

test('a stand-in is asked by its host and port alone', () => {
  const root = 'http://127.0.0.1:18300';
  expect(isOfMeta(new URL('http://127.0.0.1:18300/file/x'), root)).toBe(true);
  expect(isOfMeta(new URL('http://127.0.0.1:18301/file/x'), root)).toBe(false);
});

test('the digest is read as hex and as base64, and kept beside the id', () => {
  const hex = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(hexOf('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')).toBe(hex);
  expect(hexOf('nonsense')).toBeNull();
  expect(readMedia(spellMedia('12', hex.toUpperCase()))).toEqual({ id: '12', sha256: hex });
  expect(readMedia('nowhere.jpg')).toEqual({ id: 'nowhere.jpg', sha256: null });
});
