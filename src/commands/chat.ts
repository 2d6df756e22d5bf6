import type { Command } from 'commander';
import type { TerminalOptions } from './chat/terminal.js';
import { FLOWS_FOLDER } from './flowsFolder.js';

/** `kentongan chat`: a chat in the terminal with the real engine and a village in memory; `--save` keeps it as a test. */
export function chatCommand(program: Command): void {
  program
    .command('chat')
    .description('try the flows in the terminal; what you type is what a resident types')
    .option('--channel <name>', 'telegram (buttons) or whatsapp (numbers)', 'whatsapp')
    .option('--person <name>', 'who you are', 'Siti')
    .option('--officer', 'you are an officer of the village')
    .option('--village <name>', 'Kemiren takes requests, Sumbersari does not; none', 'Kemiren')
    .option('--language <code>', 'id or en', 'id')
    .option('--first', 'you write for the first time')
    .option('--save <file>', 'write the conversation as a .chat file')
    .option('--dir <folder>', 'the flows to talk with', FLOWS_FOLDER)
    .action(async (options: TerminalOptions) => {
      const { talkInTerminal } = await import('./chat/terminal.js');
      await talkInTerminal(options);
    });
}
