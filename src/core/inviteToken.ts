import { createHash } from 'node:crypto';

/** What is kept of the token of an invite or of a group's link: it was shown once and cannot be read back. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token.trim()).digest('hex');
}

/**
 * A start link's payload as it may be stored: the token of an invite (`inv-<token>`) or of an office's group
 * (`grp-<token>`) is replaced by its digest at the door, so that no row holds what links an officer or a group.
 * Everything else stays as it came.
 */
export function withoutToken(payload: string): string {
  const [, kind, token] = /^(inv|grp)-(.+)$/u.exec(payload) ?? [];
  return token === undefined ? payload : `${kind}-${tokenHash(token)}`;
}

/** Whether a start link's payload is such a digest. */
export function isTokenDigest(payload: string): boolean {
  return /^(?:inv|grp)-[0-9a-f]{64}$/u.test(payload);
}

/** A person's words without such a token: who pastes a link into the chat, instead of opening it, gives it away. */
export function withoutTokensWithin(text: string): string {
  return text.replaceAll(/(inv|grp)-[\w-]{32}/gu, '$1-…');
}
