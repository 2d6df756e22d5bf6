import { resolve } from 'node:path';
import type { Command } from 'commander';
import { erasureList } from './erasureList.js';
import { letterNumberList } from './letterNumberList.js';
import { readPassphrase } from './readPassphrase.js';
import { withDatabase } from './withDatabase.js';

interface Given {
  to: string;
  recipient: string[];
  passphraseFile?: string;
  key?: string;
}

/** `kentongan backup --to FILE`: everything in one encrypted file, while the gateway goes on. */
export function backupCommand(program: Command): void {
  program
    .command('backup')
    .description('write all data and media into one encrypted file; the gateway may go on meanwhile')
    .requiredOption('--to <file>', 'the file to write; it must not exist yet')
    .option('--recipient <age1…>', 'encrypt for this age recipient (may be given several times)', collect, [])
    .option('--passphrase-file <file>', 'encrypt with the passphrase in this file instead')
    .option('--key <file>', 'the key file, made if it is missing (default: backup.key in DATA_DIR)')
    .action(async (given: Given) => {
      await withDatabase(async (pool, { config, url }) => {
        const { SetupError } = await import('../core/errors.js');
        const { stat } = await import('node:fs/promises');
        const { createBackup } = await import('../store/backup/backup.js');
        const { backupKeyFile, lockFor } = await import('../store/backup/keys.js');
        const { keepErasures } = await import('../store/erasures.js');
        const { createNumberKeeper } = await import('../store/letters/numberList.js');
        const { createMediaStorage } = await import('../media/storage.js');
        const file = resolve(given.to);
        if (await stat(file).catch(() => null))
          throw new SetupError([`--to ${given.to}: exists already; choose another name`]);
        const passphrase = await readPassphrase(given.passphraseFile);
        const keyFile = given.key ?? backupKeyFile(config.dataDir);
        const { encrypter, made } = await lockFor({ recipients: given.recipient, passphrase, keyFile });
        await keepErasures(pool, erasureList(config.dataDir));
        await createNumberKeeper(letterNumberList(config.dataDir))(pool);
        const files = createMediaStorage(config.dataDir);
        const done = await createBackup({ databaseUrl: url, file, encrypter, files, now: new Date() });
        print(
          `Backup of ${done.rows} rows in ${done.tables} tables and ${done.files} files: ${given.to} (${done.bytes} bytes).`,
        );
        for (const key of done.missing) process.stderr.write(`missing in the media storage: ${key}\n`);
        if (made)
          print(
            `A key that opens backups was made: ${made}. Keep a copy elsewhere: on this machine it is lost together with the data.`,
          );
        print(
          `Not in the backup, and needed to read sealed answers: SECRET_KEY or DATA_DIR/secret.key (key ${done.keyId ?? 'not yet used'}).`,
        );
      });
    });
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
