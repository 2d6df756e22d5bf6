/**
 * Figures of many cases, as the regency's view and a village's heads read them: counts that can be added up, and how long
 * cases took as a histogram, since medians cannot be.
 */
export interface Figures {
  opened: number;
  /** With the office: received, looked into, with a question, or awaiting a signature. */
  waiting: number;
  /** Of these, past what was promised. */
  overdue: number;
  /** Finished, or ready to be fetched. */
  finished: number;
  refused: number;
  forwarded: number;
  cancelled: number;
  /** Finished within the promise, or later; those without a promise are in neither. */
  kept: number;
  missed: number;
  /** How many gave 1 to 5, and the sum of what they gave. */
  rated: number;
  stars: number;
  /** How many of the finished took how long: a count for each span of DURATIONS, and one beyond the last. */
  durations: number[];
}

/** Upper bounds in hours of the spans: from a quarter of an hour on, each a quarter longer than the one before, to 79 days. */
export const DURATIONS: readonly number[] = Array.from({ length: 41 }, (_, n) => 0.25 * 1.25 ** n);

export const NO_FIGURES: Figures = {
  opened: 0,
  waiting: 0,
  overdue: 0,
  finished: 0,
  refused: 0,
  forwarded: 0,
  cancelled: 0,
  kept: 0,
  missed: 0,
  rated: 0,
  stars: 0,
  durations: [],
};

export function addFigures(a: Figures, b: Figures): Figures {
  const sum = { ...a };
  for (const key of Object.keys(NO_FIGURES) as (keyof Figures)[])
    if (key !== 'durations') sum[key] = a[key] + b[key];
  sum.durations = DURATIONS.map((_, n) => (a.durations[n] ?? 0) + (b.durations[n] ?? 0));
  sum.durations.push((a.durations[DURATIONS.length] ?? 0) + (b.durations[DURATIONS.length] ?? 0));
  return sum;
}

/**
 * Within how many hours this share (0 to 1) of the finished were finished, in a straight line between the bounds of the
 * span it falls into: at most a quarter beside the truth. Null where none was finished.
 */
export function hoursWithin(durations: readonly number[], share: number): number | null {
  const total = durations.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = share * total;
  for (const [n, count] of durations.entries()) {
    if (count > 0 && left <= count) {
      const from = n === 0 ? 0 : DURATIONS[n - 1]!;
      const to = DURATIONS[n] ?? from;
      return from + (to - from) * (left / count);
    }
    left -= count;
  }
  return DURATIONS.at(-1)!;
}

/** The share of those with a promise that were finished within it, 0 to 1; null where none was. */
export function keptShare({ kept, missed }: Figures): number | null {
  return kept + missed === 0 ? null : kept / (kept + missed);
}

/** 1 to 5; null where nobody said. */
export function meanStars({ rated, stars }: Figures): number | null {
  return rated === 0 ? null : stars / rated;
}
