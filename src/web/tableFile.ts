import type { CsvCell } from '../core/csv.js';
import { toCsv } from '../core/csv.js';
import { exportCell } from '../core/plainText.js';
import type { WebContext } from './env.js';
import { PageError } from './pageError.js';

/** What is written into a cell: a number stays one, a text is never a formula. */
export type Cell = CsvCell;

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A table as a file to be kept: `<name>.csv` or `<name>.xlsx`; the first row is the heading. 404 for any other kind. */
export async function sendTable(
  c: WebContext,
  rows: readonly (readonly Cell[])[],
  { name, kind, sheet }: { name: string; kind: string; sheet: string },
): Promise<Response> {
  c.header('Content-Disposition', `attachment; filename="${name}.${kind}"`);
  if (kind === 'csv') {
    c.header('Content-Type', 'text/csv; charset=utf-8');
    return c.body(toCsv(rows));
  }
  if (kind !== 'xlsx') throw new PageError(404);
  c.header('Content-Type', XLSX);
  return c.body(new Uint8Array(await toXlsx(rows, sheet)));
}

/** Loaded at the first export that is asked for. */
async function toXlsx(rows: readonly (readonly Cell[])[], sheet: string): Promise<Buffer> {
  const { default: writeExcelFile } = await import('write-excel-file/node');
  const [heading = [], ...lines] = rows;
  const widths = heading.map((_, n) =>
    Math.min(50, Math.max(10, ...rows.map((row) => String(row[n] ?? '').length + 2))),
  );
  return writeExcelFile(
    [
      heading.map((cell) => ({ value: String(cell ?? ''), type: String, fontWeight: 'bold' as const })),
      ...lines.map((line) =>
        line.map((cell) =>
          typeof cell === 'number'
            ? { value: cell, type: Number }
            : // Text, whatever it looks like: "=…" or "1/2" must not become something else.
              { value: exportCell(String(cell ?? '')), type: String, format: '@' },
        ),
      ),
    ],
    { sheet: sheet.slice(0, 31), columns: widths.map((width) => ({ width })), stickyRowsCount: 1 },
  ).toBuffer();
}
