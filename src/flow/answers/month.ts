import { wordTable } from '../../core/wordTable.js';
import { wordMonth } from '../../words/values.js';
import { bound, dayIn, monthNumber, shift } from './days.js';
import type { Parser } from './parser.js';
import { AGO, AHEAD, along, stretchesIn } from './stretches.js';

const RELATIVE = wordTable<number>({
  'bulan ini': 0,
  'this month': 0,
  'bulan depan': 1,
  'next month': 1,
  'bulan lalu': -1,
  'bulan kemarin': -1,
  'last month': -1,
});

/**
 * A month, kept as `2026-08`: `8/2026`, `agustus 2026`, `agustus`, `bulan depan`; where only the past is
 * asked for a stretch too, `3 tahun`: the month so long ago.
 *
 * ```yaml
 * answer: { type: month, from: now-100y, to: now }
 * ```
 */
export const parseMonth: Parser<'month'> = (message, spec, { now, zone, language }) => {
  const today = dayIn(now, zone);
  const to = spec.to === undefined ? null : bound(spec.to, today).slice(0, 7);
  const from = spec.from === undefined ? null : bound(spec.from, today).slice(0, 7);
  const found = readMonth(message.text, message.plain, today, to !== null && to <= today.slice(0, 7));
  if (found === null) return { hint: 'hint_month' };
  if (from !== null && found < from)
    return { hint: 'hint_date_early', arguments: { from: wordMonth(from, language) } };
  if (to !== null && found > to)
    return { hint: 'hint_date_late', arguments: { to: wordMonth(to, language) } };
  return { value: found };
};

function readMonth(text: string, plain: string, today: string, isPast: boolean): string | null {
  const relative = RELATIVE[plain];
  if (relative !== undefined) return shift(`${today.slice(0, 7)}-01`, relative, 'm').slice(0, 7);
  const iso = /(?<!\d)(\d{4})[-/. ](\d{1,2})(?!\d)/u.exec(text);
  if (iso) return made(Number(iso[1]), Number(iso[2]));
  const figures = /(?<!\d)(\d{1,2})\s*[-/. ]\s*(\d{4})(?!\d)/u.exec(text);
  if (figures) return made(Number(figures[2]), Number(figures[1]));
  const word = plain.split(' ').find((part) => monthNumber(part) !== null);
  if (!word) return soLong(text, plain, today, isPast);
  const month = monthNumber(word)!;
  const year = /(?<!\d)(\d{4})(?!\d)/u.exec(plain)?.[1];
  if (year) return made(Number(year), month);
  const here = made(Number(today.slice(0, 4)), month)!;
  if (isPast && here > today.slice(0, 7)) return made(Number(today.slice(0, 4)) - 1, month);
  if (!isPast && here < today.slice(0, 7)) return made(Number(today.slice(0, 4)) + 1, month);
  return here;
}

/** "3 tahun", "udah 5 thn", "6 bulan lagi": the month that lies so far off. */
function soLong(text: string, plain: string, today: string, isPast: boolean): string | null {
  const stretches = stretchesIn(text);
  if (stretches.length === 0) return null;
  const isAgo = AGO.test(plain);
  if (isAgo || (isPast && !AHEAD.test(plain))) return along(today, stretches, -1).slice(0, 7);
  return AHEAD.test(plain) ? along(today, stretches, 1).slice(0, 7) : null;
}

function made(year: number, month: number): string | null {
  return month >= 1 && month <= 12 ? `${year}-${String(month).padStart(2, '0')}` : null;
}
