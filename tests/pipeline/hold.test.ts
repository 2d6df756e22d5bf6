import { v7 } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import { SendError, type SendFailure } from '../../src/core/errors.js';
import { HELD_DAYS } from '../../src/pipeline/rescue.js';
import { insertOutbound, recoverSending } from '../../src/store/outbound.js';
import { insertConsents } from '../../src/store/residents.js';
import { DEMONSTRATION_VILLAGE } from '../../src/store/seedDemonstration.js';
import { recordingChannel } from '../support/recordingChannel.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
let later = 0;
afterEach(async () => {
  later = 0;
  await world.stop();
});

const HOUR_MS = 3_600_000;

/** Siti, who wrote and was answered; on a line where a day after that only a template may go. */
async function start(options: { windowHours?: number; consents?: boolean } = {}) {
  const { windowHours, consents = true } = options;
  const channel = recordingChannel('test:cloud', {
    platform: 'whatsapp',
    limits: { reports: true, ...(windowHours === undefined ? {} : { windowHours }) },
  });
  world = await aWorld({
    engine: slotEngine(),
    channels: [channel],
    now: () => new Date(Date.now() + later),
    sender: { retryMs: () => 20 },
  });
  await world.aVillage();
  const siti = world.aPerson({ chatId: '6281200000041' });
  await siti.says('quiet');
  await world.settles();
  const { rows } = await world.pool.query<{ id: string }>(
    `UPDATE residents SET village_id = $1, language = 'en', name = 'Siti'
     WHERE id = (SELECT resident_id FROM addresses LIMIT 1) RETURNING id`,
    [DEMONSTRATION_VILLAGE],
  );
  const given = { residentId: rows[0]!.id, purpose: 'notification', version: '1', platform: 'whatsapp' };
  // Their last word counts.
  await insertConsents(world.pool, [{ ...given, given: !consents }], v7, new Date('2026-11-01T00:00:00Z'));
  await insertConsents(world.pool, [{ ...given, given: consents }], v7, new Date('2026-11-02T00:00:00Z'));
  return siti;
}

const fails =
  (failure: SendFailure, retryAfter?: number): (() => Promise<void>) =>
  () =>
    Promise.reject(
      new SendError(failure, 'the stand-in says so', retryAfter === undefined ? {} : { retryAfter }),
    );

async function news(siti: ReturnType<World['aPerson']>, ...texts: string[]): Promise<void> {
  const conversationId = await siti.conversation();
  await insertOutbound(
    world.pool,
    texts.map((text) => ({ conversationId, lineId: 'test:cloud', message: { text } })),
    new Date(Date.now() + later),
  );
  world.wake.send('test:cloud');
}

const states = async () =>
  (await world.pool.query<{ state: string }>('SELECT state FROM outbound_messages ORDER BY seq')).rows.map(
    (row) => row.state,
  );
const heldSince = async () =>
  (await world.pool.query<{ held_since: Date | null }>('SELECT held_since FROM conversations')).rows[0]!
    .held_since;
const incidents = async () =>
  (
    await world.pool.query<{ kind: string; detail: { reason: string }; closed_at: Date | null }>(
      'SELECT kind, detail, closed_at FROM incidents ORDER BY opened_at',
    )
  ).rows;
const isHeld = () => expect.poll(heldSince).toBeInstanceOf(Date);

test('the template goes once, in the language of the person; what waits goes in order once they write', async () => {
  const siti = await start();
  world.channel.meets(fails('needs_template'));
  await news(siti, 'satu', 'dua');
  await isHeld();
  await expect.poll(states).toEqual(['pending', 'pending']);
  await news(siti, 'tiga');
  await world.sweeper.sweep();
  expect(world.channel.templates).toMatchObject([{ chatId: siti.chatId, language: 'en' }]);
  expect(siti.heard()).toEqual([]);
  await siti.says('halo');
  await world.settles();
  expect(siti.heard()).toEqual(['satu', 'dua', 'tiga', '2: halo (new)']);
  expect(world.channel.templates).toHaveLength(1);
  expect(await heldSince()).toBeNull();
  const { rows } = await world.pool.query('SELECT template_at FROM outbound_messages ORDER BY seq');
  expect(rows.map((row) => row.template_at instanceof Date)).toEqual([true, false, false, false]);
});

test('a template that could not be sent while the database is away is tried again, and not taken for sent', async () => {
  const siti = await start();
  const connect = world.pool.connect.bind(world.pool) as (...given: unknown[]) => Promise<unknown>;
  let away = 0;
  world.pool.connect = ((...given: unknown[]) => {
    // A single statement brings a callback along; a transaction does not.
    if (given.length > 0 || away-- <= 0) return connect(...given);
    return Promise.reject(Object.assign(new Error('the database is starting'), { code: '57P03' }));
  }) as typeof world.pool.connect;
  world.channel.meets(fails('needs_template'));
  world.channel.meets(async () => {
    away = 2;
    throw new SendError('retry', 'the stand-in says so');
  });
  world.channel.meets(fails('needs_template'));
  await news(siti, 'satu');
  await expect.poll(() => world.channel.templates.length).toBe(1);
  await isHeld();
  await expect.poll(states).toEqual(['pending']);
});

test('where the window is known to be closed the message itself is not tried', async () => {
  const siti = await start({ windowHours: 24 });
  let tries = 0;
  world.channel.meets(async () => void (tries += 1), { times: 10 });
  later = 25 * HOUR_MS;
  await news(siti, 'satu');
  await isHeld();
  await expect.poll(() => world.channel.templates.length).toBe(1);
  // The template alone.
  expect(tries).toBe(1);
  await siti.says('halo');
  await world.settles();
  expect(siti.heard()).toEqual(['satu', '2: halo (new)']);
});

test('who wrote within the window is written to freely', async () => {
  const siti = await start({ windowHours: 24 });
  later = 23 * HOUR_MS;
  await news(siti, 'satu');
  await world.settles();
  expect(siti.heard()).toEqual(['satu']);
});

test('without consent no template goes, and the officers of the village are told once', async () => {
  const siti = await start({ consents: false });
  world.channel.meets(fails('needs_template'));
  await news(siti, 'satu');
  await isHeld();
  await news(siti, 'dua');
  await world.sweeper.sweep();
  expect(world.channel.templates).toEqual([]);
  expect(await incidents()).toMatchObject([
    { kind: 'not_reached', detail: { reason: 'no_consent', resident: 'Siti' }, closed_at: null },
  ]);
  const { rows } = await world.pool.query(
    `SELECT DISTINCT r.village_id FROM notifications n JOIN officer_roles r ON r.officer_id = n.officer_id
     WHERE n.vars->>'incident' = 'not_reached'`,
  );
  expect(rows).toEqual([{ village_id: DEMONSTRATION_VILLAGE }]);
  await siti.says('halo');
  world.wake.notify();
  await world.settles();
  expect(siti.heard()).toEqual(['satu', 'dua', '2: halo (new)']);
  expect(await incidents()).toMatchObject([{ closed_at: expect.any(Date) }]);
});

test('a template that does not exist holds without one', async () => {
  const siti = await start();
  world.channel.meets(fails('needs_template'), { times: 2 });
  await news(siti, 'satu');
  await isHeld();
  await expect.poll(incidents).toMatchObject([{ kind: 'not_reached', detail: { reason: 'no_template' } }]);
  expect(await states()).toEqual(['pending']);
  await siti.says('halo');
  world.wake.notify();
  await world.settles();
  expect(siti.heard()).toEqual(['satu', '2: halo (new)']);
  expect((await incidents())[0]!.closed_at).toBeInstanceOf(Date);
});

test('a template that could not be sent just now is tried again, with the message', async () => {
  const siti = await start();
  world.channel.meets(fails('needs_template'));
  world.channel.meets(fails('retry'));
  world.channel.meets(fails('needs_template'));
  await news(siti, 'satu');
  await expect.poll(() => world.channel.templates.length).toBe(1);
  await isHeld();
  await expect.poll(states).toEqual(['pending']);
});

test('a template of which nobody knows whether it went out is not sent twice', async () => {
  const siti = await start();
  world.channel.meets(fails('needs_template'));
  world.channel.meets(fails('unknown'));
  await news(siti, 'satu');
  await isHeld();
  await expect.poll(states).toEqual(['pending']);
  await world.sweeper.sweep();
  expect(world.channel.templates).toEqual([]);
  // The same after a crash in the middle of it.
  await world.pool.query("UPDATE outbound_messages SET state = 'sending'");
  expect(await recoverSending(world.pool, 'test:cloud', 'resend_flagged')).toEqual({ repeated: 0, left: [] });
  expect(await states()).toEqual(['pending']);
  world.wake.send('test:cloud');
  await siti.says('halo');
  await world.settles();
  expect(siti.heard()).toEqual(['satu', '2: halo (new)']);
});

test('that only a template may go is often told after the platform took the message', async () => {
  const siti = await start();
  await news(siti, 'satu');
  await world.settles();
  const error = new SendError('needs_template', 'the window is closed');
  await world.channel.intake!.reported!([{ externalId: 'out1', status: 'failed', at: new Date(), error }]);
  await expect.poll(() => world.channel.templates.length).toBe(1);
  await expect.poll(states).toEqual(['pending']);
  // The template itself does not arrive either: a person must tell them.
  const refused = new SendError('permanent', 'not delivered');
  await world.channel.intake!.reported!([
    { externalId: 'template1', status: 'failed', at: new Date(), error: refused },
  ]);
  await expect.poll(incidents).toMatchObject([{ detail: { reason: 'no_template' } }]);
  expect(await states()).toEqual(['pending']);
});

test('who wrote while the platform refused is simply written to again', async () => {
  const siti = await start();
  await news(siti, 'satu');
  await world.settles();
  await world.pool.query(`UPDATE conversations SET last_inbound_at = now() + interval '1 minute'`);
  const error = new SendError('needs_template', 'the window is closed');
  await world.channel.intake!.reported!([{ externalId: 'out1', status: 'failed', at: new Date(), error }]);
  await expect.poll(() => siti.heard()).toEqual(['satu', 'satu']);
  expect(await heldSince()).toBeNull();
});

test('what is held for a week is given up, and the officers tell the person; later news begin anew', async () => {
  const siti = await start({ windowHours: 24 });
  later = 25 * HOUR_MS;
  await news(siti, 'satu');
  await isHeld();
  await expect.poll(states).toEqual(['pending']);
  later += (HELD_DAYS * 24 - 1) * HOUR_MS;
  await world.sweeper.sweep();
  expect(await states()).toEqual(['pending']);
  later += 2 * HOUR_MS;
  await world.sweeper.sweep();
  expect(await states()).toEqual(['failed']);
  expect(await incidents()).toMatchObject([{ kind: 'not_reached', detail: { reason: 'held_too_long' } }]);
  await news(siti, 'dua');
  await expect.poll(() => world.channel.templates.length).toBe(2);
});
