import { readFile } from 'node:fs/promises';
import { SetupError } from '../core/errors.js';

/** The passphrase in a file (its first line); null where no file was named. */
export async function readPassphrase(file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new SetupError([`--passphrase-file ${file}: ${cause.message}`]);
  });
  const passphrase = text.split('\n')[0]!.trim();
  if (passphrase.length < 12)
    throw new SetupError([`--passphrase-file ${file}: must hold a passphrase of at least 12 characters`]);
  return passphrase;
}
