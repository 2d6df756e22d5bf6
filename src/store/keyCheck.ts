import { SealError, SetupError } from '../core/errors.js';
import type { Sealer } from '../core/ports.js';
import type { Sql } from './sql.js';

export const KEY_CHECK = 'key_check';

/**
 * Holds the keys against the database at start, by a value sealed at its first start. Throws SetupError where they do
 * not belong together (a lost or forgotten key): noticed now, not when the first resident's answer does not open.
 */
export async function checkKeys(sql: Sql, sealer: Sealer): Promise<void> {
  await sql.query(
    'INSERT INTO settings (name, value) VALUES ($1, to_jsonb($2::text)) ON CONFLICT (name) DO NOTHING',
    [KEY_CHECK, sealer.seal('check', KEY_CHECK, {})],
  );
  const { rows } = await sql.query<{ value: string }>('SELECT value FROM settings WHERE name = $1', [
    KEY_CHECK,
  ]);
  try {
    sealer.open('check', KEY_CHECK, rows[0]!.value);
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause;
    throw new SetupError([
      'SECRET_KEY (or DATA_DIR/secret.key) is not the key that this database was sealed with. Put back the right one; older keys may follow the newest, after commas in SECRET_KEY or a line each in the file.',
    ]);
  }
}
