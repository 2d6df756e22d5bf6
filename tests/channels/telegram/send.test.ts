import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel, MediaSource } from '../../../src/channels/channel.js';
import { createTelegram } from '../../../src/channels/telegram/client.js';
import { MediaError } from '../../../src/core/errors.js';
import { withoutToken } from '../../../src/channels/telegram/errors.js';
import { STAND_IN_TOKEN, startBotApi, type BotApi, type FaultKind } from '../../standins/botApi.js';
import { testIntake, testLog, until } from '../intake.js';

let bot: BotApi;
let channel: Channel;
let now: Date;
const media: MediaSource = async (id) => ({
  bytes: new TextEncoder().encode(id),
  mime: 'image/jpeg',
  name: `${id}.jpg`,
});

beforeEach(async () => {
  bot = await startBotApi();
  now = new Date('2026-11-24T03:00:00Z');
  channel = create(bot.url);
  await channel.start(testIntake());
  for (const id of [41, 42]) await bot.person(id).writes('halo');
  await bot.settles();
});
afterEach(async () => {
  await channel.stop();
  await bot.stop();
});

function create(apiRoot: string, more: { callMs?: number; connectMs?: number } = {}): Channel {
  return createTelegram({
    token: STAND_IN_TOKEN,
    apiRoot,
    webhook: null,
    log: testLog(),
    now: () => now,
    backoffMs: () => 5,
    ...more,
  });
}
const send = (text: string, chat = '41') => channel.send(chat, { text }, media);
const heard = async (id = 41) => bot.person(id).hears();

describe('every failure of a send says what should follow', () => {
  test.each<[string, FaultKind, object]>([
    ['429', { status: 429, retryAfter: 7 }, { failure: 'delayed', retryAfter: 7 }],
    ['403, blocked', { status: 403 }, { failure: 'blocked' }],
    [
      '403, deactivated',
      { status: 403, description: 'Forbidden: user is deactivated' },
      { failure: 'blocked' },
    ],
    ['400, chat not found', { status: 400 }, { failure: 'permanent' }],
    [
      '400, thread not found',
      { status: 400, description: 'Bad Request: message thread not found' },
      { failure: 'permanent' },
    ],
    [
      '400, the group became a supergroup',
      {
        status: 400,
        description: 'Bad Request: group chat was upgraded to a supergroup chat',
        migrateTo: -100_777,
      },
      { failure: 'moved', movedTo: '-100777' },
    ],
    ['413', { status: 413, description: 'Request Entity Too Large' }, { failure: 'permanent' }],
    ['401', { status: 401 }, { failure: 'line_down' }],
    ['404', { status: 404 }, { failure: 'line_down' }],
    [
      '404, an older server without the method',
      { status: 404, description: 'Not Found: method not found' },
      { failure: 'permanent' },
    ],
    ['409', { status: 409 }, { failure: 'retry' }],
    ['500', { status: 500 }, { failure: 'retry' }],
    ['502', { status: 502 }, { failure: 'retry' }],
    ['504: a gateway waited in vain', { status: 504 }, { failure: 'unknown' }],
    ['a socket that breaks before the answer', 'drop_before', { failure: 'unknown' }],
    ['a socket that breaks after the message went out', 'drop_after', { failure: 'unknown' }],
  ])('%s', async (_, fault, expected) => {
    await bot.fails('sendMessage', fault);
    await expect(send('halo')).rejects.toMatchObject({ name: 'SendError', ...expected });
  });

  test('a server that hears and says nothing: unknown, after our own time-out', async () => {
    const impatient = create(bot.url, { callMs: 200 });
    await bot.fails('sendMessage', 'hang');
    await expect(impatient.send('41', { text: 'x' }, media)).rejects.toMatchObject({ failure: 'unknown' });
    await impatient.stop();
  });

  test('nobody listens there: nothing was sent, try again', async () => {
    const port = await freePort();
    const lonely = create(`http://127.0.0.1:${port}`);
    await expect(lonely.send('41', { text: 'x' }, media)).rejects.toMatchObject({ failure: 'retry' });
    await lonely.stop();
  });

  test('a name that does not resolve: nothing was sent, try again', async () => {
    const lost = create('http://telegram.invalid');
    await expect(lost.send('41', { text: 'x' }, media)).rejects.toMatchObject({ failure: 'retry' });
    await lost.stop();
  });

  test('a connection that is never made: nothing was sent, try again', async () => {
    // TLS against a server that accepts and stays silent: connected by TCP, never by TLS.
    const mute: Server = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const waiting = create(`https://127.0.0.1:${(mute.address() as AddressInfo).port}`, { connectMs: 150 });
    await expect(waiting.send('41', { text: 'x' }, media)).rejects.toMatchObject({ failure: 'retry' });
    await waiting.stop();
    mute.close();
  });

  test('an answer that is not JSON: unknown', async () => {
    const strange = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'));
    });
    await new Promise<void>((resolve) => strange.listen(0, '127.0.0.1', resolve));
    const puzzled = create(`http://127.0.0.1:${(strange.address() as AddressInfo).port}`);
    await expect(puzzled.send('41', { text: 'x' }, media)).rejects.toMatchObject({ failure: 'unknown' });
    await puzzled.stop();
    strange.close();
  });

  test('a document that is gone is given up, and its message with it', async () => {
    const gone: MediaSource = () => Promise.reject(new MediaError('lost', 'erased'));
    const message = { text: 'Suratnya', document: { attachmentId: 'd1', name: 'SKU.pdf' } };
    await expect(channel.send('41', message, gone)).rejects.toMatchObject({ failure: 'permanent' });
    expect(await heard()).toEqual([]);
  });

  test('a file that cannot be read now is tried again later', async () => {
    const away: MediaSource = () => Promise.reject(new Error('the database is away'));
    await expect(channel.send('41', { text: 'x', photos: ['p1'] }, away)).rejects.toMatchObject({
      failure: 'retry',
    });
    expect(await heard()).toEqual([]);
  });

  test('a picture that is gone does not take the words with it', async () => {
    const oneGone: MediaSource = (id) =>
      id === 'p1' ? Promise.reject(new MediaError('lost', 'erased')) : media(id);
    await channel.send('41', { text: 'Cabai', photos: ['p1', 'p2'] }, oneGone);
    await channel.send('41', { text: 'Tomat', photos: ['p1'] }, oneGone);
    expect(
      (await bot.person(41).messages()).filter((m) => m.from === 'bot').map((m) => [m.text, m.photos.length]),
    ).toEqual([
      ['Cabai', 1],
      ['Tomat', 0],
    ]);
  });
});

describe('too fast', () => {
  test('one chat: that person is delayed; a second one within the wait: the whole line is', async () => {
    await bot.fails('sendMessage', { status: 429, retryAfter: 7 }, { times: 2 });
    await expect(send('a', '41')).rejects.toMatchObject({ failure: 'delayed', retryAfter: 7 });
    await expect(send('b', '42')).rejects.toMatchObject({ failure: 'throttled', retryAfter: 7 });
  });
  test('two chats, one after the wait of the other, are two delayed persons', async () => {
    await bot.fails('sendMessage', { status: 429, retryAfter: 7 }, { times: 2 });
    await expect(send('a', '41')).rejects.toMatchObject({ failure: 'delayed' });
    now = new Date(now.getTime() + 7001);
    await expect(send('b', '42')).rejects.toMatchObject({ failure: 'delayed' });
  });
});

describe('a message of several parts', () => {
  const long = `${'a'.repeat(4000)}\n\n${'b'.repeat(4000)}\n\n${'c'.repeat(100)}`;
  test('goes out in order, and all its ids are told', async () => {
    const { externalIds } = await send(long);
    expect((await heard()).map((text) => text.charAt(0))).toEqual(['a', 'b', 'c']);
    expect(externalIds).toHaveLength(3);
    expect(new Set(externalIds).size).toBe(3);
  });
  test('when a later part fails, another try sends only what is not out yet', async () => {
    const photosThenText = { text: 'x'.repeat(1500), photos: ['p1', 'p2'] };
    await bot.fails('sendMessage', { status: 500 });
    await expect(channel.send('41', photosThenText, media)).rejects.toMatchObject({ failure: 'retry' });
    const { externalIds } = await channel.send('41', photosThenText, media);
    expect(externalIds).toHaveLength(3);
    expect((await bot.calls('sendMediaGroup')).length).toBe(1);
    expect((await heard()).filter((text) => text.startsWith('x'))).toHaveLength(1);
  });
  test('the same message later is a new message', async () => {
    await send('halo');
    await send('halo');
    expect(await heard()).toEqual(['halo', 'halo']);
  });
  test('after a part that will never go out, nothing is remembered', async () => {
    const photoThenText = { text: 'x'.repeat(1500), photos: ['p1'] };
    await bot.fails('sendMessage', { status: 403 });
    await expect(channel.send('41', photoThenText, media)).rejects.toMatchObject({ failure: 'blocked' });
    await channel.send('41', photoThenText, media);
    expect(await bot.calls('sendPhoto')).toHaveLength(2);
  });
});

test("uploads carry the attachments' bytes, in order and by name", async () => {
  await channel.send('41', { text: 'dua foto', photos: ['foto-satu', 'foto-dua!'] }, media);
  await channel.send(
    '41',
    { text: 'surat', document: { attachmentId: 'isi-surat', name: 'SKU.pdf' } },
    media,
  );
  const [album] = await bot.calls('sendMediaGroup');
  expect(Object.values(album!.files)).toEqual(['foto-satu'.length, 'foto-dua!'.length]);
  const [document] = await bot.calls('sendDocument');
  expect(document!.files).toEqual({ document: 'isi-surat'.length });
});

test('buttons that could not be taken off do not fail the message', async () => {
  await channel.send('41', { text: 'Kirim?', choices: [{ label: 'Ya', payload: 'a.k3.0' }] }, media);
  await bot.fails('editMessageReplyMarkup', { status: 500 });
  await channel.send(
    '41',
    { text: 'Baik.', closes: `m:41:${(await bot.person(41).messages()).at(-1)!.id}` },
    media,
  );
  expect(await heard()).toEqual(['Kirim?', 'Baik.']);
});

test('the keyboard that asks for a place is taken away by the next message', async () => {
  await channel.send('41', { text: 'Di mana?', request: 'location', requestLabel: 'Kirim lokasi' }, media);
  await channel.send('41', { text: 'Terima kasih.' }, media);
  await channel.send('41', { text: 'Selesai.' }, media);
  const markups = (await bot.calls('sendMessage')).map((call) => call.params['reply_markup']);
  expect(markups[0]).toMatchObject({ keyboard: [[{ text: 'Kirim lokasi', request_location: true }]] });
  expect(markups.slice(1)).toEqual([{ remove_keyboard: true }, undefined]);
});

test('a token refused in the middle puts the line down', async () => {
  await bot.fails('sendMessage', { status: 401 });
  await bot.fails('getUpdates', { status: 401 }, { times: 1000 });
  await expect(send('x')).rejects.toMatchObject({ failure: 'line_down' });
  expect(channel.health()).toMatchObject({ state: 'down' });
  // The poll that waits ends with the next update.
  await bot.person(41).writes('halo');
  await until('the poll ended too', () => channel.health().state === 'down');
});

describe('files', () => {
  test.each<[string, string, FaultKind, string]>([
    ['a file over 20 MB', 'getFile', { status: 400, description: 'Bad Request: file is too big' }, 'refused'],
    [
      'a file that Telegram forgot',
      'getFile',
      { status: 400, description: 'Bad Request: invalid file_id' },
      'lost',
    ],
    ['a server that is down', 'getFile', { status: 500 }, 'retry'],
    ['a broken connection', 'getFile', 'drop_before', 'retry'],
    ['a link that ended', 'download', { status: 404 }, 'lost'],
    ['a download that fails', 'download', { status: 503 }, 'retry'],
    ['a download that breaks', 'download', 'drop_before', 'retry'],
  ])('%s: %s', async (_, method, fault, failure) => {
    const intake = testIntake();
    const own = create(bot.url);
    await own.start(intake);
    await bot.person(43).sendsPhoto(new Uint8Array([1, 2, 3]));
    await until('it arrived', () => intake.stored.some((inbound) => inbound.chatId === '43'));
    const content = intake.stored.find((inbound) => inbound.chatId === '43')!.content;
    await bot.fails(method, fault);
    const fetched = own.fetchMedia(content.kind === 'photo' ? content.file : {});
    await expect(fetched).rejects.toMatchObject({ name: 'MediaError', failure });
    await expect(fetched).rejects.not.toMatchObject({ message: expect.stringContaining(STAND_IN_TOKEN) });
    await own.stop();
  });
});

test('a token is taken out of whatever tells of a failure', () => {
  const told = withoutToken(
    `request to https://api.telegram.org/bot${STAND_IN_TOKEN}/sendMessage failed, ${STAND_IN_TOKEN}`,
  );
  expect(told).toBe('request to https://api.telegram.org/bot[token]/sendMessage failed, [token]');
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
