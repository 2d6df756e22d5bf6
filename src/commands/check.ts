import type { Command } from 'commander';
import { coverageFaults, percentOf } from '../flow/check/coverage.js';
import type { Coverage } from '../flow/load.js';
import { FLOWS_FOLDER } from './flowsFolder.js';

/** `kentongan check`: holds flows, words and channel limits against each other; exit code 1 where a fault stands. */
export function checkCommand(program: Command): void {
  program
    .command('check')
    .description('check the flows: every fault with its file, line and cure')
    .option('--json', 'print faults and coverage as JSON')
    .option('--schema', 'print the JSON Schema of a flow file, for an editor')
    .option('--dir <folder>', 'the flows to check', FLOWS_FOLDER)
    .action(async (options: { json?: boolean; schema?: boolean; dir: string }) => {
      if (options.schema) {
        const { flowSchema } = await import('../flow/jsonSchema.js');
        console.log(JSON.stringify(flowSchema(), null, 2));
        return;
      }
      const { printFault, readFlows } = await import('../flow/load.js');
      const { flows, coverage, ...read } = await readFlows(options.dir);
      const faults = [...read.faults, ...coverageFaults(coverage)];
      const serious = faults.filter((fault) => !fault.warning);
      if (options.json)
        console.log(
          JSON.stringify(
            { ok: serious.length === 0, flows: flows?.byId.size ?? 0, faults, coverage },
            null,
            2,
          ),
        );
      else {
        for (const fault of faults) console.log(printFault(fault));
        for (const one of coverage) console.log(printCoverage(one));
        if (serious.length === 0 && flows) {
          const steps = [...flows.byId.values()].reduce((sum, flow) => sum + flow.steps.length, 0);
          console.log(
            `${flows.byId.size} flows, ${steps} steps, ${flows.serviceWords.size} services: ${faults.length === 0 ? 'no fault' : `${faults.length} warnings, no fault`}`,
          );
        } else console.log(`${serious.length} faults`);
      }
      if (serious.length > 0) process.exitCode = 1;
    });
}

/** `language jv (Basa Jawa): complete, offered, awaiting a native reader`. */
function printCoverage(coverage: Coverage): string {
  const { language, name, missing, awaiting, offered } = coverage;
  const lacking = missing.reduce((sum, { keys }) => sum + keys.length, 0);
  const state =
    lacking === 0
      ? 'complete'
      : `${percentOf(coverage)} % (${lacking} texts missing in ${missing.length} files)`;
  return [
    `language ${language} (${name}): ${state}`,
    offered ? 'offered' : 'not offered',
    ...(awaiting ? [`awaiting a ${awaiting}`] : []),
  ].join(', ');
}
