import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { FLOWS_FOLDER } from './flowsFolder.js';

/** `kentongan learn`: learns from flows/words/lessons/ what need sounds like, and writes flows/words/need.json. */
export function learnCommand(program: Command): void {
  program
    .command('learn')
    .description('learn from flows/words/lessons/ what need sounds like, and write flows/words/need.json')
    .option('--dir <folder>', 'the flows to use', FLOWS_FOLDER)
    .action(async ({ dir }: { dir: string }) => {
      const { printFault, readFlows } = await import('../flow/load.js');
      const { readLessons } = await import('../flow/load/lessons.js');
      const { lessonsHash, NEED_FILE } = await import('../flow/load/need.js');
      const { learnFrom } = await import('../flow/understand/intent.js');
      const { packedNeed } = await import('../flow/understand/need.js');
      // A fault in a flow, or in what was learned before, does not keep from learning.
      const { flows, faults } = await readFlows(dir);
      if (!flows) throw new Error(faults.map(printFault).join('\n'));
      const lessons = readLessons(dir);
      const { weights, words } = learnFrom(flows, lessons);
      writeFileSync(join(dir, NEED_FILE), packedNeed(lessonsHash(dir), weights, words));
      console.log(`${NEED_FILE}: learned from ${lessons.length} lessons and the phrases of the flows`);
    });
}
