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

/**
 * Whether a letter was left out, doubled or two changed places. One letter in place of another is no such slip:
 * "terbayar" (paid) must not be "terbakar" (on fire).
 */
export function isSlip(typed: string, meant: string): boolean {
  if (typed === meant) return true;
  if (meant.length < 7 || Math.abs(typed.length - meant.length) > 1) return false;
  if (typed.length !== meant.length) return distance(typed, meant) === 1;
  let first = 0;
  while (typed[first] === meant[first]) first++;
  return (
    typed[first] === meant[first + 1] &&
    typed[first + 1] === meant[first] &&
    typed.slice(first + 2) === meant.slice(first + 2)
  );
}
