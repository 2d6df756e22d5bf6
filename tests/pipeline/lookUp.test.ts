import { afterEach, expect, test } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import { SendError } from '../../src/core/errors.js';
import { insertOutbound } from '../../src/store/outbound.js';
import { recordingChannel } from '../support/recordingChannel.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
afterEach(() => world.stop());

type FindSent = NonNullable<Channel['findSent']>;
const LIMITS = { unknownOutcome: 'look', reports: true } as const;
const looks = { lookAgainMs: 10, lookMs: 300, retryMs: () => 20 };

async function start(findSent: FindSent): Promise<ReturnType<World['aPerson']>> {
  const channel = recordingChannel('test:look', { limits: LIMITS, findSent });
  world = await aWorld({ engine: slotEngine(), channels: [channel], sender: looks });
  const siti = world.aPerson();
  await siti.says('quiet');
  await world.settles();
  return siti;
}

const cutOff = () => Promise.reject(new SendError('unknown', 'the browser died'));
async function says(siti: ReturnType<World['aPerson']>, ...texts: string[]): Promise<void> {
  const conversationId = await siti.conversation();
  await insertOutbound(
    world.pool,
    texts.map((text) => ({ conversationId, lineId: 'test:look', message: { text } })),
    new Date(),
  );
  world.wake.send('test:look');
}
const rows = async () =>
  (
    await world.pool.query<{ state: string; external_ids: string[] | null }>(
      'SELECT state, external_ids FROM outbound_messages ORDER BY seq',
    )
  ).rows;

test('found in the chat: it counts as sent, and what follows goes', async () => {
  const asked: Parameters<FindSent>[] = [];
  const siti = await start(async (...what) => {
    asked.push(what);
    return ['there'];
  });
  const before = Date.now();
  world.channel.meets(cutOff);
  await says(siti, 'satu', 'dua');
  await world.settles();
  expect(siti.heard()).toEqual(['dua']);
  expect(await rows()).toEqual([
    { state: 'sent', external_ids: ['there'] },
    { state: 'sent', external_ids: ['out1'] },
  ]);
  expect(asked).toMatchObject([[siti.chatId, { text: 'satu' }, expect.any(Date)]]);
  expect(asked[0]![2].getTime()).toBeGreaterThanOrEqual(before);
});

test('not in the chat: it goes again, in front of what follows', async () => {
  const siti = await start(async () => []);
  world.channel.meets(cutOff);
  await says(siti, 'satu', 'dua');
  await world.settles();
  expect(siti.heard()).toEqual(['satu', 'dua']);
});

test.each([
  ['nobody can tell', async () => null],
  ['the look fails again and again', () => Promise.reject(new Error('no history'))],
  ['the look never ends', () => new Promise<null>(() => {})],
] as [string, FindSent][])('%s: it is left, with an incident, and what follows goes', async (_, findSent) => {
  const siti = await start(findSent);
  world.channel.meets(cutOff);
  await says(siti, 'satu', 'dua');
  await world.settles();
  expect(siti.heard()).toEqual(['dua']);
  expect((await rows()).map(({ state }) => state)).toEqual(['unknown', 'sent']);
  expect((await world.pool.query('SELECT kind FROM incidents')).rows).toEqual([{ kind: 'outcome_unknown' }]);
});

test('found while the database is away: that is no reason to leave it', async () => {
  const siti = await start(async () => ['there']);
  const query = world.pool.query.bind(world.pool) as (...given: unknown[]) => Promise<unknown>;
  let away = 5;
  world.pool.query = (async (...given: unknown[]) => {
    if (String(given[0]).includes('SELECT EXISTS (SELECT FROM sent_messages') && away-- > 0)
      throw Object.assign(new Error('the database is starting'), { code: '57P03' });
    return await query(...given);
  }) as typeof world.pool.query;
  world.channel.meets(cutOff);
  await says(siti, 'satu', 'dua');
  await world.settles();
  expect(await rows()).toMatchObject([{ state: 'sent', external_ids: ['there'] }, { state: 'sent' }]);
});

test('the same words of an earlier message prove nothing', async () => {
  const siti = await start(async () => ['out1']);
  await says(siti, 'sama');
  await world.settles();
  world.channel.meets(cutOff);
  await says(siti, 'sama');
  await world.settles();
  expect((await rows()).map(({ state }) => state)).toEqual(['sent', 'unknown']);
});

test('a dead sender left it: nothing is looked up, and nothing follows, before the line works', async () => {
  let looked = 0;
  const findSent: FindSent = async (_, message) => {
    looked += 1;
    return message.text === 'satu' ? ['there'] : [];
  };
  const siti = await start(findSent);
  const budi = world.aPerson();
  await budi.says('quiet');
  await world.settles();
  await world.channel.goes('down');
  await says(siti, 'satu', 'dua');
  await says(budi, 'tiga', 'empat');
  await world.pool.query(
    `UPDATE outbound_messages SET state = 'sending', attempts = 1 WHERE body->>'text' IN ('satu', 'tiga')`,
  );
  const second = recordingChannel('test:look', { limits: LIMITS, findSent });
  const begins = second.start.bind(second);
  // Connecting takes its time.
  second.start = async (intake) => void (second.intake = intake);
  await world.pool.query(
    "UPDATE lines SET lease_owner = 'elsewhere~1/1/x', lease_until = now() + interval '1 hour'",
  );
  const other = await aWorld({
    engine: slotEngine(),
    database: world.database,
    channels: [second],
    owner: 'elsewhere~1/1/x',
    sender: looks,
  });
  other.wake.send('test:look');
  await other.sweeper.sweep();
  expect({ looked, sent: second.sent }).toEqual({ looked: 0, sent: [] });
  await begins(second.intake!);
  await other.settles();
  expect(second.to(siti.chatId).map(({ text }) => text)).toEqual(['dua']);
  expect(second.to(budi.chatId).map(({ text }) => text)).toEqual(['tiga', 'empat']);
  expect(looked).toBe(2);
  await other.stop();
});
