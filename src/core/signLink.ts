import { createHash } from 'node:crypto';
import { linkToken } from './linkToken.js';
import type { Sealer } from './ports.js';

/** How long a link to a page for signing works, in minutes. */
export const SIGN_PAGE_MINUTES = 15;

/**
 * The token of a link to the page where a batch is signed, where a chat has no keypad. Made like a form's
 * (core/formLink.ts): rows name the page (`/console/tanda-tangan/page-<id>`), and the token takes that place as the message
 * leaves. The page asks for a signed-in officer as well: the link alone signs nothing.
 */
export function signToken(keys: Pick<Sealer, 'lookUpKey'>, pageId: string): string {
  return linkToken(keys, `sign-page:${pageId}`);
}

/** What is kept of a token, to find its page by. */
export function signTokenHash(token: string): string {
  return createHash('sha256').update(`sign-page:${token}`).digest('hex');
}

/** The path of a page as rows hold it. */
export function signPath(pageId: string): string {
  return `/console/tanda-tangan/page-${pageId}`;
}

const IN_ROWS = /\/console\/tanda-tangan\/page-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])/gu;

/** A text as it leaves for the officer: with links that work. */
export function withSignTokens(text: string, keys: Pick<Sealer, 'lookUpKey'>): string {
  if (!text.includes('/tanda-tangan/page-')) return text;
  return text.replaceAll(IN_ROWS, (_, pageId: string) => `/console/tanda-tangan/${signToken(keys, pageId)}`);
}
