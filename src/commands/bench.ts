import type { Command } from 'commander';

/** `kentongan bench`: what this machine carries, as ratios against plain alternatives within the same run. */
export function benchCommand(program: Command): void {
  program
    .command('bench')
    .description('measure speed and memory on this machine (needs the development packages)')
    .option('--json', 'print { machine, rows } as JSON')
    .option('--only <name>', 'only the rows whose name begins so, e.g. engine or road.durable')
    .action(async (options: { json?: boolean; only?: string }) => {
      const { BENCH_NAMES, runBench } = await import('../bench/index.js');
      if (options.only !== undefined && !BENCH_NAMES.some((name) => name.startsWith(options.only!))) {
        console.error(`--only: no such row; there are ${BENCH_NAMES.join(', ')}`);
        process.exitCode = 2;
        return;
      }
      await runBench({ json: options.json ?? false, only: options.only });
    });
}
