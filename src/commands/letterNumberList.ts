import { join } from 'node:path';

/** The list of given letter numbers that outlives the database; see docs/decisions/letters.md. */
export function letterNumberList(dataDir: string): string {
  return join(dataDir, 'letter-numbers.jsonl');
}
