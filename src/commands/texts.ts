import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { ImportResult, TextFormat } from '../flow/texts/folder.js';
import { DEFAULT_LANGUAGE } from '../words/languages.js';
import { FLOWS_FOLDER } from './flowsFolder.js';
import { withDatabase } from './withDatabase.js';

/** `kentongan texts export | import`: the words of a language for translators, and back into the flows. */
export function textsCommand(program: Command): void {
  const texts = program.command('texts').description('hand the words to translators, and take them back');

  texts
    .command('export')
    .description('write all words of a language into a file, with what a translator must know')
    .requiredOption('--language <code>', 'en, jv, …; id to edit the Indonesian words themselves')
    .option('--format <format>', 'xlsx (a spreadsheet) or po (for translation programs)', formatOf, 'xlsx')
    .option('--out <file>', 'where to (kentongan-<language>.<format>)')
    .option('--dir <folder>', 'the flows', FLOWS_FOLDER)
    .action(async (options: { language: string; format: TextFormat; out?: string; dir: string }) => {
      await sayingFaults(async () => {
        const { exportTexts } = await import('../flow/texts/folder.js');
        const out = options.out ?? `kentongan-${options.language}.${options.format}`;
        await writeFile(out, await exportTexts({ dir: options.dir }, options.language, options.format));
        console.log(`written: ${out}`);
      });
    });

  texts
    .command('import <file>')
    .description('take the words of an exported file into the flows: all of its lines, or none')
    .option('--dry-run', 'only tell what would change')
    .option('--language <code>', 'where the file does not tell it')
    .option('--propose <officer>', 'change no file: propose it in the console, in this officer’s name')
    .option('--note <text>', 'what a second person is told of a proposal', 'Kata-kata dari lembar kerja')
    .option('--dir <folder>', 'the flows', FLOWS_FOLDER)
    .action(async (file: string, options: ImportOptions) => {
      await sayingFaults(async () => {
        if (options.propose !== undefined && !options.dryRun) {
          await propose(await readFile(file), options.propose, options.note);
          return;
        }
        const { importTexts } = await import('../flow/texts/folder.js');
        const result = await importTexts({ dir: options.dir }, await readFile(file), options.language);
        report(result, options.dryRun ?? false);
        if (result.faults.length + result.broken.length > 0) process.exitCode = 1;
        else if (!options.dryRun) await writeFiles(options.dir, result.files);
      });
    });

  texts
    .command('note')
    .description('note that all words of a language fit the Indonesian ones: later changes are told')
    .requiredOption('--language <code>', 'en, jv, …', furtherLanguage)
    .option('--dir <folder>', 'the flows', FLOWS_FOLDER)
    .action(async (options: { language: string; dir: string }) => {
      await sayingFaults(async () => {
        const { noteTexts } = await import('../flow/texts/folder.js');
        const files = await noteTexts({ dir: options.dir }, options.language);
        await writeFiles(options.dir, files);
        console.log(`written: ${Object.keys(files).join(', ')}`);
      });
    });
}

interface ImportOptions {
  dryRun?: boolean;
  language?: string;
  propose?: string;
  note: string;
  dir: string;
}

async function propose(bytes: Uint8Array, officer: string, note: string): Promise<void> {
  const { SheetError } = await import('../flow/texts/xlsx.js');
  await withDatabase(async (pool, { log }) => {
    const { proposeTexts } = await import('./proposeTexts.js');
    const { TRANSCRIPTS_FOLDER } = await import('../roles/flowDesk.js');
    const from = { pool, log, folder: FLOWS_FOLDER, transcripts: TRANSCRIPTS_FOLDER };
    try {
      const { imported, tried, id } = await proposeTexts(from, bytes, { officer, note });
      report(imported, true);
      for (const { file, line, what, cure } of tried?.faults ?? [])
        console.log(`${file}:${line}  ${what} — ${cure}`);
      for (const { path } of tried?.changed.filter(({ isSameWay }) => !isSameWay) ?? [])
        console.log(`${path}: with these words the conversation goes another way`);
      if (id) console.log(`proposed: a second person publishes it at /console/alur/terbitan/${id}`);
      else process.exitCode = 1;
    } catch (cause) {
      // Told here, since what is opened must be closed.
      if (!(cause instanceof SheetError)) throw cause;
      process.stderr.write(`${cause.message}\n`);
      process.exitCode = 2;
    }
  });
}

/** Of the Indonesian words there is nothing to note. */
function furtherLanguage(code: string): string {
  if (code !== DEFAULT_LANGUAGE) return code;
  throw new InvalidArgumentError('another language than the one that is translated from');
}

function formatOf(text: string): TextFormat {
  if (text === 'xlsx' || text === 'po') return text;
  throw new InvalidArgumentError('xlsx or po');
}

function report({ language, faults, broken, changes }: ImportResult, isTrial: boolean): void {
  for (const { row, place, what, cure } of faults) console.log(`line ${row} (${place}): ${what} — ${cure}`);
  for (const { file, line, what, cure } of broken) console.log(`${file}:${line}  ${what} — ${cure}`);
  const refused = faults.length + broken.length;
  if (refused > 0) {
    console.log(`nothing was changed: ${refused} faults`);
    return;
  }
  for (const { place, from, to } of changes) console.log(`${place}\n  - ${shown(from)}\n  + ${shown(to)}`);
  const files = new Set(changes.map(({ file }) => file)).size;
  const done = isTrial ? 'would change' : 'changed';
  console.log(
    changes.length === 0
      ? `language ${language}: nothing to change`
      : `language ${language}: ${done} ${changes.length} texts in ${files} files. Now: kentongan check`,
  );
}

function shown(text: string): string {
  return text === '' ? '(none)' : text.replaceAll('\n', ' ⏎ ');
}

/** Each file appears whole or not at all: the running service may read it at any moment. */
async function writeFiles(dir: string, files: { [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const target = join(dir, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}.new`, text);
    await rename(`${target}.new`, target);
  }
}

/** A file that cannot be taken is told in a line, without a stack. */
async function sayingFaults(work: () => Promise<void>): Promise<void> {
  const { SheetError } = await import('../flow/texts/xlsx.js');
  try {
    await work();
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (!(cause instanceof SheetError) && !isMissing) throw cause;
    process.stderr.write(`${isMissing ? 'there is no such file' : (cause as Error).message}\n`);
    process.exitCode = 2;
  }
}
