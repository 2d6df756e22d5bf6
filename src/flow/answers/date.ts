import { wordDate } from '../../words/values.js';
import { plain } from '../understand/normalise.js';
import { bound, day, dayIn, monthNumber } from './days.js';
import type { Parser } from './parser.js';
import { relativeDay, withoutTime } from './relativeDay.js';
import type { Reach } from './relativeDay.js';
import { AGO, AHEAD, along, stretchesIn } from './stretches.js';

/**
 * A day, kept as `2026-11-24`: `17/8`, `17-08-2025`, `17 agustus 2025`, `besok`, `tadi malam`, `senin kemarin`, `tgl 20`,
 * `3 bulan lalu`; with `age: true` an age too, `7 tahun`: the day so long ago. A time of the day beside it is left out. A day without its year is the one nearest to what the flow allows: past
 * where only the past is, else the next one.
 *
 * ```yaml
 * answer: { type: date, from: now-18y, to: now, age: true }
 * ```
 */
export const parseDate: Parser<'date'> = (message, spec, { now, zone, language }) => {
  const today = dayIn(now, zone);
  const from = spec.from === undefined ? null : bound(spec.from, today);
  const to = spec.to === undefined ? null : bound(spec.to, today);
  const found = readDay(message.text, { today, from, to }, spec.age ?? false);
  if (found === null) return { hint: 'hint_date' };
  if (from !== null && found < from)
    return { hint: 'hint_date_early', arguments: { from: wordDate(from, language) } };
  if (to !== null && found > to) return { hint: 'hint_date_late', arguments: { to: wordDate(to, language) } };
  return { value: found };
};

/** A day and a month, with a year or without; "2-3 hari lalu" is none. */
const FIGURES =
  /(?<!\d)(\d{1,2})\s*[-/. ]\s*(\d{1,2})(?:\s*[-/. ]\s*(\d{4}|\d{2}))?(?!\d)(?!\s*(?:hari|hr|dina|minggu|mgg|bulan|bln|wulan|tahun|thn|th|taun)\b)/u;

/** Finds the day that a text tells of; null where it tells of none, or of one that does not exist. */
function readDay(typed: string, reach: Reach, isAge: boolean): string | null {
  const text = withoutTime(typed);
  const relative = relativeDay(text, reach);
  if (relative !== null) return relative;

  const { today } = reach;
  const isPast = reach.to !== null && reach.to <= today;
  const words = plain(text);
  const iso = /(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/u.exec(text);
  if (iso) return day(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const figures = FIGURES.exec(text);
  if (figures) return withYear(Number(figures[1]), Number(figures[2]), figures[3], today, isPast);
  const named = /(?<!\d)(\d{1,2})\s*(\p{L}{3,})\s*(\d{4}|\d{2})?(?!\d)/u.exec(words);
  const month = named ? monthNumber(named[2]!) : null;
  if (named && month !== null) return withYear(Number(named[1]), month, named[3], today, isPast);
  const stretches = stretchesIn(text);
  if (stretches.length === 0) return null;
  if (AGO.test(words) || isAge) return along(today, stretches, -1);
  return AHEAD.test(words) ? along(today, stretches.slice(0, 1), 1) : null;
}

function withYear(
  date: number,
  month: number,
  year: string | undefined,
  today: string,
  isPast: boolean,
): string | null {
  const thisYear = Number(today.slice(0, 4));
  if (year !== undefined) {
    const full = year.length === 4 ? Number(year) : centuryOf(Number(year), thisYear, isPast);
    return day(full, month, date);
  }
  const here = day(thisYear, month, date) ?? day(thisYear + 1, month, date) ?? day(thisYear - 1, month, date);
  if (here === null) return null;
  if (isPast && here > today) return day(thisYear - 1, month, date);
  if (!isPast && here < today) return day(thisYear + 1, month, date) ?? here;
  return here;
}

function centuryOf(short: number, thisYear: number, isPast: boolean): number {
  const full = Math.floor(thisYear / 100) * 100 + short;
  return isPast && full > thisYear ? full - 100 : full;
}
