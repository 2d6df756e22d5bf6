import type { Decrypter } from 'age-encryption';
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import type { KeySource } from '../store/keys.js';
import { erasureList } from './erasureList.js';
import { letterNumberList } from './letterNumberList.js';
import { readPassphrase } from './readPassphrase.js';
import { reportingFaults, withServer } from './withDatabase.js';
import type { Server } from './withDatabase.js';

interface Given {
  key?: string;
  passphraseFile?: string;
  erasures: string[];
  letterNumbers: string[];
  replace?: boolean;
  check?: boolean;
}

/** `kentongan restore FILE`: a backup into an empty database; what was erased since is erased again. */
export function restoreCommand(program: Command): void {
  program
    .command('restore')
    .description('put a backup into an empty database')
    .argument('<file>', 'the backup')
    .option('--key <file>', 'the key file that opens it (default: backup.key in DATA_DIR)')
    .option('--passphrase-file <file>', 'the file with its passphrase')
    .option(
      '--erasures <file>',
      'a further list of erasures (erasures.jsonl of the lost machine)',
      collect,
      [],
    )
    .option(
      '--letter-numbers <file>',
      'a further list of given letter numbers (letter-numbers.jsonl of the lost machine)',
      collect,
      [],
    )
    .option('--replace', 'take away what is in the database now')
    .option('--check', 'only read it through: does it open, is it complete')
    .action((file: string, given: Given) =>
      given.check
        ? reportingFaults(() => check(file, given))
        : withServer((server) => restore(server, file, given), { alone: true }),
    );
}

async function check(file: string, given: Given): Promise<void> {
  const { checkBackup } = await import('../store/backup/restore.js');
  const found = await checkBackup(file, await decrypterFor(given, readConfig().dataDir));
  print(`${file}: whole; made at ${found.madeAt}, ${found.rows} rows, ${found.files} files.`);
}

async function restore({ config, url, log }: Server, file: string, given: Given): Promise<void> {
  const { restoreBackup } = await import('../store/backup/restore.js');
  const { keepErasures, readErasureList } = await import('../store/erasures.js');
  const { createNumberKeeper, readNumberList } = await import('../store/letters/numberList.js');
  const { createMediaStorage } = await import('../media/storage.js');
  const { createPool } = await import('../store/pool.js');
  const { v7: newId } = await import('uuid');
  const list = erasureList(config.dataDir);
  const numbers = letterNumberList(config.dataDir);
  const done = await restoreBackup({
    databaseUrl: url,
    file,
    decrypter: await decrypterFor(given, config.dataDir),
    files: createMediaStorage(config.dataDir),
    erasures: (await Promise.all([list, ...given.erasures].map(readErasureList))).flat(),
    numbers: (await Promise.all([numbers, ...given.letterNumbers].map(readNumberList))).flat(),
    replace: given.replace === true,
    newId,
    now: new Date(),
  });
  const pool = createPool(url, { max: 1, log });
  try {
    await keepErasures(pool, list);
    await createNumberKeeper(numbers)(pool);
  } finally {
    await pool.end();
  }
  print(`Restored the backup of ${done.madeAt}: ${done.rows} rows, ${done.files} files.`);
  print(
    `Erased again, as it was erased since: ${done.erased}. Messages that waited then and are not sent again: ${done.unsent}.`,
  );
  for (const { village, counter, year, from, to } of done.passedOver)
    print(
      `Letter numbers given after the backup, not given again: ${from} to ${to} (${village}, ${counter || 'all codes'}, ${year}).`,
    );
  print(
    'Before the first letter compare its number with the paper agenda (console: Templat surat, Kop): what was issued last may stand in no list.',
  );
  print('Officers sign in anew. What came in after the backup was made is not in it.');
  await warnOfKey(config, done.keyId);
}

async function decrypterFor(given: Given, dataDir: string): Promise<Decrypter> {
  const { backupKeyFile, openerOf } = await import('../store/backup/keys.js');
  const passphrase = await readPassphrase(given.passphraseFile);
  return openerOf({ passphrase, identityFile: given.key ?? backupKeyFile(dataDir) });
}

/** Sealed answers open with the key alone that sealed them, and that key is in no backup. */
async function warnOfKey(source: KeySource, needed: string | null): Promise<void> {
  if (needed === null) return;
  const { keyId } = await import('../store/sealer.js');
  const { keyFile, loadKeys } = await import('../store/keys.js');
  const { stat } = await import('node:fs/promises');
  // Looked for, not made: a new key would hide that the right one is missing.
  const hasKeys =
    source.secretKeys !== null || (await stat(keyFile(source.dataDir)).catch(() => null)) !== null;
  const present = hasKeys ? (await loadKeys(source, { warn: () => {} })).map(keyId) : [];
  if (present.includes(needed)) return;
  process.stderr.write(
    `Sealed answers need key ${needed}, which is not here. Before the next start put it back: SECRET_KEY, or ${keyFile(source.dataDir)}.\n`,
  );
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
