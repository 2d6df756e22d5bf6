import { wordTable } from '../../core/wordTable.js';
import { wordMoney } from '../../words/values.js';
import { readNumber } from './numerals.js';
import type { Parser } from './parser.js';

const TIMES = wordTable<number>({
  rb: 1000,
  ribu: 1000,
  rebu: 1000,
  ewu: 1000,
  k: 1000,
  rbu: 1000,
  jt: 1_000_000,
  juta: 1_000_000,
  jutaan: 1_000_000,
  m: 1_000_000_000,
  milyar: 1_000_000_000,
  miliar: 1_000_000_000,
});
/** An amount, perhaps with a unit of size, perhaps "for one of something" which is the question's affair. */
const AMOUNT =
  /(?:rp\.?|idr)?\s*(\d[\d.,]*)\s*(rb|rbu|ribu|rebu|ewu|k|jt|juta|jutaan|m|milyar|miliar)?(?=$|[^\p{L}\d])/giu;

/**
 * Rupiah: `50rb`, `1,5jt`, `Rp 8.000/kg`, `1 juta 250 ribu`, kept as a number. With `nego: true` "nego" is an answer
 * too: 0.
 *
 * ```yaml
 * answer: { type: money, min: 100, max: 100000000, nego: true }
 * ```
 */
export const parseMoney: Parser<'money'> = (message, spec, { vocabulary }) => {
  const unclear = { hint: spec.nego ? ('hint_money_nego' as const) : ('hint_money' as const) };
  const priced = message.text.replace(/(?:\/|\bper\b|\bse(?=kilo|ikat|ekor|lembar))\s*.*$/iu, '');
  const parts = [...priced.matchAll(AMOUNT)];
  if (parts.length === 0)
    return spec.nego && vocabulary.isAnswerWord(message, 'nego') ? { value: 0 } : unclear;
  let value = 0;
  let last = Infinity;
  for (const [, figures, unit] of parts) {
    const number = readNumber(figures!);
    const times = unit ? TIMES[unit.toLowerCase()]! : 1;
    // "1 juta 250 ribu" adds up; "5000 6000" is two prices.
    if (number === null || (parts.length > 1 && times >= last)) return unclear;
    value += number * times;
    last = times;
  }
  if (parts.length > 3) return unclear;
  value = Math.round(value);
  if (spec.min !== undefined && value < spec.min)
    return { hint: 'hint_money_small', arguments: { min: wordMoney(spec.min) } };
  if (spec.max !== undefined && value > spec.max)
    return { hint: 'hint_money_large', arguments: { max: wordMoney(spec.max) } };
  return { value };
};
