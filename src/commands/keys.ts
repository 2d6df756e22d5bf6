import type { Command } from 'commander';
import { withDatabase } from './withDatabase.js';

/** `kentongan keys rotate | list`: the keys that sealed answers and identity documents are kept under. */
export function keysCommand(program: Command): void {
  const keys = program.command('keys').description('keep the keys of sealed values');

  keys
    .command('rotate')
    .description(
      'make a new key (in the key file) and seal everything anew with it; with SECRET_KEY, seal with its first key',
    )
    .action(async () => {
      await withDatabase(async (pool, { config, log }) => {
        const { addKey, keyFile, loadKeys } = await import('../store/keys.js');
        const { checkKeys } = await import('../store/keyCheck.js');
        const { createSealer, keyId } = await import('../store/sealer.js');
        const { reseal } = await import('../store/rotate.js');
        const { createMediaStorage } = await import('../media/storage.js');
        const present = await loadKeys(config, log);
        // Before anything is made: with a key that does not fit, no new one would help.
        await checkKeys(pool, createSealer(present));
        const ring = config.secretKeys ? present : await addKey(config.dataDir);
        const done = await reseal(pool, createSealer(ring), ring, createMediaStorage(config.dataDir));
        print(`Sealed anew with key ${keyId(ring[0]!)}: ${done.values} values, ${done.files} files.`);
        if (config.secretKeys && done.values + done.files === 0) {
          print(
            'For a new key, put it in front of SECRET_KEY (openssl rand -hex 32, a comma, the old one), restart, and run this again.',
          );
        }
        if (!config.secretKeys)
          print(`Keep a new copy of ${keyFile(config.dataDir)}, apart from the backups.`);
        print('Keep the older keys as long as you keep backups made before today.');
        for (const id of done.unreadable)
          process.stderr.write(`attachment ${id}: its file is missing or does not open\n`);
        if (done.unreadable.length > 0) process.exitCode = 1;
      });
    });

  keys
    .command('list')
    .description('show the ids of the keys, newest first, and how much each still seals')
    .action(async () => {
      await withDatabase(async (pool, { config, log }) => {
        const { loadKeys } = await import('../store/keys.js');
        const { keyId } = await import('../store/sealer.js');
        const { countSealed } = await import('../store/rotate.js');
        const counts = await countSealed(pool);
        for (const id of (await loadKeys(config, log)).map(keyId)) {
          print(`${id}  ${counts.get(id) ?? 0} values`);
          counts.delete(id);
        }
        for (const [id, count] of counts)
          print(`${id}  ${count} values  MISSING: they cannot be read without this key`);
        if (counts.size > 0) process.exitCode = 1;
      });
    });

  keys
    .command('letters')
    .description('show the keys that prove letters; with --rotate, make a new one and retire the present')
    .option(
      '--rotate',
      'what the key before has proven stays provable: its public half is kept and published',
    )
    .action(async (options: { rotate?: boolean }) => {
      await withDatabase(async (pool, { config, log }) => {
        const { loadKeys, sealerOver } = await import('../store/keys.js');
        const { checkKeys } = await import('../store/keyCheck.js');
        const { letterKeys, rotateLetterKey } = await import('../store/letters/keys.js');
        const { inTransaction } = await import('../store/sql.js');
        const sealer = sealerOver(config, await loadKeys(config, log));
        await checkKeys(pool, sealer);
        if (options.rotate) await inTransaction(pool, (sql) => rotateLetterKey(sql, sealer, new Date()));
        for (const { id, createdAt, retiredAt } of await letterKeys(pool))
          print(
            `${id}  since ${createdAt.toISOString()}${retiredAt ? `, retired ${retiredAt.toISOString()}` : ', in use'}`,
          );
      });
    });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
