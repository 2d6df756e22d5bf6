import { createHash } from 'node:crypto';
import { compileWords } from '../../words/compile.js';
import { DEFAULT_LANGUAGE } from '../../words/languages.js';
import { shapeOf } from '../../words/shape.js';
import type { PlacedText } from './places.js';
import { sampleOf } from './samples.js';
import words from './sheet.id.json' with { type: 'json' };

/**
 * What became of a text since it was translated: `missing`, not translated yet; `same`, nothing; `changed`, its
 * Indonesian words changed afterwards.
 */
export type TextState = 'missing' | 'same' | 'changed';

/** One line of what translators are handed. */
export interface TextRow {
  place: string;
  context: string;
  source: string;
  english: string;
  /** Present words in the language; '' where there are none. */
  words: string;
  state: TextState;
  /** Digests of source and words as they were exported: by them an import knows what the translator changed. */
  stamp: string;
}

/** Which Indonesian words a translation was made from: place → digests of both (text/<language>-seen.yaml). */
export type Seen = { readonly [place: string]: string };

/** Eight hex characters of SHA-256; '-' for no words. */
export function digest(text: string): string {
  return text === '' ? '-' : createHash('sha256').update(text).digest('hex').slice(0, 8);
}

export function stampOf(source: string, present: string): string {
  return `${digest(source)}/${digest(present)}`;
}

/** All texts of a language as rows for a translator; for the default language, its own words to be edited. */
export function rowsOf(texts: readonly PlacedText[], language: string, seen: Seen = {}): TextRow[] {
  return texts.map((text) => {
    const source = text.words[DEFAULT_LANGUAGE]!.source;
    const present = text.words[language]?.source ?? '';
    return {
      place: text.place,
      context: contextOf(text, source),
      source,
      english: text.words.en?.source ?? '',
      words: present,
      state: stateOf(source, present, seen[text.place]),
      stamp: stampOf(source, present),
    };
  });
}

/** A translation that somebody edited by hand since was looked at with today's Indonesian words. */
export function stateOf(source: string, present: string, noted: string | undefined): TextState {
  if (present === '') return 'missing';
  if (!noted) return 'same';
  const [from, to] = noted.split('/');
  return to === digest(present) && from !== digest(source) ? 'changed' : 'same';
}

/** How a word of the sheet itself reads. */
export function sheetWord(key: keyof typeof words, values: { [name: string]: string } = {}): string {
  return compileWords(words[key], DEFAULT_LANGUAGE).fill((name) => values[name], 'UTC');
}

const SHOWN_BEFORE = 160;

function contextOf(text: PlacedText, source: string): string {
  const { title, kind } = text;
  const kindKey = `kind.${kind}`;
  const where =
    kind === 'service'
      ? sheetWord('context.catalogue', { title })
      : text.overlay.name === 'system'
        ? sheetWord('context.engine')
        : sheetWord('context.title', { title });
  const before = text.before && shorten(text.before);
  return [
    where,
    sheetWord(kindKey in words ? (kindKey as keyof typeof words) : 'kind.other'),
    ...(before ? [sheetWord(kind === 'button' ? 'context.question' : 'context.before', { before })] : []),
    ...(text.limit === null ? [] : [sheetWord('context.limit', { limit: String(text.limit) })]),
    ...argumentsIn(source),
  ].join(' ');
}

function shorten(text: string): string {
  const line = text.replace(/\s+/gu, ' ');
  return line.length <= SHOWN_BEFORE ? line : `${line.slice(0, SHOWN_BEFORE)}…`;
}

function argumentsIn(source: string): string[] {
  const shape = shapeOf(source);
  const list = [...shape.arguments].map((name) => {
    const cases = shape.selects.get(name);
    return cases
      ? sheetWord('context.select', { name, sample: [...cases].join('/') })
      : sheetWord('context.argument', { name, sample: sampleOf(name) });
  });
  return list.length === 0 ? [] : [sheetWord('context.arguments', { list: list.join('; ') })];
}
