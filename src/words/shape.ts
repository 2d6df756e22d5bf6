import { TYPE } from '@formatjs/icu-messageformat-parser';
import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { parseWords } from './compile.js';

/** What a text is filled with: the names of its arguments, and the cases of each `select`. */
export interface WordsShape {
  arguments: ReadonlySet<string>;
  selects: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads the arguments of a text. Throws `WordsError`. */
export function shapeOf(source: string): WordsShape {
  const names = new Set<string>();
  const selects = new Map<string, Set<string>>();
  const visit = (elements: readonly MessageFormatElement[]): void => {
    for (const element of elements) {
      if (element.type === TYPE.literal || element.type === TYPE.pound || !('value' in element)) continue;
      names.add(element.value);
      if (element.type !== TYPE.select && element.type !== TYPE.plural) continue;
      if (element.type === TYPE.select) {
        const cases = selects.get(element.value) ?? new Set<string>();
        for (const key of Object.keys(element.options)) cases.add(key);
        selects.set(element.value, cases);
      }
      for (const { value } of Object.values(element.options)) visit(value);
    }
  };
  visit(parseWords(source));
  return { arguments: names, selects };
}

/** How two texts differ in what fills them; null where they do not. The first is the one that is translated. */
export function shapeFault(source: string, translated: string): { lost: string[]; unknown: string[] } | null {
  const [from, to] = [shapeOf(source), shapeOf(translated)];
  const lost = [...from.arguments].filter((name) => !to.arguments.has(name)).map((name) => `{${name}}`);
  const unknown = [...to.arguments].filter((name) => !from.arguments.has(name)).map((name) => `{${name}}`);
  for (const [name, cases] of to.selects) {
    const known = from.selects.get(name);
    if (!known) continue;
    lost.push(...[...known].filter((key) => !cases.has(key)).map((key) => `{${name}: ${key}}`));
    unknown.push(...[...cases].filter((key) => !known.has(key)).map((key) => `{${name}: ${key}}`));
  }
  return lost.length + unknown.length === 0 ? null : { lost, unknown };
}
