import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disk } from 'flydrive';

/** Where files lie, by keys of our own; nothing that a person chose is ever part of one. */
export interface MediaStorage {
  /** Rejects where there is none. */
  read(key: string): Promise<Uint8Array>;
  /** The whole file or nothing: a crash in the middle leaves what was there. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Also where it is gone already. */
  delete(key: string): Promise<void>;
}

/** The storage of an installation: a folder under its data. Another driver of flydrive makes it S3-compatible. */
export function createMediaStorage(dataDir: string): MediaStorage {
  let disk: Promise<Disk> | undefined;
  const open = () => (disk ??= openDisk(join(dataDir, 'media')));
  return {
    async read(key) {
      return (await open()).getBytes(key);
    },
    async write(key, bytes) {
      const to = await open();
      const part = `${key}.${randomUUID()}.part`;
      await to.put(part, bytes);
      await to.move(part, key);
    },
    async delete(key) {
      await (await open()).delete(key);
    },
  };
}

async function openDisk(location: string): Promise<Disk> {
  const [{ Disk }, { FSDriver }] = await Promise.all([import('flydrive'), import('flydrive/drivers/fs')]);
  await mkdir(location, { recursive: true, mode: 0o700 });
  return new Disk(new FSDriver({ location, visibility: 'private' }));
}

/** `2026/11/<attachment id>.jpg`; `.sealed` where only the sealer's key opens it. */
export function storageKey(id: string, extension: string, isSealed: boolean, at: Date): string {
  const month = at.toISOString().slice(0, 7).replace('-', '/');
  return `${month}/${id}.${extension}${isSealed ? '.sealed' : ''}`;
}
