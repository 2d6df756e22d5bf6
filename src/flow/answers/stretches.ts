import { wordTable } from '../../core/wordTable.js';
import { plain } from '../understand/normalise.js';
import { shift } from './days.js';
import type { Span } from './days.js';
import { numeral } from './numerals.js';

const NAMES: { readonly [S in Span]: string } = {
  d: 'hari hr hri dina dino dinten day days',
  w: 'minggu mgg mggu minggon week weeks',
  m: 'bulan bln bulanan wulan sasi month months',
  y: 'tahun thn th tahunan thnan taun taunan year years',
};
const SPANS = wordTable(
  Object.fromEntries(
    (Object.keys(NAMES) as Span[]).flatMap((span) => NAMES[span].split(' ').map((name) => [name, span])),
  ),
);
/** "setahun", "sewulan". */
const ONE = /^se(?=hari|minggu|bulan|tahun|dina|wulan|taun)/u;
/** "1,5 tahun" loses its comma where signs are dropped. */
const HALF = /(\d)[.,]5(?=\s*\p{L})/gu;

/** A stretch of time: `{ amount: 1.5, span: 'y' }` is a year and a half. */
export interface Stretch {
  amount: number;
  span: Span;
}

/**
 * The stretches that a text tells of, in its order: "1 tahun 6 bulan" tells of two. None where it leaves open how long:
 * "2-3 tahun", "dua atau tiga hari".
 */
export function stretchesIn(text: string): Stretch[] {
  const words = plain(text.replace(HALF, '$1 setengah '))
    .replace(/(\d)(\p{L})/gu, '$1 $2')
    .split(' ')
    .flatMap((word) => (ONE.test(word) ? ['1', word.slice(2)] : [word]));
  const found: Stretch[] = [];
  let isOpen = false;
  for (let at = 0; at < words.length; at++) {
    const number = numberAt(words, at);
    if (!number) continue;
    const span = SPANS[words[number.next] ?? ''];
    if (!span) {
      const between = /^(?:atau|sampai|hingga|sd|opo|or|to)$/u.test(words[number.next] ?? '') ? 1 : 0;
      isOpen ||= numberAt(words, number.next + between) !== null;
      at = number.next - 1;
      continue;
    }
    if (isOpen) return [];
    const isHalfMore = words[number.next + 1] === 'setengah' && !SPANS[words[number.next + 2] ?? ''];
    found.push({ amount: number.value + (isHalfMore ? 0.5 : 0), span });
    at = number.next;
  }
  return found;
}

/** The day that lies so long before another (`way` -1) or after it (1). Half a year is six months. */
export function along(from: string, stretches: readonly Stretch[], way: 1 | -1): string {
  return stretches.reduce((day, { amount, span }) => {
    if (Number.isInteger(amount)) return shift(day, way * amount, span);
    if (span === 'y') return shift(day, way * Math.round(amount * 12), 'm');
    return shift(day, way * Math.round(amount * { d: 1, w: 7, m: 30 }[span]), 'd');
  }, from);
}

/** The number that begins at a word, and the place after it: "3", "dua puluh lima", "satu setengah". */
function numberAt(words: readonly string[], at: number): { value: number; next: number } | null {
  const first = words[at] ?? '';
  let value = /^\d{1,3}$/u.test(first) ? Number(first) : numeral(first);
  if (value === null) return null;
  let next = at + 1;
  if (words[next] === 'belas' && value < 10) {
    value += 10;
    next++;
  } else if (words[next] === 'puluh' && value < 10) {
    value *= 10;
    next++;
    const ones = numeral(words[next] ?? '');
    if (ones !== null && ones >= 1 && ones < 10) {
      value += ones;
      next++;
    }
  }
  if (words[next] === 'setengah' && SPANS[words[next + 1] ?? '']) {
    value += 0.5;
    next++;
  }
  return { value, next };
}

/** Words by which a stretch lies behind, or ahead. */
export const AGO = /\b(?:lalu|kepungkur|kapungkur|silam|ago)\b/u;
export const AHEAD = /\b(?:lagi|mendatang|depan|again|from now)\b/u;
