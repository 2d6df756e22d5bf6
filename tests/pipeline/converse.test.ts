import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { v7 } from 'uuid';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';
import { clockIsBehind } from '../../src/store/clockGuard.js';
import { insertInternal } from '../../src/store/inbound.js';
import { DEMONSTRATION_VILLAGE } from '../../src/store/seedDemonstration.js';

let world: World;
let engine: ReturnType<typeof slotEngine>;
beforeEach(async () => {
  engine = slotEngine();
  world = await aWorld({ engine, converser: { restMs: () => 30, tries: 3 } });
});
afterEach(async () => {
  await world.stop();
});

const session = async (conversation: string) =>
  (
    await world.pool.query(
      'SELECT session, private, failures, wake_at, silenced_until FROM conversations WHERE id = $1',
      [conversation],
    )
  ).rows[0];

describe('order', () => {
  test('two answers in one batch land in their own slots', async () => {
    const siti = world.aPerson();
    await Promise.all([siti.says('Warung'), siti.says('Dagang')]);
    await world.settles();
    expect(siti.heard()).toEqual(['1: Warung (new)', '2: Dagang']);
  });

  test('ten people at once, five messages each, are each answered in their order', async () => {
    const people = Array.from({ length: 10 }, () => world.aPerson());
    await Promise.all(people.flatMap((person) => ['a', 'b', 'c', 'd', 'e'].map((text) => person.says(text))));
    await world.settles();
    for (const person of people)
      expect(person.heard()).toEqual(['1: a (new)', '2: b', '3: c', '4: d', '5: e']);
  });

  test('several workers keep the order of each person', async () => {
    const others = await Promise.all(
      [1, 2].map(() =>
        aWorld({
          engine,
          database: world.database,
          channels: [],
          converser: { batch: 3 },
          wakesLine: (lineId) => world.wake.send(lineId),
        }),
      ),
    );
    const people = Array.from({ length: 12 }, () => world.aPerson());
    for (let n = 0; n < 6; n++) {
      await Promise.all(people.map((person) => person.says(`m${n}`)));
      for (const other of others) void other.converser.run();
    }
    await world.settles();
    for (const person of people)
      expect(person.heard()).toEqual(['1: m0 (new)', '2: m1', '3: m2', '4: m3', '5: m4', '6: m5']);
    for (const other of others) await other.stop();
  });

  test('an edit of a message that was not heard yet takes its place', async () => {
    const deaf = await aWorld({ engine, isDeaf: true, database: world.database });
    const siti = deaf.aPerson();
    await siti.says('Wrung', { externalId: 'm1' });
    await siti.sends({ kind: 'edit', externalId: 'm1', text: 'Warung' });
    await deaf.converser.run();
    deaf.wake.send('test:line');
    await deaf.settles();
    expect(engine.seen.map(({ text }) => text)).toEqual(['Warung']);
    await siti.sends({ kind: 'edit', externalId: 'm1', text: 'Toko' });
    await deaf.converser.run();
    expect(engine.seen.map(({ text }) => text)).toEqual(['Warung', 'edit Toko']);
    await deaf.stop();
  });
});

test('a sensitive answer that was edited before it was heard is sealed with its edits', async () => {
  const deaf = await aWorld({ engine, isDeaf: true, database: world.database });
  const siti = deaf.aPerson();
  await siti.says('secret ibu kandng', { externalId: 'm1' });
  await siti.sends({ kind: 'edit', externalId: 'm1', text: 'secret ibu kandung' });
  await deaf.converser.run();
  const { rows } = await deaf.pool.query('SELECT seq, body, sealed_body FROM inbound_messages ORDER BY seq');
  expect(rows.map((row) => row.body)).toEqual([{ kind: 'text' }, { kind: 'edit' }]);
  const opened = rows.map((row) => deaf.sealer.open('inbound', String(row.seq), row.sealed_body)['text']);
  expect(opened).toEqual(['secret ibu kandng', 'secret ibu kandung']);
  await deaf.stop();
});

describe('a conversation that rests', () => {
  const resting = async (person: ReturnType<World['aPerson']>) => await session(await person.conversation());

  test('hears an emergency at once, out of its turn, and rests on', async () => {
    const slow = await aWorld({ engine, database: world.database, converser: { restMs: () => 60_000 } });
    const siti = slow.aPerson();
    await siti.says('boom');
    await expect.poll(async () => (await resting(siti))?.failures).toBe(1);
    const before = await resting(siti);
    await siti.says('nanti saja');
    await siti.says('tolong ada kebakaran');
    await expect.poll(() => siti.heard()).toEqual(['1: tolong ada kebakaran (new)']);
    expect(await resting(siti)).toMatchObject({ failures: 1, wake_at: before.wake_at });
    const { rows } = await slow.pool.query(
      "SELECT body ->> 'text' AS text FROM inbound_messages WHERE handled_at IS NULL ORDER BY seq",
    );
    expect(rows.map(({ text }) => text)).toEqual(['boom', 'nanti saja']);
    await slow.stop();
  });

  test('hears the emergency that came with the message that fails', async () => {
    const slow = await aWorld({
      engine,
      isDeaf: true,
      database: world.database,
      converser: { restMs: () => 60_000 },
    });
    const siti = slow.aPerson();
    await siti.says('boom');
    await siti.says('tolong ada kebakaran');
    await slow.converser.run();
    slow.wake.send('test:line');
    await expect.poll(() => siti.heard()).toHaveLength(1);
    await slow.stop();
  });

  test('hears it though its session cannot be opened, and keeps the session as it was', async () => {
    const slow = await aWorld({ engine, database: world.database, converser: { restMs: () => 60_000 } });
    const siti = slow.aPerson();
    await siti.says('halo');
    await slow.settles();
    await slow.pool.query("UPDATE conversations SET private = 'nothing that opens'");
    const before = await resting(siti);
    await siti.says('lagi');
    await expect.poll(() => slow.counters.conversationFailures).toBe(1);
    await siti.says('ada kebakaran');
    await expect.poll(() => siti.heard().at(-1)).toContain('ada kebakaran');
    expect(await resting(siti)).toMatchObject({ session: before.session, private: 'nothing that opens' });
    await slow.stop();
  });
});

describe('failures', () => {
  test('a conversation that throws harms no other, and is given up on with an apology', async () => {
    await world.aVillage();
    const deaf = await aWorld({
      engine,
      isDeaf: true,
      database: world.database,
      converser: { restMs: () => 20, tries: 3 },
    });
    const people = Array.from({ length: 8 }, () => deaf.aPerson());
    await Promise.all(people.map((person, n) => person.says(n === 3 ? 'boom' : `halo ${n}`)));
    await people[3]!.says('masih di sini');
    for (let n = 0; n < 8; n++) {
      await deaf.converser.run();
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    deaf.wake.send('test:line');
    await deaf.settles();
    people.forEach((person, n) => {
      if (n !== 3) expect(person.heard()).toEqual([`1: halo ${n} (new)`]);
    });
    expect(people[3]!.heard()).toEqual(['Maaf', '1: masih di sini (new)']);
    const { rows } = await deaf.pool.query('SELECT error FROM inbound_messages WHERE parked_at IS NOT NULL');
    expect(rows).toEqual([{ error: 'Error' }]);
    const incidents = await deaf.pool.query('SELECT kind FROM incidents');
    expect(incidents.rows).toContainEqual({ kind: 'conversation_parked' });
    await deaf.stop();
  });

  test('what a failed turn did before it failed is undone with it', async () => {
    await world.aVillage();
    const siti = world.aPerson();
    await siti.says(`village ${DEMONSTRATION_VILLAGE}`);
    await siti.says('slow death');
    await expect
      .poll(async () => {
        await world.converser.run();
        return world.counters.conversationsParked;
      })
      .toBe(1);
    expect((await world.pool.query('SELECT count(*)::int AS n FROM cases')).rows[0].n).toBe(0);
  });

  test('messages before the one that fails are answered at once', async () => {
    const deaf = await aWorld({ engine, isDeaf: true, database: world.database });
    const siti = deaf.aPerson();
    await siti.says('satu');
    await siti.says('boom');
    await deaf.converser.run();
    deaf.wake.send('test:line');
    await deaf.settles();
    expect(siti.heard()).toEqual(['1: satu (new)']);
    expect(await session(await siti.conversation())).toMatchObject({
      failures: 1,
      wake_at: expect.any(Date),
    });
    await deaf.stop();
  });

  test('a turn that never stops asking is a failure, not a hang', async () => {
    const siti = world.aPerson();
    await siti.says('ask 8');
    await world.settles();
    expect(siti.heard()).toEqual(['done: {"count":0,"items":[],"hidden":false}']);
    await siti.says('ask 9');
    await expect.poll(() => world.counters.conversationFailures).toBeGreaterThan(0);
  });
});

describe('effects', () => {
  test('one draft opens one case, in two conversations of one batch as well as later', async () => {
    await world.aVillage();
    const draft = v7();
    const people = [world.aPerson(), world.aPerson()];
    for (const person of people) await person.says(`village ${DEMONSTRATION_VILLAGE}`);
    await world.settles();
    await Promise.all(people.map((person) => person.says(`case ${draft}`)));
    await people[0]!.says(`case ${draft}`);
    await world.settles();
    expect((await world.pool.query('SELECT count(*)::int AS n FROM cases')).rows[0].n).toBe(1);
    const codes = people.flatMap((person) => person.heard().slice(1));
    expect(codes).toHaveLength(3);
    expect(new Set(codes).size).toBe(1);
  });

  test('what an earlier message of the batch changed is known to the next', async () => {
    await world.aVillage();
    const siti = world.aPerson();
    await Promise.all([siti.says(`village ${DEMONSTRATION_VILLAGE}`), siti.says(`case ${v7()}`)]);
    await world.settles();
    const { rows } = await world.pool.query('SELECT village_id FROM cases');
    expect(rows).toEqual([{ village_id: DEMONSTRATION_VILLAGE }]);
  });

  test('a sensitive answer is sealed in the session and in the stored message', async () => {
    const siti = world.aPerson();
    await siti.says('secret ibu kandung');
    await world.settles();
    const conversation = await siti.conversation();
    const row = await session(conversation);
    expect(JSON.stringify(row)).not.toContain('kandung');
    expect(world.sealer.open('session', conversation, row.private)).toEqual({ word: 'ibu kandung' });
    const { rows } = await world.pool.query('SELECT seq, body, sealed_body FROM inbound_messages');
    expect(rows[0].body).toEqual({ kind: 'text' });
    expect(world.sealer.open('inbound', String(rows[0].seq), rows[0].sealed_body)).toMatchObject({
      text: 'secret ibu kandung',
    });
    await siti.says('lagi');
    await world.settles();
    expect((await session(conversation)).private).toBe(row.private);
  });

  test('what another part of the program wants said comes as a row of the conversation, once', async () => {
    const siti = world.aPerson();
    await siti.says('halo');
    await world.settles();
    const row = {
      conversationId: await siti.conversation(),
      externalId: 'case:1:2',
      flow: 'case-notice',
      vars: { code: 'X' },
    };
    await insertInternal(world.pool, [row, row], new Date());
    await insertInternal(world.pool, [row], new Date());
    await world.converser.run();
    await world.settles();
    expect(siti.heard()).toEqual(['1: halo (new)', 'notice: case-notice {"code":"X"}']);
  });

  test('a photo that nobody asked for is not kept', async () => {
    const siti = world.aPerson();
    await siti.sends({ kind: 'photo', file: { remote: 'AgAD' } });
    await world.settles();
    const { rows } = await world.pool.query('SELECT state, remote FROM attachments');
    expect(rows).toEqual([{ state: 'refused', remote: null }]);
  });
});

describe('who is answered', () => {
  test('two robots that take turns in one chat, and stickers without end, silence the bot', async () => {
    const robot = world.aPerson();
    for (let n = 0; n < 14; n++)
      await robot.says(n % 2 ? 'Mohon tunggu, admin akan membalas' : 'Terima kasih sudah menghubungi kami');
    await world.settles();
    expect(robot.heard()).toHaveLength(9);
    const looping = world.aPerson();
    for (let n = 0; n < 24; n++) await looping.sends({ kind: 'unreadable', what: 'sticker' });
    await looping.says('ada kebakaran');
    await world.settles();
    expect(looping.heard()).toHaveLength(20);
  });

  test('five messages of a robot within two minutes silence the bot in that chat, until a person writes', async () => {
    const robot = world.aPerson();
    for (let n = 0; n < 8; n++) await robot.says(`Terima kasih, pesan Anda kami terima ${n}`);
    await world.settles();
    expect(robot.heard()).toHaveLength(4);
    expect((await session(await robot.conversation())).silenced_until).toBeInstanceOf(Date);
    await robot.says('menu');
    await world.settles();
    expect(robot.heard()).toHaveLength(5);
  });

  test('short answers that are alike are no robot', async () => {
    const siti = world.aPerson();
    for (let n = 0; n < 9; n++) await siti.says('1');
    await world.settles();
    expect(siti.heard()).toHaveLength(9);
  });

  test('a cry for help is heard however often it is repeated', async () => {
    const siti = world.aPerson();
    for (let n = 0; n < 7; n++) await siti.says('tolong ada kebakaran di rumah');
    await world.settles();
    expect(siti.heard()).toHaveLength(7);
  });

  test('a message that was sent long before it came is told to be late', async () => {
    const siti = world.aPerson();
    await siti.says('tadi', { sentAt: new Date(Date.now() - 11 * 60_000) });
    await siti.says('sekarang');
    await world.settles();
    expect(engine.seen).toMatchObject([
      { text: 'tadi', late: true },
      { text: 'sekarang', late: false },
    ]);
  });

  test('blocking and unblocking is written to the address, and answered by nobody', async () => {
    const siti = world.aPerson();
    const blocked = async () =>
      (await world.pool.query('SELECT blocked_at FROM addresses')).rows[0].blocked_at;
    await siti.says('halo');
    await siti.sends({ kind: 'blocked' });
    await world.settles();
    expect(await blocked()).toBeInstanceOf(Date);
    await siti.sends({ kind: 'unblocked' });
    await world.settles();
    expect(await blocked()).toBeNull();
    await siti.sends({ kind: 'blocked' });
    await siti.says('saya lagi');
    await world.settles();
    expect(await blocked()).toBeNull();
    expect(siti.heard()).toEqual(['1: halo (new)', '2: saya lagi']);
  });
});

test('under a clock that is behind no case is opened, and the request waits until the clock is right', async () => {
  let behind = 0;
  const clocked = await aWorld({
    engine,
    database: world.database,
    now: () => new Date(Date.now() - behind),
  });
  await clocked.aVillage();
  const siti = clocked.aPerson();
  await siti.says(`village ${DEMONSTRATION_VILLAGE}`);
  await clocked.settles();
  // As the worker does every other second: the latest time seen is remembered.
  await clockIsBehind(clocked.pool, new Date());
  behind = 3_600_000;
  await siti.says(`case ${v7()}`);
  await expect.poll(() => clocked.counters.conversationFailures).toBe(1);
  expect((await clocked.pool.query('SELECT count(*)::int AS n FROM cases')).rows[0].n).toBe(0);
  // The person is told that it is kept, once, and a cry for help is heard all the same.
  await expect.poll(async () => (await session(await siti.conversation())).wake_at).not.toBeNull();
  await clocked.pool.query('UPDATE conversations SET wake_at = NULL');
  await clocked.converser.run();
  expect(clocked.counters.conversationFailures).toBe(2);
  await siti.says('ada kebakaran');
  await expect.poll(() => siti.heard().slice(1)).toEqual(['Sebentar lagi', '1: ada kebakaran']);
  behind = -60_000;
  await clocked.converser.run();
  await clocked.settles();
  expect((await clocked.pool.query('SELECT count(*)::int AS n FROM cases')).rows[0].n).toBe(1);
  await clocked.stop();
});

describe('cases in a batch', () => {
  const status = async (code: string) =>
    (await world.pool.query('SELECT status FROM cases WHERE code = $1', [code])).rows[0].status;

  test.each(['open', 'in_hand', 'asked', 'finished', 'refused', 'cancelled'] as const)(
    'a case can be brought to %s',
    async (wanted) => {
      const { code } = await world.aCase({ status: wanted });
      expect(await status(code)).toBe(wanted);
    },
  );

  test('of two officers who take a case in one batch one gets it, and the other hears who', async () => {
    const { code } = await world.aCase();
    const people = [world.aPerson(), world.aPerson()];
    const roles = ['kasi_pelayanan', 'sekretaris'];
    for (const [n, person] of people.entries()) {
      await person.says('quiet');
      await world.settles();
      await world.pool.query(
        `UPDATE addresses SET officer_id = (SELECT o.id FROM officers o JOIN officer_roles r ON r.officer_id = o.id WHERE r.role = $2)
         WHERE id = (SELECT address_id FROM conversations WHERE id = $1)`,
        [await person.conversation(), roles[n]],
      );
    }
    await Promise.all(people.map((person) => person.says(`take ${code}`)));
    await world.settles();
    const told = people.map((person) => person.heard().at(-1)!);
    expect(told.filter((text) => text.includes('"done"'))).toHaveLength(1);
    expect(told.filter((text) => text.includes('"lost"'))).toHaveLength(1);
    expect(await status(code)).toBe('in_hand');
  });
});
