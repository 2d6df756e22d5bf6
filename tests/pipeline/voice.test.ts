import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadFlows } from '../../src/flow/load.js';
import { createMedia, fetchAttachment, type MediaDeps } from '../../src/media/media.js';
import { createMediaStorage } from '../../src/media/storage.js';
import { createEngine } from '../../src/pipeline/engine.js';
import { createFetcher } from '../../src/pipeline/fetch.js';
import { mediaFiles } from '../../src/store/mediaFiles.js';
import { createSealer } from '../../src/store/sealer.js';
import { DEMONSTRATION_VILLAGE } from '../../src/store/seedDemonstration.js';
import { caseScopeOf } from '../../src/web/allowed.js';
import { callsOf, fileOfCall } from '../../src/store/web/calls.js';
import { ELF, OGG, phonePhoto } from '../media/samples.js';
import { aWorld, type World } from '../support/world.js';

const flows = await loadFlows(fileURLToPath(new URL('../../flows', import.meta.url)));
/** Listed, but not served. */
const SUMBERSARI = '35.10.17.2001';
const VOICE = { kind: 'voice' as const, file: { remote: 'AwAC-1', mime: 'audio/ogg', bytes: OGG.length } };

let world: World;
let dir: string;
let media: MediaDeps;
/** What the platform holds, by the id that it gave. */
let held: { [remote: string]: Buffer };

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kentongan-voice-'));
  world = await aWorld({ engine: createEngine(flows), services: flows.services });
  held = { 'AwAC-1': OGG };
  media = {
    rows: mediaFiles(world.pool),
    storage: createMediaStorage(dir),
    sealer: createSealer([randomBytes(32)]),
    fetchRemote: async (_, ref) => ({ bytes: held[ref.remote!]!, mime: ref.mime! }),
    log: pino({ level: 'silent' }),
    now: () => new Date(),
  };
  await world.aVillage();
});
afterEach(async () => {
  await world.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Somebody of the demonstration village, or of none. */
async function aResident(village: string | null = DEMONSTRATION_VILLAGE) {
  const person = world.aPerson({ name: 'Karto' });
  await person.says('menu');
  await world.settles();
  await world.pool.query(
    `UPDATE residents SET village_id = $2 WHERE id = (SELECT a.resident_id FROM conversations c
       JOIN addresses a ON a.id = c.address_id WHERE c.id = $1)`,
    [await person.conversation(), village],
  );
  return person;
}

/** The gateway fetches what waits, and the road goes on. */
async function fetched(): Promise<void> {
  const { lineId } = world.channel;
  let isDone = () => {};
  const done = new Promise<void>((resolve) => (isDone = resolve));
  const fetcher = createFetcher({
    pool: world.pool,
    log: media.log,
    now: media.now,
    fetch: (id) => fetchAttachment(media, id),
    fetched: () => {
      world.wake.converse();
      isDone();
    },
  });
  fetcher.start(lineId);
  fetcher.nudge(lineId);
  await done;
  await fetcher.stop();
  await world.settles();
}

async function attachments() {
  return (await world.pool.query('SELECT id, kind, state, remote FROM attachments ORDER BY created_at, id'))
    .rows as { id: string; kind: string; state: string; remote: unknown }[];
}

test('a voice note is kept, and heard by an officer who was told of it', async () => {
  const karto = await aResident();
  await karto.sends(VOICE);
  await world.settles();
  expect(karto.heard().at(-1)).toMatch(
    /^Pesan suara Bapak\/Ibu sudah kami teruskan ke petugas.*telepon 112/u,
  );
  const [voice] = await attachments();
  expect(voice).toMatchObject({ kind: 'voice', state: 'waiting' });
  await fetched();
  expect(await attachments()).toMatchObject([{ kind: 'voice', state: 'stored', remote: null }]);
  const kept = await createMedia(media).read(voice!.id);
  expect(kept?.mime).toBe('audio/ogg');
  expect(Buffer.from(kept!.bytes)).toEqual(OGG);

  const { rows } = await world.pool.query<{ id: string }>(
    `SELECT officer_id AS id FROM notifications WHERE kind = 'officer-hand-over'`,
  );
  const told = rows[0]!;
  const scope = { villages: [DEMONSTRATION_VILLAGE] };
  const [call] = await callsOf(
    world.pool,
    scope,
    caseScopeOf({ id: told.id, name: '', roles: [] }, {}),
    told.id,
    new Date(),
  );
  expect(call).toMatchObject({
    isWaiting: true,
    messages: [
      {
        reason: 'voice',
        text: '[pesan suara]',
        files: [{ id: voice!.id, kind: 'voice', state: 'stored', isRestricted: false }],
      },
    ],
  });
  const asked = (villages: string[] | null, id = told.id) =>
    fileOfCall(world.pool, { villages }, id, voice!.id, new Date());
  expect(await asked([DEMONSTRATION_VILLAGE])).toMatchObject({ id: voice!.id, mime: 'audio/ogg' });
  expect(await asked(['35.10.09.2001'])).toBeNull();
  expect(await asked(null, voice!.id)).toBeNull();
});

test('the same delivered twice is kept and told once', async () => {
  const karto = await aResident();
  await Promise.all([karto.sends(VOICE, { externalId: 'same' }), karto.sends(VOICE, { externalId: 'same' })]);
  await world.settles();
  await fetched();
  expect(await attachments()).toHaveLength(1);
  const { rows } = await world.pool.query(
    `SELECT DISTINCT subject_id, vars->'files' AS files FROM notifications WHERE kind = 'officer-hand-over'`,
  );
  expect(rows).toEqual([{ subject_id: await karto.conversation(), files: [(await attachments())[0]!.id] }]);
});

test('what is no voice note is refused, and its sender told what to do', async () => {
  held['AwAC-1'] = ELF;
  const karto = await aResident();
  await karto.sends(VOICE);
  await world.settles();
  await fetched();
  expect(await attachments()).toMatchObject([{ state: 'refused', remote: null }]);
  expect(karto.heard().at(-1)).toContain('tidak aman');
});

test('while a person has the word, photos go on to them as well', async () => {
  held['AgAC-2'] = await phonePhoto({ width: 64, height: 64 });
  const karto = await aResident();
  await karto.sends(VOICE);
  await world.settles();
  await karto.sends({
    kind: 'photo',
    file: { remote: 'AgAC-2', mime: 'image/jpeg' },
    caption: 'ini rumahnya',
  });
  await world.settles();
  expect(karto.heard().at(-1)).toBe('Foto Bapak/Ibu sudah kami teruskan ke petugas.');
  await fetched();
  expect(await attachments()).toMatchObject([
    { kind: 'voice', state: 'stored' },
    { kind: 'photo', state: 'stored' },
  ]);
});

test('where nobody would hear it, it is not even fetched, and they are asked to type', async () => {
  const stranger = await aResident(SUMBERSARI);
  await stranger.sends(VOICE);
  await world.settles();
  expect(stranger.heard().at(-1)).toContain('pesan suara belum bisa kami dengar');
  expect(stranger.heard().at(-1)).toContain('112');
  expect(await attachments()).toMatchObject([{ state: 'refused', remote: null }]);
});

test('where the village is not known yet, it is kept until it is, and then an officer hears it', async () => {
  const stranger = await aResident(null);
  await stranger.sends(VOICE);
  await world.settles();
  expect(stranger.heard().at(-2)).toContain('Telepon 112');
  await fetched();
  expect(await attachments()).toMatchObject([{ kind: 'voice', state: 'stored' }]);
  await stranger.says('Gintangan');
  await world.settles();
  expect(stranger.heard().at(-1)).toContain('didengarkan');
  const [voice] = await attachments();
  const { rows } = await world.pool.query<{ vars: object }>(
    `SELECT vars FROM notifications WHERE kind = 'officer-hand-over'`,
  );
  expect(rows[0]).toMatchObject({ vars: { reason: 'voice', files: [voice!.id] } });
});
