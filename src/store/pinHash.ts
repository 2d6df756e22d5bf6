import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Sealer } from '../core/ports.js';

/** As better-auth hashes passwords: about 80 ms and 32 MB for each. Stored with each hash, so that they can grow. */
const COST = { N: 16_384, r: 16, p: 1 };
const LENGTH = 64;

/**
 * Hashes an officer's PIN: scrypt over a digest under the installation's key, bound to the officer. A million PINs are soon
 * tried by whoever has the hash alone; without the key there is nothing to try. `scrypt$N$r$p$<key id>$<salt>$<hash>`.
 */
export async function hashPin(
  officerId: string,
  pin: string,
  keys: Pick<Sealer, 'lookUpKey'>,
): Promise<string> {
  const [keyId, digest] = split(keys.lookUpKey(told(officerId, pin)));
  const salt = randomBytes(16).toString('base64url');
  const hash = await derive(digest, salt, COST, LENGTH);
  return ['scrypt', COST.N, COST.r, COST.p, keyId, salt, hash.toString('base64url')].join('$');
}

/**
 * Whether it is this PIN. null: it cannot be told any more, since the key that it was hashed under is gone. `isOld`: right,
 * but under a key or parameters of before: to be hashed anew.
 */
export async function verifyPin(
  officerId: string,
  pin: string,
  stored: string,
  keys: Pick<Sealer, 'lookUpKeys'>,
): Promise<{ isRight: boolean; isOld: boolean } | null> {
  const [kind, N, r, p, keyId, salt, hash] = stored.split('$');
  if (kind !== 'scrypt' || salt === undefined || hash === undefined)
    throw new Error('a stored PIN that is no hash of ours');
  const known = keys.lookUpKeys(told(officerId, pin)).map(split);
  const place = known.findIndex(([id]) => id === keyId);
  if (place < 0) return null;
  const wanted = Buffer.from(hash, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const found = await derive(known[place]![1], salt, cost, wanted.length);
  const isRight = timingSafeEqual(found, wanted);
  const isOld = place > 0 || cost.N !== COST.N || cost.r !== COST.r || cost.p !== COST.p;
  return { isRight, isOld };
}

function told(officerId: string, pin: string): string {
  return `pin:${officerId}:${pin}`;
}

/** A keyed digest in its two parts: which key, and the digest. */
function split(digest: string): [keyId: string, digest: string] {
  const dot = digest.indexOf('.');
  return [digest.slice(0, dot), digest.slice(dot + 1)];
}

/** scrypt off the event loop, in libuv's threads. */
function derive(secret: string, salt: string, cost: typeof COST, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, length, { ...cost, maxmem: 256 * cost.N * cost.r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
