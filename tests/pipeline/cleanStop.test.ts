import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTelegram } from '../../src/channels/telegram/client.js';
import { startBotApi, type BotApi } from '../standins/botApi.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let bot: BotApi;
let world: World;
beforeEach(async () => {
  bot = await startBotApi();
});
afterEach(async () => {
  await world.stop();
  await bot.stop();
});

function gateway(more: Partial<Parameters<typeof aWorld>[0]> = {}): Promise<World> {
  const channel = createTelegram({
    token: bot.token,
    apiRoot: bot.url,
    webhook: null,
    log: { info() {}, warn() {}, error() {} },
    now: () => new Date(),
    backoffMs: () => 5,
  });
  return aWorld({ engine: slotEngine(), channels: [channel] as never, ...more });
}
const sent = async () =>
  (await world.pool.query('SELECT state, is_repeat FROM outbound_messages ORDER BY seq')).rows;

test('a clean stop waits for what is being sent: nothing of it is of unknown outcome, nothing goes out twice', async () => {
  world = await gateway();
  const siti = bot.person(41, 'Siti');
  await bot.fails('sendMessage', { afterMs: 2_000 });
  await siti.writes('halo');
  await expect.poll(sent).toEqual([{ state: 'sending', is_repeat: false }]);
  await world.keeper.stop();
  expect(await sent()).toEqual([{ state: 'sent', is_repeat: false }]);
  const again = await gateway({ database: world.database });
  await siti.writes('lagi');
  await expect.poll(async () => (await bot.calls('sendMessage')).length).toBe(2);
  expect((await bot.calls('sendMessage')).map((call) => call.params['text'])).toEqual([
    '1: halo (new)',
    '2: lagi',
  ]);
  await again.stop();
});

test('a send that never ends is cut off after a while, and written down as unknown', async () => {
  world = await gateway({ leases: { sendMs: 100 } });
  await bot.fails('sendMessage', 'hang');
  await bot.person(41, 'Siti').writes('halo');
  await expect.poll(sent).toEqual([{ state: 'sending', is_repeat: false }]);
  await world.keeper.stop();
  expect(await sent()).toEqual([{ state: 'pending', is_repeat: true }]);
});

test('what is received while the line stops is stored or not confirmed', async () => {
  world = await gateway();
  const siti = bot.person(41, 'Siti');
  const stopping = siti.writes('halo').then(() => world.keeper.stop());
  await stopping;
  const { rowCount } = await world.pool.query('SELECT 1 FROM inbound_messages');
  // Stored and perhaps to be delivered again, or still waiting at the platform: never neither.
  expect((rowCount ?? 0) + (await bot.waiting())).toBeGreaterThan(0);
});
