import type { Parser } from './parser.js';

/** What people write before a name. */
const LEAD =
  /^(?:(?:nama(?:ku| saya)?|atas nama|a\.?n\.?|saya|sy|jenengku|my name is|i am|i'm)\s*[:,]?\s+)+/iu;

/** Answers and questions, of which whole messages are made, and never names. */
const NO_NAME =
  /^(?:ya|iya|yo|nggih|inggih|ok|oke|tidak|nggak|enggak|gak|mboten|ora|yes|yeah|no|not|sudah|belum|lupa|lali|tidak tahu)$|(?:^|\s)(?:apa|opo|nopo|siapa|sinten|berapa|piro|pinten|bagaimana|gimana|gmn|piye|pripun|kenapa|kapan|syarat(?:nya|e)?|what|which|how|why|when)(?:$|\s)/iu;

/**
 * A name: letters, spaces and the signs of names; written small, it gets its capitals.
 *
 * ```yaml
 * answer: { type: person_name }
 * ```
 */
export const parsePersonName: Parser<'person_name'> = (message) => {
  const name = message.text
    .replace(/\s+/gu, ' ')
    .replace(LEAD, '')
    .replace(/[.,!]+$/u, '')
    .trim();
  const letters = name.replace(/[^\p{L}]/gu, '').length;
  if (letters < 2 || name.length > 80 || !/^[\p{L}][\p{L}\p{M}\s.,'’`-]*$/u.test(name))
    return { hint: 'hint_person_name' };
  if (name.split(' ').length > 8 || NO_NAME.test(name)) return { hint: 'hint_person_name' };
  return { value: name === name.toLowerCase() || name === name.toUpperCase() ? capitals(name) : name };
};

function capitals(name: string): string {
  return name
    .toLowerCase()
    .replace(/(^|[\s.-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}
