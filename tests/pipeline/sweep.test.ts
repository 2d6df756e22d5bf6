import { afterEach, beforeEach, expect, test } from 'vitest';
import { v7 } from 'uuid';
import { setTimers } from '../../src/store/timerRows.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
let ahead = 0;
beforeEach(async () => {
  ahead = 0;
  world = await aWorld({ engine: slotEngine(), isDeaf: true, now: () => new Date(Date.now() + ahead) });
});
afterEach(async () => {
  await world.stop();
});

test('messages whose nudge was lost are found, handled and sent', async () => {
  const siti = world.aPerson();
  await siti.says('halo');
  await world.sweeper.sweep();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(siti.heard()).toEqual([]); // too fresh: its nudge may be under way
  ahead = 2_000;
  await world.sweeper.sweep();
  await expect.poll(async () => (await world.pool.query('SELECT 1 FROM outbound_messages')).rowCount).toBe(1);
  ahead = 4_000;
  await world.sweeper.sweep();
  await world.settles();
  expect(siti.heard()).toEqual(['1: halo (new)']);
  expect(world.counters.swept).toBeGreaterThanOrEqual(2);
});

test('a timer that is due says its piece once', async () => {
  const siti = world.aPerson();
  await siti.says('quiet');
  await world.converser.run();
  const subjectId = await siti.conversation();
  const timer = {
    subjectKind: 'conversation',
    subjectId,
    kind: 'draft_reminder',
    dueAt: new Date(Date.now() + 5_000),
  } as const;
  await setTimers(world.pool, [timer], v7);
  await world.sweeper.sweep();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(world.counters.timersFired).toBe(0);
  ahead = 6_000;
  await Promise.all([world.sweeper.sweep(), world.sweeper.sweep()]);
  await expect.poll(() => world.counters.timersFired).toBe(1);
  await world.converser.run();
  world.wake.send('test:line');
  await world.settles();
  expect(siti.heard()).toEqual(['notice: draft-reminder {}']);
});

test('a conversation that rests is left alone until its time', async () => {
  const siti = world.aPerson();
  await siti.says('boom');
  await world.converser.run();
  expect(world.counters.conversationFailures).toBe(1);
  await world.pool.query("UPDATE conversations SET wake_at = now() + interval '1 minute'");
  ahead = 10_000;
  await world.sweeper.sweep();
  expect(world.counters.swept).toBe(0);
  ahead = 61_000;
  await world.sweeper.sweep();
  expect(world.counters.swept).toBe(1);
});

test('two sweepers do not sweep at once', async () => {
  const siti = world.aPerson();
  await siti.says('halo');
  ahead = 5_000;
  const holder = await world.pool.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT pg_advisory_xact_lock(7204113528)');
  await world.sweeper.sweep();
  expect(world.counters.swept).toBe(0);
  await holder.query('ROLLBACK');
  holder.release();
  await world.sweeper.sweep();
  expect(world.counters.swept).toBe(1);
});
