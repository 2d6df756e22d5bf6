import type { Command } from 'commander';
import { withServer } from './withDatabase.js';

/** `kentongan migrate`: brings the database to this program's tables; `start` does so by itself. */
export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the database up to date (start does so by itself)')
    .action(async () => {
      await withServer(async ({ url, log }) => {
        const { migrate } = await import('../store/migrate.js');
        const { createPool } = await import('../store/pool.js');
        const { seed } = await import('../store/seed.js');
        const applied = await migrate(url);
        const pool = createPool(url, { max: 1, log });
        try {
          await seed(pool);
        } finally {
          await pool.end();
        }
        process.stdout.write(
          applied.length === 0 ? 'The database is up to date.\n' : `Applied: ${applied.join(', ')}\n`,
        );
      });
    });
}
