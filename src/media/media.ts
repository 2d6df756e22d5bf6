import { createHash } from 'node:crypto';
import type { MediaRef } from '../core/content.js';
import { MediaError, type RefusedBecause } from '../core/errors.js';
import type { FileRow, KeptFile } from '../core/file.js';
import type { Log, Now, Sealer } from '../core/ports.js';
import { check, type Checked } from './check.js';
import { storageKey, type MediaStorage } from './storage.js';

/** The rows, handed in: store/mediaFiles.ts. */
export interface FileRows {
  find(id: string): Promise<FileRow | null>;
  /** A waiting row becomes stored; false where it no longer waits, or is restricted otherwise than `isRestricted`. */
  keep(id: string, isRestricted: boolean, file: KeptFile): Promise<boolean>;
  /** A waiting row is given up, and who sent it is told why. */
  lose(id: string, because: RefusedBecause | 'lost', at: Date): Promise<void>;
  /** Erased rows whose bytes still lie there. */
  takeErased(): Promise<{ id: string; storageKey: string }[]>;
  forget(ids: string[]): Promise<void>;
}

export interface MediaDeps {
  rows: FileRows;
  storage: MediaStorage;
  sealer: Pick<Sealer, 'sealBytes' | 'openBytes'>;
  /** The line that the file came by; rejects with a MediaError. */
  fetchRemote: (lineId: string, ref: MediaRef) => Promise<{ bytes: Uint8Array; mime: string }>;
  log: Log;
  now: Now;
}

export interface StoredMedia {
  bytes: Uint8Array;
  mime: string;
  name: string;
}

export interface Media {
  /** The bytes of a stored file, opened where sealed; null where there are none. */
  read(attachmentId: string): Promise<StoredMedia | null>;
  /** As `read`, for a channel that sends it; rejects with a MediaError 'lost'. */
  source(attachmentId: string): Promise<StoredMedia>;
  /**
   * Takes a photo that came by a page, for a row that its caller writes: checked, drawn anew, stored sealed. Rejects with a
   * MediaError 'refused' that says why.
   */
  keepPhoto(attachmentId: string, bytes: Uint8Array): Promise<KeptFile>;
  /** Deletes bytes for which no row was written after all. */
  drop(file: KeptFile): Promise<void>;
  /** Deletes the bytes of what was erased; answers how many. */
  deleteErased(): Promise<number>;
}

export type Fetched = 'stored' | 'refused' | 'lost' | 'retry' | 'gone';

/**
 * Fetches a file that waits at its platform, checks it, draws it anew, stores it and writes that down. 'retry': the
 * platform could not be reached, try later. 'gone': the row no longer waits. May run twice at once: one wins.
 */
export async function fetchAttachment(deps: MediaDeps, attachmentId: string): Promise<Fetched> {
  const row = await deps.rows.find(attachmentId);
  if (!row || row.state !== 'waiting') return 'gone';
  try {
    if (!row.remote || row.lineId === null) throw new MediaError('lost', 'no platform is named');
    const { bytes } = await deps.fetchRemote(row.lineId, row.remote);
    const checked = await check(row.kind, bytes);
    return await keep(deps, row, checked);
  } catch (cause) {
    const failure = cause instanceof MediaError ? cause.failure : null;
    if (!failure) throw cause;
    deps.log.info(
      { attachment: attachmentId, failure, reason: (cause as MediaError).message },
      'media: not stored',
    );
    if (failure === 'retry') return 'retry';
    // A channel refuses what is too large for it; all else is found here.
    const { because = 'too_large' } = cause as MediaError;
    await deps.rows.lose(attachmentId, failure === 'lost' ? 'lost' : because, deps.now());
    return failure;
  }
}

async function keep(
  deps: MediaDeps,
  row: FileRow,
  file: Awaited<ReturnType<typeof check>>,
): Promise<Fetched> {
  const key = storageKey(row.id, file.extension, row.isRestricted, deps.now());
  await deps.storage.write(
    key,
    row.isRestricted ? deps.sealer.sealBytes('attachment', row.id, file.bytes) : file.bytes,
  );
  const isKept = await deps.rows.keep(row.id, row.isRestricted, keptFile(file, key));
  if (isKept) return 'stored';
  const now = await deps.rows.find(row.id);
  // Another run was first with the same key, or it was restricted meanwhile and is stored sealed.
  if (now?.storageKey !== key) await deps.storage.delete(key);
  if (now?.state !== 'waiting') return 'gone';
  return keep(deps, now, file);
}

function keptFile({ bytes, mime, width, height }: Checked, key: string): KeptFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { mime, bytes: bytes.length, width, height, sha256, storageKey: key };
}

export function createMedia(deps: Omit<MediaDeps, 'fetchRemote'>): Media {
  async function read(attachmentId: string): Promise<StoredMedia | null> {
    const row = await deps.rows.find(attachmentId);
    if (!row?.storageKey || row.state !== 'stored') return null;
    const bytes = await deps.storage.read(row.storageKey).catch((cause: unknown) => {
      deps.log.error({ err: cause, attachment: attachmentId }, 'media: a stored file cannot be read');
      return null;
    });
    if (!bytes) return null;
    const mime = row.mime ?? 'application/octet-stream';
    return {
      bytes: isSealed(row.storageKey) ? deps.sealer.openBytes('attachment', row.id, bytes) : bytes,
      mime,
      name: nameOf(row),
    };
  }

  return {
    read,
    async source(attachmentId) {
      const found = await read(attachmentId);
      if (!found) throw new MediaError('lost', `attachment ${attachmentId} has no file`);
      return found;
    },
    async keepPhoto(attachmentId, bytes) {
      const checked = await check('photo', bytes);
      const key = storageKey(attachmentId, checked.extension, true, deps.now());
      await deps.storage.write(key, deps.sealer.sealBytes('attachment', attachmentId, checked.bytes));
      return keptFile(checked, key);
    },
    drop: (file) => deps.storage.delete(file.storageKey),
    async deleteErased() {
      const erased = await deps.rows.takeErased();
      const gone: string[] = [];
      for (const { id, storageKey: key } of erased) {
        try {
          await deps.storage.delete(key);
          gone.push(id);
        } catch (cause) {
          // Tried again at the next call; the others shall not wait for it.
          deps.log.error({ err: cause, attachment: id }, 'media: an erased file could not be deleted');
        }
      }
      await deps.rows.forget(gone);
      return gone.length;
    },
  };
}

function isSealed(key: string): boolean {
  return key.endsWith('.sealed');
}

/** Under a name of our own: what people call their files may say more than it should. */
function nameOf(row: FileRow): string {
  const extension = /\.(\w+)(?:\.sealed)?$/u.exec(row.storageKey ?? '')?.[1] ?? 'bin';
  return `${row.kind === 'photo' ? 'foto' : 'berkas'}-${row.id.slice(-6)}.${extension}`;
}
