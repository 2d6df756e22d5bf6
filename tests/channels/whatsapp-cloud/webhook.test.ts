import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SentReport } from '../../../src/channels/channel.js';
import type { Inbound } from '../../../src/core/content.js';
import { createInOrder } from '../../../src/channels/whatsapp-cloud/inOrder.js';
import { createWhatsAppCloud, type WhatsAppCloud } from '../../../src/channels/whatsapp-cloud/client.js';
import {
  CLOUD_WEBHOOK_BYTES,
  createCloudDoor,
  createCloudDoorLine,
  type CloudDoor,
} from '../../../src/channels/whatsapp-cloud/door.js';
import { startGraphApi, type GraphApi } from '../../standins/graphApi.js';
import { testIntake, testLog, until, type TestIntake } from '../intake.js';

const OTHER = {
  phoneNumberId: '106500000000002',
  appSecret: 'another-app-secret',
  verifyToken: 'another-token',
};
let meta: GraphApi;
let intake: TestIntake;
let otherIntake: TestIntake;
let channel: WhatsAppCloud;
let other: WhatsAppCloud;
let door: CloudDoor;
let log: ReturnType<typeof testLog>;
let reports: SentReport[];

beforeEach(async () => {
  meta = await startGraphApi();
  log = testLog();
  reports = [];
  [intake, otherIntake] = [testIntake(), testIntake()];
  intake.reported = async (told) => void reports.push(...told);
  channel = createWhatsAppCloud({ settings: meta.settings, log });
  // Its number is unknown to the stand-in; what is brought for it comes all the same.
  other = createWhatsAppCloud({ settings: { ...meta.settings, ...OTHER }, log });
  door = createCloudDoor({ lines: () => [channel.doorLine, other.doorLine], log });
  await channel.start(intake);
  await other.start(otherIntake).catch(() => {});
});
afterEach(async () => {
  await channel.stop();
  await other.stop();
  await meta.stop();
});

const message = (id: string, text: string, from = '6281200000041') => ({
  from,
  id,
  timestamp: '1795046400',
  type: 'text',
  text: { body: text },
});
const change = (value: object, number = meta.settings.phoneNumberId) => ({
  field: 'messages',
  value: { messaging_product: 'whatsapp', metadata: { phone_number_id: number }, ...value },
});
const payload = (...changes: object[]) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '1', changes }],
});
const bytes = (body: unknown) =>
  new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
const signed = (body: Uint8Array, secret = meta.settings.appSecret) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
const deliver = (body: unknown, secret?: string) => {
  const raw = bytes(body);
  return door.handle({ 'x-hub-signature-256': signed(raw, secret) }, raw);
};

describe('the handshake', () => {
  const shake = (query: { [name: string]: string }) => door.handshake(new URLSearchParams(query));
  test('gives the challenge back to who knows the token of a line', () => {
    for (const token of [meta.settings.verifyToken, OTHER.verifyToken])
      expect(
        shake({ 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': '1158201444' }),
      ).toEqual({ status: 200, body: '1158201444' });
  });
  test.each([
    [
      'another token',
      { 'hub.mode': 'subscribe', 'hub.verify_token': 'verify-me-pleasE', 'hub.challenge': '1' },
    ],
    [
      'another mode',
      { 'hub.mode': 'unsubscribe', 'hub.verify_token': 'verify-me-please', 'hub.challenge': '1' },
    ],
    ['no token', { 'hub.mode': 'subscribe', 'hub.challenge': '1' }],
    ['nothing', {}],
  ])('refuses %s', (_, query) =>
    expect(shake(query as { [name: string]: string })).toEqual({ status: 403, body: '' }),
  );
});

describe('the signature', () => {
  test('is over the bytes as they came, whatever they look like', async () => {
    const raw = bytes(
      `  ${JSON.stringify(payload(change({ messages: [message('wamid.1', 'halo')] })), null, 2)}\n`,
    );
    expect(await door.handle({ 'x-hub-signature-256': signed(raw) }, raw)).toEqual({ status: 200 });
    expect(intake.texts()).toEqual(['halo']);
  });

  test.each<[string, (raw: Uint8Array) => string | undefined]>([
    ['none', () => undefined],
    ['an empty one', () => ''],
    ['one of another secret', (raw) => signed(raw, 'guess')],
    ['one of other bytes', () => signed(bytes('{}'))],
    ['one cut short', (raw) => signed(raw).slice(0, -2)],
    ['one of another kind', (raw) => signed(raw).replace('sha256', 'sha1')],
    ['one in capitals', (raw) => signed(raw).toUpperCase()],
  ])('%s is refused, and nothing is read', async (_, signature) => {
    const raw = bytes(payload(change({ messages: [message('wamid.1', 'halo')] })));
    expect(await door.handle({ 'x-hub-signature-256': signature(raw) }, raw)).toEqual({ status: 401 });
    expect(intake.tries).toEqual([]);
  });

  test('of one app lets nothing in for the number of another', async () => {
    const forged = payload(change({ messages: [message('wamid.1', 'halo')] }));
    expect(await deliver(forged, OTHER.appSecret)).toEqual({ status: 200 });
    expect(intake.tries).toEqual([]);
    expect(log.lines.join('\n')).toContain('no line here');
  });
});

describe('what comes goes to the line of its number', () => {
  test('also where one payload holds things for several', async () => {
    const same = createWhatsAppCloud({
      settings: { ...meta.settings, phoneNumberId: '106500000000003' },
      log,
    });
    const third = testIntake();
    await same.start(third).catch(() => {});
    door = createCloudDoor({ lines: () => [channel.doorLine, other.doorLine, same.doorLine], log });
    const both = payload(
      change({ messages: [message('wamid.1', 'satu')] }),
      change({ messages: [message('wamid.2', 'dua')] }, '106500000000003'),
      change({ statuses: [{ id: 'wamid.OURS', status: 'read', timestamp: '1795046400' }] }),
    );
    expect(await deliver(both)).toEqual({ status: 200 });
    expect([intake.texts(), third.texts(), otherIntake.texts()]).toEqual([['satu'], ['dua'], []]);
    expect(third.stored[0]!.lineId).toBe('whatsapp-cloud:106500000000003');
    expect(reports).toMatchObject([{ externalId: 'wamid.OURS', status: 'read' }]);
    await same.stop();
  });

  test('a line that is added is known at once', async () => {
    const lines = [other.doorLine];
    door = createCloudDoor({ lines: () => lines, log });
    const body = payload(change({ messages: [message('wamid.1', 'halo')] }));
    expect(await deliver(body)).toEqual({ status: 401 });
    lines.push(channel.doorLine);
    expect(await deliver(body)).toEqual({ status: 200 });
    expect(intake.texts()).toEqual(['halo']);
  });

  test('for a number that is no line here it is confirmed, with a line in the log', async () => {
    expect(await deliver(payload(change({ messages: [message('wamid.1', 'rahasia')] }, '42')))).toEqual({
      status: 200,
    });
    expect(log.lines.join('\n')).toContain('"number":"42"');
    expect(log.lines.join('\n')).not.toContain('rahasia');
  });
});

describe('200 comes only after the commit', () => {
  test('of every message in the payload', async () => {
    const release = intake.holds();
    let status: number | undefined;
    const two = payload(change({ messages: [message('wamid.1', 'satu'), message('wamid.2', 'dua')] }));
    const delivered = deliver(two).then((answer) => (status = answer.status));
    await until('both are being stored', () => intake.tries.length === 2);
    expect(status).toBeUndefined();
    release();
    await delivered;
    expect(status).toBe(200);
    expect(intake.texts()).toEqual(['satu', 'dua']);
  });

  test('where one was not stored the whole comes again, and what is there already changes nothing', async () => {
    intake.fails(1, (inbound) => inbound.externalId === 'wamid.2');
    const two = payload(change({ messages: [message('wamid.1', 'satu'), message('wamid.2', 'dua')] }));
    expect(await deliver(two)).toEqual({ status: 500 });
    expect(await deliver(two)).toEqual({ status: 200 });
    expect(await deliver(two)).toEqual({ status: 200 });
    expect(intake.texts()).toEqual(['satu', 'dua']);
  });

  test('reports are part of it', async () => {
    intake.reported = () => Promise.reject(new Error('the store failed'));
    const told = payload(
      change({ statuses: [{ id: 'wamid.OURS', status: 'read', timestamp: '1795046400' }] }),
    );
    expect(await deliver(told)).toEqual({ status: 500 });
  });

  test('before its start and after its stop the line takes nothing: it comes again', async () => {
    const late = payload(change({ messages: [message('wamid.1', 'halo')] }));
    await channel.stop();
    expect(await deliver(late)).toEqual({ status: 503 });
    const fresh = createWhatsAppCloud({ settings: meta.settings, log });
    const raw = bytes(late);
    expect(await fresh.handleWebhook!({ 'x-hub-signature-256': signed(raw) }, raw)).toEqual({ status: 503 });
    expect(intake.tries).toEqual([]);
  });
});

describe('one person’s messages keep their order', () => {
  const one = (id: string, text: string, from?: string) =>
    payload(change({ messages: [message(id, text, from)] }));

  test('though Meta’s calls overlap; others go their own way', async () => {
    const release = intake.holds();
    const delivered = ['1', '2', '3'].map((n) => deliver(one(`wamid.${n}`, `pesan ${n}`)));
    const other = deliver(one('wamid.4', 'lain', '6281200000042'));
    await until('two people’s are being stored', () => intake.tries.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(intake.tries).toEqual(['wamid.1', 'wamid.4']);
    release();
    await Promise.all([...delivered, other]);
    expect(intake.texts().filter((text) => text !== 'lain')).toEqual(['pesan 1', 'pesan 2', 'pesan 3']);
  });

  test('after one that was not stored the later ones wait until it has come again', async () => {
    intake.fails(1);
    expect(await deliver(one('wamid.1', 'satu'))).toEqual({ status: 500 });
    expect(await deliver(one('wamid.2', 'dua'))).toEqual({ status: 500 });
    expect(await deliver(one('wamid.3', 'lain', '6281200000042'))).toEqual({ status: 200 });
    expect(await deliver(one('wamid.1', 'satu'))).toEqual({ status: 200 });
    // The second was refused as well: the third waits for it.
    expect(await deliver(one('wamid.4', 'tiga'))).toEqual({ status: 500 });
    expect(await deliver(one('wamid.2', 'dua'))).toEqual({ status: 200 });
    expect(await deliver(one('wamid.4', 'tiga'))).toEqual({ status: 200 });
    expect(intake.texts()).toEqual(['lain', 'satu', 'dua', 'tiga']);
  });

  test('one that never comes again is waited for no longer than a minute', async () => {
    let at = 0;
    const taken: string[] = [];
    const take = createInOrder(() => at);
    const inbound = (id: string) => ({ ...SAID, externalId: id });
    const store = (given: Inbound) => {
      if (given.externalId === 'wamid.1') return Promise.reject(new Error('the store failed, for the test'));
      taken.push(given.externalId);
      return Promise.resolve();
    };
    await expect(take([inbound('wamid.1')], store)).rejects.toThrow('the store failed');
    at = 59_000;
    await expect(take([inbound('wamid.2')], store)).rejects.toThrow('earlier message');
    at = 61_000;
    await take([inbound('wamid.2')], store);
    expect(taken).toEqual(['wamid.2']);
  });
});

const SAID: Inbound = {
  lineId: 'whatsapp-cloud:1',
  externalId: '',
  platform: 'whatsapp',
  ids: { phone: '6281200000041' },
  chatId: '6281200000041',
  sentAt: new Date('2026-11-18T12:00:00Z'),
  content: { kind: 'text', text: 'halo' },
};

describe('what cannot be read', () => {
  test('an oversized payload is refused before its signature is looked at', async () => {
    const large = new Uint8Array(CLOUD_WEBHOOK_BYTES + 1);
    expect(await door.handle({}, large)).toEqual({ status: 413 });
    expect(log.lines.join('\n')).toContain('oversized');
  });

  test.each(['{"object": "whats', '', 'null', '[]', '"x"', '7'])(
    'what is signed and yet no payload is confirmed: Meta would bring it for days (%s)',
    async (body) => {
      expect(await deliver(body)).toEqual({ status: 200 });
      expect(intake.tries).toEqual([]);
    },
  );

  test('no words of a person come into the log', async () => {
    await deliver(
      payload(change({ messages: [{ ...message('wamid.1', 'x'), timestamp: 'kemarin', text: 'rahasia' }] })),
    );
    await deliver('{"text": "rahasia');
    expect(log.lines.join('\n')).not.toContain('rahasia');
    expect(log.lines.filter((line) => line.includes('passed over'))).toHaveLength(2);
  });
});

describe('what was stored is shown as read', () => {
  const brings = async () => {
    const siti = meta.person('6281200000041', 'Siti');
    const text = await siti.writes('halo');
    const photo = await siti.sendsPhoto(new Uint8Array([1]));
    for (const [id, type] of [
      [text, { type: 'text', text: { body: 'halo' } }],
      [photo, { type: 'image', image: { id: '1', mime_type: 'image/jpeg' } }],
    ] as const)
      await deliver(
        payload(change({ messages: [{ from: siti.key, id, timestamp: '1795046400', ...type }] })),
      );
    return { siti, text, photo };
  };
  const marks = async () =>
    (await meta.calls('read')).map(({ body }) => [body['message_id'], body['typing_indicator']]);

  test('by a process that does not hold the line, with typing where an answer follows at once', async () => {
    const quiet = new Set<string>();
    const line = createCloudDoorLine({
      settings: meta.settings,
      intake,
      isQuiet: (chat) => quiet.has(chat),
      log,
    });
    door = createCloudDoor({ lines: () => [line], log });
    const { siti, text, photo } = await brings();
    await until('both are marked', async () => (await marks()).length === 2);
    expect(await marks()).toEqual([
      [text, { type: 'text' }],
      [photo, undefined],
    ]);
    // A person has the word there: what they did not read is not shown as read.
    quiet.add(siti.key);
    await brings();
    await line.stop();
    expect(await marks()).toHaveLength(2);
  });

  test('by who holds it when an answer is coming, on the last message', async () => {
    const { siti, photo } = await brings();
    expect(await marks()).toEqual([]);
    await channel.showTyping!(siti.key);
    expect(await marks()).toEqual([[photo, { type: 'text' }]]);
  });

  test('and where that fails nobody hears of it', async () => {
    await meta.fails('read', { code: 131009 }, { times: 9 });
    const { siti } = await brings();
    await channel.showTyping!(siti.key);
    await channel.showTyping!('6281299999999');
    expect(await marks()).toHaveLength(1);
  });
});
