import { cpus, totalmem } from 'node:os';

/** One line of the table. `target` reads as a person would say it; `met` is null where there is nothing to meet. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  /** What it was measured against in the same run, and the ratio to it. */
  against: string | null;
  ratio: number | null;
  target: string | null;
  met: boolean | null;
}

/** One measurement: its rows' names begin with `name`. */
export interface Bench {
  names: string[];
  /** Rows, or the reason why it could not be run here. */
  run(): Promise<BenchRow[] | string>;
}

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  node: string;
  platform: string;
}

/** The machine that the figures belong to. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** The table as text, columns aligned. */
export function formatTable(
  machine: Machine,
  rows: BenchRow[],
  skipped: { name: string; reason: string }[],
): string {
  const head = ['name', 'value', 'unit', 'against', 'ratio', 'target', 'met'];
  const body = rows.map((row) => [
    row.name,
    row.value >= 100 ? Math.round(row.value).toLocaleString('en') : row.value.toFixed(2),
    row.unit,
    row.against ?? '',
    row.ratio === null ? '' : row.ratio.toFixed(2),
    row.target ?? '',
    row.met === null ? '' : row.met ? 'yes' : 'no',
  ]);
  const widths = head.map((h, i) => Math.max(h.length, ...body.map((cells) => cells[i]!.length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, ${machine.platform}`,
    line(head),
    ...body.map(line),
    ...skipped.map((s) => `${s.name}: not measured: ${s.reason}`),
  ].join('\n');
}

/** The middle one of an odd number of measurements. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/**
 * Measures ours and theirs five times in turn, so that a slow moment of the machine hits both,
 * and answers with the medians. A measurement gives a rate.
 */
export async function inTurn(
  ours: () => Promise<number> | number,
  theirs: () => Promise<number> | number,
  rounds = 5,
): Promise<{ ours: number; theirs: number; ratio: number }> {
  const mine: number[] = [];
  const other: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    mine.push(await ours());
    other.push(await theirs());
    ratios.push(mine.at(-1)! / other.at(-1)!);
  }
  return { ours: median(mine), theirs: median(other), ratio: median(ratios) };
}
