import { createHash } from 'node:crypto';
import { linkToken } from './linkToken.js';
import type { Sealer } from './ports.js';

/** How long a link works by which officers who asked in their own chat choose a new password, in minutes. */
export const OWN_PASSWORD_MINUTES = 30;
/** So many an officer may ask for within a day. */
export const OWN_PASSWORD_LINKS = 3;

/**
 * The token of a link by which an officer chooses a new password for their own account. Made like a form's
 * (core/formLink.ts): rows name the link (`/console/kata-sandi/link-<id>`), and the token takes that place as the message
 * leaves. What is found by it lies beside the links that a keeper makes (web/auth/accounts.ts).
 */
export function passwordToken(keys: Pick<Sealer, 'lookUpKey'>, linkId: string): string {
  return linkToken(keys, `password-link:${linkId}`);
}

/** What better-auth finds a reset by, where `verification.storeIdentifier` is 'hashed': its docs, Database, Verification. */
export function passwordIdentifier(token: string): string {
  return createHash('sha256').update(`reset-password:${token}`).digest('base64url');
}

/** The path of a link as rows hold it. */
export function passwordPath(linkId: string): string {
  return `/console/kata-sandi/link-${linkId}`;
}

const IN_ROWS = /\/console\/kata-sandi\/link-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])/gu;
const IN_WORDS = /\/console\/kata-sandi\/[\w-]{8,}/giu;

/** A text as it leaves for the officer: with links that work. */
export function withPasswordTokens(text: string, keys: Pick<Sealer, 'lookUpKey'>): string {
  if (!text.includes('/kata-sandi/link-')) return text;
  return text.replaceAll(
    IN_ROWS,
    (_, linkId: string) => `/console/kata-sandi/${passwordToken(keys, linkId)}`,
  );
}

/** A person's words without such a link: who pastes or forwards it gives it away. */
export function withoutPasswordTokens(text: string): string {
  return text.replaceAll(IN_WORDS, '/console/kata-sandi/…');
}
