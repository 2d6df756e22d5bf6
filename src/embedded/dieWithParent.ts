import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

let setpriv: string | null | undefined;

/**
 * The command line under which a child gets SIGINT when its parent dies, also by kill -9 (Linux, util-linux).
 * Elsewhere the command line as it is: an orphan is then found and stopped by the next start.
 */
export function dieWithParent(file: string, args: string[]): { file: string; args: string[] } {
  setpriv ??= findSetpriv();
  return setpriv ? { file: setpriv, args: ['--pdeathsig', 'SIGINT', file, ...args] } : { file, args };
}

/** util-linux's setpriv; busybox has one of the same name without the option, hence the trial. */
function findSetpriv(): string | null {
  if (process.platform !== 'linux') return null;
  const found = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  return found && spawnSync(found, ['--pdeathsig', 'SIGINT', 'true']).status === 0 ? found : null;
}
