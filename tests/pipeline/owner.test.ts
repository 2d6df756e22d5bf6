import { v7 } from 'uuid';
import { afterEach, describe, expect, test } from 'vitest';
import { OWNER_PAUSE_MS } from '../../src/pipeline/hear.js';
import { insertInternal } from '../../src/store/inbound.js';
import { insertOutbound } from '../../src/store/outbound.js';
import { recordingChannel } from '../support/recordingChannel.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
let later = 0;
afterEach(async () => {
  later = 0;
  await world.stop();
});

async function start() {
  const channel = recordingChannel('test:phone', { platform: 'whatsapp' });
  world = await aWorld({
    engine: slotEngine(),
    channels: [channel],
    now: () => new Date(Date.now() + later),
  });
  const siti = world.aPerson({ chatId: '6281200000041' });
  const owner = (says: 'pause' | 'resume' | 'private') => siti.sends({ kind: 'owner_wrote', says });
  await siti.says('quiet');
  await world.settles();
  return { siti, owner };
}

async function notice(conversationId: string, number: number): Promise<void> {
  const row = { conversationId, externalId: `case:x:${number}`, flow: 'case-notice', vars: {} };
  await insertInternal(world.pool, [row], new Date(Date.now() + later));
  world.wake.converse();
}

const stored = async () =>
  (
    await world.pool.query<{ text: string | null; kind: string; handled: boolean }>(
      `SELECT body->>'text' AS text, kind, handled_at IS NOT NULL AS handled FROM inbound_messages ORDER BY seq`,
    )
  ).rows;

describe('the owner writes by hand', () => {
  test('we are silent until the pause ends; what is written meanwhile is kept', async () => {
    const { siti, owner } = await start();
    await owner('pause');
    await siti.says('satu');
    await siti.taps('w.menu');
    await world.settles();
    // Another person's message does not end it, nor does the next of this one.
    await siti.says('dua');
    await world.settles();
    expect(siti.heard()).toEqual([]);
    expect(await stored()).toMatchObject([
      {},
      { kind: 'owner_wrote', handled: true },
      { text: 'satu', handled: true },
      { kind: 'tap', handled: true },
      { text: 'dua', handled: true },
    ]);
    later = OWNER_PAUSE_MS - 60_000;
    await siti.says('tiga');
    await world.settles();
    expect(siti.heard()).toEqual([]);
    later = OWNER_PAUSE_MS + 60_000;
    await siti.says('empat');
    await world.settles();
    expect(siti.heard()).toEqual(['2: empat (new)']);
  });

  test('each word of theirs prolongs it, and "bot lanjut" ends it', async () => {
    const { siti, owner } = await start();
    await owner('pause');
    await world.settles();
    later = OWNER_PAUSE_MS - 60_000;
    await owner('pause');
    later = OWNER_PAUSE_MS + 60_000;
    await siti.says('satu');
    await world.settles();
    expect(siti.heard()).toEqual([]);
    await owner('resume');
    await siti.says('dua');
    await world.settles();
    expect(siti.heard()).toEqual(['2: dua (new)']);
  });

  test('in one batch as well', async () => {
    const { siti, owner } = await start();
    await Promise.all([owner('pause'), siti.says('satu'), owner('resume'), siti.says('dua')]);
    await world.settles();
    expect(siti.heard()).toEqual(['2: dua (new)']);
  });

  test('a cry for help is answered all the same, and notices go out', async () => {
    const { siti, owner } = await start();
    await owner('pause');
    await siti.says('tolong kebakaran');
    await notice(await siti.conversation(), 1);
    await world.settles();
    expect(siti.heard()).toEqual(['2: tolong kebakaran (new)', 'notice: case-notice {}']);
  });

  test('what was written by hand during an outage pauses from then, not from now', async () => {
    const { siti } = await start();
    const sentAt = new Date(Date.now() - OWNER_PAUSE_MS - 60_000);
    await siti.sends({ kind: 'owner_wrote', says: 'pause' }, { sentAt });
    await siti.says('satu');
    await world.settles();
    expect(siti.heard()).toEqual(['2: satu (new)']);
  });

  test('it is no message of the person: a window stays shut, and a block stands', async () => {
    const { owner } = await start();
    const { rows: before } = await world.pool.query('SELECT last_inbound_at FROM conversations');
    await world.pool.query('UPDATE addresses SET blocked_at = now()');
    later = 1_000;
    await owner('pause');
    await world.settles();
    const { rows } = await world.pool.query(
      'SELECT c.last_inbound_at, a.blocked_at FROM conversations c JOIN addresses a ON a.id = c.address_id',
    );
    expect(rows).toEqual([{ ...before[0], blocked_at: expect.any(Date) }]);
  });
});

describe('a chat that the owner keeps', () => {
  test('nothing of it is stored from that word on, until they give it back', async () => {
    const { siti, owner } = await start();
    const budi = world.aPerson({ chatId: '6281200000042' });
    await owner('private');
    await siti.says('rahasia');
    await owner('pause');
    await siti.sends({ kind: 'photo', file: { remote: 'x' } });
    await budi.says('halo');
    await world.settles();
    expect((await stored()).map(({ kind, text }) => text ?? kind)).toEqual(['quiet', 'owner_wrote', 'halo']);
    expect(world.channel.intake!.isPrivate!(siti.chatId)).toBe(true);
    expect(world.channel.intake!.isPrivate!(budi.chatId)).toBe(false);
    await owner('resume');
    await siti.says('lagi');
    await world.settles();
    expect(siti.heard()).toEqual(['2: lagi (new)']);
    expect(world.channel.intake!.isPrivate!(siti.chatId)).toBe(false);
  });

  test('in the very batch in which they say so', async () => {
    const { siti, owner } = await start();
    await Promise.all([owner('private'), siti.says('rahasia')]);
    await world.settles();
    expect((await stored()).map(({ kind }) => kind)).toEqual(['text', 'owner_wrote']);
  });

  test('what waits for it is given up, and no notice goes there', async () => {
    const { siti, owner } = await start();
    const conversationId = await siti.conversation();
    await world.channel.goes('down');
    await insertOutbound(
      world.pool,
      [{ conversationId, lineId: 'test:phone', message: { text: 'kabar' } }],
      new Date(),
    );
    await owner('private');
    await expect
      .poll(async () => (await world.pool.query('SELECT state FROM outbound_messages')).rows)
      .toEqual([{ state: 'failed' }]);
    await notice(conversationId, 1);
    await world.channel.goes('up');
    await world.settles();
    expect(siti.heard()).toEqual([]);
  });

  test('another process, and the next start, know it too, under any id of the person', async () => {
    const { siti, owner } = await start();
    await owner('private');
    await world.settles();
    await world.pool.query(
      `INSERT INTO address_ids (platform, kind, value, address_id)
       SELECT 'whatsapp', 'lid', '99@lid', address_id FROM conversations`,
    );
    const other = await aWorld({
      engine: slotEngine(),
      database: world.database,
      channels: [recordingChannel('test:phone', { platform: 'whatsapp' })],
      owner: 'elsewhere~1/1/x',
    });
    await other.receiver.receive({
      lineId: 'test:phone',
      externalId: v7(),
      platform: 'whatsapp',
      ids: { lid: '99@lid' },
      chatId: '99@lid',
      sentAt: new Date(),
      content: { kind: 'text', text: 'rahasia' },
    });
    expect((await stored()).map(({ kind }) => kind)).toEqual(['text', 'owner_wrote']);
    expect(other.receiver.isPrivate('test:phone', siti.chatId)).toBe(true);
    await other.stop();
  });
});

test('who writes sees that an answer is coming; not where the owner has the word, nor in groups', async () => {
  const { siti, owner } = await start();
  const intake = world.channel.intake!;
  const from = (chatId: string, isGroup = false) =>
    intake.receive({
      lineId: 'test:phone',
      externalId: v7(),
      platform: 'whatsapp',
      ids: { phone: chatId },
      chatId,
      isGroup,
      sentAt: new Date(),
      content: { kind: 'text', text: 'halo' },
    });
  await from('6281200000043');
  await from('120363', true);
  await owner('pause');
  await from(siti.chatId);
  expect(world.channel.typing).toEqual(['6281200000043']);
});
