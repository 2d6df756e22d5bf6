import { Command } from 'commander';
import { migrateCommand } from './commands/migrate.js';
import { keysCommand } from './commands/keys.js';
import { auditCommand } from './commands/audit.js';
import { backupCommand } from './commands/backup.js';
import { restoreCommand } from './commands/restore.js';
import { officerCommand } from './commands/officer.js';
import { lineCommand } from './commands/line.js';
import { startCommand } from './commands/start.js';
import { chatCommand } from './commands/chat.js';
import { checkCommand } from './commands/check.js';
import { understandCommand } from './commands/understand.js';
import { learnCommand } from './commands/learn.js';
import { benchCommand } from './commands/bench.js';
import { verifyLetterCommand } from './commands/verifyLetter.js';
import { permissionsCommand } from './commands/permissions.js';
import { textsCommand } from './commands/texts.js';

const program = new Command('kentongan')
  .description('Strikes the village’s kentongan: chats in, cases for the office, answers back.')
  .showHelpAfterError();

startCommand(program);
officerCommand(program);
lineCommand(program);
chatCommand(program);
checkCommand(program);
understandCommand(program);
learnCommand(program);
textsCommand(program);
permissionsCommand(program);
migrateCommand(program);
keysCommand(program);
auditCommand(program);
backupCommand(program);
restoreCommand(program);
verifyLetterCommand(program);
benchCommand(program);

await program.parseAsync();
