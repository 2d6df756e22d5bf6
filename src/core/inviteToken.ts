import { createHash } from 'node:crypto';

/** What is kept of an invite's token: it was shown once and cannot be read back. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token.trim()).digest('hex');
}

/**
 * A start link's payload as it may be stored: the token of an invite (`inv-<token>`) is replaced by its digest at the
 * door, so that no row holds what links an officer. Everything else stays as it came.
 */
export function withoutToken(payload: string): string {
  const token = /^inv-(.+)$/u.exec(payload)?.[1];
  return token === undefined ? payload : `inv-${tokenHash(token)}`;
}
