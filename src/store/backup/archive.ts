import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Decrypter, Encrypter } from 'age-encryption';
import { Header } from 'tar';
import { SetupError } from '../../core/errors.js';

/** One file of the archive. */
export interface Entry {
  path: string;
  data: Uint8Array;
}

const BLOCK = 512;

/**
 * Writes `entries` as an encrypted archive: tar, gzip, age; so `age -d -i KEY FILE | tar tz` lists it anywhere. Whole or
 * not at all: the name appears when everything is written. Answers its size in bytes.
 */
export async function writeArchive(
  file: string,
  encrypter: Encrypter,
  entries: AsyncIterable<Entry>,
): Promise<number> {
  const half = `${file}.${process.pid}.part`;
  try {
    const plain = Readable.from(tarred(entries)).compose(createGzip()) as Readable;
    const sealed = await encrypter.encrypt(Readable.toWeb(plain) as globalThis.ReadableStream<Uint8Array>);
    await pipeline(
      Readable.fromWeb(sealed as ReadableStream),
      createWriteStream(half, { mode: 0o600, flags: 'wx', flush: true }),
    );
    await rename(half, file);
  } catch (cause) {
    await rm(half, { force: true });
    throw cause;
  }
  return (await stat(file)).size;
}

/**
 * Reads an archive's files in their order. What decrypts is whole and unchanged, but anyone who knows the recipient can
 * have written it: paths and contents are to be checked like any other input.
 */
export async function* readArchive(file: string, decrypter: Decrypter): AsyncGenerator<Entry> {
  const source = createReadStream(file);
  let opened: globalThis.ReadableStream<Uint8Array>;
  try {
    opened = await decrypter.decrypt(Readable.toWeb(source) as globalThis.ReadableStream<Uint8Array>);
  } catch (cause) {
    source.destroy();
    throw new SetupError([
      `${file}: does not open with this key or passphrase (${(cause as Error).message})`,
    ]);
  }
  const read = reader(
    Readable.fromWeb(opened as ReadableStream).compose(createGunzip()) as AsyncIterable<Buffer>,
  );
  for (;;) {
    const header = new Header(await read(BLOCK));
    if (header.nullBlock) return;
    const { path, size } = header;
    if (!header.cksumValid || header.type !== 'File' || path === undefined || size === undefined)
      throw new Error(`${file}: not an archive of ours`);
    const data = await read(size);
    await read(padding(size));
    yield { path, data };
  }
}

async function* tarred(entries: AsyncIterable<Entry>): AsyncGenerator<Uint8Array> {
  for await (const { path, data } of entries) {
    const block = Buffer.alloc(BLOCK);
    const header = new Header({
      path,
      size: data.length,
      mode: 0o600,
      type: 'File',
      uid: 0,
      gid: 0,
      mtime: new Date(0),
    });
    if (header.encode(block)) throw new Error(`${path}: too long a name for the archive`);
    yield block;
    yield data;
    yield Buffer.alloc(padding(data.length));
  }
  yield Buffer.alloc(2 * BLOCK);
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** Answers the next `size` bytes of a stream, however it is cut. */
function reader(source: AsyncIterable<Buffer>): (size: number) => Promise<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let length = 0;
  return async (size) => {
    while (length < size) {
      const next = await chunks.next();
      if (next.done) throw new Error('the archive ends in the middle');
      held.push(next.value);
      length += next.value.length;
    }
    const all = Buffer.concat(held);
    held = [all.subarray(size)];
    length = all.length - size;
    return all.subarray(0, size);
  };
}
