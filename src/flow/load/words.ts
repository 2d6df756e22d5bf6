import { z } from 'zod';
import { schemaFaults } from '../schemaFaults.js';
import { createVocabulary, WORD_LISTS } from '../understand/vocabulary.js';
import type { Need } from '../understand/need.js';
import type { Vocabulary } from '../understand/vocabulary.js';
import type { FlowFault } from '../yamlFile.js';
import type { Files } from './files.js';

const WordLists = z.strictObject(
  Object.fromEntries(WORD_LISTS.map((list) => [list, z.array(z.coerce.string()).min(1)])) as {
    [K in (typeof WORD_LISTS)[number]]: z.ZodArray<z.ZodCoercedString>;
  },
);
const WORD_FILES = {
  always: WordLists,
  abbreviations: z.record(z.string(), z.coerce.string()),
  synonyms: z.record(z.string(), z.array(z.coerce.string())),
  fillers: z.strictObject({ polite: z.array(z.coerce.string()), quiet: z.array(z.coerce.string()) }),
  emergency: z.record(
    z.string().regex(/^[a-z_]+(\.[a-z_]+)*$/u),
    z.strictObject({
      phrases: z.array(z.string()).min(1),
      together: z.array(z.array(z.string()).min(2)).default([]),
      except: z.array(z.string()).default([]),
    }),
  ),
};

/** The vocabulary: flows/words/. `need`: what was learned of the lessons there (load/need.ts). */
export function readVocabulary(files: Files, need: Need | null, faults: FlowFault[]): Vocabulary | null {
  const values: { [name: string]: unknown } = {};
  let isWhole = true;
  for (const [name, schema] of Object.entries(WORD_FILES)) {
    const yaml = files.get(`words/${name}.yaml`);
    const parsed = yaml ? schema.safeParse(yaml.value) : null;
    if (parsed?.success) values[name] = parsed.data;
    else {
      isWhole = false;
      if (!yaml)
        faults.push({
          file: `words/${name}.yaml`,
          line: 1,
          what: 'this file is missing',
          cure: 'add it, or mend it',
        });
      else faults.push(...schemaFaults(yaml, parsed!.error));
    }
  }
  values['phrases'] = readPhrases(files, faults);
  const words = { ...values, need } as unknown as Parameters<typeof createVocabulary>[0];
  return isWhole ? createVocabulary(words) : null;
}

/** A list, or a block with one phrase a line: that is read faster. */
const PhraseFile = z.record(
  z.string().regex(/^[a-z_]+(\.[a-z_]+)*$/u),
  z.union([
    z.array(z.coerce.string().min(1)).min(1),
    z
      .string()
      .transform((block) => block.split('\n').map((line) => line.trim()))
      .transform((lines) => lines.filter((line) => line !== ''))
      .pipe(z.array(z.string()).min(1)),
  ]),
);

/** flows/words/phrases/*.yaml: intent → phrases. The files are for the eye; one intent may stand in several. */
function readPhrases(files: Files, faults: FlowFault[]): { [intent: string]: string[] } {
  const phrases: { [intent: string]: string[] } = {};
  for (const [name, yaml] of files) {
    if (!name.startsWith('words/phrases/')) continue;
    const parsed = PhraseFile.safeParse(yaml.value);
    if (!parsed.success) faults.push(...schemaFaults(yaml, parsed.error));
    else for (const [intent, texts] of Object.entries(parsed.data)) (phrases[intent] ??= []).push(...texts);
  }
  return phrases;
}
