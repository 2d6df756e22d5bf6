import { afterEach, expect, test } from 'vitest';
import { leaseLine } from '../../src/store/lines.js';
import { isHolderDead, leaseOwner } from '../../src/pipeline/leaseOwner.js';
import { recordingChannel } from '../support/recordingChannel.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0).toReversed()) await world.stop();
});
async function start(options: Partial<Parameters<typeof aWorld>[0]> = {}): Promise<World> {
  const world = await aWorld({ engine: slotEngine(), leases: { renewMs: 50 }, ...options });
  worlds.push(world);
  return world;
}

test('a second gateway stands by, and takes over when the first one stops', async () => {
  const first = await start();
  const standby = recordingChannel();
  const second = await start({ database: first.database, channels: [standby], owner: 'elsewhere~1/1/x' });
  expect(second.keeper.health()).toMatchObject([{ isHeld: false }]);
  expect(standby.intake).toBeNull();
  await first.keeper.stop();
  await expect.poll(() => second.keeper.health()[0]!.isHeld).toBe(true);
  const siti = second.aPerson();
  await siti.says('halo');
  await second.settles();
  expect(siti.heard()).toEqual(['1: halo (new)']);
});

test('a holder that lost its lease stops listening and sending', async () => {
  const first = await start();
  let stopped = false;
  first.channel.stop = () => {
    stopped = true;
    return Promise.resolve();
  };
  await first.pool.query(
    "UPDATE lines SET lease_owner = 'elsewhere/1/x', lease_until = now() + interval '1 hour'",
  );
  await expect.poll(() => stopped).toBe(true);
  expect(first.keeper.health()).toMatchObject([{ isHeld: false }]);
});

test('the lease of a process of this machine that is dead is taken at once', async () => {
  const first = await start();
  await first.keeper.stop();
  const dead = leaseOwner('x').replace(`/${process.pid}/`, '/4194000/');
  await leaseLine(first.pool, 'test:line', dead, 3_600);
  const second = await start({ database: first.database });
  expect(second.keeper.health()).toMatchObject([{ isHeld: true }]);
});

test('of a holder elsewhere nobody can say that it is dead', () => {
  const me = leaseOwner('me');
  expect(isHolderDead(leaseOwner('me'), me)).toBe(false);
  expect(isHolderDead(leaseOwner('before a restart'), me)).toBe(true);
  expect(isHolderDead(me.replace(`/${process.pid}/`, `/${process.ppid}/`), me)).toBe(false);
  expect(isHolderDead(`another-host~1/4194000/x`, me)).toBe(false);
  expect(isHolderDead('no owner of ours', me)).toBe(false);
});

test('a line that cannot start is down with an incident, and is started again', async () => {
  const channel = recordingChannel();
  const begin = channel.start.bind(channel);
  channel.start = () => Promise.reject(new Error('the token is refused'));
  const world = await start({ channels: [channel], leases: { renewMs: 30, restartMs: 50 } });
  await expect
    .poll(async () => (await world.pool.query('SELECT state, state_reason FROM lines')).rows)
    .toEqual([{ state: 'down', state_reason: 'the token is refused' }]);
  expect(world.keeper.health()[0]!.health).toEqual({ state: 'down', detail: 'the token is refused' });
  channel.start = begin;
  await expect.poll(() => world.keeper.health()[0]!.health.state).toBe('up');
  await expect
    .poll(async () => (await world.pool.query('SELECT closed_at FROM incidents')).rows[0].closed_at)
    .not.toBeNull();
});

test('a clean stop gives the line up and says so', async () => {
  const world = await start();
  await world.keeper.stop();
  expect((await world.pool.query('SELECT state, lease_owner FROM lines')).rows).toEqual([
    { state: 'stopped', lease_owner: null },
  ]);
});

test('offset and name are kept with the line', async () => {
  const world = await start();
  const intake = world.channel.intake!;
  expect(await intake.loadOffset()).toBeNull();
  await intake.saveOffset('77');
  await intake.named!('@desa_bot');
  expect(await intake.loadOffset()).toBe('77');
  expect((await world.pool.query('SELECT name FROM lines')).rows).toEqual([{ name: '@desa_bot' }]);
});
