import type { Parser } from './parser.js';

/**
 * Any words, within a length. Space around and doubled within is taken out; lines stay. Without bounds: 1 to 1000
 * letters.
 *
 * ```yaml
 * answer: { type: text, min: 3, max: 80 }
 * ```
 */
export const parseText: Parser<'text'> = (message, spec) => {
  const text = message.text
    .replace(/[^\S\n]+/gu, ' ')
    .replace(/\n{3,}/gu, '\n\n')
    .trim();
  const letters = [...text].length;
  if (letters === 0) return { hint: 'hint_text' };
  if (letters < (spec.min ?? 1)) return { hint: 'hint_text_short', arguments: { min: spec.min ?? 1 } };
  const max = spec.max ?? 1000;
  if (letters > max) return { hint: 'hint_text_long', arguments: { max } };
  // "…" or "??" is no answer to anything.
  if (!/[\p{L}\p{N}]/u.test(text)) return { hint: 'hint_text' };
  return { value: text };
};
