import { wordNumber } from '../../words/values.js';
import { numeral, readNumber } from './numerals.js';
import type { Parser } from './parser.js';

/**
 * A number: in figures ("3", "1,5", "3 orang") or as a word ("tiga", "telu").
 *
 * ```yaml
 * answer: { type: number, min: 1, max: 20 }
 * ```
 */
export const parseNumber: Parser<'number'> = (message, spec, { language }) => {
  const figures = [...message.text.matchAll(/\d[\d.,]*/gu)];
  let value: number | null = null;
  if (figures.length === 1) value = readNumber(figures[0]![0]);
  else if (figures.length === 0)
    value = numeral(message.plain) ?? message.words.map(numeral).find((n) => n !== null) ?? null;
  if (value === null || message.words.length > 4) return { hint: 'hint_number' };
  if (/^\s*-\s*\d/u.test(message.text)) value = -value;
  if (spec.min !== undefined && value < spec.min)
    return { hint: 'hint_number_small', arguments: { min: wordNumber(spec.min, language) } };
  if (spec.max !== undefined && value > spec.max)
    return { hint: 'hint_number_large', arguments: { max: wordNumber(spec.max, language) } };
  return { value };
};
