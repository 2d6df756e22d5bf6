import type { Key } from './words.js';

/** What a page answers instead of itself: shown in the reader's language by app.tsx. */
export class PageError extends Error {
  override readonly name = 'PageError';
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 410 | 413 | 429,
    /** Words of its own where the status alone would not help. */
    readonly key?: Key,
  ) {
    super(`page error ${status}`);
  }
}
