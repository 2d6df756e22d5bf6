import { parse } from 'csv-parse';
import { maskIdentityNumbers } from '../../core/identityNumbers.js';

/** What a register's file may be at most. */
export const MOST_ROWS = 50_000;
export const MOST_BYTES = 20 * 1024 * 1024;
const MOST_COLUMNS = 120;
/** How many rows are sealed together. */
const CHUNK = 500;

export type CsvFault = 'empty' | 'not_csv' | 'too_many_rows' | 'too_large';

/** A file that is no register. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
  constructor(readonly fault: CsvFault) {
    super(`a register's file: ${fault}`);
  }
}

/** A row with its line in the file, from 1, as a spreadsheet counts. */
export type CsvRow = [line: number, cells: string[]];

/**
 * Reads a CSV of any usual delimiter, in UTF-8, UTF-16 or Windows-1252, some hundred rows at a time. The first piece is
 * the headings alone. Throws CsvError; where it does in the middle, what came before it is to be let go.
 */
export async function* readCsv(
  bytes: Uint8Array,
): AsyncGenerator<{ columns: string[] } | { rows: CsvRow[] }> {
  if (bytes.length > MOST_BYTES) throw new CsvError('too_large');
  const text = decoded(bytes).replace(/^sep=.\r?\n/iu, '');
  if (text.includes('\0') || text.startsWith('PK')) throw new CsvError('not_csv');
  const parser = parse(text, {
    delimiter: delimiterOf(text),
    bom: true,
    info: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 64 * 1024,
  });
  let rows: CsvRow[] = [];
  let count = -1;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (record.every((cell) => cell.trim() === '')) continue;
      count += 1;
      if (count === 0) {
        if (record.length < 2 || record.length > MOST_COLUMNS) throw new CsvError('not_csv');
        // A file without headings begins with somebody: what is kept of them is no number.
        yield { columns: record.map((cell) => maskIdentityNumbers(cell.trim()).text.slice(0, 80)) };
        continue;
      }
      if (count > MOST_ROWS) throw new CsvError('too_many_rows');
      rows.push([info.lines, record]);
      if (rows.length === CHUNK) {
        yield { rows };
        rows = [];
      }
    }
  } catch (cause) {
    throw cause instanceof CsvError ? cause : new CsvError('not_csv');
  }
  if (count < 1) throw new CsvError('empty');
  if (rows.length > 0) yield { rows };
}

/** Excel on Windows writes Windows-1252, or UTF-16 as "Unicode text"; all others UTF-8, with a mark or without. */
function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The sign that parts the headings most often; a comma where none does. */
function delimiterOf(text: string): string {
  const heading =
    text
      .slice(0, 10_000)
      .split(/\r?\n/u)
      .find((line) => line.trim() !== '') ?? '';
  const bare = heading.replace(/"[^"]*"/gu, '');
  const count = (sign: string): number => bare.split(sign).length - 1;
  return [';', '\t', '|', ','].toSorted((a, b) => count(b) - count(a))[0]!;
}
