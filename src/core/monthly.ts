/** Days that come again every month: pure, on `2026-11-26`. */

export type Monthly = 'day' | 'weekday';

/**
 * A day and the same one of the following months, `count` in all: the same number (`day`; a month that has none is passed
 * over), or the same weekday of its week, as "the second Tuesday" (`weekday`; the fifth is the last).
 */
export function everyMonth(first: string, how: Monthly, count: number): string[] {
  const [year, month, day] = first.split('-').map(Number) as [number, number, number];
  const nth = Math.ceil(day / 7);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const days: string[] = [];
  for (let ahead = 0; days.length < count; ahead += 1) {
    const start = new Date(Date.UTC(year, month - 1 + ahead, 1));
    const at = how === 'day' ? day : nthOf(start, weekday, nth);
    const date = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), at));
    if (date.getUTCMonth() === start.getUTCMonth()) days.push(date.toISOString().slice(0, 10));
  }
  return days;
}

function nthOf(start: Date, weekday: number, nth: number): number {
  const first = 1 + ((weekday - start.getUTCDay() + 7) % 7);
  const days = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
  const at = first + (nth - 1) * 7;
  return at > days ? at - 7 : at;
}
