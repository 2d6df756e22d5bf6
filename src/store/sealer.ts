import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { SealError } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import type { Sealer, SealPurpose } from '../core/ports.js';

const IV = 12;
const TAG = 16;
const ID = 4;

export interface SealerOptions {
  /**
   * Reads the keys anew, where they can change under a running process (a key file). Called when a value names a key
   * that is not known yet: another process has rotated.
   */
  reload?: () => Uint8Array[];
}

/**
 * AES-256-GCM under subkeys derived for each purpose (HKDF-SHA256). Text is `<key id>.<base64url of iv, tag, data>`,
 * bytes are the same without the dot: the id in front names the key, so that old values open while new ones are sealed
 * with the first key. `keys`: 32 bytes each, newest first.
 */
export function createSealer(keys: Uint8Array[], options: SealerOptions = {}): Sealer {
  let ring = keys.map(derive);
  const newest = () => ring[0]!;

  function find(id: string): Derived {
    const known = () => ring.find((key) => key.id === id);
    let key = known();
    if (!key && options.reload) {
      ring = options.reload().map(derive);
      key = known();
    }
    if (!key) throw new SealError(`sealed with a key (${id}) that is not among those configured`);
    return key;
  }

  return {
    seal(purpose, context, value) {
      return `${newest().id}.${encrypt(newest(), purpose, context, Buffer.from(JSON.stringify(value))).toString('base64url')}`;
    },
    open(purpose, context, sealed) {
      const [id = '', data = ''] = sealed.split('.');
      const opened = decrypt(find(id), purpose, context, Buffer.from(data, 'base64url'));
      return JSON.parse(opened.toString('utf8')) as JsonObject;
    },
    sealBytes(purpose, context, value) {
      return Buffer.concat([Buffer.from(newest().id, 'hex'), encrypt(newest(), purpose, context, value)]);
    },
    openBytes(purpose, context, sealed) {
      return decrypt(
        find(Buffer.from(sealed.subarray(0, ID)).toString('hex')),
        purpose,
        context,
        sealed.subarray(ID),
      );
    },
    lookUpKey: (value) => digest(newest(), value),
    lookUpKeys: (value) => ring.map((key) => digest(key, value)),
  };
}

/** The id by which sealed values name a key; it tells nothing of the key. */
export function keyId(key: Uint8Array): string {
  return Buffer.from(hkdfSync('sha256', key, '', 'kentongan key id', ID)).toString('hex');
}

/** The id of the key that sealed these bytes. */
export function keyIdOfBytes(sealed: Uint8Array): string {
  return Buffer.from(sealed.subarray(0, ID)).toString('hex');
}

interface Derived {
  id: string;
  subkey(use: string): Buffer;
}

function derive(key: Uint8Array): Derived {
  if (key.length !== 32) throw new SealError('a key must be 32 bytes long');
  const subkeys = new Map<string, Buffer>();
  return {
    id: keyId(key),
    subkey(use) {
      let subkey = subkeys.get(use);
      if (!subkey) {
        subkey = Buffer.from(hkdfSync('sha256', key, '', `kentongan ${use}`, 32));
        subkeys.set(use, subkey);
      }
      return subkey;
    },
  };
}

function encrypt(key: Derived, purpose: SealPurpose, context: string, value: Uint8Array): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key.subkey(`seal ${purpose}`), iv).setAAD(
    boundTo(purpose, context),
  );
  const data = Buffer.concat([cipher.update(value), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), data]);
}

function decrypt(key: Derived, purpose: SealPurpose, context: string, sealed: Uint8Array): Buffer {
  if (sealed.length < IV + TAG) throw new SealError('too short to be a sealed value');
  const decipher = createDecipheriv('aes-256-gcm', key.subkey(`seal ${purpose}`), sealed.subarray(0, IV), {
    authTagLength: TAG,
  })
    .setAAD(boundTo(purpose, context))
    .setAuthTag(sealed.subarray(IV, IV + TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV + TAG)), decipher.final()]);
  } catch (cause) {
    throw new SealError(
      `a sealed value does not open as ${purpose} of ${context}: changed, or another row's`,
      { cause },
    );
  }
}

function boundTo(purpose: SealPurpose, context: string): Buffer {
  return Buffer.from(`${purpose}\0${context}`);
}

/** The key's id in front: a digest made before a rotation is found by the older key. */
function digest(key: Derived, value: string): string {
  return `${key.id}.${createHmac('sha256', key.subkey('look-up')).update(value).digest('base64url')}`;
}
