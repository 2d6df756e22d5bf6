import { Option, type Command } from 'commander';
import type { Role } from '../config.js';

/** `kentongan start [--role]`: runs the gateway, or one of its roles, until it is told to stop. */
export function startCommand(program: Command): void {
  program
    .command('start')
    .description('run the gateway until it is stopped (Ctrl-C)')
    .addOption(
      new Option('--role <role>', 'what this process does')
        .choices(['gateway', 'worker', 'web', 'all'])
        .default('all'),
    )
    .action(async (options: { role: Role }) => {
      const { runRole } = await import('../roles/run.js');
      await runRole(options.role);
    });
}
