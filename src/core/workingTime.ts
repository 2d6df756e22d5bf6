import { DateTime, Duration } from 'luxon';

/** When an office is open: spans of each weekday (a break lies between two), days off, and the zone they are read in. */
export interface WorkingHours {
  /** IANA name, 'Asia/Jakarta'. */
  zone: string;
  spans: Span[];
  /** Days off as '2026-08-17'. */
  holidays: ReadonlySet<string>;
}

export interface Span {
  /** ISO: 1 is Monday. */
  weekday: number;
  /** '07:30', as Postgres's time prints it too ('07:30:00'). */
  opens: string;
  closes: string;
}

/** How far ahead to look: an office that is closed longer than this promises nothing. */
const HORIZON_DAYS = 400;

/** Whether the office is open at this moment. The closing minute itself is closed. */
export function isOpen(hours: WorkingHours, at: Date): boolean {
  return [...openings(hours, at, 1)].some((opening) => opening.from <= at && at < opening.to);
}

/** The moment from which somebody is there: now where it is open, else the next opening; null where it never opens. */
export function opensNext(hours: WorkingHours, at: Date): Date | null {
  for (const opening of openings(hours, at, HORIZON_DAYS))
    if (opening.to > at) return opening.from > at ? opening.from : at;
  return null;
}

/**
 * The moment when `workingHours` of the office's open time have passed since `from`; null where the office never
 * opens. Friday afternoon goes on on Monday; breaks, holidays and closed days do not count.
 */
export function dueAt(hours: WorkingHours, from: Date, workingHours: number): Date | null {
  let left = Duration.fromObject({ hours: workingHours }).toMillis();
  for (const opening of openings(hours, from, HORIZON_DAYS)) {
    const begin = Math.max(opening.from.getTime(), from.getTime());
    const open = opening.to.getTime() - begin;
    if (open <= 0) continue;
    if (open >= left) return new Date(begin + left);
    left -= open;
  }
  return null;
}

/** Weekdays in a row with the same spans: what a sentence about opening hours is made of. */
export interface HoursGroup {
  from: number;
  to: number;
  spans: { opens: string; closes: string }[];
}

/** The week in as few groups as possible, Monday first; days that are closed are left out. Times as '07:30'. */
export function groupHours(hours: WorkingHours): HoursGroup[] {
  const groups: HoursGroup[] = [];
  for (let weekday = 1; weekday <= 7; weekday++) {
    const spans = spansOf(hours, weekday).map(({ opens, closes }) => ({
      opens: opens.slice(0, 5),
      closes: closes.slice(0, 5),
    }));
    if (spans.length === 0) continue;
    const last = groups.at(-1);
    if (last && last.to === weekday - 1 && JSON.stringify(last.spans) === JSON.stringify(spans))
      last.to = weekday;
    else groups.push({ from: weekday, to: weekday, spans });
  }
  return groups;
}

/** Opening hours as a line: "Senin–Kamis 07.30–12.00, 13.00–15.30; Jumat 07.00–14.30". '' where there are none. */
export function describeHours(hours: WorkingHours, language: string): string {
  // Osing and Madurese have no locale data: Indonesian's serves, as it does where Node lacks Javanese.
  const locale = language === 'en' ? 'en' : language === 'jv' ? ['jv', 'id'] : 'id';
  const dayName = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  // 5 January 1970 was a Monday.
  const name = (weekday: number) => dayName.format(new Date(Date.UTC(1970, 0, 4 + weekday)));
  return groupHours(hours)
    .map(({ from, to, spans }) => {
      const days = from === to ? name(from) : `${name(from)}–${name(to)}`;
      const times = spans.map((span) => describeSpan(span, language));
      return `${days} ${times.join(', ')}`;
    })
    .join('; ');
}

/** When the office opens on the day of `at`: "07.30–12.00, 13.00–15.30"; '' on a day off. `language` as for the week. */
export function describeToday(hours: WorkingHours, at: Date, language: string): string {
  const day = DateTime.fromJSDate(at, { zone: hours.zone });
  if (hours.holidays.has(day.toISODate()!)) return '';
  return spansOf(hours, day.weekday)
    .map((span) => describeSpan(span, language))
    .join(', ');
}

/** "07.30–15.30"; English has a colon. */
function describeSpan({ opens, closes }: { opens: string; closes: string }, language: string): string {
  const point = language === 'en' ? ':' : '.';
  return `${opens.slice(0, 5).replace(':', point)}–${closes.slice(0, 5).replace(':', point)}`;
}

/** The spans from the day of `at` on, in order, as moments. */
function* openings(hours: WorkingHours, at: Date, days: number): Generator<{ from: Date; to: Date }> {
  if (hours.spans.length === 0) return;
  const first = DateTime.fromJSDate(at, { zone: hours.zone }).startOf('day');
  for (let n = 0; n < days; n++) {
    const day = first.plus({ days: n });
    if (hours.holidays.has(day.toISODate()!)) continue;
    for (const span of spansOf(hours, day.weekday))
      yield { from: clock(day, span.opens), to: clock(day, span.closes) };
  }
}

function spansOf(hours: WorkingHours, weekday: number): Span[] {
  return hours.spans
    .filter((span) => span.weekday === weekday)
    .toSorted((a, b) => a.opens.localeCompare(b.opens));
}

function clock(day: DateTime, time: string): Date {
  const [hour, minute] = time.split(':').map(Number);
  return day.set({ hour: hour!, minute: minute ?? 0 }).toJSDate();
}
