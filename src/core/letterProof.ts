import { createHash, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';

/**
 * The proof of a letter: who issued what, and the digest of the very file, signed with the installation's letter key
 * (Ed25519, RFC 8032). It can be checked without any connection. What is signed is kept as the text that was signed.
 */
export interface LetterProof {
  /** The form of this file. */
  version: 1;
  algorithm: 'Ed25519';
  key_id: string;
  /** The JSON of LetterClaim: exactly these bytes are signed. */
  payload: string;
  /** base64 */
  signature: string;
  /** Told along, so that a checker needs one file; that it is the village's own is shown by /verifikasi/kunci. */
  public_key: string;
}

/** What a proof says. Nothing of whom it is about but their initials. */
export interface LetterClaim {
  letter: string;
  issuer: { village: string; code: string; district: string; regency: string };
  number: string;
  type: string;
  issued_on: string;
  signer: { name: string; title: string };
  initials: string;
  sha256: string;
  bytes: number;
}

export const LetterProofFile = z.object({
  version: z.literal(1),
  algorithm: z.literal('Ed25519'),
  key_id: z.string().max(64),
  payload: z.string().max(10_000),
  signature: z.string().max(200),
  public_key: z.string().max(1000),
});

/** The id of a key: the first 16 hexadecimal digits of the SHA-256 of its public half (SPKI, DER). */
export function letterKeyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

export function proveLetter(claim: LetterClaim, privateKey: KeyObject): LetterProof {
  const publicKey = createPublicKey(privateKey);
  const payload = JSON.stringify(claim);
  return {
    version: 1,
    algorithm: 'Ed25519',
    key_id: letterKeyId(publicKey),
    payload,
    signature: sign(null, Buffer.from(payload), privateKey).toString('base64'),
    public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

export type Checked =
  | { outcome: 'valid'; claim: LetterClaim; keyId: string; isKnownKey: boolean }
  /** `not_a_proof`: it cannot be read. `forged`: the signature or the key's id does not fit. `other_file`: a changed file, or another's. */
  | { outcome: 'not_a_proof' | 'forged' | 'other_file' };

/**
 * Holds a file against a proof. `known`: public keys (PEM) that are trusted to be the installation's; without them the key
 * that the proof brings along is taken, and `isKnownKey` is false.
 */
export function checkLetter(file: Uint8Array, text: string, known: readonly string[] = []): Checked {
  let proof: LetterProof;
  let claim: LetterClaim;
  let key: KeyObject;
  let trusted: string[];
  try {
    proof = LetterProofFile.parse(JSON.parse(text));
    claim = JSON.parse(proof.payload) as LetterClaim;
    key = createPublicKey(proof.public_key);
    trusted = known.map((pem) => letterKeyId(createPublicKey(pem)));
  } catch {
    return { outcome: 'not_a_proof' };
  }
  const keyId = letterKeyId(key);
  const isSigned =
    key.asymmetricKeyType === 'ed25519' &&
    keyId === proof.key_id &&
    verify(null, Buffer.from(proof.payload), key, Buffer.from(proof.signature, 'base64'));
  if (!isSigned || (trusted.length > 0 && !trusted.includes(keyId))) return { outcome: 'forged' };
  if (createHash('sha256').update(file).digest('hex') !== claim.sha256) return { outcome: 'other_file' };
  return { outcome: 'valid', claim, keyId, isKnownKey: trusted.includes(keyId) };
}
