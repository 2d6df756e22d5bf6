import { v7 } from 'uuid';
import { afterEach, describe, expect, test } from 'vitest';
import type { LineState } from '../../src/channels/channel.js';
import { SendError } from '../../src/core/errors.js';
import { leaseLine } from '../../src/store/lines.js';
import { insertOutbound } from '../../src/store/outbound.js';
import { isHolderDead, leaseOwner } from '../../src/pipeline/leaseOwner.js';
import { recordingChannel, type RecordingChannel } from '../support/recordingChannel.js';
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

test('a line that goes down is started again; one of WhatsApp Web waits for its owner', async () => {
  const begun: string[] = [];
  const channels = ['telegram:1', 'whatsapp-web:desa'].map((lineId) => {
    const channel = recordingChannel(lineId);
    const begin = channel.start.bind(channel);
    channel.start = (intake) => {
      begun.push(lineId);
      return begin(intake);
    };
    return channel;
  });
  await start({ channels, leases: { renewMs: 20, restartMs: 50 } });
  for (const channel of channels) await channel.intake!.stateChanged('down', 'the account is refused');
  // Lines begin side by side: which of them is first is nobody's concern.
  await expect.poll(() => begun.toSorted()).toEqual(['telegram:1', 'telegram:1', 'whatsapp-web:desa']);
  await channels[0]!.intake!.stateChanged('down', 'the account is refused');
  // A second time the one has been looked after, the other has had its time as well.
  await expect.poll(() => begun.length).toBe(4);
  expect(begun.filter((lineId) => lineId === 'whatsapp-web:desa')).toHaveLength(1);
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

/** The table's lines are opened by this: each start makes a channel of its own. */
function opener() {
  const opened: (RecordingChannel & { settings: string; isStopped: boolean })[] = [];
  const broken = new Set<string>();
  return {
    opened,
    broken,
    of: (lineId: string) => opened.filter((one) => one.lineId === lineId),
    stored: (lineId: string, settings: string) => {
      if (broken.has(settings)) throw new Error('the settings cannot be opened');
      const channel = Object.assign(recordingChannel(lineId), { settings, isStopped: false });
      channel.stop = () => {
        channel.isStopped = true;
        return Promise.resolve();
      };
      opened.push(channel);
      return channel;
    },
  };
}

const addLine = (world: World, id: string, settings = 'one') =>
  world.pool.query(
    `INSERT INTO lines (id, platform, name, settings) VALUES ($1, 'telegram', $1, $2)
     ON CONFLICT (id) DO UPDATE SET settings = EXCLUDED.settings, removed_at = NULL`,
    [id, settings],
  );
async function row(world: World, id = 'test:line') {
  const { rows } = await world.pool.query(
    `SELECT state, state_reason, lease_owner, last_error, last_up_at, last_received_at, last_sent_at, linking, linking_at
     FROM lines WHERE id = $1`,
    [id],
  );
  return rows[0];
}
async function incidents(world: World): Promise<string[]> {
  const { rows } = await world.pool.query<{ kind: string; line: string; closed: boolean }>(
    'SELECT kind, line_id AS line, closed_at IS NOT NULL AS closed FROM incidents ORDER BY opened_at, id',
  );
  return rows.map((one) => `${one.kind} ${one.line}${one.closed ? ' closed' : ''}`);
}

describe('the lines of the table', () => {
  test('one that is added is started, and people are answered there', async () => {
    const lines = opener();
    const world = await start({ stored: lines.stored });
    await addLine(world, 'telegram:2');
    await expect.poll(() => lines.of('telegram:2')[0]?.intake).toBeTruthy();
    const siti = world.aPerson({ channel: lines.of('telegram:2')[0]! });
    await siti.says('halo');
    await expect.poll(() => siti.heard()).toEqual(['1: halo (new)']);
    await expect.poll(async () => (await row(world, 'telegram:2')).last_sent_at).toBeInstanceOf(Date);
  });

  test('restart_at starts that line anew, and no other', async () => {
    const lines = opener();
    const world = await start({ stored: lines.stored });
    await addLine(world, 'telegram:2');
    await addLine(world, 'telegram:3');
    await expect.poll(() => lines.opened.length).toBe(2);
    await world.pool.query(`UPDATE lines SET restart_at = now(), linking = 'old' WHERE id = 'telegram:2'`);
    await expect.poll(() => lines.of('telegram:2').length).toBe(2);
    expect(lines.of('telegram:2')[0]!.isStopped).toBe(true);
    expect(lines.of('telegram:3')).toHaveLength(1);
    await expect
      .poll(async () => await row(world, 'telegram:2'))
      .toMatchObject({ state: 'up', linking: null });
    const siti = world.aPerson({ channel: lines.of('telegram:2')[1]! });
    await siti.says('halo');
    await expect.poll(() => siti.heard()).toEqual(['1: halo (new)']);
  });

  test('other settings start it anew with them', async () => {
    const lines = opener();
    const world = await start({ stored: lines.stored });
    await addLine(world, 'telegram:2');
    await expect.poll(() => lines.opened.length).toBe(1);
    await addLine(world, 'telegram:2', 'two');
    await expect.poll(() => lines.opened.map((one) => one.settings)).toEqual(['one', 'two']);
    expect(lines.opened[0]!.isStopped).toBe(true);
  });

  test('one that is removed is stopped and given up; its outbox waits, and goes in order when it is added again', async () => {
    const lines = opener();
    const world = await start({ stored: lines.stored });
    await addLine(world, 'telegram:2');
    await expect.poll(() => lines.opened.length).toBe(1);
    const siti = world.aPerson({ channel: lines.opened[0]! });
    await siti.says('halo');
    await expect.poll(() => siti.heard().length).toBe(1);
    await world.pool.query(`UPDATE lines SET removed_at = now(), settings = NULL WHERE id = 'telegram:2'`);
    await expect
      .poll(async () => await row(world, 'telegram:2'))
      .toMatchObject({ state: 'stopped', lease_owner: null });
    expect(lines.opened[0]!.isStopped).toBe(true);
    expect(world.keeper.health().map((one) => one.lineId)).toEqual(['test:line']);
    const conversationId = await siti.conversation();
    for (const text of ['satu', 'dua', 'tiga'])
      await insertOutbound(
        world.pool,
        [{ conversationId, lineId: 'telegram:2', message: { text } }],
        new Date(),
      );
    await addLine(world, 'telegram:2', 'two');
    await expect
      .poll(() => lines.opened[1]?.to(siti.chatId).map(({ text }) => text))
      .toEqual(['satu', 'dua', 'tiga']);
  });

  test('of one that is removed the account is unlinked, then what lies here is deleted; also where nobody held it', async () => {
    const lines = opener();
    const done: string[] = [];
    const stored = (lineId: string, settings: string) => {
      const channel = lines.stored(lineId, settings);
      const stop = channel.stop.bind(channel);
      return Object.assign(channel, {
        forget: async () => void done.push(`unlinked ${lineId}`),
        stop: async () => {
          await stop();
          done.push(`stopped ${lineId}`);
        },
      });
    };
    const forget = async (lineId: string) => void done.push(`deleted ${lineId}`);
    const world = await start({ stored, forget });
    await world.pool.query(
      `INSERT INTO lines (id, platform, name, removed_at) VALUES ('whatsapp-web:lama', 'whatsapp', 'x', now())`,
    );
    await expect.poll(() => done).toEqual(['deleted whatsapp-web:lama']);
    await addLine(world, 'whatsapp-web:desa');
    await expect.poll(() => lines.opened.length).toBe(1);
    // Started anew it stays linked.
    await addLine(world, 'whatsapp-web:desa', 'two');
    await expect.poll(() => lines.opened.length).toBe(2);
    expect(done.splice(0)).toEqual(['deleted whatsapp-web:lama', 'stopped whatsapp-web:desa']);
    await world.pool.query(
      `UPDATE lines SET removed_at = now(), settings = NULL WHERE id = 'whatsapp-web:desa'`,
    );
    await expect
      .poll(async () => await row(world, 'whatsapp-web:desa'))
      .toMatchObject({ state: 'stopped', lease_owner: null });
    expect(done.slice(0, 3)).toEqual([
      'unlinked whatsapp-web:desa',
      'stopped whatsapp-web:desa',
      'deleted whatsapp-web:desa',
    ]);
  });

  test('one that cannot be opened harms no other, and is opened once it can be', async () => {
    const lines = opener();
    lines.broken.add('broken');
    const world = await start({ stored: lines.stored, leases: { renewMs: 30, restartMs: 50 } });
    await addLine(world, 'telegram:2', 'broken');
    await addLine(world, 'telegram:3');
    await expect
      .poll(async () => await row(world, 'telegram:2'))
      .toMatchObject({
        state: 'down',
        state_reason: 'the settings cannot be opened',
      });
    const siti = world.aPerson({ channel: lines.of('telegram:3')[0]! });
    await siti.says('halo');
    await expect.poll(() => siti.heard()).toEqual(['1: halo (new)']);
    expect(await incidents(world)).toEqual(['line_down telegram:2']);
    lines.broken.clear();
    await expect
      .poll(async () => await row(world, 'telegram:2'))
      .toMatchObject({
        state: 'up',
        last_error: 'the settings cannot be opened',
      });
    await expect.poll(() => incidents(world)).toEqual(['line_down telegram:2 closed']);
  });

  test('without somebody who opens them none is started', async () => {
    const first = await start();
    await first.keeper.stop();
    await addLine(first, 'telegram:2');
    const world = await start({ database: first.database });
    expect(world.keeper.health().map((one) => one.lineId)).toEqual(['test:line']);
  });
});

describe('how a line stands', () => {
  const changes = (world: World, state: LineState, reason?: string) =>
    world.channel.intake!.stateChanged(state, reason);

  test('the last error stays when it is well again', async () => {
    const world = await start();
    await changes(world, 'degraded', 'no network');
    await changes(world, 'up');
    expect(await row(world)).toMatchObject({ state: 'up', state_reason: null, last_error: 'no network' });
  });

  test('what happens at once is written in its order', async () => {
    const world = await start();
    const states: LineState[] = ['degraded', 'up', 'starting', 'degraded', 'up', 'down', 'starting', 'up'];
    await Promise.all(states.map((state) => changes(world, state)));
    expect((await row(world)).state).toBe('up');
    expect(await incidents(world)).toEqual(['line_down test:line closed']);
  });

  test('the code of a line that waits for its phone is kept, and void once it is linked', async () => {
    const told: string[] = [];
    const world = await start({
      waitsForLink: (lineId) => told.push(lineId),
    });
    const { intake } = world.channel;
    await changes(world, 'degraded', 'waits to be linked');
    await intake!.linking!('code one');
    await intake!.linking!('code two');
    expect(await row(world)).toMatchObject({ linking: 'code two', linking_at: expect.any(Date) });
    expect(told).toEqual(['test:line']);
    await Promise.all([intake!.linking!('code three'), intake!.linking!(null)]);
    expect(await row(world)).toMatchObject({ linking: null, linking_at: null });
  });

  test('while it is up, when it last was is written with each renewal', async () => {
    const world = await start({ leases: { renewMs: 20 } });
    await expect.poll(async () => (await row(world)).last_up_at).toBeInstanceOf(Date);
    const first = (await row(world)).last_up_at.getTime();
    await expect.poll(async () => (await row(world)).last_up_at.getTime()).toBeGreaterThan(first);
    await changes(world, 'degraded');
    // What was on its way is written by the next renewal but one.
    const renewals = async (n: number) => {
      for (let seen = 0; seen < n; seen += 1) {
        const until = async () =>
          (await world.pool.query('SELECT lease_until FROM lines')).rows[0].lease_until.getTime();
        const before = await until();
        await expect.poll(until).toBeGreaterThan(before);
      }
    };
    await renewals(2);
    const last = (await row(world)).last_up_at.getTime();
    await renewals(2);
    expect((await row(world)).last_up_at.getTime()).toBe(last);
  });

  test('a line that was away for longer than its platform keeps messages may have lost some', async () => {
    const first = await start();
    await expect.poll(async () => (await row(first)).last_up_at).toBeInstanceOf(Date);
    await first.keeper.stop();
    const away = async (hours: number) => {
      await first.pool.query(
        `UPDATE lines SET last_received_at = NULL, last_up_at = now() - make_interval(hours => $1)`,
        [hours],
      );
      const next = await start({
        database: first.database,
        channels: [recordingChannel('test:line', { limits: { keepsHours: 24 } })],
      });
      await expect.poll(async () => (await row(first)).state).toBe('up');
      await next.keeper.stop();
    };
    await away(23);
    expect(await incidents(first)).toEqual([]);
    await away(30);
    expect(await incidents(first)).toEqual(['possible_gap test:line']);
    const { rows } = await first.pool.query<{ detail: { from: string; to: string } }>(
      'SELECT detail FROM incidents',
    );
    const { from, to } = rows[0]!.detail;
    expect(Math.round((Date.parse(to) - Date.parse(from)) / 3_600_000)).toBe(30);
  });
});

describe('two lines, one of them down', () => {
  /** An officer with a chat on each of these lines; the last is the one they used last. */
  async function anOfficer(world: World, role: string, village: string | null, channels: RecordingChannel[]) {
    const id = v7();
    await world.pool.query('INSERT INTO officers (id, name) VALUES ($1, $2)', [id, `${role} ${id}`]);
    await world.pool.query(
      'INSERT INTO officer_roles (id, officer_id, village_id, role) VALUES ($1, $2, $3, $4)',
      [v7(), id, village, role],
    );
    const conversations: string[] = [];
    for (const channel of channels) {
      const person = world.aPerson({ channel, chatId: `${id}-${channel.lineId}` });
      await person.says('quiet');
      conversations.push(await person.conversation());
    }
    await world.settles();
    await world.pool.query(
      `UPDATE addresses SET officer_id = $1 FROM conversations c WHERE c.address_id = addresses.id AND c.id = ANY ($2)`,
      [id, conversations],
    );
    return {
      /** What they were told, by line. */
      async told(): Promise<string[]> {
        const { rows } = await world.pool.query<{ line: string; vars: { incident: string } }>(
          `SELECT c.line_id AS line, i.body->'vars' AS vars FROM inbound_messages i
           JOIN conversations c ON c.id = i.conversation_id
           WHERE i.kind = 'internal' AND c.id = ANY ($1) ORDER BY i.seq`,
          [conversations],
        );
        return rows.map(({ line, vars }) => `${line} ${vars.incident}`);
      },
    };
  }
  const VILLAGE = '35.10.25.2004';
  const twoLines = async () => {
    const [good, bad] = [recordingChannel('telegram:good'), recordingChannel('telegram:bad')];
    const world = await start({ channels: [good, bad] });
    return { world, good, bad };
  };

  test('its keepers are told through the other, once, and that it is back, once', async () => {
    const { world, good, bad } = await twoLines();
    const keeper = await anOfficer(world, 'admin', null, [good, bad]);
    await bad.intake!.stateChanged('down', 'the token is refused');
    await bad.intake!.stateChanged('down', 'the token is refused');
    await world.notify();
    expect(await keeper.told()).toEqual(['telegram:good line_down']);
    await bad.intake!.stateChanged('up');
    await bad.intake!.stateChanged('up');
    // Both lines work again: the one that was used last is taken as ever.
    const heard = async () =>
      (await keeper.told()).map((told) => told.split(' ')[1]!).toSorted((a, b) => a.localeCompare(b));
    await expect.poll(heard).toEqual(['line_down', 'line_up']);
    await world.notify();
    expect(await heard()).toEqual(['line_down', 'line_up']);
    expect(await incidents(world)).toEqual(['line_down telegram:bad closed']);
  });

  test('whoever has no other line hears of it when it is back', async () => {
    const { world, bad } = await twoLines();
    const keeper = await anOfficer(world, 'admin', null, [bad]);
    await bad.intake!.stateChanged('down', 'the token is refused');
    await world.notify();
    expect(await keeper.told()).toEqual([]);
    const { rows } = await world.pool.query('SELECT told_at, error FROM notifications');
    expect(rows).toEqual([{ told_at: null, error: null }]);
    await bad.intake!.stateChanged('up');
    await expect.poll(() => keeper.told()).toEqual(['telegram:bad line_up']);
  });

  test('officers of a village whose own line it is are told; those of others are not', async () => {
    const { world, good, bad } = await twoLines();
    await world.pool.query(`UPDATE lines SET village_id = $1 WHERE id = 'telegram:bad'`, [VILLAGE]);
    const keeper = await anOfficer(world, 'admin', null, [good]);
    const head = await anOfficer(world, 'kepala_desa', VILLAGE, [good]);
    const volunteer = await anOfficer(world, 'kader', VILLAGE, [good]);
    const stranger = await anOfficer(world, 'kepala_desa', '35.10.09.2001', [good]);
    await bad.intake!.stateChanged('down', 'the token is refused');
    await world.notify();
    const heard = await Promise.all([keeper, head, volunteer, stranger].map((one) => one.told()));
    expect(heard).toEqual([['telegram:good line_down'], ['telegram:good line_down'], [], []]);
    await good.intake!.stateChanged('down', 'the network');
    await world.notify();
    expect(await head.told()).toHaveLength(1);
  });

  test('what waits there goes in order when it is back', async () => {
    const { world, bad } = await twoLines();
    const siti = world.aPerson({ channel: bad });
    await siti.says('halo');
    await world.settles();
    bad.meets(() => Promise.reject(new SendError('line_down', 'the token is refused')));
    const conversationId = await siti.conversation();
    for (const text of ['satu', 'dua', 'tiga'])
      await insertOutbound(
        world.pool,
        [{ conversationId, lineId: 'telegram:bad', message: { text } }],
        new Date(),
      );
    world.wake.send('telegram:bad');
    await expect.poll(() => incidents(world)).toEqual(['line_down telegram:bad']);
    expect(siti.heard()).toHaveLength(1);
    await bad.intake!.stateChanged('up');
    await expect.poll(() => siti.heard().slice(1)).toEqual(['satu', 'dua', 'tiga']);
    expect(await incidents(world)).toEqual(['line_down telegram:bad closed']);
  });
});
