import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { SetupError } from '../../core/errors.js';

/** Where the key that opens backups is made, where none was named. It belongs elsewhere. */
export function backupKeyFile(dataDir: string): string {
  return join(dataDir, 'backup.key');
}

export interface BackupKey {
  encrypter: Encrypter;
  /** The file that was made now, and that the operator must keep elsewhere. */
  made: string | null;
}

/**
 * For whom a backup is encrypted: the recipients (`age1…`) named; else whoever knows the passphrase; else the identity
 * in `keyFile`, made there once with mode 0600.
 */
export async function lockFor(given: {
  recipients: string[];
  passphrase: string | null;
  keyFile: string;
}): Promise<BackupKey> {
  const encrypter = new Encrypter();
  if (given.recipients.length > 0) {
    for (const recipient of given.recipients) addRecipient(encrypter, recipient);
    return { encrypter, made: null };
  }
  if (given.passphrase !== null) {
    encrypter.setPassphrase(given.passphrase);
    return { encrypter, made: null };
  }
  const made = await makeIdentity(given.keyFile);
  for (const identity of await readIdentities(given.keyFile))
    encrypter.addRecipient(await identityToRecipient(identity));
  return { encrypter, made: made ? given.keyFile : null };
}

/** What opens a backup: the passphrase, or the identities in the file. */
export async function openerOf(given: {
  passphrase: string | null;
  identityFile: string;
}): Promise<Decrypter> {
  const decrypter = new Decrypter();
  if (given.passphrase !== null) decrypter.addPassphrase(given.passphrase);
  else for (const identity of await readIdentities(given.identityFile)) decrypter.addIdentity(identity);
  return decrypter;
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new SetupError([
      `--recipient ${recipient}: must be an age recipient like age1… (${(cause as Error).message})`,
    ]);
  }
}

async function makeIdentity(path: string): Promise<boolean> {
  const file = await open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') return null;
    throw cause;
  });
  if (!file) return false;
  try {
    const identity = await generateIdentity();
    await file.writeFile(
      `# opens Kentongan's backups; keep it apart from them\n# public key: ${await identityToRecipient(identity)}\n${identity}\n`,
    );
    await file.sync();
  } finally {
    await file.close();
  }
  return true;
}

async function readIdentities(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT')
      throw new SetupError([
        `${path}: there is no such key file; name the one that opens the backup by --key FILE`,
      ]);
    throw cause;
  });
  const identities = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'));
  if (identities.length === 0)
    throw new SetupError([`${path}: holds no age identity (a line that begins with AGE-SECRET-KEY-)`]);
  return identities;
}
