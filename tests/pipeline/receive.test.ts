import { afterEach, beforeEach, expect, test } from 'vitest';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
beforeEach(async () => {
  world = await aWorld({ engine: slotEngine() });
});
afterEach(async () => {
  await world.stop();
});

test('the same update delivered five times is one message with one answer', async () => {
  const siti = world.aPerson();
  await Promise.all(Array.from({ length: 5 }, () => siti.says('halo', { externalId: 'update 7' })));
  await siti.says('halo', { externalId: 'update 7' });
  await world.settles();
  expect(siti.heard()).toEqual(['1: halo (new)']);
  expect(world.counters).toMatchObject({ received: 1, duplicates: 5 });
});

test('two lines may number their updates alike', async () => {
  const other = await import('../support/recordingChannel.js').then((m) => m.recordingChannel('test:other'));
  const both = await aWorld({
    engine: slotEngine(),
    channels: [world.channel, other],
    database: world.database,
  });
  const a = both.aPerson({ chatId: '1' });
  const b = both.aPerson({ chatId: '1', channel: other });
  await Promise.all([a.says('satu', { externalId: '1' }), b.says('dua', { externalId: '1' })]);
  const { rows } = await both.pool.query('SELECT line_id FROM inbound_messages ORDER BY line_id');
  expect(rows.map((row) => row.line_id)).toEqual(['test:line', 'test:other']);
  await both.stop();
});

test('whoever writes is met once, however many messages come at once', async () => {
  const people = Array.from({ length: 30 }, () => world.aPerson());
  await Promise.all(people.flatMap((person) => [person.says('a'), person.says('b'), person.says('c')]));
  const { rows } = await world.pool.query(
    `SELECT (SELECT count(*)::int FROM residents) AS residents, (SELECT count(*)::int FROM addresses) AS addresses,
       (SELECT count(*)::int FROM conversations) AS conversations`,
  );
  expect(rows[0]).toEqual({ residents: 30, addresses: 30, conversations: 30 });
});

test('two receivers that meet the same person at the same moment make one of them', async () => {
  const second = await aWorld({ engine: slotEngine(), database: world.database });
  await Promise.all(
    Array.from({ length: 10 }, (_, n) => [
      world.aPerson({ chatId: `same${n}` }).says('a', { externalId: `a${n}` }),
      second.aPerson({ chatId: `same${n}` }).says('b', { externalId: `b${n}` }),
    ]).flat(),
  );
  const { rows } = await world.pool.query('SELECT count(*)::int AS n FROM conversations');
  expect(rows[0]).toEqual({ n: 10 });
  await second.stop();
});

test('an address that turns out to be one that is known goes on as the older one', async () => {
  const known = (ids: { [kind: string]: string }, externalId: string) =>
    world.receiver.receive({
      lineId: 'test:line',
      platform: 'whatsapp',
      ids,
      chatId: Object.values(ids)[0]!,
      externalId,
      sentAt: new Date(),
      content: { kind: 'text', text: 'halo' },
    });
  await known({ phone: '6281234' }, '1');
  await known({ lid: '99@lid' }, '2');
  await known({ phone: '6281234', lid: '99@lid' }, '3');
  await known({ lid: '99@lid' }, '4');
  const { rows } = await world.pool.query(
    'SELECT external_id, conversation_id FROM inbound_messages ORDER BY seq',
  );
  expect(rows[2].conversation_id).toBe(rows[0].conversation_id);
  expect(rows[3].conversation_id).toBe(rows[0].conversation_id);
  const ids = await world.pool.query('SELECT DISTINCT address_id FROM address_ids');
  expect(ids.rowCount).toBe(1);
});

test('a row that the database refuses is kept as unreadable, and its neighbours are stored', async () => {
  await world.pool.query(
    `ALTER TABLE inbound_messages ADD CHECK (body ->> 'text' IS DISTINCT FROM 'poison')`,
  );
  const people = Array.from({ length: 9 }, () => world.aPerson());
  await Promise.all(people.map((person, n) => person.says(n === 4 ? 'poison' : `halo ${n}`)));
  await world.settles();
  const { rows } = await world.pool.query(
    `SELECT kind, count(*)::int AS n FROM inbound_messages GROUP BY 1 ORDER BY 1`,
  );
  expect(rows).toEqual([
    { kind: 'text', n: 8 },
    { kind: 'unreadable', n: 1 },
  ]);
  expect(people[4]!.heard()).toEqual(['1: unreadable (new)']);
  expect(world.counters.unreadable).toBe(1);
});

test('nothing is acknowledged while the database is away', async () => {
  const siti = world.aPerson();
  await siti.says('halo');
  await world.database.close();
  await expect(siti.says('lagi')).rejects.toThrow();
  await world.database.open();
  await siti.says('lagi');
  await world.settles();
  expect(siti.heard()).toEqual(['1: halo (new)', '2: lagi']);
});

test('identity numbers are masked before anything is stored, and what Postgres refuses is taken out', async () => {
  const siti = world.aPerson();
  await siti.says('NIK saya 3510121708900001 \0 \ud800 ya');
  const { rows } = await world.pool.query('SELECT body FROM inbound_messages');
  expect(rows[0].body.text).toBe('NIK saya 351012******0001  \ufffd ya');
});

test('a text beyond all measure is cut, with a mark', async () => {
  const siti = world.aPerson();
  await siti.says('x'.repeat(100_000));
  const { rows } = await world.pool.query('SELECT body FROM inbound_messages');
  expect(rows[0].body.text.length).toBeLessThan(8_100);
  expect(rows[0].body.text.endsWith(' […]')).toBe(true);
});

test('a message without a sender is passed over and counted, and does not come again', async () => {
  await world.receiver.receive({
    lineId: 'test:line',
    platform: 'telegram',
    ids: {},
    chatId: '1',
    externalId: '1',
    sentAt: new Date(),
    content: { kind: 'text', text: 'halo' },
  });
  expect((await world.pool.query('SELECT 1 FROM inbound_messages')).rowCount).toBe(0);
  expect(world.counters.unreadable).toBe(1);
});

test('what cannot even be stored as unreadable is an incident, and its line goes on', async () => {
  await world.pool.query(`ALTER TABLE inbound_messages ADD CHECK (external_id <> 'poison')`);
  const [siti, budi] = [world.aPerson(), world.aPerson()];
  await Promise.all([siti.says('halo', { externalId: 'poison' }), budi.says('halo')]);
  await world.settles();
  expect(budi.heard()).toEqual(['1: halo (new)']);
  const { rows } = await world.pool.query('SELECT kind, line_id, detail FROM incidents');
  expect(rows).toEqual([
    {
      kind: 'message_lost',
      line_id: 'test:line',
      detail: { line: 'test:line', message: 'poison', chat: siti.chatId, kind: 'text' },
    },
  ]);
  expect(world.counters.unreadable).toBe(1);
});

test('where a table is missing nothing is lost: the platform keeps it', async () => {
  await world.pool.query('ALTER TABLE inbound_messages RENAME TO elsewhere');
  const siti = world.aPerson();
  await expect(siti.says('halo')).rejects.toMatchObject({ code: '42P01' });
  await world.pool.query('ALTER TABLE elsewhere RENAME TO inbound_messages');
  await siti.says('halo');
  await world.settles();
  expect(siti.heard()).toEqual(['1: halo (new)']);
});

test('when the database goes away in the middle of a batch, nothing is stored behind what was refused', async () => {
  // The row that is refused as it is halves the batch; the one after it then meets a database that is shutting down.
  await world.pool.query(`CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.body ->> 'text' = 'poison' THEN RAISE check_violation; END IF;
    IF NEW.body ->> 'text' = 'away' THEN RAISE EXCEPTION 'shutting down' USING ERRCODE = '57P01'; END IF;
    RETURN NEW; END $$`);
  await world.pool.query(
    'CREATE TRIGGER fails BEFORE INSERT ON inbound_messages FOR EACH ROW EXECUTE FUNCTION fails()',
  );
  const siti = world.aPerson();
  const texts = ['satu', 'poison', 'away', 'empat', 'lima'];
  const results = await Promise.allSettled(texts.map((text) => siti.says(text)));
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
    'rejected',
  ]);
  const { rows } = await world.pool.query('SELECT kind FROM inbound_messages ORDER BY seq');
  expect(rows).toEqual([{ kind: 'text' }, { kind: 'unreadable' }]);
});

test('a conversation that was known but is gone is met anew', async () => {
  const siti = world.aPerson();
  await siti.says('halo');
  await world.settles();
  await world.pool.query(
    'TRUNCATE residents, addresses, address_ids, conversations, inbound_messages, outbound_messages CASCADE',
  );
  await siti.says('lagi');
  const { rows } = await world.pool.query("SELECT body ->> 'text' AS text FROM inbound_messages");
  expect(rows).toEqual([{ text: 'lagi' }]);
});

test('beyond a bound of messages in hand the platform is asked to come again', async () => {
  const small = await aWorld({
    engine: slotEngine(),
    database: world.database,
    receiver: { pending: 5, gatherMs: 20 },
  });
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => small.aPerson().says('halo')));
  expect(results.filter((result) => result.status === 'rejected')).toHaveLength(3);
  await small.stop();
});
