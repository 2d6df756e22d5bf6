import { Option, type Command } from 'commander';
import type { Role } from '../config.js';

/** `kentongan start [--role] [--standins]`: runs the gateway, or one of its roles, until it is told to stop. */
export function startCommand(program: Command): void {
  program
    .command('start')
    .description('run the gateway until it is stopped (Ctrl-C)')
    .addOption(
      new Option('--role <role>', 'what this process does')
        .choices(['gateway', 'worker', 'web', 'all'])
        .default('all'),
    )
    .option('--standins', 'try the real clients without any account: phones in the browser stand in for them')
    .action(async ({ role, standins = false }: { role: Role; standins?: boolean }) => {
      const { runRole } = await import('../roles/run.js');
      const stage = standins ? (await import('./standins.js')).createStandInStage() : null;
      await runRole(role, stage);
    });
}
