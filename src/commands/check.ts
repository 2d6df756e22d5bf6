import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Option, type Command } from 'commander';
import { coverageFaults, percentOf } from '../flow/check/coverage.js';
import { checkTranscripts } from '../flow/check/transcripts.js';
import type { Flows } from '../flow/compiled.js';
import type { Coverage, FlowFault } from '../flow/load.js';
import type { SchemaKind } from '../flow/jsonSchema.js';
import { FLOWS_FOLDER } from './flowsFolder.js';

const SCHEMA_KINDS = ['flow', 'services', 'letter'] as const satisfies readonly SchemaKind[];

/** Beside the sources; an installed program may lack it. */
const TRANSCRIPTS_FOLDER = fileURLToPath(new URL('../../tests/flows', import.meta.url));

/** `kentongan check`: holds flows, words and channel limits against each other; exit code 1 where a fault stands. */
export function checkCommand(program: Command): void {
  program
    .command('check')
    .description('check the flows: every fault with its file, line and cure')
    .option('--json', 'print faults and coverage as JSON')
    .addOption(
      new Option(
        '--schema [file]',
        'print the JSON Schema of a file under flows/, for an editor: a flow, the catalogue or a letter',
      )
        .choices(SCHEMA_KINDS)
        .preset('flow'),
    )
    .option('--manual', 'print the manual of the flow language (docs/flow-language.md), from the sources')
    .option('--dir <folder>', 'the flows to check', FLOWS_FOLDER)
    .option('--transcripts <folder>', 'where the conversations of the flows are', TRANSCRIPTS_FOLDER)
    .action(
      async (options: {
        json?: boolean;
        schema?: SchemaKind;
        manual?: boolean;
        dir: string;
        transcripts: string;
      }) => {
        if (options.schema) {
          const { fileSchema } = await import('../flow/jsonSchema.js');
          console.log(JSON.stringify(fileSchema(options.schema), null, 2));
          return;
        }
        if (options.manual) {
          const { flowManual } = await import('./flowManual.js');
          process.stdout.write((await flowManual()).page);
          return;
        }
        const { printFault, readFlows } = await import('../flow/load.js');
        const { staleNeed } = await import('../flow/load/need.js');
        const { flows, coverage, ...read } = await readFlows(options.dir);
        const chats = await chatsIn(options.transcripts);
        const faults = [
          ...read.faults,
          ...coverageFaults(coverage),
          ...staleNeed(options.dir),
          ...(flows && chats.length > 0 ? checkTranscripts(flows, chats) : []),
        ];
        const counts = flows ? countsOf(flows, chats) : null;
        const serious = faults.filter((fault) => !fault.warning);
        if (options.json)
          console.log(
            JSON.stringify(
              { ok: serious.length === 0, flows: flows?.byId.size ?? 0, counts, faults, coverage },
              null,
              2,
            ),
          );
        else {
          for (const fault of faults) console.log(printFault(fault));
          const { changedSince } = await import('../flow/texts/folder.js');
          for (const one of coverage)
            console.log(
              printCoverage(one, changedSince({ dir: options.dir }, read.texts, one.language).length),
            );
          if (serious.length === 0 && counts) console.log(summary(counts, faults));
          else console.log(`${serious.length} faults`);
        }
        if (serious.length > 0) process.exitCode = 1;
      },
    );
}

/** `language jv (Basa Jawa): complete, offered, awaiting a native reader`. `changed`: to be looked at again. */
function printCoverage(coverage: Coverage, changed: number): string {
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
    ...(changed > 0 ? [`${changed} to be looked at again: their Indonesian words have changed`] : []),
  ].join(', ');
}

/** What there is of everything, for the last line. */
interface Counts {
  flows: number;
  steps: number;
  services: number;
  /** Phrases by which flows are understood. */
  phrases: number;
  transcripts: number;
  /** Flows that lack one of the transcripts that they need. */
  without: number;
}

function countsOf(flows: Flows, chats: readonly string[]): Counts {
  const all = [...flows.byId.values()];
  return {
    flows: all.length,
    steps: all.reduce((sum, flow) => sum + flow.steps.length, 0),
    services: flows.serviceWords.size,
    phrases: all.reduce((sum, flow) => sum + flow.understands.length, 0),
    transcripts: chats.length,
    without: checkTranscripts(flows, chats).length,
  };
}

/** `138 flows, 1081 steps, 40 services, 2310 phrases; every flow has its transcripts (312): no fault`. */
function summary(counts: Counts, faults: readonly FlowFault[]): string {
  const { flows, steps, services, phrases, transcripts, without } = counts;
  const told =
    transcripts === 0
      ? ''
      : without === 0
        ? `; every flow has its transcripts (${transcripts})`
        : `; ${without} flows lack transcripts (${transcripts})`;
  const found = faults.length === 0 ? 'no fault' : `${faults.length} warnings, no fault`;
  return `${flows} flows, ${steps} steps, ${services} services, ${phrases} phrases${told}: ${found}`;
}

/** The conversations under a folder, by their path in it; none where it is not there: an installed program has no tests. */
async function chatsIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive: true });
    return names.filter((name) => name.endsWith('.chat')).map((name) => name.replaceAll('\\', '/'));
  } catch {
    return [];
  }
}
