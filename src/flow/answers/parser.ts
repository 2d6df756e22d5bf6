import type { Json } from '../../core/json.js';
import type { SystemKey } from '../../words/systemTexts.js';
import type { CompiledAnswer } from '../compiled.js';
import type { Message, Vocabulary } from '../understand/vocabulary.js';

/** What a parser may lean on. Times are told, never read from a clock. */
export interface ParseContext {
  now: Date;
  zone: string;
  language: string;
  vocabulary: Vocabulary;
}

/** A value to keep, or the hint that says what was expected. */
export type Parsed =
  { value: Json } | { hint: SystemKey; arguments?: { [name: string]: string | number | undefined } };

/** Reads what was typed as one type of answer. */
export type Parser<T extends CompiledAnswer['type']> = (
  message: Message,
  spec: Extract<CompiledAnswer, { type: T }>,
  context: ParseContext,
) => Parsed;
