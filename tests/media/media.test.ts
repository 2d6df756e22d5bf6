import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MediaError } from '../../src/core/errors.js';
import { createMedia, fetchAttachment, type MediaDeps } from '../../src/media/media.js';
import { createMediaStorage } from '../../src/media/storage.js';
import { insertAttachments } from '../../src/store/attachmentRows.js';
import { mediaFiles } from '../../src/store/mediaFiles.js';
import { openConversations } from '../../src/store/openConversations.js';
import { createSealer } from '../../src/store/sealer.js';
import { inTransaction } from '../../src/store/sql.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { aPdf, ELF, phonePhoto, ZIP } from './samples.js';

let database: TestDatabase;
let dir: string;
let deps: MediaDeps;
let log: string[];
let conversationId: string;
let photo: Buffer;

beforeAll(async () => {
  database = await testDatabase();
  photo = await phonePhoto({ width: 200, height: 100 });
  await database.pool.query(
    "INSERT INTO lines (id, platform, name) VALUES ('telegram:7001', 'telegram', 'x')",
  );
  const writer = {
    lineId: 'telegram:7001',
    platform: 'telegram' as const,
    ids: { telegram: '41' },
    chatId: '41',
    isGroup: false,
    displayName: 'Siti',
  };
  [conversationId] = (await inTransaction(database.pool, (sql) =>
    openConversations(sql, [writer], newId),
  )) as [string];
});
afterAll(() => database.drop());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kentongan-media-'));
  log = [];
  const write = (fields: object, message: string) => void log.push(`${message} ${JSON.stringify(fields)}`);
  deps = {
    rows: mediaFiles(database.pool),
    storage: createMediaStorage(dir),
    sealer: createSealer([randomBytes(32)]),
    fetchRemote: async () => ({ bytes: photo, mime: 'image/jpeg' }),
    log: { info: write, warn: write, error: write },
    now: () => new Date('2026-11-24T03:00:00Z'),
  };
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function anAttachment(
  more: { kind?: 'photo' | 'document'; isRestricted?: boolean } = {},
): Promise<string> {
  const id = newId();
  const row = {
    id,
    conversationId,
    kind: more.kind ?? ('photo' as const),
    remote: { remote: 'AgAC-1' },
    mime: 'image/jpeg',
    name: 'KTP Siti Aminah 3510121708900001.jpg',
    bytes: photo.length,
    isRestricted: more.isRestricted ?? false,
  };
  await insertAttachments(database.pool, [row], new Date());
  return id;
}
const rowOf = async (id: string) =>
  (await database.pool.query('SELECT * FROM attachments WHERE id = $1', [id])).rows[0] as {
    [column: string]: unknown;
  };
const filesOnDisk = async () =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

describe('fetching what a person sent', () => {
  test('it is drawn anew, stored under a name of ours, and written down', async () => {
    const asked: unknown[] = [];
    deps.fetchRemote = async (lineId, ref) => {
      asked.push([lineId, ref]);
      return { bytes: photo, mime: 'image/jpeg' };
    };
    const id = await anAttachment();
    expect(await fetchAttachment(deps, id)).toBe('stored');
    expect(asked).toEqual([['telegram:7001', { remote: 'AgAC-1' }]]);
    expect(await rowOf(id)).toMatchObject({
      state: 'stored',
      remote: null,
      mime: 'image/jpeg',
      width: 100,
      height: 200,
      storage_key: `2026/11/${id}.jpg`,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/u),
    });
    expect((await stat(join(dir, 'media'))).mode & 0o077).toBe(0);
    const kept = await createMedia(deps).read(id);
    expect(kept).toMatchObject({ mime: 'image/jpeg', name: `foto-${id.slice(-6)}.jpg` });
    expect((await sharp(kept!.bytes).metadata()).width).toBe(100);
  });

  test.each([
    ['a ZIP that says it is a photo is refused', 'kind', async () => ({ bytes: ZIP, mime: 'image/jpeg' })],
    ['a program that says it is a photo', 'unsafe', async () => ({ bytes: ELF, mime: 'image/jpeg' })],
    [
      'too large for the platform: refused',
      'too_large',
      () => Promise.reject(new MediaError('refused', 'over 20 MB')),
    ],
    ['gone from the platform: lost', 'lost', () => Promise.reject(new MediaError('lost', 'no file'))],
  ] as const)('%s, and its sender is told why', async (_, because, fetchRemote) => {
    const state = because === 'lost' ? 'lost' : 'refused';
    const id = await anAttachment();
    expect(await fetchAttachment({ ...deps, fetchRemote }, id)).toBe(state);
    expect(await rowOf(id)).toMatchObject({ state, remote: null, storage_key: null });
    expect(await filesOnDisk()).toEqual([]);
    expect(await createMedia(deps).read(id)).toBeNull();
    await expect(createMedia(deps).source(id)).rejects.toMatchObject({ failure: 'lost' });
    await fetchAttachment({ ...deps, fetchRemote }, await anAttachment());
    const { rows } = await database.pool.query(
      "DELETE FROM inbound_messages WHERE kind = 'internal' RETURNING conversation_id, body",
    );
    expect(rows).toEqual([
      { conversation_id: conversationId, body: { flow: 'file-refused', vars: { because } } },
    ]);
  });

  test('a platform that cannot be reached is tried again', async () => {
    const id = await anAttachment();
    const away = () => Promise.reject(new MediaError('retry', '503'));
    expect(await fetchAttachment({ ...deps, fetchRemote: away }, id)).toBe('retry');
    expect((await rowOf(id))['state']).toBe('waiting');
    expect(await fetchAttachment(deps, id)).toBe('stored');
  });

  test('a fault of ours is thrown, and the row still waits', async () => {
    const id = await anAttachment();
    const full = { ...deps.storage, write: () => Promise.reject(new Error('disk full')) };
    await expect(fetchAttachment({ ...deps, storage: full }, id)).rejects.toThrow('disk full');
    expect((await rowOf(id))['state']).toBe('waiting');
  });

  test('what no longer waits is left alone', async () => {
    const id = await anAttachment();
    await fetchAttachment(deps, id);
    expect(await fetchAttachment(deps, id)).toBe('gone');
    expect(await fetchAttachment(deps, newId())).toBe('gone');
  });

  test('two at once: one file, one row, nothing left over', async () => {
    const id = await anAttachment();
    const outcomes = await Promise.all([fetchAttachment(deps, id), fetchAttachment(deps, id)]);
    expect(outcomes.toSorted()).toEqual(['gone', 'stored']);
    expect(await filesOnDisk()).toEqual([`${id}.jpg`]);
    expect(await createMedia(deps).read(id)).not.toBeNull();
  });

  test('a document keeps no name that its sender gave it', async () => {
    const id = await anAttachment({ kind: 'document' });
    await fetchAttachment(
      { ...deps, fetchRemote: async () => ({ bytes: await aPdf(), mime: 'application/pdf' }) },
      id,
    );
    expect(await createMedia(deps).source(id)).toMatchObject({
      mime: 'application/pdf',
      name: `berkas-${id.slice(-6)}.pdf`,
    });
    expect(log.join()).not.toContain('Siti');
  });
});

describe('what is restricted', () => {
  const onDisk = async (id: string) => readFile(join(dir, 'media', String((await rowOf(id))['storage_key'])));

  test('lies sealed, and is read through the key', async () => {
    const id = await anAttachment({ isRestricted: true });
    await fetchAttachment(deps, id);
    expect((await rowOf(id))['storage_key']).toBe(`2026/11/${id}.jpg.sealed`);
    expect([...(await onDisk(id)).subarray(4, 7)]).not.toEqual([0xff, 0xd8, 0xff]);
    await expect(sharp(await onDisk(id)).metadata()).rejects.toThrow();
    expect((await sharp((await createMedia(deps).read(id))!.bytes).metadata()).format).toBe('jpeg');
  });

  test('may become so while it is being fetched: it is stored sealed', async () => {
    const id = await anAttachment();
    const slow = async () => {
      await database.pool.query('UPDATE attachments SET is_restricted = true WHERE id = $1', [id]);
      return { bytes: photo, mime: 'image/jpeg' };
    };
    expect(await fetchAttachment({ ...deps, fetchRemote: slow }, id)).toBe('stored');
    expect(await filesOnDisk()).toEqual([`${id}.jpg.sealed`]);
    expect((await sharp((await createMedia(deps).read(id))!.bytes).metadata()).format).toBe('jpeg');
  });
});

test('what was erased loses its bytes, once, and cannot be read', async () => {
  const id = await anAttachment({ isRestricted: true });
  await fetchAttachment(deps, id);
  await database.pool.query("UPDATE attachments SET state = 'erased', erased_at = now() WHERE id = $1", [id]);
  const media = createMedia(deps);
  expect(await media.read(id)).toBeNull();
  expect(await media.deleteErased()).toBe(1);
  expect(await filesOnDisk()).toEqual([]);
  expect((await rowOf(id))['storage_key']).toBeNull();
  expect(await media.deleteErased()).toBe(0);
});

test('a stored file that is missing is told in the log, not thrown at a reader', async () => {
  const id = await anAttachment();
  await fetchAttachment(deps, id);
  await deps.storage.delete(`2026/11/${id}.jpg`);
  expect(await createMedia(deps).read(id)).toBeNull();
  expect(log.join()).toContain('a stored file cannot be read');
});

test('an erased file that cannot be deleted holds up no other, and is tried again', async () => {
  const ids = [await anAttachment(), await anAttachment(), await anAttachment()];
  for (const id of ids) await fetchAttachment(deps, id);
  await database.pool.query(
    `UPDATE attachments SET state = 'erased', erased_at = now() WHERE id = ANY ($1::uuid[])`,
    [ids],
  );
  const { storage } = deps;
  const stuck = (await rowOf(ids[0]!))['storage_key'];
  const failing = {
    ...storage,
    read: (key: string) => storage.read(key),
    write: (key: string, bytes: Uint8Array) => storage.write(key, bytes),
    delete: (key: string) => (key === stuck ? Promise.reject(new Error('EACCES')) : storage.delete(key)),
  };
  expect(await createMedia({ ...deps, storage: failing }).deleteErased()).toBe(2);
  expect(await filesOnDisk()).toEqual([`${ids[0]}.jpg`]);
  expect(log.filter((line) => line.includes('could not be deleted'))).toHaveLength(1);
  expect(await createMedia(deps).deleteErased()).toBe(1);
  expect(await filesOnDisk()).toEqual([]);
});
