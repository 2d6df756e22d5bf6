import { wordTable } from '../../core/wordTable.js';
import { wordDate } from '../../words/values.js';
import { bound, day, dayIn, monthNumber, shift } from './days.js';
import type { Span } from './days.js';
import { numeral } from './numerals.js';
import type { Parser } from './parser.js';

const RELATIVE = wordTable<number>({
  'hari ini': 0,
  sekarang: 0,
  saiki: 0,
  today: 0,
  'dina iki': 0,
  tadi: 0,
  besok: 1,
  sesuk: 1,
  mene: 1,
  tomorrow: 1,
  lagguna: 1,
  lusa: 2,
  'besok lusa': 2,
  sesok: 2,
  kemarin: -1,
  wingi: -1,
  kmrn: -1,
  yesterday: -1,
  'kemarin lusa': -2,
  'kemarin dulu': -2,
});
const SPANS = wordTable<Span>({
  hari: 'd',
  hr: 'd',
  dina: 'd',
  day: 'd',
  days: 'd',
  minggu: 'w',
  mgg: 'w',
  week: 'w',
  weeks: 'w',
  bulan: 'm',
  bln: 'm',
  wulan: 'm',
  month: 'm',
  months: 'm',
  tahun: 'y',
  thn: 'y',
  th: 'y',
  taun: 'y',
  year: 'y',
  years: 'y',
});
const AGO = /\b(?:lalu|kepungkur|ago|yang lalu)\b/u;
const AHEAD = /\b(?:lagi|mendatang|depan|again|from now)\b/u;

/**
 * A day, kept as `2026-11-24`: `17/8`, `17-08-2025`, `17 agustus 2025`, `besok`, `lusa`, `3 bulan lalu`; with `age: true`
 * an age too, `7 tahun`: the day so long ago. A day without its year is the one nearest to what the flow allows: past
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
  const isPast = to !== null && to <= today;
  const found = readDay(message.text.toLowerCase(), message.plain, today, isPast, spec.age ?? false);
  if (found === null) return { hint: 'hint_date' };
  if (from !== null && found < from)
    return { hint: 'hint_date_early', arguments: { from: wordDate(from, language) } };
  if (to !== null && found > to) return { hint: 'hint_date_late', arguments: { to: wordDate(to, language) } };
  return { value: found };
};

/** Finds the day that a text tells of; null where it tells of none, or of one that does not exist. */
export function readDay(
  text: string,
  plain: string,
  today: string,
  isPast: boolean,
  isAge: boolean,
): string | null {
  const relative = RELATIVE[plain];
  if (relative !== undefined) return shift(today, relative, 'd');

  const iso = /(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/u.exec(text);
  if (iso) return day(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const figures = /(?<!\d)(\d{1,2})\s*[-/. ]\s*(\d{1,2})(?:\s*[-/. ]\s*(\d{4}|\d{2}))?(?!\d)/u.exec(text);
  if (figures) return withYear(Number(figures[1]), Number(figures[2]), figures[3], today, isPast);
  const named = /(?<!\d)(\d{1,2})\s*(\p{L}{3,})\s*(\d{4}|\d{2})?(?!\d)/u.exec(plain);
  const month = named ? monthNumber(named[2]!) : null;
  if (named && month !== null) return withYear(Number(named[1]), month, named[3], today, isPast);

  const span =
    /(?:(\d{1,3})|\b(se|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)\b|\b(se)(?=hari|minggu|bulan|tahun))\s*(\p{L}+)/u.exec(
      plain,
    );
  const unit = span ? SPANS[span[4]!] : undefined;
  if (span && unit) {
    const amount = span[1] ? Number(span[1]) : (numeral(span[2] ?? span[3] ?? '') ?? 1);
    if (AGO.test(plain) || isAge) return withRest(shift(today, -amount, unit), plain, span[0]);
    if (AHEAD.test(plain)) return shift(today, amount, unit);
  }
  return null;
}

/** "1 tahun 6 bulan" is an age in two parts. */
function withRest(so_far: string, plain: string, first: string): string {
  const rest = plain.slice(plain.indexOf(first) + first.length);
  const second = /(\d{1,2})\s*(\p{L}+)/u.exec(rest);
  const unit = second ? SPANS[second[2]!] : undefined;
  return second && unit ? shift(so_far, -Number(second[1]), unit) : so_far;
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
