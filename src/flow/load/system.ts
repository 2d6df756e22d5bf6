import { compileWords } from '../../words/compile.js';
import { DEFAULT_LANGUAGE } from '../../words/languages.js';
import { SYSTEM_TEXTS } from '../../words/systemTexts.js';
import type { SystemKey } from '../../words/systemTexts.js';
import type { Flows } from '../compiled.js';
import { tryWords } from '../compileFlow.js';
import type { FlowFault } from '../yamlFile.js';
import { textFile } from './files.js';
import type { Files } from './files.js';

/** The engine's own texts in every language. */
export function readSystem(
  files: Files,
  languages: string[],
  faults: FlowFault[],
): { texts: Flows['system']; missing: Map<string, string[]> } {
  const missing = new Map<string, string[]>(languages.map((language) => [language, []]));
  const texts: { [key: string]: { [language: string]: ReturnType<typeof compileWords> } } = {};
  for (const language of [DEFAULT_LANGUAGE, ...languages]) {
    const name = textFile(language, 'system');
    const yaml = files.get(name);
    const values = (yaml?.value ?? {}) as { [key: string]: unknown };
    for (const key of Object.keys(SYSTEM_TEXTS) as SystemKey[]) {
      texts[key] ??= { [DEFAULT_LANGUAGE]: compileWords('…', DEFAULT_LANGUAGE) };
      const text = values[key];
      if (typeof text !== 'string') {
        if (language === DEFAULT_LANGUAGE)
          faults.push({
            file: yaml?.file ?? name,
            line: 1,
            what: `the text "${key}" is missing`,
            cure: 'add it: the engine says it itself',
          });
        else missing.get(language)!.push(key);
        continue;
      }
      const words = tryWords(text, language, (what, cure) =>
        faults.push({ file: yaml!.file, line: yaml!.lineOf([key]), what, cure }),
      );
      if (words) texts[key]![language] = words;
    }
    for (const key of Object.keys(values))
      if (!(key in SYSTEM_TEXTS))
        faults.push({
          file: yaml!.file,
          line: yaml!.lineOf([key]),
          what: `the engine says no text "${key}"`,
          cure: 'check its spelling, or take it out',
        });
  }
  return { texts: texts as unknown as Flows['system'], missing };
}
