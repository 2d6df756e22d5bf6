import { inflateRawSync } from 'node:zlib';
import readExcelFile from 'read-excel-file/node';
import writeExcelFile from 'write-excel-file/node';
import type { SheetRow } from './apply.js';
import { sheetWord } from './rows.js';
import type { TextRow } from './rows.js';

const COLUMNS = ['place', 'context', 'source', 'english', 'words', 'state', 'stamp'] as const;
const WIDTHS = { place: 34, context: 60, source: 60, english: 50, words: 60, state: 16, stamp: 20 };
type Column = (typeof COLUMNS)[number];

/** A language with the name that its speakers give it. */
export interface SheetLanguage {
  code: string;
  name: string;
}

/** What a file says: which language it is of, where it tells, and its lines. */
export interface ReadTexts {
  language: string | null;
  rows: SheetRow[];
}

/** Columns that translators read and do not edit. */
const GREY = '#F2F2F2';

/** What a translator's file may be: a workbook of ours has some 300 kB, and unpacks to some 2 MB. */
export const MOST_BYTES = 10 * 1024 * 1024;
const MOST_UNPACKED = 60 * 1024 * 1024;

/** A file that is no workbook of ours. Its message tells the reader what to do. */
export class SheetError extends Error {
  override readonly name = 'SheetError';
}

/** The rows as an XLSX workbook with one sheet, called by the language, its first row frozen. */
export async function writeSheet(rows: readonly TextRow[], { code, name }: SheetLanguage): Promise<Buffer> {
  const header = COLUMNS.map((column) => ({
    value: sheetWord(`column.${column}`, { language: name }),
    fontWeight: 'bold' as const,
    wrap: true,
  }));
  const lines = rows.map((row) =>
    COLUMNS.map((column) => ({
      value: column === 'state' ? sheetWord(`state.${row.state}`) : row[column],
      // Text, whatever it looks like: "112", "=…" or "1/2" must not become something else.
      type: String,
      format: '@',
      wrap: true,
      alignVertical: 'top' as const,
      ...(column === 'words' ? {} : { backgroundColor: GREY }),
    })),
  );
  return writeExcelFile([header, ...lines], {
    sheet: `${code} ${name}`.slice(0, 31),
    columns: COLUMNS.map((column) => ({ width: WIDTHS[column] })),
    stickyRowsCount: 1,
  }).toBuffer();
}

/** Reads a workbook back. Columns are known by their headings, so that a translator may move or hide some. Throws `SheetError`. */
export async function readSheet(bytes: Uint8Array): Promise<ReadTexts> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length > MOST_BYTES)
    throw new SheetError('the file is larger than 10 MB: send the exported workbook itself');
  const formulas = formulasIn(file);
  let sheets;
  try {
    sheets = await readExcelFile(file, { trim: false });
  } catch (cause) {
    throw new SheetError('this is no XLSX workbook: save it as .xlsx', { cause });
  }
  const [heading, ...lines] = sheets[0]?.data ?? [];
  const places = columnsOf(heading ?? []);
  const rows = lines.flatMap((line, i): SheetRow[] => {
    const row = i + 2;
    const cell = (column: Column): (typeof line)[number] => line[places[column]] ?? null;
    const place = textOf(cell('place'));
    if (place === '') return [];
    const words = cell('words');
    const name = `${letters(places.words)}${row}`;
    const odd = formulas.has(name)
      ? 'formula'
      : words instanceof Date || typeof words === 'boolean'
        ? 'value'
        : null;
    return [
      {
        row,
        place,
        words: textOf(words),
        stamp: textOf(cell('stamp')) || null,
        isConfirmed: textOf(cell('state')) === sheetWord('state.same'),
        ...(odd ? { odd } : {}),
      },
    ];
  });
  return { language: /^[a-z]{2,3}(?= )/u.exec(sheets[0]?.sheet ?? '')?.[0] ?? null, rows };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function columnsOf(heading: readonly unknown[]): { [C in Column]: number } {
  const names = heading.map(textOf);
  const find = (column: Column): number => {
    const at = names.findIndex((name) => isHeading(name, column));
    if (at < 0)
      throw new SheetError(
        `the first line has no column "${sheetWord(`column.${column}`, { language: '…' })}": export again, and keep the first line`,
      );
    return at;
  };
  return Object.fromEntries(COLUMNS.map((column) => [column, find(column)])) as { [C in Column]: number };
}

function isHeading(name: string, column: Column): boolean {
  const [before, after] = sheetWord(`column.${column}`, { language: '\n' }).split('\n');
  return after === undefined ? name === before : name.startsWith(before!) && name.endsWith(after);
}

function letters(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest > 0 ? letters(rest - 1) : '') + String.fromCharCode(65 + (column % 26));
}

const CELL = /\sr="([A-Z]+\d+)"/u;

/**
 * Cells of the first sheet that hold a formula, as `E12`: the reader gives their results only. Looks at the packed files
 * one by one by the archive's directory (APPNOTE.TXT 4.3.12), and refuses what unpacks to more than any workbook of ours.
 */
function formulasIn(file: Buffer): Set<string> {
  const found = new Set<string>();
  let unpacked = 0;
  for (const { name, packed, size, method } of entriesOf(file)) {
    unpacked += size;
    if (unpacked > MOST_UNPACKED)
      throw new SheetError('the file unpacks to far more than a workbook of ours');
    // What says less of itself than it unpacks to ends here.
    const xml = unpack(packed, method, size).toString('utf8');
    if (!/^xl\/worksheets\/[^/]+\.xml$/u.test(name)) continue;
    let cell: string | null = null;
    // One look from left to right, whatever stands there.
    for (const [, tag, attributes] of xml.matchAll(/<(\/?[cf])\b([^<>]*)>/gu))
      if (tag === 'c') cell = attributes!.endsWith('/') ? null : (CELL.exec(attributes!)?.[1] ?? null);
      else if (tag === '/c') cell = null;
      else if (tag === 'f' && cell !== null) found.add(cell);
  }
  return found;
}

function unpack(packed: Buffer, method: number, size: number): Buffer {
  if (method === 0) return packed;
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    throw new SheetError('the file is damaged: export and fill it again', { cause });
  }
}

interface Entry {
  start: number;
  end: number;
  name: string;
  packed: Buffer;
  size: number;
  method: number;
}

function entriesOf(file: Buffer): Entry[] {
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > file.length) throw new SheetError('this is no XLSX workbook: save it as .xlsx');
  const entries: Entry[] = [];
  let at = file.readUInt32LE(end + 16);
  for (let n = file.readUInt16LE(end + 10); n > 0; n--) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== 0x02014b50)
      throw new SheetError('this is no XLSX workbook: save it as .xlsx');
    const [nameBytes, extra, comment] = [28, 30, 32].map((of) => file.readUInt16LE(at + of)) as [
      number,
      number,
      number,
    ];
    const start = file.readUInt32LE(at + 42);
    if (start + 30 > file.length) throw new SheetError('the file is damaged: export and fill it again');
    const data = start + 30 + file.readUInt16LE(start + 26) + file.readUInt16LE(start + 28);
    if (!isAsListed(file, start, at)) throw new SheetError('the file is damaged: export and fill it again');
    entries.push({
      start,
      end: data + file.readUInt32LE(at + 20),
      name: file.toString('utf8', at + 46, at + 46 + nameBytes),
      packed: file.subarray(data, data + file.readUInt32LE(at + 20)),
      size: file.readUInt32LE(at + 24),
      method: file.readUInt16LE(at + 10),
    });
    at += 46 + nameBytes + extra + comment;
  }
  const isWhole = at === end && end + 22 + file.readUInt16LE(end + 20) === file.length;
  if (!isWhole || !isGapless(entries, file.readUInt32LE(end + 16)))
    throw new SheetError('the file is damaged: export and fill it again');
  return entries;
}

/** What follows a file whose sizes were not known at its head (APPNOTE.TXT 4.3.9), at most. */
const DESCRIPTOR = 24;

/** Whether a file's own head says of it what the directory does: the reader goes by the head, we by the directory. */
function isAsListed(file: Buffer, start: number, at: number): boolean {
  const [flags, method] = [file.readUInt16LE(start + 6), file.readUInt16LE(start + 8)];
  if (method !== file.readUInt16LE(at + 10)) return false;
  const [packed, size] = [file.readUInt32LE(start + 18), file.readUInt32LE(start + 22)];
  // Bit 3: the sizes follow the data, and nought stands for them here.
  if ((flags & 8) !== 0 && packed === 0) return true;
  return packed === file.readUInt32LE(at + 20) && size === file.readUInt32LE(at + 24);
}

/** Whether nothing lies between the files that the directory names: the reader takes whatever it meets, not what is named. */
function isGapless(entries: readonly Entry[], directory: number): boolean {
  let at = 0;
  for (const { start, end } of entries.toSorted((a, b) => a.start - b.start)) {
    if (start < at || start > at + (at === 0 ? 0 : DESCRIPTOR)) return false;
    at = end;
  }
  return directory >= at && directory <= at + DESCRIPTOR;
}
