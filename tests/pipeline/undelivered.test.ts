import { v7 } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import { SendError, type SendFailure } from '../../src/core/errors.js';
import { insertNotifications } from '../../src/store/notifications.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
afterEach(() => world.stop());

test.each(['permanent', 'blocked'] satisfies SendFailure[])(
  'what an officer was to be told and could not (%s) waits for a chat, and the keepers hear that nobody knows',
  async (failure) => {
    world = await aWorld({ engine: slotEngine() });
    await world.aVillage();
    const sri = world.aPerson();
    await sri.says('quiet');
    await world.settles();
    const { rows: officers } = await world.pool.query<{ id: string }>(
      `UPDATE addresses SET officer_id = (SELECT id FROM officers WHERE name LIKE 'Bu Sri%') RETURNING officer_id AS id`,
    );
    const subjectId = await sri.conversation();
    world.channel.meets(() => Promise.reject(new SendError(failure, 'the stand-in says so')));
    const news = {
      officerId: officers[0]!.id,
      kind: 'officer-hand-over',
      subjectId,
      number: 1,
      vars: { reason: 'asked' },
    };
    await insertNotifications(world.pool, [news], v7, new Date());
    world.wake.notify();
    await world.settles();
    const { rows } = await world.pool.query(
      `SELECT error FROM notifications WHERE kind = 'officer-hand-over'`,
    );
    expect(rows).toEqual([{ error: 'no_address' }]);
    const incidents = await world.pool.query('SELECT kind, conversation_id FROM incidents');
    expect(incidents.rows).toEqual([{ kind: 'no_officer', conversation_id: subjectId }]);
    if (failure === 'permanent') return;
    await sri.says('saya kembali');
    await world.converser.run();
    world.wake.notify();
    await world.settles();
    expect(sri.heard().filter((text) => text.includes('officer-hand-over'))).toHaveLength(1);
  },
);
