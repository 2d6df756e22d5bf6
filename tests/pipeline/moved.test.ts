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
  // Two conversations: which of them is answered first, nobody can say.
  expect(heard()).toContainEqual([NEW, '2: dua']);
});

/** Somebody on WhatsApp, by their number. */
function says(phone: string, externalId: string, content: Content, lineId = 'test:line'): Promise<void> {
  const ids = { phone };
  return world.receiver.receive({
    lineId,
    externalId,
    platform: 'whatsapp',
    ids,
    chatId: phone,
    sentAt: new Date(),
    content,
  });
}
const goesTo = (to: string): Content => ({ kind: 'moved', to });
const residentOf = async (phone: string): Promise<string | undefined> =>
  (
    await world.pool.query<{ id: string }>(
      `SELECT a.resident_id AS id FROM address_ids i JOIN addresses a ON a.id = i.address_id WHERE i.value = $1`,
      [phone],
    )
  ).rows[0]?.id;

test('whoever is given the number that a person left is somebody else, and the person goes on under the new one', async () => {
  world = await aWorld({ engine: slotEngine() });
  await says('628111', '1', text('satu'));
  await world.settles();
  await says('628111', '2', goesTo('628222'));
  await says('628222', '3', text('dua'));
  await world.settles();
  await says('628111', '4', text('siapa ini'));
  // Told once more, it takes nobody along.
  await says('628111', '2', goesTo('628222'));
  await says('628222', '5', text('tiga'));
  await world.settles();
  expect(heard()).toEqual([
    ['628111', '1: satu (new)'],
    ['628222', '2: dua'],
    ['628111', '1: siapa ini (new)'],
    ['628222', '3: tiga'],
  ]);
  expect(await residentOf('628111')).not.toBe(await residentOf('628222'));
});

test('a move that another line tells of as well, of a name that nobody has any more, takes nothing away', async () => {
  world = await aWorld({ engine: slotEngine() });
  await says('628111', '1', text('satu'));
  await says('628111', '2', goesTo('628222'));
  const resident = await residentOf('628222');
  await says('628111', 'lain:2', goesTo('628222'));
  expect(await residentOf('628222')).toBe(resident);
  expect(await residentOf('628111')).toBeUndefined();
});

test('on its other lines a person is not written to under the number that they left', async () => {
  world = await aWorld({ engine: slotEngine() });
  await says('628111', '1', text('satu'));
  await world.settles();
  await world.pool.query(
    "INSERT INTO lines (id, platform, name) VALUES ('whatsapp-web:lain', 'whatsapp', 'Lain')",
  );
  await world.pool.query(
    `INSERT INTO conversations (id, address_id, line_id, chat_id) SELECT gen_random_uuid(), address_id, 'whatsapp-web:lain', '628111@c.us'
     FROM conversations`,
  );
  await says('628111', '2', goesTo('628222'));
  const { rows } = await world.pool.query<{ chat_id: string }>(
    'SELECT chat_id FROM conversations ORDER BY 1',
  );
  expect(rows.map((row) => row.chat_id)).toEqual(['628222', '628222@c.us']);
  const { rows: phones } = await world.pool.query('SELECT phone FROM addresses');
  expect(phones).toEqual([{ phone: '628222' }]);
});
