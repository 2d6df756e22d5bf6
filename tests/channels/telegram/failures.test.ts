import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel, MediaSource, Topic } from '../../../src/channels/channel.js';
import { createTelegram, type TelegramOptions } from '../../../src/channels/telegram/client.js';
import { createBotApi } from '../../../src/channels/telegram/api.js';
import type { Content } from '../../../src/core/content.js';
import { STAND_IN_TOKEN, startBotApi, type BotApi } from '../../standins/botApi.js';
import { testIntake, testLog, until, type TestIntake } from '../intake.js';

/**
 * What Telegram, telegraf and the network do wrong (measured: `launch()`, telegraf's own polling and its webhook handler
 * lose updates), row by row, with the real telegraf before the stand-in. poll, webhook and send.test.ts go further into
 * each.
 */
let bot: BotApi;
let intake: TestIntake;
let log: ReturnType<typeof testLog>;
let channel: Channel;
const topics = new Map<string, Topic>();

beforeEach(async () => {
  bot = await startBotApi();
  intake = testIntake();
  log = testLog();
  topics.clear();
  channel = line();
});
afterEach(async () => {
  await channel.stop();
  await bot.stop();
});

function line(more: Partial<TelegramOptions> = {}): Channel {
  return createTelegram({
    token: bot.token,
    apiRoot: bot.url,
    webhook: null,
    log,
    now: () => new Date(),
    backoffMs: () => 5,
    topics: {
      load: async (chat, subject) => topics.get(`${chat} ${subject}`) ?? null,
      save: async (chat, subject, topic) => void topics.set(`${chat} ${subject}`, topic),
    },
    ...more,
  });
}
const siti = () => bot.person(41, 'Siti');
const media: MediaSource = async () => ({ bytes: new Uint8Array([1]), mime: 'image/jpeg', name: 'x.jpg' });
const states = () => intake.states.map(({ state }) => state);
const isUp = () => until('the line is up', () => channel.health().state === 'up');

describe('receiving by long poll', () => {
  test('a store that fails: the update is not confirmed, and comes again, in order', async () => {
    intake.fails(2);
    for (const text of ['satu', 'dua', 'tiga']) await siti().writes(text);
    await channel.start(intake);
    await bot.settles();
    expect(intake.texts()).toEqual(['satu', 'dua', 'tiga']);
  });

  test('a store that is slow: nothing is confirmed before the commit, and a killed process loses nothing', async () => {
    const release = intake.holds();
    await siti().writes('halo');
    await channel.start(intake);
    await until('it is being stored', () => intake.tries.length === 1);
    expect(await bot.waiting()).toBe(1);
    // The process dies here: another one gets it again.
    const other = testIntake();
    const heir = line();
    void channel.stop();
    await heir.start(other);
    await until('the heir has it', () => other.stored.length === 1);
    release();
    await heir.stop();
  });

  test("a batch of many: each chat's order is kept, and one slow person holds up nobody else", async () => {
    intake.fails(3, (inbound) => inbound.chatId === '41');
    await bot.together(async () => {
      for (let n = 1; n <= 5; n++) for (const id of [41, 42, 43]) await bot.person(id).writes(`${id}:${n}`);
    });
    await channel.start(intake);
    await bot.settles();
    for (const id of [41, 42, 43])
      expect(intake.texts().filter((text) => text.startsWith(`${id}:`))).toEqual(
        [1, 2, 3, 4, 5].map((n) => `${id}:${n}`),
      );
  });

  test('409: another program polls; backs off, says so, and goes on', async () => {
    await bot.fails('getUpdates', { status: 409 }, { times: 2 });
    await channel.start(intake);
    await siti().writes('halo');
    await until('it is stored', () => intake.stored.length === 1);
    expect(intake.states.find(({ state }) => state === 'degraded')?.reason).toContain(
      'another program polls',
    );
  });

  test.each([401, 404])('%i: stops for good, and tells a person what to do', async (status) => {
    await channel.start(intake);
    await isUp();
    await bot.fails('getUpdates', { status }, { times: 99 });
    await siti().writes('halo');
    await until('the line is down', () => channel.health().state === 'down');
    expect(channel.health().detail).toContain('@BotFather');
    expect(intake.states.at(-1)?.state).toBe('down');
  });

  test('429: as long as Telegram says', async () => {
    await bot.fails('getUpdates', { status: 429, retryAfter: 1 });
    await channel.start(intake);
    await siti().writes('halo');
    await bot.settles();
    expect(states()).toContain('degraded');
    expect(intake.texts()).toEqual(['halo']);
  });

  test.each([500, 502, 503, 504])('%i: backs off and goes on', async (status) => {
    await bot.fails('getUpdates', { status }, { times: 3 });
    await channel.start(intake);
    await siti().writes('halo');
    await bot.settles();
    await isUp();
    expect(intake.texts()).toEqual(['halo']);
  });

  test.each(['drop_before', 'drop_after'] as const)('a socket that breaks (%s)', async (fault) => {
    await bot.fails('getUpdates', fault, { times: 2 });
    await channel.start(intake);
    await siti().writes('halo');
    await bot.settles();
    expect(intake.texts()).toEqual(['halo']);
  });

  test('a server that hears and says nothing: our own signal ends the poll', async () => {
    channel = line({ patience: { seconds: 0, graceMs: 150 } });
    await bot.fails('getUpdates', 'hang');
    await siti().writes('halo');
    await channel.start(intake);
    await bot.settles();
    expect(states()).toContain('degraded');
    expect(intake.texts()).toEqual(['halo']);
  });

  test('getMe that fails at the start: waited for, and then all is as it should be', async () => {
    await bot.fails('getMe', { status: 500 });
    await bot.fails('getMe', 'drop_before');
    await bot.fails('getMe', { status: 429, retryAfter: 1 });
    await siti().writes('halo');
    await channel.start(intake);
    expect(channel.health().state).toBe('degraded');
    await bot.settles();
    await isUp();
    expect(intake.texts()).toEqual(['halo']);
  });
});

describe('receiving by webhook', () => {
  const secret = 'Rahasia-42_x';
  const update = (id: number, text: string) => ({
    update_id: id,
    message: {
      message_id: id,
      date: 1_795_000_000,
      chat: { id: 41, type: 'private' },
      from: { id: 41, first_name: 'Siti' },
      text,
    },
  });
  const deliver = (body: object | Uint8Array, given = secret) =>
    channel.handleWebhook!(
      { 'x-telegram-bot-api-secret-token': given },
      body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body)),
    );

  beforeEach(async () => {
    channel = line({ webhook: { url: 'http://127.0.0.1:9/hook', secret } });
    await channel.start(intake);
  });

  test('a store that fails: 500, so that it comes again; 200 only once it is stored', async () => {
    intake.fails(1);
    expect(await deliver(update(1, 'halo'))).toEqual({ status: 500 });
    expect(intake.stored).toEqual([]);
    expect(await deliver(update(1, 'halo'))).toEqual({ status: 200 });
    expect(intake.texts()).toEqual(['halo']);
  });

  test('a store that is slow: updates of one chat do not overtake each other', async () => {
    const release = intake.holds();
    const all = [1, 2, 3].map((id) => deliver(update(id, `pesan ${id}`)));
    await new Promise((resolve) => setImmediate(resolve));
    release();
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(intake.texts()).toEqual(['pesan 1', 'pesan 2', 'pesan 3']);
  });

  test('a wrong secret and an oversized body are refused unread', async () => {
    expect(await deliver(update(1, 'halo'), `${secret}x`)).toEqual({ status: 401 });
    expect(await deliver(new Uint8Array(1024 * 1024 + 1))).toEqual({ status: 413 });
    expect(intake.tries).toEqual([]);
  });
});

describe('what people send', () => {
  test('an album that is split over two batches: both parts carry its id', async () => {
    await channel.start(intake);
    await bot.together(async () => {
      for (let n = 0; n < 2; n++) await siti().sendsPhoto(new Uint8Array([n]), { album: 'A1' });
    });
    await bot.settles();
    await siti().sendsPhoto(new Uint8Array([9]), { album: 'A1' });
    await bot.settles();
    const contents = intake.contents() as Extract<Content, { kind: 'photo' }>[];
    expect(contents.map(({ kind, album }) => `${kind} of ${album}`)).toEqual(Array(3).fill('photo of A1'));
  });

  test("a file's link carries the token: it is neither stored nor logged, whatever fails", async () => {
    await channel.start(intake);
    await siti().sendsPhoto(new Uint8Array([1, 2, 3]));
    await bot.settles();
    const { file } = intake.contents()[0] as Extract<Content, { kind: 'photo' }>;
    expect((await channel.fetchMedia(file)).bytes).toEqual(Buffer.from([1, 2, 3]));
    for (const fault of [{ status: 500 }, { status: 404 }, 'drop_before'] as const) {
      await bot.fails('download', fault);
      const told = await channel.fetchMedia(file).then(
        () => 'downloaded',
        (cause: Error) => `${cause.message} ${String(cause.cause)}`,
      );
      expect(told).not.toMatch(/file\/bot|standIn/iu);
    }
    await bot.fails('getFile', 'drop_before');
    await expect(channel.fetchMedia(file)).rejects.toMatchObject({ name: 'MediaError' });
    const kept = JSON.stringify(intake.stored) + log.lines.join('\n');
    expect(kept).not.toMatch(/\/file\/|https?:|standIn/iu);
  });

  test('a file of more than 20 MB is refused, and not asked for again', async () => {
    await channel.start(intake);
    await siti().sendsDocument(new Uint8Array(20 * 1024 * 1024 + 1), { name: 'besar.pdf' });
    await bot.settles();
    const { file } = intake.contents()[0] as Extract<Content, { kind: 'document' }>;
    await expect(channel.fetchMedia(file)).rejects.toMatchObject({ failure: 'refused' });
    expect(await bot.calls('getFile')).toHaveLength(1);
  });

  test('a server that sends more than it said is cut off at 20 MB', async () => {
    // Sends for ever.
    const server = createServer((request, response) => {
      if (request.url!.includes('/getFile'))
        return void response.end(JSON.stringify({ ok: true, result: { file_path: 'x.bin' } }));
      const part = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(part));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const api = createBotApi({
      token: STAND_IN_TOKEN,
      apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    await expect(api.download('x')).rejects.toMatchObject({ failure: 'refused' });
    api.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a server that sends us elsewhere for a file is not followed there', async () => {
    let isAsked = false;
    const elsewhere = createServer((_, response) => {
      isAsked = true;
      response.end('rahasia');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const server = createServer((request, response) => {
      if (request.url!.includes('/getFile'))
        return void response.end(JSON.stringify({ ok: true, result: { file_path: 'x.bin' } }));
      response.writeHead(302, { location: `http://127.0.0.1:${port}/latest/meta-data` }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const api = createBotApi({
      token: STAND_IN_TOKEN,
      apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    await expect(api.download('x')).rejects.toMatchObject({ name: 'MediaError' });
    expect(isAsked).toBe(false);
    api.close();
    for (const one of [server, elsewhere]) {
      one.closeAllConnections();
      await new Promise((resolve) => one.close(resolve));
    }
  });

  test("a shared contact proves a number only where it is the sender's own", async () => {
    await channel.start(intake);
    await siti().sharesContact('+6281200000041');
    await siti().sharesContact('+6281200000042', { of: 42 });
    await bot.settles();
    expect(intake.contents()).toMatchObject([{ isOwn: true }, { isOwn: false }]);
  });

  test('a link brings at most 64 characters; a longer one, or other signs, are a plain start', async () => {
    await channel.start(intake);
    const longest = `f-${'a'.repeat(62)}`;
    await siti().starts(longest);
    await siti().starts(`${longest}b`);
    await siti().starts('f-cari ini');
    await bot.settles();
    expect(intake.contents()).toEqual([
      { kind: 'start', payload: longest },
      { kind: 'start', payload: '' },
      { kind: 'start', payload: '' },
    ]);
  });

  test('a block and its end are told', async () => {
    await channel.start(intake);
    await siti().blocks();
    await expect(channel.send('41', { text: 'x' }, media)).rejects.toMatchObject({ failure: 'blocked' });
    await siti().unblocks();
    await bot.settles();
    expect(intake.contents().map(({ kind }) => kind)).toEqual(['blocked', 'unblocked']);
  });
});

describe('sending', () => {
  beforeEach(async () => {
    await channel.start(intake);
    await siti().writes('halo');
    await bot.settles();
  });
  const send = (chat = '41') => channel.send(chat, { text: 'kabar' }, media);

  test.each([
    ['429', { status: 429, retryAfter: 7 }, { failure: 'delayed', retryAfter: 7 }],
    ['403: blocked', { status: 403 }, { failure: 'blocked' }],
    [
      '403: the account was deleted',
      { status: 403, description: 'Forbidden: user is deactivated' },
      { failure: 'blocked' },
    ],
    [
      '403: they never wrote first',
      { status: 403, description: "Forbidden: bot can't initiate conversation with a user" },
      { failure: 'blocked' },
    ],
    ['400: chat not found', { status: 400 }, { failure: 'permanent' }],
    [
      '400: what cannot be parsed',
      { status: 400, description: "Bad Request: can't parse entities" },
      { failure: 'permanent' },
    ],
    [
      '400: no right to write',
      { status: 400, description: 'Bad Request: not enough rights to send text messages to the chat' },
      { failure: 'permanent' },
    ],
    ['413', { status: 413, description: 'Request Entity Too Large' }, { failure: 'permanent' }],
    ['500', { status: 500 }, { failure: 'retry' }],
    ['504', { status: 504 }, { failure: 'unknown' }],
    ['a socket that breaks', 'drop_after', { failure: 'unknown' }],
  ] as const)('%s', async (_, fault, expected) => {
    await bot.fails('sendMessage', fault);
    await expect(send()).rejects.toMatchObject({ name: 'SendError', ...expected });
    // The line itself is well.
    await expect(send()).resolves.toMatchObject({ externalIds: [expect.stringMatching(/^m:41:/u)] });
  });

  test('a server that hears and says nothing: our own signal ends the call', async () => {
    const impatient = line({ callMs: 150 });
    await bot.fails('sendMessage', 'hang');
    await expect(impatient.send('41', { text: 'x' }, media)).rejects.toMatchObject({ failure: 'unknown' });
    await impatient.stop();
  });
});

describe('a group', () => {
  const topic = { subject: 'case-1', title: 'K7QF · Surat Usaha · Siti' };
  const say = (text: string, more: object = {}) =>
    channel.send('-100500', { text, topic: { ...topic, ...more } }, media);
  const office = () => bot.group(-100_500, 'Kantor', { forum: true });

  beforeEach(async () => {
    await channel.start(intake);
    await office().addsBot(siti());
    await office().promotesBot(siti());
    await bot.settles();
  });

  test('that became a supergroup: sends say where it is, and the news moves it', async () => {
    await office().becomes(-100_777, siti());
    await expect(say('x')).rejects.toMatchObject({ failure: 'moved', movedTo: '-100777' });
    await bot.settles();
    // Told in the old one and in the new one, in any order.
    const moved = { chatId: '-100500', content: { kind: 'moved', to: '-100777' } };
    expect(intake.stored.map(({ chatId, content }) => ({ chatId, content }))).toEqual([moved, moved]);
  });

  test.each([
    ['kicked', 'Forbidden: bot was kicked from the supergroup chat'],
    ['left', 'Forbidden: bot is not a member of the supergroup chat'],
  ])('that put us out (%s)', async (_, description) => {
    await bot.fails('createForumTopic', { status: 403, description });
    await expect(say('x')).rejects.toMatchObject({ failure: 'blocked' });
    await office().putsOut(siti());
    await expect(say('x')).rejects.toMatchObject({ failure: 'blocked' });
    await bot.settles();
    expect(intake.contents()).toEqual([{ kind: 'blocked' }]);
  });

  test('whose topic is gone (message thread not found): it is made again, and nothing is lost', async () => {
    const first = await say('satu', {});
    // What making the topic put into the chat counts as well.
    expect(first.externalIds).toHaveLength(2);
    await office().deletesTopic('K7QF');
    await say('dua');
    await say('tiga');
    expect(await office().topics()).toEqual([{ name: topic.title, isClosed: false, texts: ['dua', 'tiga'] }]);
    expect(await bot.calls('createForumTopic')).toHaveLength(2);
  });

  test('whose topic is closed: closed at the end, opened again when there is news', async () => {
    await say('satu');
    await say('selesai', { closes: true });
    expect(await office().topics()).toMatchObject([{ isClosed: true }]);
    await say('dibuka lagi');
    expect(await office().topics()).toMatchObject([
      { isClosed: false, texts: ['satu', 'selesai', 'dibuka lagi'] },
    ]);
    // Somebody closes it, and takes our right to speak there.
    await office().closesTopic('K7QF');
    await bot.fails('sendMessage', { status: 400, description: 'Bad Request: TOPIC_CLOSED' });
    await say('masih');
    expect((await office().topics())[0]).toMatchObject({
      isClosed: false,
      texts: expect.arrayContaining(['masih']),
    });
    await bot.fails('sendMessage', { status: 400, description: 'Bad Request: TOPIC_CLOSED' });
    await bot.fails('reopenForumTopic', { status: 400, description: 'Bad Request: not enough rights' });
    await say('tetap sampai');
    expect(await office().hears()).toContain('tetap sampai');
  });

  test.each([
    ['is no forum', 'Bad Request: the chat is not a forum'],
    ['gives us no right to make topics', 'Bad Request: not enough rights to create a topic'],
  ])('that %s gets plain messages', async (_, description) => {
    await bot.fails('createForumTopic', { status: 400, description });
    await say('satu');
    await say('dua');
    expect(await office().topics()).toEqual([{ name: '', isClosed: false, texts: ['satu', 'dua'] }]);
    expect(await bot.calls('createForumTopic')).toHaveLength(1);
  });

  test('whose topic may or may not have been made: no message went out, so it is tried again', async () => {
    await bot.fails('createForumTopic', 'drop_after');
    await expect(say('satu')).rejects.toMatchObject({ failure: 'retry' });
    await say('satu');
    expect((await office().hears()).filter((text) => text === 'satu')).toHaveLength(1);
  });

  test('whose topics cannot be read now waits; that one cannot be noted loses no message', async () => {
    const broken = () => Promise.reject(new Error('the store failed, for the test'));
    const blind = line({ topics: { load: broken, save: broken } });
    const forgetful = line({ topics: { load: async () => null, save: broken } });
    const message = { text: 'satu', topic };
    await expect(blind.send('-100500', message, media)).rejects.toMatchObject({ failure: 'retry' });
    await forgetful.send('-100500', message, media);
    expect(await office().hears()).toEqual(['satu']);
    await Promise.all([blind.stop(), forgetful.stop()]);
  });

  test('the newest message of a case alone has buttons', async () => {
    const choices = [{ label: 'Ambil', payload: 'f.officer-take.K7QF' }];
    await channel.send('-100500', { text: 'baru', topic, choices }, media);
    await channel.send(
      '-100500',
      { text: 'baru', topic: { subject: 'case-2', title: 'lain' }, choices },
      media,
    );
    await say('diambil');
    const messages = (await office().messages()).filter((message) => message.from === 'bot');
    expect(messages.map(({ text, buttons }) => [text, buttons.flat()])).toEqual([
      ['baru', []],
      ['baru', ['Ambil']],
      ['diambil', []],
    ]);
  });

  test('a title of more than 128 characters is cut', async () => {
    await channel.send('-100500', { text: 'x', topic: { subject: 's', title: 'ä'.repeat(200) } }, media);
    const [made] = await bot.calls('createForumTopic');
    expect(made!.params['name']).toBe(`${'ä'.repeat(127)}…`);
  });
});
