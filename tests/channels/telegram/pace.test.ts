import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Channel, MediaSource, Topic } from '../../../src/channels/channel.js';
import { createTelegram } from '../../../src/channels/telegram/client.js';
import { CHANNEL_LIMITS } from '../../../src/core/limits.js';
import type { Outgoing } from '../../../src/core/outgoing.js';
import { createPace } from '../../../src/pipeline/pace.js';
import { startBotApi, type BotApi } from '../../standins/botApi.js';
import { testIntake, testLog } from '../intake.js';

/** Telegram's limits, held against a burst: the stand-in counts, and both sides read one clock that the test moves. */
const STARTED_AT = Date.parse('2026-11-24T03:00:00Z');
let at: number;
let bot: BotApi;
let channel: Channel;
const media: MediaSource = async (id) => ({
  bytes: new TextEncoder().encode(id),
  mime: 'image/jpeg',
  name: `${id}.jpg`,
});

beforeEach(async () => {
  at = 0;
  bot = await startBotApi({ now: () => STARTED_AT + at });
  const topics = new Map<string, Topic>();
  channel = createTelegram({
    token: bot.token,
    apiRoot: bot.url,
    webhook: null,
    log: testLog(),
    now: () => new Date(STARTED_AT + at),
    topics: {
      load: async (chat, subject) => topics.get(`${chat} ${subject}`) ?? null,
      save: async (chat, subject, topic) => void topics.set(`${chat} ${subject}`, topic),
    },
  });
  await channel.start(testIntake());
});
afterEach(async () => {
  await channel.stop();
  await bot.stop();
});

/** Sends as the sender does, the oldest of each chat that may go; moves the clock to whenever the next may. */
async function sendAll(outbox: { chatId: string; message: Outgoing }[]): Promise<void> {
  const pace = createPace(CHANNEL_LIMITS.telegram, () => at);
  let waiting = outbox;
  while (waiting.length > 0) {
    const resting = new Set(pace.restingChats());
    const taken = new Set<string>();
    const going = waiting.filter(({ chatId }) => {
      const isHead = !taken.has(chatId) && !resting.has(chatId);
      taken.add(chatId);
      return isHead;
    });
    const now = going.slice(0, pace.allowance());
    await Promise.all(
      now.map(async ({ chatId, message }) => {
        pace.take();
        const { externalIds } = await channel.send(chatId, message, media);
        pace.restChat(chatId, chatId.startsWith('-'), externalIds.length);
      }),
    );
    waiting = waiting.filter((one) => !now.includes(one));
    if (waiting.length > 0) at += pace.nextMs() ?? 1;
  }
}

test('a burst to many people: never more than 30 a second, nor one a second to anybody', async () => {
  const people = Array.from({ length: 60 }, (_, n) => 100 + n);
  for (const id of people) await bot.person(id).writes('halo');
  const outbox = [1, 2, 3].flatMap((n) =>
    people.map((id) => ({ chatId: String(id), message: { text: `kabar ${n}` } })),
  );
  await sendAll(outbox);
  const { second, secondOfChat } = await bot.fullest();
  expect(second).toBeLessThanOrEqual(30);
  expect(second).toBeGreaterThan(25);
  expect(secondOfChat).toBe(1);
  for (const id of people) expect(await bot.person(id).hears()).toEqual(['kabar 1', 'kabar 2', 'kabar 3']);
});

test('a burst to a group: never more than 20 a minute, topics that are made for it counted', async () => {
  const keeper = bot.person(41);
  const office = bot.group(-100_500, 'Kantor', { forum: true });
  await office.addsBot(keeper);
  await office.promotesBot(keeper);
  const choices = [{ label: 'Ambil', payload: 'f.officer-take.K7QF' }];
  const outbox = Array.from({ length: 30 }, (_, n) => {
    const topic = { subject: `case-${n}`, title: `Permohonan ${n}` };
    return [
      { chatId: '-100500', message: { text: `baru ${n}`, topic, choices } },
      // Takes the buttons of the one before off: an edit, which is no message.
      { chatId: '-100500', message: { text: `diambil ${n}`, topic } },
    ];
  }).flat();
  await sendAll(outbox);
  const { minuteOfGroup } = await bot.fullest();
  expect(minuteOfGroup).toBeLessThanOrEqual(20);
  expect(minuteOfGroup).toBeGreaterThan(17);
  expect(await bot.calls('editMessageReplyMarkup')).toHaveLength(30);
  expect(await office.hears()).toHaveLength(60);
});

test('an album and a long text count as what they are', async () => {
  await bot.person(41).writes('halo');
  await sendAll([
    { chatId: '41', message: { text: 'x'.repeat(9000) } },
    { chatId: '41', message: { text: 'foto', photos: ['a', 'b', 'c', 'd'] } },
    { chatId: '41', message: { text: 'akhir' } },
  ]);
  // Three parts, four pictures, and one: eight messages need seven seconds.
  expect(at).toBe(7_000);
});
