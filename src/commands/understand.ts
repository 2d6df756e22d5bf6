import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { Flows } from '../flow/compiled.js';
import type { Explained } from '../flow/understand/understand.js';
import { FLOWS_FOLDER } from './flowsFolder.js';

interface Options {
  json?: boolean;
  why?: boolean;
  measure?: string;
  dir: string;
}

/** `kentongan understand`: what a first message is taken for, and why. Lines of standard input where no text is given. */
export function understandCommand(program: Command): void {
  program
    .command('understand [text...]')
    .description(
      'tell what messages are taken for: one message as arguments, or one a line on standard input',
    )
    .option('--json', 'one line of JSON for each: kind, id, alternatives')
    .option('--why', 'show the words as they are understood, and what came nearest')
    .option('--measure <file>', 'measure a CSV of phrase,intent: how many are right, and which are not')
    .option('--dir <folder>', 'the flows to use', FLOWS_FOLDER)
    .action(async (text: string[], options: Options) => {
      const { printFault, readFlows } = await import('../flow/load.js');
      // A fault in a flow does not keep its words from being understood.
      const { flows, faults } = await readFlows(options.dir);
      if (!flows) throw new Error(faults.map(printFault).join('\n'));
      if (options.measure !== undefined) {
        await printMeasure(options.measure, flows, options);
        return;
      }
      const { explain, understand } = await import('../flow/understand/understand.js');
      const tell = (line: string): void => {
        if (options.json) console.log(JSON.stringify((options.why ? explain : understand)(flows, line)));
        else if (options.why) console.log(printWhy(line, explain(flows, line)));
        else {
          const { kind, id, alternatives } = understand(flows, line);
          const others = alternatives.length > 0 ? `  (or: ${alternatives.join(', ')})` : '';
          console.log(`${kind === 'none' ? 'not understood' : id}${others}`);
        }
      };
      if (text.length > 0) tell(text.join(' '));
      else for await (const line of createInterface({ input: process.stdin })) tell(line);
    });
}

async function printMeasure(file: string, flows: Flows, { json, why }: Options): Promise<void> {
  const { readSamples } = await import('../flow/load/lessons.js');
  const { measure, printFigures } = await import('../flow/understand/measure.js');
  const figures = measure(flows, readSamples(file));
  console.log(json ? JSON.stringify(figures) : printFigures(file, figures, why === true));
}

function printWhy(line: string, told: Explained): string {
  return [
    `"${line}" ${told.outcome}: ${told.id}${told.alarm ? ` (heard by ${told.alarm})` : ''}`,
    `  words: ${told.words.map(({ word, weight }) => `${word} ${weight.toFixed(2)}`).join(', ')}`,
    ...(told.need.length === 0
      ? []
      : [`  need: ${told.need.map(({ words, weight }) => `${words} ${weight.toFixed(1)}`).join(', ')}`]),
    ...told.ranked.map(
      ({ id, score, phrase, hits }) =>
        `  ${score.toFixed(2)}  ${id}  near "${phrase}"  by ${hits.join(', ')}`,
    ),
  ].join('\n');
}
