import { join } from 'node:path';

/** The list of erasures that outlives the database; see docs/decisions/backup.md. */
export function erasureList(dataDir: string): string {
  return join(dataDir, 'erasures.jsonl');
}
