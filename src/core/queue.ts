/**
 * The place in the queue that may be shown. `rank` is where the request stands now, by time of request (1 is next);
 * `shown` is the least place ever shown for it. A shown place never rises: somebody who read "ke-4" must not read
 * "ke-5" because an earlier request was committed a moment later. null: nothing is to be shown.
 */
export function shownPlace(rank: number | null, shown: number | null): number | null {
  if (rank === null || !Number.isInteger(rank) || rank < 1) return null;
  return shown === null ? rank : Math.min(rank, shown);
}
