import { afterEach, describe, expect, test } from 'vitest';
import { SendError, type SendFailure } from '../../src/core/errors.js';
import { insertOutbound, recoverSending } from '../../src/store/outbound.js';
import { recordingChannel, type RecordingChannel } from '../support/recordingChannel.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World, type WorldOptions } from '../support/world.js';

let world: World;
afterEach(async () => {
  await world.stop();
});

async function start(options: Partial<WorldOptions> = {}): Promise<World> {
  world = await aWorld({ engine: slotEngine(), sender: { retryMs: () => 20 }, ...options });
  return world;
}

const fails =
  (failure: SendFailure, more: { retryAfter?: number; movedTo?: string } = {}) =>
  (): Promise<void> =>
    Promise.reject(new SendError(failure, 'the stand-in says so', more));

const rows = async () =>
  (
    await world.pool.query<{
      state: string;
      is_repeat: boolean;
      attempts: number;
      error: string | null;
      external_ids: string[] | null;
    }>('SELECT state, is_repeat, attempts, error, external_ids FROM outbound_messages ORDER BY seq')
  ).rows;

/** Puts messages into somebody's outbox at once. */
async function says(person: ReturnType<World['aPerson']>, texts: string[]): Promise<void> {
  const conversationId = await person.conversation();
  await insertOutbound(
    world.pool,
    texts.map((text) => ({ conversationId, lineId: person.channel.lineId, message: { text } })),
    new Date(),
  );
  world.wake.send(person.channel.lineId);
}

describe('order and pace', () => {
  test('a message that is taken anew before we hear that it had gone back stays in hand', async () => {
    await start();
    const siti = world.aPerson();
    await siti.says('quiet');
    await world.settles();
    const query = world.pool.query.bind(world.pool) as (...given: unknown[]) => Promise<unknown>;
    let tell = () => {};
    const told = new Promise<void>((resolve) => (tell = resolve));
    let isCut = false;
    world.pool.query = (async (...given: unknown[]) => {
      const [what] = given as [string | { name?: string }];
      const answer = await query(...given);
      if (typeof what === 'string' && what.includes("SET state = 'pending', not_before")) await told;
      if (typeof what === 'object' && what.name === 'outbox-turn' && isCut) {
        isCut = false;
        throw new Error('Connection terminated unexpectedly');
      }
      return answer;
    }) as typeof world.pool.query;
    let release = () => {};
    world.channel.meets(fails('delayed', { retryAfter: 0 }));
    world.channel.meets(() => new Promise<void>((resolve) => (release = resolve)));
    await says(siti, ['a']);
    await expect.poll(async () => (await rows())[0]).toMatchObject({ state: 'pending', attempts: 1 });
    world.wake.send(world.channel.lineId);
    await expect.poll(async () => (await rows())[0]).toMatchObject({ state: 'sending', attempts: 2 });
    tell();
    await expect
      .poll(
        async () => (await world.pool.query('SELECT next_send_at FROM conversations')).rows[0].next_send_at,
      )
      .not.toBeNull();
    // The answer to a turn is lost: what is not in hand goes back.
    isCut = true;
    world.wake.send(world.channel.lineId);
    await expect.poll(() => isCut).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    release();
    await world.settles();
    expect(siti.heard()).toEqual(['a']);
    expect(await rows()).toMatchObject([{ state: 'sent', attempts: 2, is_repeat: false }]);
  });

  test('a stop waits for what was being taken in that moment', async () => {
    await start();
    const siti = world.aPerson();
    await siti.says('quiet');
    await world.settles();
    const query = world.pool.query.bind(world.pool) as (...given: unknown[]) => Promise<unknown>;
    let tell = () => {};
    const told = new Promise<void>((resolve) => (tell = resolve));
    world.pool.query = (async (...given: unknown[]) => {
      const answer = await query(...given);
      if ((given[0] as { name?: string }).name === 'outbox-turn') await told;
      return answer;
    }) as typeof world.pool.query;
    let release: (() => void) | null = null;
    world.channel.meets(() => new Promise<void>((resolve) => (release = resolve)));
    await says(siti, ['a']);
    await expect.poll(async () => (await rows())[0]?.state).toBe('sending');
    const stopping = world.sender.stop(world.channel.lineId);
    tell();
    await expect.poll(() => release).not.toBeNull();
    setTimeout(() => release!(), 100);
    await stopping;
    expect(await rows()).toMatchObject([{ state: 'sent', is_repeat: false }]);
  });

  test('a line that is begun twice sends nothing twice', async () => {
    await start();
    const siti = world.aPerson();
    await siti.says('quiet');
    await world.settles();
    let release: (() => void) | null = null;
    world.channel.meets(() => new Promise<void>((resolve) => (release = resolve)));
    await says(siti, ['a', 'b']);
    await expect.poll(() => release).not.toBeNull();
    const again = world.sender.start(world.channel);
    setTimeout(() => release!(), 100);
    await again;
    await world.settles();
    expect(siti.heard()).toEqual(['a', 'b']);
    expect((await rows()).some((row) => row.is_repeat)).toBe(false);
  });

  test('what a person who blocks us was just being sent is given up, though their chats are merged meanwhile', async () => {
    await start();
    const [siti, other] = [world.aPerson(), world.aPerson()];
    await Promise.all([siti.says('quiet'), other.says('quiet')]);
    await world.settles();
    const kept = await other.conversation();
    world.channel.meets(async () => {
      await world.pool.query('UPDATE outbound_messages SET conversation_id = $1', [kept]);
      throw new SendError('blocked', 'the stand-in says so');
    });
    await says(siti, ['a']);
    await expect.poll(async () => (await rows())[0]?.state).toBe('failed');
    await says(other, ['b']);
    await world.settles();
    expect(other.heard()).toEqual(['b']);
  });

  test('messages of a conversation go out one after the other, in their order, and carry their ids', async () => {
    await start();
    const siti = world.aPerson();
    await siti.says('quiet');
    await world.settles();
    const texts = Array.from({ length: 12 }, (_, n) => `pesan ${n}`);
    await says(siti, texts);
    await world.settles();
    expect(siti.heard()).toEqual(texts);
    expect((await rows()).every((row) => row.state === 'sent' && row.external_ids?.length === 1)).toBe(true);
  });

  test('a line keeps to its rate, and a chat to its own', async () => {
    const channel = recordingChannel('test:slow', { limits: { perSecond: 50, perChatMs: 150 } });
    await start({ channels: [channel] });
    const people = Array.from({ length: 10 }, () => world.aPerson());
    await Promise.all(people.map((person) => person.says('quiet')));
    await world.settles();
    for (const person of people) await says(person, ['a', 'b']);
    await expect.poll(() => channel.sent.length).toBe(20);
    for (const person of people) {
      const at = channel.sent.filter((one) => one.chatId === person.chatId).map((one) => one.at);
      expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(145);
    }
    const span = channel.sent.at(-1)!.at - channel.sent[0]!.at;
    // Twenty messages, of which a bucket of five may go at once.
    expect(span).toBeGreaterThanOrEqual(((20 - 5) / 50) * 1_000 - 20);
  });

  test('one slow chat holds up no other', async () => {
    const channel = recordingChannel();
    await start({ channels: [channel] });
    const [slow, quick] = [world.aPerson(), world.aPerson()];
    let release = () => {};
    channel.meets(() => new Promise<void>((resolve) => (release = resolve)), { chatId: slow.chatId });
    await slow.says('halo');
    for (let n = 0; n < 5; n++) await quick.says(`halo ${n}`);
    await expect.poll(() => quick.heard().length).toBe(5);
    expect(slow.heard()).toEqual([]);
    release();
    await world.settles();
    expect(slow.heard()).toHaveLength(1);
  });
});

describe('what follows from a failure', () => {
  test('throttled: the whole line waits', async () => {
    await start();
    const [siti, budi] = [world.aPerson(), world.aPerson()];
    await Promise.all([siti.says('quiet'), budi.says('quiet')]);
    await world.settles();
    let failedAt = Infinity;
    const throttled = fails('throttled', { retryAfter: 0.4 });
    world.channel.meets(
      () => {
        failedAt = performance.now();
        return throttled();
      },
      { chatId: siti.chatId },
    );
    await says(siti, ['satu']);
    await expect.poll(() => failedAt).toBeLessThan(Infinity);
    await expect
      .poll(async () => (await world.pool.query('SELECT next_send_at FROM lines')).rows)
      .not.toEqual([{ next_send_at: null }]);
    await says(budi, ['dua']);
    await expect.poll(() => world.channel.sent.length).toBe(2);
    for (const { at } of world.channel.sent) expect(at - failedAt).toBeGreaterThanOrEqual(395);
    await world.settles();
    expect((await rows())[0]).toMatchObject({ state: 'sent', error: null });
  });

  test('delayed: this person waits, others go on', async () => {
    await start();
    const [siti, budi] = [world.aPerson(), world.aPerson()];
    world.channel.meets(fails('delayed', { retryAfter: 3 }), { chatId: siti.chatId });
    await Promise.all([siti.says('halo'), budi.says('halo')]);
    await expect.poll(() => world.channel.sent.length).toBe(2);
    expect(world.channel.sent.map((one) => one.chatId)).toEqual([budi.chatId, siti.chatId]);
  });

  test('a passing fault is tried again, in front of what came later', async () => {
    await start();
    const siti = world.aPerson();
    world.channel.meets(fails('retry'), { times: 3 });
    await siti.says('a');
    await siti.says('b');
    await expect.poll(() => siti.heard().length).toBe(2);
    expect(siti.heard()).toEqual(['1: a (new)', '2: b']);
    await world.settles();
    expect((await rows()).map(({ state, attempts }) => ({ state, attempts }))).toEqual([
      { state: 'sent', attempts: 4 },
      { state: 'sent', attempts: 1 },
    ]);
  });

  test('what could not be sent for a day is given up on', async () => {
    let later = 0;
    await start({ now: () => new Date(Date.now() + later) });
    const [siti, budi] = [world.aPerson(), world.aPerson()];
    world.channel.meets(fails('retry'), { times: 1_000, chatId: siti.chatId });
    await siti.says('a');
    await expect.poll(async () => (await rows())[0]?.attempts).toBeGreaterThan(1);
    later = 25 * 3_600_000;
    // While nothing goes out at all the network may be away: that is not the message's fault.
    const tried = (await rows())[0]!.attempts;
    await expect.poll(async () => (await rows())[0]?.attempts).toBeGreaterThan(tried + 2);
    expect((await rows())[0]?.state).not.toBe('failed');
    await budi.says('b');
    await expect.poll(async () => (await rows())[0]?.state).toBe('failed');
  });

  test('what could not be sent for a week is given up on, though nothing else goes out', async () => {
    let later = 0;
    await start({ now: () => new Date(Date.now() + later) });
    const siti = world.aPerson();
    world.channel.meets(fails('retry'), { times: 1_000 });
    await siti.says('a');
    await expect.poll(async () => (await rows())[0]?.attempts).toBeGreaterThan(1);
    later = 8 * 24 * 3_600_000;
    await expect.poll(async () => (await rows())[0]?.state).toBe('failed');
  });

  test('tries that were counted to their end are no hindrance', async () => {
    await start();
    const siti = world.aPerson();
    world.channel.meets(fails('retry'));
    await siti.says('a');
    await expect.poll(async () => (await rows())[0]?.attempts).toBeGreaterThan(0);
    await world.pool.query('UPDATE outbound_messages SET attempts = 32767');
    await world.settles();
    await expect.poll(() => siti.heard()).toEqual(['1: a (new)']);
  });

  test('permanent: given up, and what follows goes', async () => {
    await start();
    const siti = world.aPerson();
    world.channel.meets(fails('permanent'));
    await siti.says('a');
    await siti.says('b');
    await world.settles();
    expect(siti.heard()).toEqual(['2: b']);
    expect((await rows()).map((row) => row.state)).toEqual(['failed', 'sent']);
  });

  test('blocked: all that waits for the person is given up, and the address is marked', async () => {
    await start();
    const siti = world.aPerson();
    await siti.says('quiet');
    await world.settles();
    world.channel.meets(fails('blocked'));
    await says(siti, ['a', 'b', 'c']);
    await world.settles();
    expect((await rows()).map((row) => row.state)).toEqual(['failed', 'failed', 'failed']);
    expect((await world.pool.query('SELECT blocked_at FROM addresses')).rows[0].blocked_at).toBeInstanceOf(
      Date,
    );
  });

  test('moved: goes on where the chat is now', async () => {
    await start();
    const siti = world.aPerson();
    world.channel.meets(fails('moved', { movedTo: '-100777' }));
    await siti.says('a');
    await world.settles();
    expect(world.channel.to('-100777').map((message) => message.text)).toEqual(['1: a (new)']);
  });

  test('line_down: the line stops with an incident, and goes on once it is up', async () => {
    await start();
    const siti = world.aPerson();
    world.channel.meets(fails('line_down'));
    await siti.says('a');
    await expect
      .poll(async () => (await world.pool.query('SELECT kind FROM incidents')).rows)
      .toEqual([{ kind: 'line_down' }]);
    expect((await world.pool.query('SELECT state FROM lines')).rows).toEqual([{ state: 'down' }]);
    await siti.says('b');
    expect(siti.heard()).toEqual([]);
    await world.channel.intake!.stateChanged('up');
    await world.settles();
    expect(siti.heard()).toEqual(['1: a (new)', '2: b']);
    expect((await world.pool.query('SELECT closed_at FROM incidents')).rows[0].closed_at).toBeInstanceOf(
      Date,
    );
  });

  test('unknown: sent once more, flagged; then left, with an incident', async () => {
    await start();
    const [siti, budi] = [world.aPerson(), world.aPerson()];
    world.channel.meets(fails('unknown'), { chatId: siti.chatId });
    world.channel.meets(() => Promise.reject(new Error('a fault of the channel itself')), {
      chatId: budi.chatId,
      times: 2,
    });
    await siti.says('a');
    await expect.poll(() => siti.heard().length).toBe(1);
    await budi.says('a');
    await budi.says('b');
    await expect.poll(() => budi.heard()).toEqual(['2: b']);
    await world.settles();
    expect((await rows()).map(({ state, is_repeat }) => ({ state, is_repeat }))).toEqual([
      { state: 'sent', is_repeat: true },
      { state: 'unknown', is_repeat: true },
      { state: 'sent', is_repeat: false },
    ]);
    expect((await world.pool.query('SELECT kind FROM incidents')).rows).toEqual([
      { kind: 'outcome_unknown' },
    ]);
  });

  test('unknown on a line that may not repeat: left at once, with an incident', async () => {
    await start({ channels: [recordingChannel('test:once', { limits: { unknownOutcome: 'leave' } })] });
    const siti = world.aPerson();
    world.channel.meets(fails('unknown'));
    await siti.says('a');
    await world.settles();
    expect(siti.heard()).toEqual([]);
    expect(await rows()).toMatchObject([{ state: 'unknown', is_repeat: false }]);
    expect((await world.pool.query('SELECT kind FROM incidents')).rows).toEqual([
      { kind: 'outcome_unknown' },
    ]);
  });
});

describe('a sender that ended in the middle', () => {
  async function midway(channel: RecordingChannel) {
    await start({ channels: [channel], isDeaf: true });
    const siti = world.aPerson();
    await siti.says('a');
    await world.converser.run();
    await world.pool.query("UPDATE outbound_messages SET state = 'sending'");
    return siti;
  }

  test('repeats once, flagged, where the platform bears it', async () => {
    const siti = await midway(recordingChannel());
    expect(await recoverSending(world.pool, 'test:line', 'resend_flagged')).toEqual({
      repeated: 1,
      left: [],
    });
    world.wake.send('test:line');
    await world.settles();
    expect(siti.heard()).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'sent', is_repeat: true }]);
    await world.pool.query("UPDATE outbound_messages SET state = 'sending'");
    expect(await recoverSending(world.pool, 'test:line', 'resend_flagged')).toMatchObject({
      repeated: 0,
      left: [{}],
    });
  });

  test('leaves it alone elsewhere', async () => {
    await midway(recordingChannel());
    expect(await recoverSending(world.pool, 'test:line', 'leave')).toMatchObject({ repeated: 0, left: [{}] });
    expect(await rows()).toMatchObject([{ state: 'unknown', is_repeat: false }]);
  });
});

test('a second gateway that takes the lease over sends what waits, and what the first left in the middle once more', async () => {
  const first = recordingChannel();
  await start({ channels: [first], leases: { renewMs: 50, sendMs: 50 } });
  const [siti, budi] = [world.aPerson(), world.aPerson()];
  await Promise.all([siti.says('quiet'), budi.says('quiet')]);
  await world.settles();
  let cutOff = () => {};
  // The first gateway hears only later that nobody knows what became of it.
  first.meets(
    () =>
      new Promise<void>((_, reject) => {
        cutOff = () => reject(new SendError('unknown', 'cut off'));
      }),
    { chatId: siti.chatId },
  );
  await says(siti, ['a', 'b']);
  await expect.poll(async () => (await rows())[0]?.state).toBe('sending');
  const own = recordingChannel();
  await world.pool.query(
    "UPDATE lines SET lease_owner = 'elsewhere~1/1/x', lease_until = now() + interval '1 hour'",
  );
  const second = await aWorld({
    engine: slotEngine(),
    database: world.database,
    channels: [own],
    owner: 'elsewhere~1/1/x',
    leases: { renewMs: 50 },
  });
  await second.settles(20_000);
  expect(own.to(siti.chatId).map(({ text }) => text)).toEqual(['a', 'b']);
  await insertOutbound(
    world.pool,
    [{ conversationId: await budi.conversation(), lineId: 'test:line', message: { text: 'c' } }],
    new Date(),
  );
  // A nudge that reaches the first, which no longer holds the line, sends nothing there.
  world.wake.send('test:line');
  second.wake.send('test:line');
  await second.settles(20_000);
  expect(own.to(budi.chatId).map(({ text }) => text)).toEqual(['c']);
  expect((await rows()).map(({ state, is_repeat }) => ({ state, is_repeat }))).toEqual([
    { state: 'sent', is_repeat: true },
    { state: 'sent', is_repeat: false },
    { state: 'sent', is_repeat: false },
  ]);
  cutOff();
  // What the first still learns of its send changes nothing, and it sends no more.
  await world.keeper.stop();
  second.wake.send('test:line');
  await second.settles();
  expect(first.sent).toEqual([]);
  expect(own.to(siti.chatId)).toHaveLength(2);
  expect((await rows()).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
  await second.stop();
});

test('a sender whose lease is gone takes nothing', async () => {
  await start();
  const siti = world.aPerson();
  await siti.says('quiet');
  await world.settles();
  await world.pool.query("UPDATE lines SET lease_owner = 'another', lease_until = now() + interval '1 hour'");
  await says(siti, ['a']);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(siti.heard()).toEqual([]);
  expect(await rows()).toMatchObject([{ state: 'pending', attempts: 0 }]);
});

test('messages survive a database that goes away while they are sent', async () => {
  await start();
  const people = Array.from({ length: 6 }, () => world.aPerson());
  await Promise.all(people.map((person) => person.says('quiet')));
  await world.settles();
  for (const person of people) await says(person, ['a', 'b']);
  await world.database.close();
  await new Promise((resolve) => setTimeout(resolve, 200));
  await world.database.open();
  await world.settles(20_000);
  for (const person of people) {
    // What was sent while it could not be written down may come twice only if it is flagged.
    const heard = person.heard();
    expect([...new Set(heard)]).toEqual(['a', 'b']);
    expect(heard.length).toBeLessThanOrEqual(2 + (await rows()).filter((row) => row.is_repeat).length);
  }
});
