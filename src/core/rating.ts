import { DateTime } from 'luxon';

/** So long after the end of a case its resident is asked: not in the same breath as the news. */
const AFTER_HOURS = 2;
/** When a question that nobody waits for may come, by the village's clock: from eight in the morning to seven in the evening. */
const OPENS = 8;
const CLOSES = 19;

/** 1 to 5: `Sangat kurang` to `Sangat baik`. */
export const LOW_SCORE = 2;

/** When to ask how it was, after a case was finished at this moment. */
export function askRatingAt(finishedAt: Date, zone: string): Date {
  return notAtNight(new Date(finishedAt.getTime() + AFTER_HOURS * 3_600_000), zone);
}

/** The moment itself within the hours in which residents are asked something, else when they next begin. */
export function notAtNight(at: Date, zone: string): Date {
  const local = DateTime.fromJSDate(at, { zone });
  if (local.hour >= OPENS && local.hour < CLOSES) return at;
  const day = local.hour < OPENS ? local : local.plus({ days: 1 });
  return day.startOf('day').set({ hour: OPENS }).toJSDate();
}
