import type { CompiledAnswer } from '../compiled.js';
import type { Message } from '../understand/vocabulary.js';
import { parseDate } from './date.js';
import { parseMoney } from './money.js';
import { parseMonth } from './month.js';
import { parseNumber } from './number.js';
import type { ParseContext, Parsed, Parser } from './parser.js';
import { parsePersonName } from './personName.js';
import { parsePhone } from './phone.js';
import { parseQuantity } from './quantity.js';
import { parseRtRw } from './rtRw.js';
import { parseText } from './text.js';
import { parseTime } from './time.js';
import { parseYear } from './year.js';

/** Answers that are read from what was typed. Choices, files, places and villages have their own ways (steps/ask.ts). */
const PARSERS = {
  text: parseText,
  number: parseNumber,
  money: parseMoney,
  quantity: parseQuantity,
  date: parseDate,
  month: parseMonth,
  year: parseYear,
  time: parseTime,
  phone: parsePhone,
  rt_rw: parseRtRw,
  person_name: parsePersonName,
} satisfies { [T in TypedAnswer['type']]: Parser<T> };

export type TypedAnswer = Exclude<
  CompiledAnswer,
  { type: 'choice' | 'yes_no' | 'village' | 'location' | 'photo' | 'document' | 'contact' }
>;

export function isTyped(spec: CompiledAnswer): spec is TypedAnswer {
  return spec.type in PARSERS;
}

export function parseAnswer(spec: TypedAnswer, message: Message, context: ParseContext): Parsed {
  // The table pairs each type with its parser; the compiler cannot follow a union through it.
  return (PARSERS[spec.type] as Parser<TypedAnswer['type']>)(message, spec as never, context);
}
