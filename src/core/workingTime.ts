import { DateTime, Duration } from 'luxon';

/** When an office is open: spans of each weekday (a break lies between two), days off, and the zone they are read in. */
export interface WorkingHours {
  /** IANA name, 'Asia/Jakarta'. */
  zone: string;
  /**
   * Spans with days (`fromDay`, `toDay`) hold on these alone, and there replace the usual ones: a month of Ramadan whose
   * set names no Saturday has none.
   */
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
  /** First and last day on which it holds, '2027-02-08'; neither: always. */
  fromDay?: string | null;
  toDay?: string | null;
  /** What the days are called: "Ramadan". */
  name?: string | null;
  /** The village's own dated spans go before the installation's. */
  isOwn?: boolean;
}

/** A stretch of time; without an end it goes on. */
export interface Interval {
  from: Date;
  to: Date | null;
}

/**
 * So much of an office's time: hours that it is open, or working days. A working day is as long as that day's hours, so a
 * short Friday or a day of Ramadan counts as one.
 */
export type WorkingLength = { hours: number } | { days: number };

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
  return dueAfter(hours, from, { hours: workingHours });
}

/**
 * The moment when that much of the office's time has passed since `from`, not counting what lies in `pauses`; null where
 * the office never opens, or a pause that goes on comes first.
 */
export function dueAfter(
  hours: WorkingHours,
  from: Date,
  length: WorkingLength,
  pauses: readonly Interval[] = [],
): Date | null {
  const inDays = 'days' in length;
  // A part of a day is counted by that day's own length.
  let left = inDays ? length.days : Duration.fromObject({ hours: length.hours }).toMillis();
  const stands = Math.min(...pauses.filter(({ to }) => to === null).map((pause) => pause.from.getTime()));
  for (const day of openDays(hours, from, HORIZON_DAYS)) {
    if (day.spans[0]!.from.getTime() >= stands) return null;
    const whole = day.spans.reduce((sum, span) => sum + span.to.getTime() - span.from.getTime(), 0);
    for (const piece of without(day.spans, from, pauses)) {
      const ms = piece.to - piece.from;
      const worth = inDays ? ms / whole : ms;
      if (worth >= left - EPSILON) return new Date(Math.round(piece.from + (inDays ? left * whole : left)));
      left -= worth;
    }
  }
  return null;
}

/** Sums of parts of a day come to a day but for the last bits. */
const EPSILON = 1e-9;

/**
 * The office's time between two moments, not counting what lies in `pauses`: in milliseconds of open time, and in working
 * days, each by its own length. The inverse of `dueAfter`.
 */
export function workedBetween(
  hours: WorkingHours,
  from: Date,
  to: Date,
  pauses: readonly Interval[] = [],
): { ms: number; days: number } {
  const worked = { ms: 0, days: 0 };
  if (to <= from) return worked;
  const count = Math.ceil((to.getTime() - from.getTime()) / DAY_MS) + 1;
  const outside = [...pauses, { from: to, to: null }];
  for (const day of openDays(hours, from, count)) {
    const whole = day.spans.reduce((sum, span) => sum + span.to.getTime() - span.from.getTime(), 0);
    for (const piece of without(day.spans, from, outside)) {
      worked.ms += piece.to - piece.from;
      worked.days += (piece.to - piece.from) / whole;
    }
  }
  return worked;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The next moment at which a working day ends, after `at`; null where the office never opens. */
export function dayEndsNext(hours: WorkingHours, at: Date): Date | null {
  for (const day of openDays(hours, at, HORIZON_DAYS)) {
    const end = day.spans.at(-1)!.to;
    if (end > at) return end;
  }
  return null;
}

/** The last moment before `at` at which a working day ended; null where none did within a month and a half. */
export function dayEndedBefore(hours: WorkingHours, at: Date): Date | null {
  for (let days = 1; days <= 45; days += 1) {
    const end = dayEndsNext(hours, new Date(at.getTime() - days * DAY_MS));
    if (end !== null && end < at) {
      // Of several days that ended since then, the last.
      for (let next: Date | null = end, last = end; ; last = next) {
        next = dayEndsNext(hours, last);
        if (next === null || next >= at) return last;
      }
    }
  }
  return null;
}

/** What of a day's spans lies after `from` and in no pause, in order. */
function without(
  spans: { from: Date; to: Date }[],
  from: Date,
  pauses: readonly Interval[],
): { from: number; to: number }[] {
  let pieces = spans
    .map((span) => ({ from: Math.max(span.from.getTime(), from.getTime()), to: span.to.getTime() }))
    .filter((piece) => piece.from < piece.to);
  for (const pause of pauses) {
    const [begin, end] = [pause.from.getTime(), pause.to?.getTime() ?? Infinity];
    pieces = pieces
      .flatMap((piece) => [
        { from: piece.from, to: Math.min(piece.to, begin) },
        { from: Math.max(piece.from, end), to: piece.to },
      ])
      .filter((piece) => piece.from < piece.to);
  }
  return pieces;
}

/** Weekdays in a row with the same spans: what a sentence about opening hours is made of. */
export interface HoursGroup {
  from: number;
  to: number;
  spans: { opens: string; closes: string }[];
}

/**
 * The week in as few groups as possible, Monday first; days that are closed are left out. Times as '07:30'. With a moment,
 * the hours that hold then; without, the usual ones.
 */
export function groupHours(hours: WorkingHours, at?: Date): HoursGroup[] {
  const set = at ? setOn(hours, dayOf(hours, at)) : hours.spans.filter((span) => !isDated(span));
  const groups: HoursGroup[] = [];
  for (let weekday = 1; weekday <= 7; weekday++) {
    const spans = onWeekday(set, weekday).map(({ opens, closes }) => ({
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

/**
 * Opening hours as a line: "Senin–Kamis 07.30–12.00, 13.00–15.30; Jumat 07.00–14.30". '' where there are none. With a
 * moment, the hours that hold then, and on which days where these are not the usual ones: "… (Ramadan, 8 Februari – 9 Maret 2027)".
 */
export function describeHours(hours: WorkingHours, language: string, at?: Date): string {
  const locale = localeOf(language);
  const dayName = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  // 5 January 1970 was a Monday.
  const name = (weekday: number) => dayName.format(new Date(Date.UTC(1970, 0, 4 + weekday)));
  const week = groupHours(hours, at)
    .map(({ from, to, spans }) => {
      const days = from === to ? name(from) : `${name(from)}–${name(to)}`;
      const times = spans.map((span) => describeSpan(span, language));
      return `${days} ${times.join(', ')}`;
    })
    .join('; ');
  const dated = at ? setOn(hours, dayOf(hours, at)).find(isDated) : undefined;
  return dated && week !== '' ? `${week} (${describeDays(dated, locale)})` : week;
}

/** "Ramadan, 8 Februari – 9 Maret 2027". */
function describeDays({ name, fromDay, toDay }: Span, locale: string | string[]): string {
  const format = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  // Thin spaces around the dash are boxes on old phones.
  const days = format
    .formatRange(new Date(`${fromDay}T00:00:00Z`), new Date(`${toDay}T00:00:00Z`))
    .replaceAll(/[\u2009\u202f]/gu, ' ');
  return name ? `${name}, ${days}` : days;
}

// Osing and Madurese have no locale data: Indonesian's serves, as it does where Node lacks Javanese.
function localeOf(language: string): string | string[] {
  return language === 'en' ? 'en' : language === 'jv' ? ['jv', 'id'] : 'id';
}

/** When the office opens on the day of `at`: "07.30–12.00, 13.00–15.30"; '' on a day off. `language` as for the week. */
export function describeToday(hours: WorkingHours, at: Date, language: string): string {
  const day = DateTime.fromJSDate(at, { zone: hours.zone });
  if (hours.holidays.has(day.toISODate()!)) return '';
  return spansOn(hours, day)
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
  for (const day of openDays(hours, at, days)) yield* day.spans;
}

/** The days on which the office opens, from the day of `at` on, with their spans as moments, in order. */
function* openDays(
  hours: WorkingHours,
  at: Date,
  days: number,
): Generator<{ spans: { from: Date; to: Date }[] }> {
  if (hours.spans.length === 0) return;
  const first = DateTime.fromJSDate(at, { zone: hours.zone }).startOf('day');
  for (let n = 0; n < days; n++) {
    const day = first.plus({ days: n });
    if (hours.holidays.has(day.toISODate()!)) continue;
    const spans = spansOn(hours, day);
    if (spans.length > 0)
      yield { spans: spans.map((span) => ({ from: clock(day, span.opens), to: clock(day, span.closes) })) };
  }
}

function spansOn(hours: WorkingHours, day: DateTime): Span[] {
  return onWeekday(setOn(hours, day.toISODate()!), day.weekday);
}

function onWeekday(spans: Span[], weekday: number): Span[] {
  return spans.filter((span) => span.weekday === weekday).toSorted((a, b) => a.opens.localeCompare(b.opens));
}

/**
 * The spans of all weekdays that hold on a day: a dated set, or the usual ones. Of several sets the village's own counts,
 * then the one that begins last: who adds a week inside a month means that week.
 */
function setOn(hours: WorkingHours, day: string): Span[] {
  const dated = hours.spans.filter((span) => isDated(span) && span.fromDay! <= day && day <= span.toDay!);
  const [best] = dated.toSorted(
    (a, b) =>
      Number(b.isOwn ?? false) - Number(a.isOwn ?? false) ||
      b.fromDay!.localeCompare(a.fromDay!) ||
      a.toDay!.localeCompare(b.toDay!),
  );
  if (!best) return hours.spans.filter((span) => !isDated(span));
  return dated.filter(
    (span) =>
      span.fromDay === best.fromDay &&
      span.toDay === best.toDay &&
      (span.isOwn ?? false) === (best.isOwn ?? false),
  );
}

function isDated(span: Span): boolean {
  return typeof span.fromDay === 'string' && typeof span.toDay === 'string';
}

/** The day of the village's calendar, '2026-08-17'. */
export function dayOf({ zone }: WorkingHours, at: Date): string {
  return DateTime.fromJSDate(at, { zone }).toISODate()!;
}

function clock(day: DateTime, time: string): Date {
  const [hour, minute] = time.split(':').map(Number);
  return day.set({ hour: hour!, minute: minute ?? 0 }).toJSDate();
}
