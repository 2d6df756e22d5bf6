import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LANGUAGE } from '../../words/languages.js';
import { readFlows } from '../load.js';
import type { Coverage, FlowFault } from '../load.js';
import type { Overlay } from '../load/files.js';
import { importRows, noteSeen, readSeen, seenFile } from './apply.js';
import type { Imported } from './apply.js';
import { readPo, writePo } from './po.js';
import type { PlacedText } from './places.js';
import { rowsOf, sheetWord, stateOf } from './rows.js';
import { readSheet, SheetError, writeSheet } from './xlsx.js';
import type { SheetLanguage } from './xlsx.js';

export const TEXT_FORMATS = ['xlsx', 'po'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** A flows' folder, with what is published over it. */
export interface TextsIn {
  dir: string;
  over?: Overlay;
}

/** All texts of a language as a file for translators. Throws `SheetError` where there is no such language. */
export async function exportTexts(from: TextsIn, language: string, format: TextFormat): Promise<Buffer> {
  const { texts, coverage } = await readFlows(from.dir, from.over);
  const of = languageOf(coverage, language);
  const rows = rowsOf(texts, language, readSeen(readerOf(from)(seenFile(language))));
  return format === 'po' ? writePo(rows, language) : await writeSheet(rows, of);
}

export interface ImportResult extends Imported {
  language: string;
  /** What the flows would not hold for with the new words, though every line was taken. */
  broken: FlowFault[];
}

/**
 * What a translator's file changes in the flows; nothing is written. `language` is needed only where the file does not
 * tell it. Throws `SheetError` where the file cannot be read or is of another language.
 */
export async function importTexts(
  from: TextsIn,
  bytes: Uint8Array,
  language?: string,
): Promise<ImportResult> {
  const file = isZip(bytes) ? await readSheet(bytes) : readPo(bytes);
  const { texts, coverage, faults } = await readFlows(from.dir, from.over);
  const code = language ?? file.language;
  if (!code) throw new SheetError('the file does not tell its language: say which with --language');
  if (file.language && file.language !== code)
    throw new SheetError(`this is a file of the language "${file.language}", not of "${code}"`);
  languageOf(coverage, code);
  const imported = importRows(texts, code, file.rows, readerOf(from));
  if (imported.changes.length === 0) return { ...imported, language: code, broken: [] };
  const over = new Map([...(from.over ?? []), ...Object.entries(imported.files)]);
  const known = new Set(faults.map(({ file: of, what }) => `${of}\n${what}`));
  const broken = (await readFlows(from.dir, over)).faults.filter(
    ({ file: of, what, warning }) => !warning && !known.has(`${of}\n${what}`),
  );
  return { ...imported, files: broken.length > 0 ? {} : imported.files, language: code, broken };
}

/** Notes all present words of a language as fitting. Throws `SheetError` where there is no such language. */
export async function noteTexts(from: TextsIn, language: string): Promise<{ [path: string]: string }> {
  const { texts, coverage } = await readFlows(from.dir, from.over);
  languageOf(coverage, language);
  return noteSeen(texts, language);
}

/** Places whose Indonesian words have changed since they were translated, as far as that was noted. */
export function changedSince(from: TextsIn, texts: readonly PlacedText[], language: string): string[] {
  const seen = readSeen(readerOf(from)(seenFile(language)));
  return texts
    .filter(({ place, words }) => {
      const present = words[language]?.source ?? '';
      return stateOf(words[DEFAULT_LANGUAGE]!.source, present, seen[place]) === 'changed';
    })
    .map(({ place }) => place);
}

/** `PK`: every ZIP archive begins with it, and no PO file. */
function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

function languageOf(coverage: readonly Coverage[], code: string): SheetLanguage {
  if (code === DEFAULT_LANGUAGE) return { code, name: sheetWord('language.id') };
  const found = coverage.find(({ language }) => language === code);
  if (!found)
    throw new SheetError(
      `there is no language "${code}": there are ${[DEFAULT_LANGUAGE, ...coverage.map(({ language }) => language)].join(', ')}; others are begun in text/languages.yaml`,
    );
  return { code, name: found.name };
}

function readerOf({ dir, over }: TextsIn): (path: string) => string | null {
  return (path) => {
    if (over?.has(path)) return over.get(path)!;
    try {
      return readFileSync(join(dir, path), 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw cause;
    }
  };
}
