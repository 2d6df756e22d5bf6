import type { Coverage } from '../load.js';
import type { FlowFault } from '../yamlFile.js';

/** How many missing texts of a file are named. */
const NAMED = 6;

/**
 * Texts that a demanded language lacks, one fault a file. They are no reason not to start: whoever chose that language
 * reads the missing ones in Indonesian, and it is not offered to others until it is complete again.
 */
export function coverageFaults(coverage: readonly Coverage[]): FlowFault[] {
  return coverage
    .filter(({ demanded }) => demanded)
    .flatMap(({ language, missing }) =>
      missing.map(({ file, keys }) => ({
        file: `flows/${file}`,
        line: 1,
        what: `texts are missing in ${language} (${keys.length}): ${keys.slice(0, NAMED).join(', ')}${keys.length > NAMED ? ', …' : ''}`,
        cure: `write them, or \`kentongan texts export --language ${language}\` for a translator`,
      })),
    );
}

/** Texts of a language that are there, as a share of all: 0 to 100, 100 only where nothing is missing. */
export function percentOf({ texts, missing }: Coverage): number {
  const lacking = missing.reduce((sum, { keys }) => sum + keys.length, 0);
  return Math.floor(((texts - lacking) / texts) * 100);
}
