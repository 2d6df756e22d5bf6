import type { Command } from 'commander';

/** `kentongan bench`: what this machine carries, as ratios against plain alternatives within the same run. */
export function benchCommand(program: Command): void {
  program
    .command('bench')
    .description('measure speed and memory on this machine (needs the development packages)')
    .option('--json', 'print { machine, rows } as JSON')
    .option('--only <name>', 'only the rows whose name begins so, e.g. engine or road.durable')
    .option(
      '--scale',
      'the console with 1,000,000 cases and 10,000,000 messages: some minutes, some 15 GB of disk',
    )
    .option('--cases <n>', 'with --scale: another number of cases than 1,000,000')
    .action(async (options: { json?: boolean; only?: string; scale?: boolean; cases?: string }) => {
      const { BENCH_NAMES, runBench } = await import('../bench/index.js');
      if (options.only !== undefined && !BENCH_NAMES.some((name) => name.startsWith(options.only!))) {
        console.error(`--only: no such row; there are ${BENCH_NAMES.join(', ')}`);
        process.exitCode = 2;
        return;
      }
      const cases = options.cases === undefined ? undefined : Number(options.cases);
      if (cases !== undefined && !(Number.isInteger(cases) && cases >= 10_000)) {
        console.error('--cases: must be a whole number, 10000 at least');
        process.exitCode = 2;
        return;
      }
      await runBench({
        json: options.json ?? false,
        only: options.scale ? 'scale' : options.only,
        cases,
      });
    });
}
