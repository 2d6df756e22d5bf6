import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel, MediaSource } from '../../../src/channels/channel.js';
import { createWhatsAppCloud } from '../../../src/channels/whatsapp-cloud/client.js';
import { withoutSecrets } from '../../../src/channels/whatsapp-cloud/errors.js';
import { MediaError } from '../../../src/core/errors.js';
import { freePort } from '../../support/freePort.js';
import {
  STAND_IN,
  startGraphApi,
  type FaultKind,
  type GraphApi,
  type Person,
} from '../../standins/graphApi.js';
import { testIntake, testLog } from '../intake.js';

let meta: GraphApi;
let channel: Channel;
let siti: Person;
let log: ReturnType<typeof testLog>;
const media: MediaSource = async (id) => ({
  bytes: new TextEncoder().encode(id),
  mime: id.startsWith('d') ? 'application/pdf' : id.startsWith('w') ? 'image/webp' : 'image/jpeg',
  name: `${id}.bin`,
});

beforeEach(async () => {
  meta = await startGraphApi({ isReporting: false });
  log = testLog();
  channel = create(meta.url);
  await channel.start(testIntake());
  siti = meta.person('6281200000041', 'Siti');
  await siti.writes('halo');
});
afterEach(async () => {
  await channel.stop();
  await meta.stop();
});

function create(apiRoot: string, more: { callMs?: number } = {}): Channel {
  return createWhatsAppCloud({ settings: { ...meta.settings, apiRoot }, log, backoffMs: () => 5, ...more });
}
const send = (text: string, chat = siti.key) => channel.send(chat, { text }, media);

describe('every failure of a send says what should follow', () => {
  test.each<[string, FaultKind, object]>([
    ['130429: the number is too fast', { code: 130429 }, { failure: 'throttled', retryAfter: 2 }],
    ['80007: the account is', { code: 80007, retryAfter: 30 }, { failure: 'throttled', retryAfter: 30 }],
    ['4: the app is', { code: 4 }, { failure: 'throttled', retryAfter: 60 }],
    ...[131016, 131000, 1, 2].map((code): [string, FaultKind, object] => [
      `${code}: a passing fault`,
      { code },
      { failure: 'retry' },
    ]),
    ['500 of a gateway', { http: 500 }, { failure: 'retry' }],
    ['503 of a gateway', { http: 503 }, { failure: 'retry' }],
    ['504: a gateway waited in vain', { http: 504 }, { failure: 'unknown' }],
    ['131056: too many to this person', { code: 131056 }, { failure: 'delayed', retryAfter: 6 }],
    ['131047: the window has closed', { code: 131047 }, { failure: 'needs_template' }],
    ...[131026, 131051, 131008, 131009, 100, 132000, 132001, 132015, 131049, 130472, 131062, 131030].map(
      (code): [string, FaultKind, object] => [`${code}: never will be`, { code }, { failure: 'permanent' }],
    ),
    ...[131048, 131031, 368, 131042, 190, 131005, 10, 200, 3, 0, 33, 133010].map(
      (code): [string, FaultKind, object] => [
        `${code}: the line is refused`,
        { code },
        { failure: 'line_down' },
      ],
    ),
    ['a code that nobody knows', { code: 139_999 }, { failure: 'permanent' }],
    ['the same with a 500', { code: 139_999, http: 500 }, { failure: 'retry' }],
    ['a socket that breaks before the answer', 'drop_before', { failure: 'unknown' }],
    ['a socket that breaks after the message went out', 'drop_after', { failure: 'unknown' }],
  ])('%s', async (_, fault, expected) => {
    await meta.fails('messages', fault);
    await expect(send('halo')).rejects.toMatchObject({ name: 'SendError', ...expected });
  });

  test('a server that hears and says nothing: unknown, after our own time-out', async () => {
    const impatient = create(meta.url, { callMs: 200 });
    await meta.fails('messages', 'hang');
    await expect(impatient.send(siti.key, { text: 'x' }, media)).rejects.toMatchObject({
      failure: 'unknown',
    });
    await impatient.stop();
  });

  test('nobody listens there: nothing was sent, try again', async () => {
    const lonely = create(`http://127.0.0.1:${await freePort()}`);
    await expect(lonely.send(siti.key, { text: 'x' }, media)).rejects.toMatchObject({ failure: 'retry' });
    await lonely.stop();
  });

  test('a name that does not resolve: nothing was sent, try again', async () => {
    const lost = create('http://graph.invalid');
    await expect(lost.send(siti.key, { text: 'x' }, media)).rejects.toMatchObject({ failure: 'retry' });
    await lost.stop();
  });

  test('a server that is not what it says: nothing was sent, try again', async () => {
    // TLS against a server that answers in plain text.
    const plain: Server = createServer((socket) => socket.end('hello\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const strange = create(`https://127.0.0.1:${(plain.address() as AddressInfo).port}`);
    await expect(strange.send(siti.key, { text: 'x' }, media)).rejects.toMatchObject({ failure: 'retry' });
    await strange.stop();
    plain.close();
  });

  test('what is neither a number nor an id is never asked for', async () => {
    for (const chat of ['', '999', '0812', '628120000004x', 'ID.', 'ID.a b', '../x'])
      await expect(send('x', chat)).rejects.toMatchObject({ failure: 'permanent' });
    expect(await meta.calls('messages')).toEqual([]);
  });

  test('neither the token nor a number stands in what is told', async () => {
    await meta.fails('messages', { code: 100, message: `bad token ${STAND_IN.token} for +62 812-0000-0041` });
    await expect(send('x')).rejects.toMatchObject({ message: '100 messages: bad token [token] for #' });
    expect(withoutSecrets('see https://lookaside.fbsbx.com/x?hash=y')).toBe('see [link]');
    expect(log.lines.join('\n')).not.toContain(STAND_IN.token);
  });
});

test('a number is sent to by `to`, who hides it by `recipient`', async () => {
  const bsuid = 'ID.13491208655302741918';
  await send('satu');
  await expect(send('x', bsuid)).resolves.toMatchObject({
    externalIds: [expect.stringMatching(/^wamid\./u)],
  });
  const [first, second] = await meta.calls('messages');
  expect(first!.body).toMatchObject({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: siti.key,
  });
  expect(second!.body).toMatchObject({ recipient: bsuid });
  expect(second!.body).not.toHaveProperty('to');
});

test('24 hours after they wrote only the template goes, and it does', async () => {
  await siti.wroteLast(25 * 60 * 60_000);
  await expect(send('kabar')).rejects.toMatchObject({ failure: 'needs_template' });
  const { externalIds } = await channel.send(siti.key, { text: 'kabar' }, media, {
    asTemplate: { language: 'en' },
  });
  expect(externalIds).toHaveLength(1);
  const [template] = await siti.ours();
  expect(template).toMatchObject({
    template: { name: 'service_news', language: 'en' },
    buttons: [{ id: 'w.ulangi', title: 'Read' }],
  });
  // Nothing of the message itself goes with it.
  expect(JSON.stringify((await meta.calls('messages')).at(-1)!.body)).not.toContain('kabar');
  await siti.taps('Read');
  await send('kabar');
  expect((await siti.hears()).at(-1)).toBe('kabar');
});

test('a template that Meta does not have is given up', async () => {
  const other = createWhatsAppCloud({ settings: { ...meta.settings, templates: { id: 'belum_ada' } }, log });
  await expect(
    other.send(siti.key, { text: 'x' }, media, { asTemplate: { language: 'id' } }),
  ).rejects.toMatchObject({ failure: 'permanent' });
  await other.stop();
});

describe('files of ours', () => {
  test('pictures and documents are handed over first, and named by their ids', async () => {
    await channel.send(
      siti.key,
      { text: 'Suratnya', document: { attachmentId: 'd1', name: 'SKU.pdf' } },
      media,
    );
    await channel.send(
      siti.key,
      { text: 'Cabai', photos: ['p1'], choices: [{ label: 'Beli', payload: 'a.k.0' }] },
      media,
    );
    expect(await siti.ours()).toMatchObject([
      { kind: 'document', text: 'Suratnya', document: { filename: 'SKU.pdf' } },
      { kind: 'interactive', text: 'Cabai', photos: [expect.any(String)], buttons: [{ title: 'Beli' }] },
    ]);
  });

  test('a picture of a kind that WhatsApp does not show goes as a file', async () => {
    await channel.send(siti.key, { text: 'Cabai', photos: ['w1'] }, media);
    await channel.send(
      siti.key,
      { text: 'Cabai', photos: ['w1'], choices: [{ label: 'Beli', payload: 'a.k.0' }] },
      media,
    );
    expect(await siti.ours()).toMatchObject([
      { kind: 'document', text: 'Cabai', document: { filename: 'w1.bin' } },
      { kind: 'interactive', document: { filename: 'w1.bin' }, photos: [] },
    ]);
  });

  test('whatever breaks while one is handed over may be tried again: nobody has seen it', async () => {
    for (const kind of ['drop_after', 'drop_before', { http: 504 }] as const) {
      await meta.fails('upload', kind);
      await expect(channel.send(siti.key, { text: 'x', photos: ['p1'] }, media)).rejects.toMatchObject({
        failure: 'retry',
      });
    }
    await meta.fails('upload', { code: 131053 });
    await expect(channel.send(siti.key, { text: 'x', photos: ['p1'] }, media)).rejects.toMatchObject({
      failure: 'permanent',
    });
    expect(await siti.ours()).toEqual([]);
  });

  test('a picture that is gone does not take the words with it; a document is the message', async () => {
    const gone: MediaSource = () => Promise.reject(new MediaError('lost', 'erased'));
    await channel.send(siti.key, { text: 'Cabai', photos: ['p1'] }, gone);
    expect(await siti.hears()).toEqual(['Cabai']);
    const letter = { text: 'Suratnya', document: { attachmentId: 'd1', name: 'SKU.pdf' } };
    await expect(channel.send(siti.key, letter, gone)).rejects.toMatchObject({ failure: 'permanent' });
    const away: MediaSource = () => Promise.reject(new Error('the disk is away'));
    await expect(channel.send(siti.key, letter, away)).rejects.toMatchObject({ failure: 'retry' });
  });
});

test('what is out already is not sent again when a later part failed', async () => {
  const long = { text: `${'a'.repeat(4000)}\n\n${'b'.repeat(4000)}\n\n${'c'.repeat(4000)}` };
  await meta.fails('messages', { afterMs: 1 });
  await meta.fails('messages', { code: 131056 });
  await expect(channel.send(siti.key, long, media)).rejects.toMatchObject({ failure: 'delayed' });
  expect(await siti.ours()).toHaveLength(1);
  const { externalIds } = await channel.send(siti.key, long, media);
  expect((await siti.hears()).map((text) => text.charAt(0))).toEqual(['a', 'b', 'c']);
  expect(externalIds).toEqual((await siti.ours()).map(({ id }) => id));
});

test('what a person answers is quoted', async () => {
  const id = await siti.writes('yang ini');
  await channel.send(siti.key, { text: 'Baik.', quotes: id }, media);
  expect(await siti.ours()).toMatchObject([{ quotes: id }]);
});

describe('the line itself', () => {
  test('is named by its number, and gives links that hand in a payload', async () => {
    const intake = testIntake();
    await channel.start(intake);
    expect(intake.name).toBe('+6281100000001');
    expect(channel.startLink!('inv-Ab3')).toBe('https://wa.me/6281100000001?text=%2Fstart%20inv-Ab3');
  });

  test('a refused token is told at once, with the cure', async () => {
    const intake = testIntake();
    const strange = createWhatsAppCloud({
      settings: { ...meta.settings, token: 'EAAGanotherTokenThatIsNone' },
      log,
    });
    await expect(strange.start(intake)).rejects.toMatchObject({
      failure: 'line_down',
      message: expect.stringContaining('make a new one'),
    });
    expect(intake.states.at(-1)).toMatchObject({
      state: 'down',
      reason: expect.stringContaining('access token'),
    });
    await strange.stop();
  });

  test('a number that is not there is told as well', async () => {
    const intake = testIntake();
    const strange = createWhatsAppCloud({ settings: { ...meta.settings, phoneNumberId: '404' }, log });
    await expect(strange.start(intake)).rejects.toMatchObject({ failure: 'line_down' });
    await strange.stop();
  });

  test('a network that is down heals by itself', async () => {
    const intake = testIntake();
    await meta.fails('number', 'drop_before', { times: 2 });
    const patient = create(meta.url);
    await patient.start(intake);
    expect(patient.health().state).toBe('degraded');
    await expect.poll(() => patient.health().state).toBe('up');
    expect(intake.states.map(({ state }) => state)).toEqual(expect.arrayContaining(['degraded', 'up']));
    await patient.stop();
  });

  test('a token refused in the middle puts the line down', async () => {
    await meta.fails('messages', { code: 190 });
    await expect(send('x')).rejects.toMatchObject({ failure: 'line_down' });
    expect(channel.health()).toMatchObject({
      state: 'down',
      detail: expect.stringContaining('access token'),
    });
  });

  test('typing is shown on the last message of a chat, and never fails', async () => {
    await channel.showTyping!('6281299999999');
    expect(await meta.calls('read')).toEqual([]);
  });
});
