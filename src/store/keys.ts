import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { SetupError } from '../core/errors.js';
import type { Sealer } from '../core/ports.js';
import { createSealer } from './sealer.js';

/** What of the configuration the keys depend on. */
export interface KeySource {
  /** SECRET_KEY: hexadecimal, newest first; null: the key file in the data folder. */
  secretKeys: string[] | null;
  dataDir: string;
}

type Log = Pick<Logger, 'warn'>;

/** Where the generated keys of an installation without SECRET_KEY lie: one in hexadecimal a line, newest first. */
export function keyFile(dataDir: string): string {
  return join(dataDir, 'secret.key');
}

/**
 * The keys, newest first: SECRET_KEY, or DATA_DIR/secret.key, which is made once with mode 0600 and a warning to keep
 * a copy. Throws SetupError on a key file that is damaged.
 */
export async function loadKeys(source: KeySource, log: Log): Promise<Uint8Array[]> {
  if (source.secretKeys) return source.secretKeys.map((key) => Buffer.from(key, 'hex'));
  const path = keyFile(source.dataDir);
  const isNew = await makeOnce(path);
  if (isNew) {
    log.warn(
      { file: path },
      'a key was made: sealed answers can be read with it alone. Keep a copy of this file, apart from the backups',
    );
  }
  if (((await stat(path)).mode & 0o077) !== 0) {
    await chmod(path, 0o600);
    log.warn({ file: path }, 'the key file could be read by other users; its mode is 0600 again');
  }
  return parse(path, await readFile(path, 'utf8'));
}

/** A Sealer over the keys that were loaded from `source`; over a key file it follows a rotation by another process. */
export function sealerOver(source: KeySource, keys: Uint8Array[]): Sealer {
  if (source.secretKeys) return createSealer(keys);
  const path = keyFile(source.dataDir);
  return createSealer(keys, { reload: () => parse(path, readFileSync(path, 'utf8')) });
}

/** Puts a new key in front of the key file, and answers all, newest first. */
export async function addKey(dataDir: string): Promise<Uint8Array[]> {
  const path = keyFile(dataDir);
  const older = await readFile(path, 'utf8');
  parse(path, older);
  const half = await writeAside(path, `${newKey()}\n${older}`);
  await rename(half, path);
  return parse(path, await readFile(path, 'utf8'));
}

/** Whether it was made now. Whole or not at all: two processes may start at once, and a crash may come in between. */
async function makeOnce(path: string): Promise<boolean> {
  if (await stat(path).catch(() => null)) return false;
  await mkdir(dirname(path), { recursive: true });
  const half = await writeAside(path, `${newKey()}\n`);
  try {
    await link(half, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  } finally {
    await rm(half, { force: true });
  }
}

/** On disk before it gets its name: a key that is lost takes every sealed value along. */
async function writeAside(path: string, text: string): Promise<string> {
  const half = `${path}.${randomUUID()}`;
  const file = await open(half, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return half;
}

function newKey(): string {
  return randomBytes(32).toString('hex');
}

function parse(path: string, text: string): Uint8Array[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0 || lines.some((line) => !/^[0-9a-f]{64}$/u.test(line))) {
    throw new SetupError([
      `${path}: must hold one key a line, of 64 hexadecimal digits. Put back your copy of it; without it sealed answers cannot be read.`,
    ]);
  }
  return lines.map((line) => Buffer.from(line, 'hex'));
}
