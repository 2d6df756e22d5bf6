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

/** As flow officer-recap reads it, whether it was asked for or sent. */
export function recapVars(period: RecapPeriod, recap: Recap): JsonObject {
  return { period, recap: { found: true, ...recap } };
}

/** Whether there is anything to tell: an office in which nothing happened and nothing waits is left in peace. */
export function isWorthTelling({ opened, finished, otherwise, waiting, asked, ready }: Recap): boolean {
  return opened + finished + otherwise + waiting + asked + ready > 0;
}
