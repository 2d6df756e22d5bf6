import type { JsonObject } from './json.js';

/** The present, handed in: tests stop it. */
export type Now = () => Date;
/** A new UUIDv7. */
export type NewId = () => string;
/** Fresh random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

/** What a sealed value is for; each has a derived key of its own. */
export type SealPurpose =
  | 'session'
  | 'inbound'
  | 'case'
  | 'attachment'
  | 'form'
  | 'export'
  | 'check'
  | 'line'
  | 'register'
  | 'letter';

/** Seals and opens values (AES-256-GCM, key id in front). `context` is bound in: the row that it belongs to. */
export interface Sealer {
  seal(purpose: SealPurpose, context: string, value: JsonObject): string;
  /** Throws `SealError` where key, purpose or context do not fit. */
  open(purpose: SealPurpose, context: string, sealed: string): JsonObject;
  sealBytes(purpose: SealPurpose, context: string, value: Uint8Array): Uint8Array;
  openBytes(purpose: SealPurpose, context: string, sealed: Uint8Array): Uint8Array;
  /** A keyed digest by which an identity number can be looked up without being stored. */
  lookUpKey(value: string): string;
  /** The digests under every known key, newest first: what `= ANY(…)` searches for, also after a rotation. */
  lookUpKeys(value: string): string[];
}

/** What wakes the stops of the road after a commit. A lost nudge costs a delay, never a message. */
export interface Nudge {
  converse(): void;
  send(lineId: string): void;
  notify(): void;
  /** Letters were issued: their files are to be made. */
  letters(): void;
}

/** pino's, as far as rooms write: never with words of a person, a link or a token. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
