import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Channel, MediaSource, Slot, SlotBook } from '../../../src/channels/channel.js';
import { createTelegram } from '../../../src/channels/telegram/client.js';
import type { Outgoing } from '../../../src/core/outgoing.js';
import { startBotApi, type BotApi } from '../../standins/botApi.js';
import { testLog } from '../intake.js';

/** A message that changes an earlier one in place: with the real telegraf before the stand-in, which has Telegram's rules. */
let bot: BotApi;
let channel: Channel;
let slots: Map<string, Slot>;

beforeEach(async () => {
  bot = await startBotApi();
  slots = new Map();
  channel = line();
  await bot.person(41, 'Bu Sri').starts();
});
afterEach(async () => {
  await channel.stop();
  await bot.stop();
});

const book: SlotBook = {
  load: async (chat, slot) => slots.get(`${chat} ${slot}`) ?? null,
  save: async (chat, slot, held) => void slots.set(`${chat} ${slot}`, held),
  isHeld: async (chat, id) =>
    [...slots].some(([key, held]) => key.startsWith(`${chat} `) && held.externalId === id),
};
const media: MediaSource = async () => ({ bytes: new Uint8Array([1]), mime: 'image/jpeg', name: 'x.jpg' });
const take = [{ label: 'Ambil', payload: 'f.officer-take.K7QF' }];

function line(given: SlotBook = book): Channel {
  const { token, url: apiRoot } = bot;
  return createTelegram({
    token,
    apiRoot,
    webhook: null,
    log: testLog(),
    now: () => new Date(),
    slots: given,
  });
}
const says = (text: string, more: Partial<Outgoing> = {}) =>
  channel.send('41', { text, slot: 'board', ...more }, media);
const shown = async () => (await bot.person(41).messages()).filter(({ from }) => from === 'bot');

test('the next message of a slot changes the one before in place: one message, no second sound', async () => {
  const first = await says('2 menunggu', { choices: take, silent: true });
  const second = await says('3 menunggu', { choices: take, silent: true });
  const third = await says('Tidak ada yang menunggu', { silent: true });
  expect([second, third]).toEqual([first, first]);
  expect(await shown()).toMatchObject([
    { text: 'Tidak ada yang menunggu', buttons: [], isSilent: true, edits: 2 },
  ]);
  expect(await bot.calls('sendMessage')).toHaveLength(1);
});

test('no parse mode and no link preview, changed as well as new; markup in words stays words', async () => {
  await says('<b>a</b>');
  await says('*b* https://desa.example');
  const [edit] = await bot.calls('editMessageText');
  expect(edit!.params).not.toHaveProperty('parse_mode');
  expect(JSON.stringify(edit!.params['link_preview_options'])).toContain('is_disabled');
  expect((await shown())[0]!.text).toBe('*b* https://desa.example');
});

test('what says the same as before is done, not a failure', async () => {
  const first = await says('2 menunggu', { choices: take });
  expect(await says('2 menunggu', { choices: take })).toEqual(first);
  expect(await shown()).toHaveLength(1);
});

test.each([
  'Bad Request: message to edit not found',
  "Bad Request: message can't be edited",
  'Bad Request: MESSAGE_ID_INVALID',
])(
  'one that can no longer be edited (%s) is sent anew, and holds the slot from then on',
  async (description) => {
    const first = await says('2 menunggu');
    await bot.fails('editMessageText', { status: 400, description });
    const second = await says('3 menunggu');
    expect(second).not.toEqual(first);
    expect(await says('4 menunggu')).toEqual(second);
    expect((await shown()).map(({ text }) => text)).toEqual(['2 menunggu', '4 menunggu']);
  },
);

test('sent anew on purpose: it stands at the bottom, and the one before loses its buttons', async () => {
  await says('Kemarin', { choices: take });
  await channel.send('41', { text: 'lain' }, media);
  await says('Hari ini', { choices: take, anew: true });
  expect((await shown()).map(({ text, buttons }) => [text, buttons.flat()])).toEqual([
    ['Kemarin', []],
    ['lain', []],
    ['Hari ini', ['Ambil']],
  ]);
});

test('an edit whose answer was lost is made again: it never becomes a second message', async () => {
  await says('2 menunggu');
  await bot.fails('editMessageText', 'drop_after');
  await expect(says('3 menunggu')).rejects.toMatchObject({ failure: 'retry' });
  await says('3 menunggu');
  expect((await shown()).map(({ text }) => text)).toEqual(['3 menunggu']);
});

test.each([
  [{ status: 429, retryAfter: 7 }, 'delayed'],
  [{ status: 403, description: 'Forbidden: bot was blocked by the user' }, 'blocked'],
  [{ status: 500 }, 'retry'],
] as const)('an edit that fails by %o is settled like a send', async (fault, failure) => {
  await says('2 menunggu');
  await bot.fails('editMessageText', fault);
  await expect(says('3 menunggu')).rejects.toMatchObject({ failure });
  expect((await shown()).map(({ text }) => text)).toEqual(['2 menunggu']);
});

test('a tap on what holds a slot leaves its buttons; on another message they go', async () => {
  const board = await says('Papan', { choices: take });
  const notice = await channel.send('41', { text: 'Kabar', choices: take }, media);
  const tapOn = (id: string) => `c:q${id.slice(-1)}:${id.slice(2)}`;
  await channel.send('41', { text: 'a', closes: tapOn(board.externalIds[0]!) }, media);
  await channel.send('41', { text: 'b', closes: tapOn(notice.externalIds[0]!) }, media);
  // The answer to a tap on a keypad is the keypad itself, changed.
  await says('Papan 2', { choices: take, closes: tapOn(board.externalIds[0]!) });
  expect((await shown()).map(({ text, buttons }) => [text, buttons.flat()])).toEqual([
    ['Papan 2', ['Ambil']],
    ['Kabar', []],
    ['a', []],
    ['b', []],
  ]);
});

test('pictures, and words too long for one message, go anew', async () => {
  await says('pendek');
  await says('a'.repeat(5000));
  await says('foto', { photos: ['p1'] });
  expect(await bot.calls('editMessageText')).toHaveLength(0);
  expect(await shown()).toHaveLength(4);
});

test('slots that cannot be read wait; one that cannot be noted loses no message', async () => {
  const broken = () => Promise.reject(new Error('the store failed, for the test'));
  const blind = line({ load: broken, save: broken, isHeld: broken });
  const forgetful = line({ load: async () => null, save: broken, isHeld: broken });
  await expect(blind.send('41', { text: 'a', slot: 'board' }, media)).rejects.toMatchObject({
    failure: 'retry',
  });
  await forgetful.send('41', { text: 'a', slot: 'board', closes: 'c:q:41:1' }, media);
  expect((await shown()).map(({ text }) => text)).toEqual(['a']);
  await Promise.all([blind.stop(), forgetful.stop()]);
});
