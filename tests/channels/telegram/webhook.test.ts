import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Channel } from '../../../src/channels/channel.js';
import { createTelegram } from '../../../src/channels/telegram/client.js';
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
    allowed_updates: ['message', 'edited_message', 'callback_query', 'my_chat_member'],
  });
  expect(await bot.calls('getUpdates')).toEqual([]);
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
