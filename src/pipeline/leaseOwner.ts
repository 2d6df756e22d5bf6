import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names this process among all that may hold a line: `<host>~<pid namespace>/<pid>/<nonce>`. */
export function leaseOwner(nonce: string = randomUUID()): string {
  return `${machine()}/${process.pid}/${nonce}`;
}

/**
 * Whether the holder was a process of this very machine that is no more: then nobody needs to wait until its lease
 * runs out. Elsewhere, and in another container, one cannot tell.
 */
export function isHolderDead(holder: string, me: string): boolean {
  const [place, pid, nonce] = holder.split('/');
  const [here, ownPid, ownNonce] = me.split('/');
  if (place !== here || !pid) return false;
  if (pid === ownPid) return nonce !== ownNonce;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Containers may share a host name but not the numbers of their processes. */
function machine(): string {
  let space = '';
  try {
    space = /\d+/u.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
  } catch {
    // Not Linux: no such thing.
  }
  return `${hostname().replaceAll(/[/~]/gu, '-')}~${space}`;
}
