import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { letterKeyId } from '../../core/letterProof.js';
import type { Sealer } from '../../core/ports.js';
import type { Sql } from '../sql.js';

/** A key pair by which letters are proven, as everybody may know it. */
export interface LetterKey {
  id: string;
  /** SPKI, PEM. */
  publicKey: string;
  createdAt: Date;
  retiredAt: Date | null;
}

/**
 * The private key that proves letters now; made with the first letter. It is a key of its own, not derived from SECRET_KEY:
 * that one only seals it where it lies, so that it is in every backup and no process needs a file for it.
 */
export async function currentLetterKey(sql: Sql, sealer: Sealer, now: Date): Promise<KeyObject> {
  const { rows } = await sql.query<{ id: string; private: string }>(
    'SELECT id, private FROM letter_keys WHERE retired_at IS NULL',
  );
  const row = rows[0];
  if (row) return createPrivateKey(String(sealer.open('letter', row.id, row.private).pem));
  await insertKey(sql, sealer, now);
  // Of two that are made at once one stays.
  return await currentLetterKey(sql, sealer, now);
}

/** A new key; the one before proves nothing any more, its private half is gone, its public one stays. Answers the new id. */
export async function rotateLetterKey(sql: Sql, sealer: Sealer, now: Date): Promise<string> {
  await sql.query('UPDATE letter_keys SET retired_at = $1, private = NULL WHERE retired_at IS NULL', [now]);
  return await insertKey(sql, sealer, now);
}

/** All keys, the present one first. */
export async function letterKeys(sql: Sql): Promise<LetterKey[]> {
  const { rows } = await sql.query<LetterKey>(
    `SELECT id, public_key AS "publicKey", created_at AS "createdAt", retired_at AS "retiredAt" FROM letter_keys
     ORDER BY retired_at DESC NULLS FIRST, created_at DESC`,
  );
  return rows;
}

async function insertKey(sql: Sql, sealer: Sealer, now: Date): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const id = letterKeyId(publicKey);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await sql.query(
    `INSERT INTO letter_keys (id, public_key, private, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [
      id,
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      sealer.seal('letter', id, { pem }),
      now,
    ],
  );
  return id;
}
