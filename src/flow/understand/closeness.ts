import { distance } from 'fastest-levenshtein';

/** How many wrong letters a word of this length may have and still be meant. */
export function tolerance(length: number): number {
  if (length < 4) return 0;
  return length < 8 ? 1 : 2;
}

/** Whether a typed word is another but for a slip or two. */
export function isClose(typed: string, meant: string): boolean {
  if (typed === meant) return true;
  const allowed = Math.min(tolerance(typed.length), tolerance(meant.length));
  if (allowed === 0 || Math.abs(typed.length - meant.length) > allowed) return false;
  return distance(typed, meant) <= allowed;
}
