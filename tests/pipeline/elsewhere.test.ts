import { afterEach, describe, expect, test } from 'vitest';
import { ANSWER_ELSEWHERE_MS, HELD_DAYS } from '../../src/pipeline/rescue.js';
import { answerElsewhere } from '../../src/store/elsewhere.js';
import { insertOutbound } from '../../src/store/outbound.js';
import { inTransaction } from '../../src/store/sql.js';
import type { Outgoing } from '../../src/core/outgoing.js';
import { recordingChannel, type RecordingChannel } from '../support/recordingChannel.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
let later = 0;
let whatsapp: RecordingChannel;
let telegram: RecordingChannel;
afterEach(async () => {
  later = 0;
  await world.stop();
});

/** Siti on WhatsApp and on Telegram, both hers. */
async function start(more: { isLinked?: boolean } = {}) {
  whatsapp = recordingChannel('test:wa', { platform: 'whatsapp' });
  telegram = recordingChannel('test:tg', { platform: 'telegram' });
  world = await aWorld({
    engine: slotEngine(),
    channels: [whatsapp, telegram],
    now: () => new Date(Date.now() + later),
  });
  const there = world.aPerson({ chatId: '6281200000041', channel: whatsapp });
  const here = world.aPerson({ chatId: '41', channel: telegram });
  await Promise.all([there.says('quiet'), here.says('quiet')]);
  await world.settles();
  if (more.isLinked ?? true)
    await world.pool.query(
      `UPDATE addresses SET resident_id = (SELECT resident_id FROM addresses WHERE platform = 'telegram')`,
    );
  return { there, here };
}

async function news(person: ReturnType<World['aPerson']>, ...messages: Outgoing[]): Promise<void> {
  const conversationId = await person.conversation();
  await insertOutbound(
    world.pool,
    messages.map((message) => ({ conversationId, lineId: person.channel.lineId, message })),
    new Date(Date.now() + later),
  );
  world.wake.send(person.channel.lineId);
}

const rows = async () =>
  (
    await world.pool.query<{ text: string; state: string; moved: boolean }>(
      `SELECT body->>'text' AS text, state, moved_to IS NOT NULL AS moved FROM outbound_messages
       WHERE line_id = 'test:wa' ORDER BY seq`,
    )
  ).rows;

test('what waits on a line that is down for half an hour is told where the person is reached, once', async () => {
  const { there, here } = await start();
  await whatsapp.goes('down', 'the phone is off');
  await news(there, { text: 'satu' }, { text: 'dua', photos: ['p1'] });
  await world.sweeper.sweep();
  expect(here.heard()).toEqual([]);
  later = ANSWER_ELSEWHERE_MS + 1_000;
  await world.sweeper.sweep();
  await expect.poll(() => here.heard().length).toBe(1);
  const vars = { line: 'WhatsApp', text: 'satu\n\ndua', files: null, photos: ['p1'] };
  expect(here.heard()).toEqual([`notice: answered-elsewhere ${JSON.stringify(vars)}`]);
  await world.sweeper.sweep();
  // What comes now follows at once.
  await news(there, { text: 'tiga' });
  await world.sweeper.sweep();
  await expect.poll(() => here.heard().length).toBe(2);
  expect(here.heard()[1]).toContain('"tiga"');
  await whatsapp.goes('up');
  await world.settles();
  expect(there.heard()).toEqual([]);
  expect(await rows()).toEqual([
    { text: 'satu', state: 'moved', moved: true },
    { text: 'dua', state: 'moved', moved: true },
    { text: 'tiga', state: 'moved', moved: true },
  ]);
});

test('a file comes when the line is back; its words are told', async () => {
  const { there, here } = await start();
  await whatsapp.goes('down');
  await news(there, { text: 'Surat selesai.', document: { attachmentId: 'x', name: 'surat.pdf' } });
  later = ANSWER_ELSEWHERE_MS + 1_000;
  await world.sweeper.sweep();
  await world.sweeper.sweep();
  await expect.poll(() => here.heard().length).toBe(1);
  expect(here.heard()[0]).toContain('"text":"Surat selesai.","files":"yes"');
  expect(await rows()).toEqual([{ text: 'Surat selesai.', state: 'pending', moved: true }]);
});

test('a round that fails in the middle leaves nothing, and the next one does it once', async () => {
  const { there, here } = await start();
  await whatsapp.goes('down');
  await news(there, { text: 'satu' });
  later = ANSWER_ELSEWHERE_MS + 1_000;
  const now = new Date(Date.now() + later);
  const before = new Date(Date.now() + later - ANSWER_ELSEWHERE_MS);
  const dying = inTransaction(world.pool, async (sql) => {
    expect(await answerElsewhere(sql, before, now)).toBe(1);
    throw new Error('died');
  });
  await expect(dying).rejects.toThrow('died');
  expect(await rows()).toEqual([{ text: 'satu', state: 'pending', moved: false }]);
  // Two sweeps at once.
  await Promise.all([
    inTransaction(world.pool, (sql) => answerElsewhere(sql, before, now)),
    inTransaction(world.pool, (sql) => answerElsewhere(sql, before, now)),
  ]);
  world.wake.converse();
  await expect.poll(() => here.heard().length).toBe(1);
  await world.settles();
  expect(here.heard()).toHaveLength(1);
});

test('what waits on a line that was removed is told elsewhere, and else given up after a week', async () => {
  const { there, here } = await start();
  const budi = world.aPerson({ chatId: '6281200000042', channel: whatsapp });
  await budi.says('quiet');
  await world.settles();
  await whatsapp.goes('stopped');
  await news(there, { text: 'satu' });
  await news(budi, { text: 'dua' });
  await world.pool.query(`UPDATE lines SET removed_at = $1 WHERE id = 'test:wa'`, [new Date()]);
  later = ANSWER_ELSEWHERE_MS + 1_000;
  await world.sweeper.sweep();
  await expect.poll(() => here.heard().length).toBe(1);
  expect((await rows()).map(({ state }) => state)).toEqual(['moved', 'pending']);
  later = (HELD_DAYS * 24 + 1) * 3_600_000;
  await world.sweeper.sweep();
  expect((await rows()).map(({ state }) => state)).toEqual(['moved', 'failed']);
});

test('the same of a line whose gateway died before it was removed: nobody is left to say that it stopped', async () => {
  const { there, here } = await start();
  await whatsapp.goes('stopped');
  await news(there, { text: 'satu' });
  await world.pool.query(`UPDATE lines SET removed_at = $1, state = 'up' WHERE id = 'test:wa'`, [new Date()]);
  later = ANSWER_ELSEWHERE_MS + 1_000;
  await world.sweeper.sweep();
  await expect.poll(() => here.heard().length).toBe(1);
});

test('an officer is told in the other chat of theirs', async () => {
  const { there, here } = await start({ isLinked: false });
  await world.aVillage();
  await world.pool.query(`UPDATE addresses SET officer_id = (SELECT id FROM officers LIMIT 1)`);
  await whatsapp.goes('down');
  await news(there, { text: 'satu' });
  later = ANSWER_ELSEWHERE_MS + 1_000;
  await world.sweeper.sweep();
  await expect.poll(() => here.heard().filter((text) => text.includes('answered-elsewhere')).length).toBe(1);
});

describe('nothing is told', () => {
  test.each([
    ['to somebody who is not linked', `UPDATE residents SET name = 'x'`, { isLinked: false }],
    ['where they blocked us', `UPDATE addresses SET blocked_at = now() WHERE platform = 'telegram'`, {}],
    ['where history is hidden', `UPDATE addresses SET hidden_since = now() WHERE platform = 'telegram'`, {}],
    ['of what is hidden', `UPDATE addresses SET hidden_since = now() WHERE platform = 'whatsapp'`, {}],
    [
      'where somebody else may read it',
      `INSERT INTO address_profiles (address_id, resident_id, name, created_at, last_used_at)
       SELECT a.id, r.id, 'Ibu', now(), now() FROM addresses a, (INSERT_RESIDENT) r WHERE a.platform = 'telegram'`,
      {},
    ],
    [
      'where they were silent for long',
      `UPDATE conversations SET last_inbound_at = now() - interval '91 days' WHERE line_id = 'test:tg'`,
      {},
    ],
    ['on a line that is not up either', `UPDATE lines SET state = 'degraded' WHERE id = 'test:tg'`, {}],
  ])('%s', async (_, change, options) => {
    const { there } = await start(options);
    const { rows: made } = await world.pool.query<{ id: string }>(
      'INSERT INTO residents (id) VALUES (gen_random_uuid()) RETURNING id',
    );
    await world.pool.query(change.replace('INSERT_RESIDENT', `SELECT '${made[0]!.id}'::uuid AS id`));
    await whatsapp.goes('down');
    await news(there, { text: 'satu' });
    later = ANSWER_ELSEWHERE_MS + 1_000;
    await world.sweeper.sweep();
    expect(await rows()).toEqual([{ text: 'satu', state: 'pending', moved: false }]);
  });
});
