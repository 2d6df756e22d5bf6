import { afterEach, expect, test } from 'vitest';
import { SendError } from '../../src/core/errors.js';
import type { Content } from '../../src/core/content.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
afterEach(() => world.stop());

const OLD = '-200';
const NEW = '-100200';

function from(chatId: string, externalId: string, content: Content): Promise<void> {
  return world.receiver.receive({
    lineId: 'test:line',
    externalId,
    platform: 'telegram',
    ids: { telegram: chatId },
    chatId,
    isGroup: true,
    sentAt: new Date(),
    content,
  });
}
const text = (words: string): Content => ({ kind: 'text', text: words });
const moved: Content = { kind: 'moved', to: NEW };
const heard = () => world.channel.sent.map(({ chatId, message }) => [chatId, message.text]);

test('a group that became a supergroup goes on in its conversation, whatever comes in the same moment', async () => {
  world = await aWorld({ engine: slotEngine() });
  await from(OLD, '1', text('satu'));
  await world.settles();
  await Promise.all([
    from(OLD, '2', text('dua')),
    from(OLD, '3', moved),
    from(NEW, '4', text('tiga')),
    from(NEW, '5', text('empat')),
  ]);
  await world.settles();
  expect(heard()).toEqual([
    [OLD, '1: satu (new)'],
    [NEW, '2: dua'],
    [NEW, '3: tiga'],
    [NEW, '4: empat'],
  ]);
  const { rows } = await world.pool.query('SELECT chat_id FROM conversations');
  expect(rows).toEqual([{ chat_id: NEW }]);
});

test('a chat that is found to have moved by a message to it goes on in its conversation as well', async () => {
  world = await aWorld({ engine: slotEngine() });
  const gone = new SendError('moved', 'it is a supergroup now', { movedTo: NEW });
  world.channel.meets(() => Promise.reject(gone));
  await from(OLD, '1', text('satu'));
  await world.settles();
  await from(NEW, '2', text('dua'));
  await world.settles();
  expect(heard()).toEqual([
    [NEW, '1: satu (new)'],
    [NEW, '2: dua'],
  ]);
});

test('told twice it changes nothing more', async () => {
  world = await aWorld({ engine: slotEngine() });
  await from(OLD, '1', text('satu'));
  await from(OLD, '2', moved);
  await from(OLD, '2', moved);
  await from(NEW, '3', text('dua'));
  await from(OLD, '2', moved);
  await world.settles();
  expect(heard().at(-1)).toEqual([NEW, '2: dua']);
  const { rows } = await world.pool.query('SELECT chat_id FROM conversations');
  expect(rows).toEqual([{ chat_id: NEW }]);
});

test('what the new group said first stays where it is; what comes next follows the old conversation', async () => {
  world = await aWorld({ engine: slotEngine() });
  await from(OLD, '1', text('satu'));
  await from(NEW, '2', text('lain'));
  await from(OLD, '3', moved);
  await from(NEW, '4', text('dua'));
  await world.settles();
  expect(heard().at(-1)).toEqual([NEW, '2: dua']);
});
