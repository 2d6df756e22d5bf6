import { exportCell } from './plainText.js';

/** A cell of an export; numbers are written with a point and read as numbers. */
export type CsvCell = string | number | boolean | null | undefined;

/** So that spreadsheets read the file as UTF-8. */
const BOM = '\ufeff';

/** A table as CSV (RFC 4180), with the mark of UTF-8; texts are never formulas. The first row is the heading. */
export function toCsv(rows: readonly (readonly CsvCell[])[]): string {
  return BOM + rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(cell: CsvCell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = exportCell(cell);
  return /[",;\r\n\t]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
