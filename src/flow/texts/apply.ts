import { CORE_SCHEMA, load } from 'js-yaml';
import { parse, stringify } from 'yaml';
import { WordsError } from '../../words/compile.js';
import { DEFAULT_LANGUAGE } from '../../words/languages.js';
import { shapeFault } from '../../words/shape.js';
import { at } from '../compileFlow.js';
import type { PlacedText } from './places.js';
import { digest, stampOf, stateOf } from './rows.js';
import type { Seen } from './rows.js';
import { putWords } from './yamlEdit.js';

/** The longest text that a message carries. */
const MESSAGE = 4096;

/** One line that came back, as far as an import looks at it. */
export interface SheetRow {
  /** Its number in the file, as its reader counts: the first line is 1. */
  row: number;
  place: string;
  words: string;
  /** As it was exported; null where the file does not tell (a PO file made elsewhere). */
  stamp: string | null;
  /** The Indonesian words that it was translated from, where the file tells them whole (PO). */
  source?: string;
  /** The translator says that the words fit the Indonesian ones as they are now. */
  isConfirmed?: boolean;
  /** Something in the line that is no text. */
  odd?: 'formula' | 'value';
}

/** Why a line was refused. */
export interface RowFault {
  row: number;
  place: string;
  what: string;
  cure: string;
}

export interface TextChange {
  row: number;
  place: string;
  file: string;
  from: string;
  to: string;
}

export interface Imported {
  /** Files that change, whole, by their path from the flows' folder; empty where a line was refused. */
  files: { [path: string]: string };
  faults: RowFault[];
  changes: TextChange[];
}

/** Where is noted which Indonesian words a translation was made from. */
export function seenFile(language: string): string {
  return `text/${language}-seen.yaml`;
}

/**
 * Takes lines of a translator, or of a clerk who edits the Indonesian words themselves, into the files. All or nothing:
 * one refused line changes no file. Lines that the translator left as they were touch nothing, so that the same import
 * twice changes nothing the second time. Pure: `read` gives a file's present text, null where there is none.
 */
export function importRows(
  texts: readonly PlacedText[],
  language: string,
  rows: readonly SheetRow[],
  read: (path: string) => string | null,
): Imported {
  const byPlace = new Map(texts.map((text) => [text.place, text]));
  const faults: RowFault[] = [];
  const changes: TextChange[] = [];
  const files = new Map<string, string>();
  const present = (path: string): string => files.get(path) ?? read(path) ?? '';
  const seen: { [place: string]: string } = { ...readSeen(read(seenFile(language))) };
  const done = new Set<string>();
  let confirmed = 0;
  for (const row of rows) {
    const refuse = (what: string, cure: string): void => {
      faults.push({ row: row.row, place: row.place, what, cure });
    };
    const text = byPlace.get(row.place);
    if (!text) {
      refuse('there is no text at this place', 'export again, and leave the first column as it is');
      continue;
    }
    if (done.has(row.place)) {
      refuse('this place stands in two lines', 'keep one of them');
      continue;
    }
    done.add(row.place);
    const source = text.words[DEFAULT_LANGUAGE]!.source;
    const from = text.words[language]?.source ?? '';
    const to = tidy(row.words, from || source);
    if (to === from) {
      const [sourceThen] = row.stamp?.split('/') ?? [];
      if (
        row.isConfirmed &&
        sourceThen === digest(source) &&
        stateOf(source, from, seen[row.place]) === 'changed'
      ) {
        seen[row.place] = stampOf(source, to);
        confirmed++;
      }
      continue;
    }
    const fault = faultOf(row, text, { source, from, to, isDefault: language === DEFAULT_LANGUAGE });
    if (fault === 'untouched') continue;
    if (fault) {
      refuse(...fault);
      continue;
    }
    const [file, path] =
      language === DEFAULT_LANGUAGE
        ? [text.source.file, text.source.path]
        : overlayPlace(text, language, present);
    files.set(file, putWords(present(file), path, to));
    if (language !== DEFAULT_LANGUAGE) seen[row.place] = stampOf(source, to);
    changes.push({ row: row.row, place: row.place, file, from, to });
  }
  if (faults.length > 0) return { files: {}, faults, changes: [] };
  if (changes.length + confirmed > 0 && language !== DEFAULT_LANGUAGE)
    files.set(seenFile(language), writeSeen(seen));
  return { files: Object.fromEntries(files), faults, changes };
}

function faultOf(
  row: SheetRow,
  text: PlacedText,
  { source, from, to, isDefault }: { source: string; from: string; to: string; isDefault: boolean },
): [what: string, cure: string] | 'untouched' | null {
  if (row.odd === 'formula' || /^\s*=/u.test(to))
    return ['a formula is no text', 'write the words themselves; no text begins with ='];
  if (row.odd === 'value') return ['this is a date or a truth value, no text', 'format the cell as text'];
  const [sourceThen, wordsThen] = row.stamp?.split('/') ?? [];
  if (wordsThen !== undefined && digest(to) === wordsThen) return 'untouched';
  if (to === '') return from === '' ? 'untouched' : ['the words are gone', 'write them, or export again'];
  const isOld =
    row.source === undefined
      ? sourceThen !== undefined && sourceThen !== digest(source)
      : row.source !== source;
  if (isOld)
    return [
      'the Indonesian words have changed since this file was exported',
      'export again, and translate the new words',
    ];
  if (!isDefault && wordsThen !== undefined && wordsThen !== digest(from))
    return [
      'somebody else has changed these words since this file was exported',
      'export again, and look at both',
    ];
  try {
    const shape = shapeFault(source, to);
    if (shape) {
      const { lost, unknown } = shape;
      return lost.length > 0
        ? [`${lost.join(', ')} is lost`, 'put it where the value is to stand']
        : [`${unknown.join(', ')} is not known here`, 'use only what stands in the Indonesian words'];
    }
  } catch (cause) {
    if (!(cause instanceof WordsError)) throw cause;
    return [`the text cannot be read: ${cause.message}`, "write arguments as {name}, an apostrophe as ''"];
  }
  const length = [...to].length;
  if (text.limit !== null && length > text.limit && !to.includes('{'))
    return [`the button has ${length} characters`, `shorten it to ${text.limit}`];
  if (length > MESSAGE) return [`the text has ${length} characters`, `shorten it to ${MESSAGE}`];
  return null;
}

/** Spreadsheets write other line breaks, and spaces at the end of a line that nobody sees. */
function tidy(words: string, like: string): string {
  const lines = words.replace(/\r\n?/gu, '\n');
  return lines === like ? lines : lines.replace(/[ \t]+$/gmu, '').replace(/\n+$/u, '');
}

/** The key that an overlay already uses for a text; else the one to write. */
function overlayPlace(
  { overlay }: PlacedText,
  language: string,
  present: (path: string) => string,
): [file: string, path: PlacedText['source']['path']] {
  const file = `text/${language}/${overlay.name}.yaml`;
  const value: unknown = parse(present(file));
  const used = overlay.keys.find((key) => typeof at(value, key) === 'string');
  return [file, used ?? overlay.keys[0]!];
}

export function readSeen(text: string | null): Seen {
  return text === null ? {} : ((load(text, { schema: CORE_SCHEMA, json: true }) ?? {}) as Seen);
}

/**
 * Notes that all present words of a language fit the present Indonesian ones: whoever wrote them by hand says so. From
 * then on an export, `check` and the console tell what has changed since.
 */
export function noteSeen(texts: readonly PlacedText[], language: string): { [path: string]: string } {
  const seen = texts.flatMap(({ place, words }) =>
    words[language]
      ? [[place, stampOf(words[DEFAULT_LANGUAGE]!.source, words[language].source)] as const]
      : [],
  );
  return { [seenFile(language)]: writeSeen(Object.fromEntries(seen)) };
}

const SEEN_HEAD = `# Which Indonesian words each translation was made from, as \`kentongan texts import\` and \`texts note\` note it: digests of both.
# By it an export tells what has changed since. Nobody edits it by hand.
`;

function writeSeen(seen: Seen): string {
  const sorted = Object.fromEntries(Object.entries(seen).sort(([a], [b]) => (a < b ? -1 : 1)));
  return SEEN_HEAD + stringify(sorted, { lineWidth: 0 });
}
