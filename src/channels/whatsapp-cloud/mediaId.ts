/**
 * A file of Meta as we keep it: its id, and behind a dot the SHA-256 of its bytes (hex) where the webhook told it, so
 * that what is downloaded later can be held against it.
 */
export function spellMedia(id: string, sha256?: string): string {
  const hex = sha256 === undefined ? null : hexOf(sha256);
  return hex === null ? id : `${id}.${hex}`;
}

export function readMedia(remote: string): { id: string; sha256: string | null } {
  const dot = remote.lastIndexOf('.');
  const hex = dot === -1 ? null : hexOf(remote.slice(dot + 1));
  return hex === null ? { id: remote, sha256: null } : { id: remote.slice(0, dot), sha256: hex };
}

/** Meta writes it as base64 in webhooks, as hex elsewhere. */
export function hexOf(sha256: string): string | null {
  if (/^[0-9a-f]{64}$/iu.test(sha256)) return sha256.toLowerCase();
  return /^[A-Za-z0-9+/_-]{43}=?$/u.test(sha256) ? Buffer.from(sha256, 'base64').toString('hex') : null;
}
