import type { Given } from './form.js';

/** One stretch in which an office is open; ISO: 1 is Monday. */
export interface WeekSpan {
  weekday: number;
  opens: string;
  closes: string;
}

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/u;
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** How the fields of a week are called: `opens-1`, `rest-1`, `back-1`, `closes-1`. */
export const fieldOf = (part: 'opens' | 'rest' | 'back' | 'closes', weekday: number) => `${part}-${weekday}`;

/**
 * The week of a form: for each day when it opens and closes, and the break between; a day with neither is closed. null where a
 * day does not hold: half of it is missing, or it does not go forward.
 */
export function readWeek(given: Given): WeekSpan[] | null {
  const spans: WeekSpan[] = [];
  for (const weekday of WEEKDAYS) {
    const [opens, rest, back, closes] = (['opens', 'rest', 'back', 'closes'] as const).map(
      (part) => given[fieldOf(part, weekday)]?.trim().slice(0, 5) ?? '',
    ) as [string, string, string, string];
    if ([opens, rest, back, closes].every((time) => time === '')) continue;
    if (!TIME.test(opens) || !TIME.test(closes) || opens >= closes) return null;
    if (rest === '' && back === '') {
      spans.push({ weekday, opens, closes });
      continue;
    }
    if (!TIME.test(rest) || !TIME.test(back)) return null;
    if (!(opens < rest && rest < back && back < closes)) return null;
    spans.push({ weekday, opens, closes: rest }, { weekday, opens: back, closes });
  }
  return spans;
}

/** The fields of a week as its spans fill them: the first opening, the break, the last closing. */
export function weekFields(spans: readonly WeekSpan[]): Given {
  const given: Given = {};
  for (const weekday of WEEKDAYS) {
    const day = spans
      .filter((span) => span.weekday === weekday)
      .toSorted((a, b) => a.opens.localeCompare(b.opens));
    const [first, last] = [day[0], day.at(-1)];
    if (!first || !last) continue;
    given[fieldOf('opens', weekday)] = first.opens.slice(0, 5);
    given[fieldOf('closes', weekday)] = last.closes.slice(0, 5);
    if (day.length < 2) continue;
    given[fieldOf('rest', weekday)] = first.closes.slice(0, 5);
    given[fieldOf('back', weekday)] = last.opens.slice(0, 5);
  }
  return given;
}
