import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel } from '../../../src/channels/channel.js';
import { createTelegram } from '../../../src/channels/telegram/client.js';
import { startBotApi, type BotApi } from '../../standins/botApi.js';
import { testIntake, testLog, until, type TestIntake } from '../intake.js';

let bot: BotApi;
let intake: TestIntake;
let log: ReturnType<typeof testLog>;
let rests: number[];
let channel: Channel;

beforeEach(async () => {
  bot = await startBotApi();
  intake = testIntake();
  log = testLog();
  rests = [];
  channel = line();
});
afterEach(async () => {
  await channel.stop();
  await bot.stop();
});

/** A line that rests for five milliseconds instead of seconds, and remembers after how many failures. */
function line(more: { apiRoot?: string; token?: string; callMs?: number } = {}): Channel {
  return createTelegram({
    token: bot.token,
    apiRoot: bot.url,
    webhook: null,
    log,
    now: () => new Date(),
    backoffMs: (failures) => {
      rests.push(failures);
      return 5;
    },
    ...more,
  });
}
const siti = () => bot.person(41, 'Siti');
const states = () => intake.states.map(({ state }) => state);

test('four updates survive two store failures, a 409 and a dropped socket, in order', async () => {
  await bot.fails('getUpdates', { status: 409 });
  await bot.fails('getUpdates', 'drop_after');
  intake.fails(2, (inbound) => inbound.content.kind === 'text' && inbound.content.text === 'dua');
  for (const text of ['satu', 'dua', 'tiga', 'empat']) await siti().writes(text);
  await channel.start(intake);
  await bot.settles();
  expect(intake.texts()).toEqual(['satu', 'dua', 'tiga', 'empat']);
  expect(states()).toContain('degraded');
  expect(channel.health().state).toBe('up');
});

test('the same update five times is received five times under one id', async () => {
  await siti().writes('halo', { times: 5 });
  await channel.start(intake);
  await bot.settles();
  expect(new Set(intake.tries).size).toBe(1);
  expect(intake.tries).toHaveLength(5);
  expect(intake.texts()).toEqual(['halo']);
});

test("one person's failing message holds up nobody else, and nothing of it is confirmed", async () => {
  intake.fails(1000, (inbound) => inbound.chatId === '41');
  await siti().writes('satu');
  await siti().writes('dua');
  for (let id = 51; id <= 60; id += 1) await bot.person(id).writes('halo');
  await channel.start(intake);
  await until('the others are stored', () => intake.texts().length === 10);
  expect(intake.stored.map((inbound) => inbound.chatId)).not.toContain('41');
  // 'dua' is not even tried before 'satu' is stored.
  expect(new Set(intake.tries.filter((id) => id.startsWith('m:41:'))).size).toBe(1);
  intake.fails(0);
  await bot.settles();
  expect(
    intake.stored.filter((inbound) => inbound.chatId === '41').map((inbound) => inbound.content),
  ).toEqual([
    { kind: 'text', text: 'satu' },
    { kind: 'text', text: 'dua' },
  ]);
});

test('a restart after a crash goes on with what was not confirmed', async () => {
  intake.fails(1000);
  await siti().writes('satu');
  await channel.start(intake);
  await until('it was tried', () => intake.tries.length > 0);
  await channel.stop();
  intake.fails(0);
  channel = line();
  await channel.start(intake);
  await siti().writes('dua');
  await bot.settles();
  expect(intake.texts()).toEqual(['satu', 'dua']);
});

test('malformed updates are passed over with a line in the log, and do not jam the line', async () => {
  await bot.delivers({ message: { message_id: 'x', text: 'rahasia' } });
  await bot.delivers({ callback_query: null });
  await bot.delivers({ edited_message: 5 });
  await bot.delivers({
    message: { message_id: 4, date: 1, chat: { id: 41, type: 'private' }, from: { id: 41 }, text: 5 },
  });
  await siti().writes('halo');
  await channel.start(intake);
  await bot.settles();
  expect(intake.contents()).toEqual([
    { kind: 'unreadable', what: 'malformed' },
    { kind: 'text', text: 'halo' },
  ]);
  expect(log.lines.filter((entry) => entry.includes('passed over'))).toHaveLength(3);
  expect(log.lines.join('\n')).not.toContain('rahasia');
});

describe('what Telegram answers to a poll', () => {
  test.each<[string, Parameters<BotApi['fails']>[1]]>([
    ['429', { status: 429, retryAfter: 0.01 }],
    ['409', { status: 409 }],
    ['500', { status: 500 }],
    ['502', { status: 502 }],
    ['a dropped socket', 'drop_before'],
    ['a 400 that nobody foresaw', { status: 400, description: 'Bad Request: unforeseen' }],
  ])('%s: rests, longer each time, and goes on', async (_, fault) => {
    await bot.fails('getUpdates', fault, { times: 3 });
    await channel.start(intake);
    await siti().writes('halo');
    await bot.settles();
    expect(intake.texts()).toEqual(['halo']);
    expect(rests).toEqual([1, 2, 3]);
  });

  test.each([401, 404])('%i: stops, and says what to do', async (status) => {
    await channel.start(intake);
    await bot.fails('getUpdates', { status, description: 'Unauthorized' }, { times: 1000 });
    await siti().writes('halo');
    await until('the line is down', () => channel.health().state === 'down');
    expect(intake.states.at(-1)?.reason).toContain('@BotFather');
  });

  test('another poller with the same token is told to the operator', async () => {
    await bot.fails('getUpdates', { status: 409 });
    await channel.start(intake);
    await until('it was told', () =>
      intake.states.some(({ reason }) => reason?.includes('another program polls')),
    );
    await until('it went on', () => channel.health().state === 'up');
  });

  test('429 is waited for as long as Telegram says', async () => {
    await bot.fails('getUpdates', { status: 429, retryAfter: 1 });
    const before = Date.now();
    await channel.start(intake);
    await siti().writes('halo');
    await bot.settles();
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000);
  });
});

describe('starting', () => {
  test('a token that Telegram refuses is told at once', async () => {
    const wrong = line({ token: '7001:AAwrongwrongwrongwrongwrong' });
    await expect(wrong.start(intake)).rejects.toMatchObject({ name: 'SendError', failure: 'line_down' });
    expect(wrong.health().state).toBe('down');
    await wrong.stop();
  });

  test('a network that is down is waited for', async () => {
    await bot.fails('getMe', { status: 500 }, { times: 3 });
    await siti().writes('halo');
    await channel.start(intake);
    expect(channel.health().state).toBe('degraded');
    await bot.settles();
    expect(intake.texts()).toEqual(['halo']);
    expect(channel.health().state).toBe('up');
  });

  test('a webhook that still stands is taken away, and what waited is kept', async () => {
    await siti().writes('halo');
    await bot.fails('getMe', 'drop_before');
    await channel.start(intake);
    await bot.settles();
    const [call] = await bot.calls('deleteWebhook');
    expect(call?.params).toEqual({ drop_pending_updates: false });
    expect(intake.texts()).toEqual(['halo']);
  });

  test('the line learns its name, offers its menu, and asks only for updates that it reads', async () => {
    await channel.start(intake);
    expect(intake.name).toBe('@desa_uji_bot');
    expect(channel.startLink!('inv-Ab3')).toBe('https://t.me/desa_uji_bot?start=inv-Ab3');
    const [menu] = await bot.calls('setMyCommands');
    expect(menu?.outcome).toBe('ok');
    expect(JSON.stringify(menu?.params)).toContain('"command":"menu"');
  });

  test('without its menu the line works as well', async () => {
    await bot.fails('setMyCommands', { status: 400, description: 'Bad Request: BOT_COMMAND_INVALID' });
    await siti().writes('halo');
    await channel.start(intake);
    await bot.settles();
    expect(intake.texts()).toEqual(['halo']);
  });
});

test('a tap is acknowledged once it is stored, and a failing acknowledgement harms nothing', async () => {
  await channel.start(intake);
  await siti().writes('halo');
  await bot.settles();
  await channel.send('41', { text: 'Kirim?', choices: [{ label: 'Kirim', payload: 'a.k3.0' }] }, () =>
    Promise.reject(new Error('no media')),
  );
  intake.fails(1, (inbound) => inbound.content.kind === 'tap');
  await siti().taps('Kirim');
  await bot.settles();
  await until('it is acknowledged', async () => (await bot.calls('answerCallbackQuery')).length === 1);
  await channel.acknowledgeTap!(intake.stored[1]!.externalId);
  expect((await bot.calls('answerCallbackQuery')).map((call) => call.outcome)).toEqual(['ok', 400]);
  expect(channel.health().state).toBe('up');
});

test('neither the token nor a word of a person is ever logged', async () => {
  for (const method of ['getUpdates', 'getMe', 'sendMessage']) await bot.fails(method, 'drop_before');
  await bot.fails('sendMessage', { status: 400, description: 'Bad Request: unforeseen' });
  intake.fails(1);
  await channel.start(intake);
  await siti().writes('kata-kata pribadi');
  await bot.settles();
  const errors: unknown[] = [];
  for (let n = 0; n < 2; n += 1) {
    await channel
      .send('41', { text: 'jawaban pribadi' }, () => Promise.reject(new Error('no media')))
      .catch((e: unknown) => errors.push(e));
  }
  const told = `${log.lines.join('\n')} ${JSON.stringify(errors.map((e) => ({ ...(e as Error), message: String(e), cause: (e as Error).cause })))} ${JSON.stringify(intake.states)}`;
  expect(errors).toHaveLength(2);
  expect(told).not.toContain(bot.token.split(':')[1]);
  expect(told).not.toContain('pribadi');
});
