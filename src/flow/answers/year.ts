import { bound, dayIn } from './days.js';
import type { Parser } from './parser.js';

/**
 * A year, kept as a number: `2019`, `th 2019`, `tahun lalu`, `5 tahun lalu`, `sejak 98`.
 *
 * ```yaml
 * answer: { type: year, from: 1950, to: now }
 * ```
 */
export const parseYear: Parser<'year'> = (message, spec, { now, zone }) => {
  const today = dayIn(now, zone);
  const thisYear = Number(today.slice(0, 4));
  const found = readYear(message.plain, thisYear);
  if (found === null) return { hint: 'hint_year' };
  const from = yearOf(spec.from, today);
  const to = yearOf(spec.to, today);
  if (from !== null && found < from) return { hint: 'hint_year_early', arguments: { from: String(from) } };
  if (to !== null && found > to) return { hint: 'hint_year_late', arguments: { to: String(to) } };
  return { value: found };
};

function readYear(plain: string, thisYear: number): number | null {
  if (/\b(?:tahun ini|this year|taun iki|baru tahun ini)\b/u.test(plain)) return thisYear;
  if (/^(?:tahun|taun|thn|th) (?:lalu|kemarin|wingi)$|^last year$/u.test(plain)) return thisYear - 1;
  const ago =
    /(\d{1,2})\s*(?:tahun|thn|th|taun|years?)\s*(?:an\s*)?(?:yang\s*)?(?:lalu|kepungkur|ago)?/u.exec(plain);
  const full = /(?<!\d)((?:19|20)\d{2})(?!\d)/u.exec(plain);
  if (full) return Number(full[1]);
  if (ago) return thisYear - Number(ago[1]);
  const short = /^(?:tahun|taun|thn|th|sejak|mulai|dari)?\s*(\d{2})$/u.exec(plain);
  if (!short) return null;
  const year = Math.floor(thisYear / 100) * 100 + Number(short[1]);
  return year > thisYear ? year - 100 : year;
}

function yearOf(written: string | number | undefined, today: string): number | null {
  if (written === undefined) return null;
  return typeof written === 'number' ? written : Number(bound(written, today).slice(0, 4));
}
