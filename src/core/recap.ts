import type { JsonObject } from './json.js';

/** What a village's office did in a day or a month, and what waits now: numbers, and nobody's name. */
export interface Recap {
  village: string;
  /** Of the village's calendar, '2026-11-26': the day, or the last day of the month that is counted. */
  day: string;
  opened: number;
  finished: number;
  /** Refused, forwarded or cancelled. */
  otherwise: number;
  /** For the office, its residents' answers, and to be fetched. */
  waiting: number;
  asked: number;
  ready: number;
  /** Of those that wait for the office, past their promise. */
  overdue: number;
  /** When the oldest that waits for the office was asked for, ISO; null: none waits. */
  oldest: string | null;
  /** The mean of the ratings of that time, 4.5; null: nobody rated. */
  stars: number | null;
  rated: number;
}

export type RecapPeriod = 'day' | 'month';

/** Of several villages as one; `village` is what they are together, a kecamatan or the regency. */
export interface AreaRecap extends Recap {
  villages: number;
  /** Those in which most is past its promise, then those in which most waits; at most 5, and how many are not among them. */
  worst: { village: string; waiting: number; overdue: number }[];
  more: number;
}

/** So many villages fit into a message that is read at a glance. */
const MOST_WORST = 5;

/** Adds villages up. Throws where there are none: RangeError. */
export function sumRecaps(area: string, recaps: readonly Recap[]): AreaRecap {
  if (recaps.length === 0) throw new RangeError('an area has villages');
  const sum = (of: (one: Recap) => number) => recaps.reduce((all, one) => all + of(one), 0);
  const rated = sum((one) => one.rated);
  const stars = sum((one) => (one.stars ?? 0) * one.rated);
  const waiting = recaps
    .filter((one) => one.waiting > 0)
    .toSorted(
      (a, b) => b.overdue - a.overdue || b.waiting - a.waiting || a.village.localeCompare(b.village, 'id'),
    );
  const worst = waiting.slice(0, MOST_WORST);
  return {
    village: area,
    day: recaps.map(({ day }) => day).toSorted()[0]!,
    opened: sum((one) => one.opened),
    finished: sum((one) => one.finished),
    otherwise: sum((one) => one.otherwise),
    waiting: sum((one) => one.waiting),
    asked: sum((one) => one.asked),
    ready: sum((one) => one.ready),
    overdue: sum((one) => one.overdue),
    oldest: recaps.flatMap(({ oldest }) => oldest ?? []).toSorted()[0] ?? null,
    stars: rated === 0 ? null : Math.round((stars / rated) * 10) / 10,
    rated,
    villages: recaps.length,
    worst: worst.map(({ village, waiting: left, overdue }) => ({ village, waiting: left, overdue })),
    more: waiting.length - worst.length,
  };
}

/** As flow officer-recap reads it, whether it was asked for or sent. */
export function recapVars(period: RecapPeriod, recap: Recap): JsonObject {
  return { period, recap: { found: true, ...recap } };
}

/** Whether there is anything to tell: an office in which nothing happened and nothing waits is left in peace. */
export function isWorthTelling({ opened, finished, otherwise, waiting, asked, ready }: Recap): boolean {
  return opened + finished + otherwise + waiting + asked + ready > 0;
}
