import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Channel } from '../../../src/channels/channel.js';
import { createTelegram } from '../../../src/channels/telegram/client.js';
import { createInOrder } from '../../../src/channels/telegram/inOrder.js';
import { WEBHOOK_BYTES } from '../../../src/channels/telegram/webhook.js';
import { startBotApi, type BotApi } from '../../standins/botApi.js';
import { testIntake, testLog, type TestIntake } from '../intake.js';

const SECRET = 'Rahasia-42_x';
let bot: BotApi;
let intake: TestIntake;
let channel: Channel;
let log: ReturnType<typeof testLog>;

beforeEach(async () => {
  bot = await startBotApi();
  intake = testIntake();
  log = testLog();
  channel = createTelegram({
    token: bot.token,
    apiRoot: bot.url,
    webhook: { url: 'http://127.0.0.1:9/hook', secret: SECRET },
    log,
    now: () => new Date(),
    backoffMs: () => 5,
  });
});
afterEach(async () => {
  await channel.stop();
  await bot.stop();
});

const UPDATE = {
  update_id: 7,
  message: {
    message_id: 3,
    date: 1_795_000_000,
    chat: { id: 41, type: 'private' },
    from: { id: 41, first_name: 'Siti' },
    text: 'halo',
  },
};
const bytes = (body: unknown) =>
  new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
const deliver = (body: unknown, secret: string | undefined = SECRET) =>
  channel.handleWebhook!({ 'x-telegram-bot-api-secret-token': secret }, bytes(body));

test('the webhook is set with its secret and the kinds of update that we read', async () => {
  await channel.start(intake);
  const [call] = await bot.calls('setWebhook');
  expect(call?.params).toMatchObject({
    url: 'http://127.0.0.1:9/hook',
    secret_token: SECRET,
    max_connections: 1,
    allowed_updates: ['message', 'edited_message', 'callback_query', 'my_chat_member'],
  });
  expect(await bot.calls('getUpdates')).toEqual([]);
});

const update = (id: number, text: string, chat = 41) => ({
  ...UPDATE,
  update_id: id,
  message: {
    ...UPDATE.message,
    message_id: id,
    text,
    chat: { id: chat, type: 'private' },
    from: { id: chat, first_name: 'W' },
  },
});

test('updates of one person that come at once are stored in the order in which they came', async () => {
  await channel.start(intake);
  const release = intake.holds();
  const delivered = [1, 2, 3].map((id) => deliver(update(id, `pesan ${id}`)));
  await new Promise((resolve) => setImmediate(resolve));
  // Another's goes its own way, and of this one's the second is not even tried.
  const other = deliver(update(4, 'lain', 42));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(intake.tries).toHaveLength(2);
  release();
  await Promise.all([...delivered, other]);
  expect(intake.texts().filter((text) => text !== 'lain')).toEqual(['pesan 1', 'pesan 2', 'pesan 3']);
});

test('after one that was not stored the later ones of that person wait until it has come again', async () => {
  await channel.start(intake);
  intake.fails(1);
  expect(await deliver(update(1, 'satu'))).toEqual({ status: 500 });
  expect(await deliver(update(2, 'dua'))).toEqual({ status: 500 });
  expect(await deliver(update(3, 'lain', 42))).toEqual({ status: 200 });
  expect(await deliver(update(1, 'satu'))).toEqual({ status: 200 });
  // The second was refused as well: the third waits for it.
  expect(await deliver(update(4, 'tiga'))).toEqual({ status: 500 });
  expect(await deliver(update(2, 'dua'))).toEqual({ status: 200 });
  expect(await deliver(update(4, 'tiga'))).toEqual({ status: 200 });
  expect(intake.texts()).toEqual(['lain', 'satu', 'dua', 'tiga']);
});

test('one that never comes again is waited for no longer than a minute', async () => {
  let at = 0;
  const taken: number[] = [];
  const take = createInOrder(
    (given) => {
      const { update_id: id } = given as { update_id: number };
      if (id === 1) return Promise.reject(new Error('the store failed, for the test'));
      taken.push(id);
      return Promise.resolve();
    },
    () => at,
  );
  await expect(take(update(1, 'satu'))).rejects.toThrow('the store failed');
  at = 59_000;
  await expect(take(update(2, 'dua'))).rejects.toThrow('earlier update');
  at = 61_000;
  await take(update(2, 'dua'));
  expect(taken).toEqual([2]);
});

test('200 comes only after the commit', async () => {
  await channel.start(intake);
  const release = intake.holds();
  let status: number | undefined;
  const delivered = deliver(UPDATE).then((answer) => (status = answer.status));
  await new Promise((resolve) => setImmediate(resolve));
  expect(status).toBeUndefined();
  release();
  await delivered;
  expect(status).toBe(200);
  expect(intake.texts()).toEqual(['halo']);
});

test('what is not stored is answered with 500, so that it comes again', async () => {
  await channel.start(intake);
  intake.fails(1);
  expect(await deliver(UPDATE)).toEqual({ status: 500 });
  expect(await deliver(UPDATE)).toEqual({ status: 200 });
  expect(await deliver(UPDATE)).toEqual({ status: 200 });
  expect(intake.texts()).toEqual(['halo']);
});

test.each([
  ['a wrong secret', 'Rahasia-42_y'],
  ['a longer one', `${SECRET}x`],
  ['an empty one', ''],
])('%s is refused, and nothing is read', async (_, secret) => {
  await channel.start(intake);
  expect(await deliver(UPDATE, secret)).toEqual({ status: 401 });
  expect(await channel.handleWebhook!({}, bytes(UPDATE))).toEqual({ status: 401 });
  expect(intake.tries).toEqual([]);
});

test('an oversized body is refused with 413 and a line in the log', async () => {
  await channel.start(intake);
  const large = { ...UPDATE, padding: 'x'.repeat(WEBHOOK_BYTES) };
  expect(await deliver(large)).toEqual({ status: 413 });
  expect(log.lines.join('\n')).toContain('oversized');
});

test('what is not JSON is refused; what is no readable update is confirmed with a line in the log', async () => {
  await channel.start(intake);
  expect(await deliver('{"update_id": 7,')).toEqual({ status: 400 });
  for (const body of ['null', '[]', '"x"', { update_id: 8, message: {} }, { update_id: 9, poll: {} }]) {
    expect(await deliver(body)).toEqual({ status: 200 });
  }
  expect(intake.tries).toEqual([]);
  expect(log.lines.filter((entry) => entry.includes('passed over'))).toHaveLength(5);
});

test('before its start and after its stop the line takes nothing', async () => {
  expect((await deliver(UPDATE)).status).toBe(404);
  await channel.start(intake);
  await channel.stop();
  expect((await deliver(UPDATE)).status).toBe(503);
  expect(intake.tries).toEqual([]);
});
