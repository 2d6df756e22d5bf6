import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { FLOWS_FOLDER } from '../../../src/commands/flowsFolder.js';
import { parseAnswer } from '../../../src/flow/answers/index.js';
import type { TypedAnswer } from '../../../src/flow/answers/index.js';
import type { Parsed } from '../../../src/flow/answers/parser.js';
import { createVocabulary } from '../../../src/flow/understand/vocabulary.js';
import type { WordFiles } from '../../../src/flow/understand/vocabulary.js';

const words = (name: string): unknown =>
  parseYaml(readFileSync(join(FLOWS_FOLDER, 'words', `${name}.yaml`), 'utf8'));

/** The project's own vocabulary, without emergencies: parsers look at none. */
export const vocabulary = createVocabulary({
  always: words('always') as WordFiles['always'],
  abbreviations: words('abbreviations') as WordFiles['abbreviations'],
  synonyms: words('synonyms') as WordFiles['synonyms'],
  emergency: {},
});

/** Parses as if typed on Tuesday 24 November 2026, 09.00 in Banyuwangi. */
export function parse(text: string, spec: TypedAnswer, now = '2026-11-24T02:00:00Z'): Parsed {
  return parseAnswer(spec, vocabulary.read(text), {
    now: new Date(now),
    zone: 'Asia/Jakarta',
    language: 'id',
    vocabulary,
  });
}

/** The value of a parsed answer; the hint's key where it was not understood. */
export function valueOf(text: string, spec: TypedAnswer, now?: string): unknown {
  const parsed = parse(text, spec, now);
  return 'value' in parsed ? parsed.value : parsed.hint;
}
