import { chmodSync, mkdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Where the browser keeps the linked account within a line's folder: the library's own naming. */
export function sessionFolder(profileFolder: string): string {
  return join(profileFolder, 'session');
}

/** Where a line's linked account lies, under the folder of all data. */
export function profileFolderOf(dataDir: string, name: string): string {
  return join(dataDir, 'whatsapp-web', name);
}

/** Deletes the linked account of a line that was removed. No browser may run on it any more. */
export async function deleteProfile(dataDir: string, lineId: string): Promise<void> {
  const name = /^whatsapp-web:([a-z0-9-]+)$/u.exec(lineId)?.[1];
  if (name === undefined) return;
  await rm(profileFolderOf(dataDir, name), { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Makes a line's folder fit for a new browser: there, for nobody else's eyes (whoever has it has the account), and not
 * locked by a browser that is gone. The line's lease says that we alone use it, so a browser that still runs on it is
 * an orphan of ours, and is ended.
 */
export function readyProfile(profileFolder: string): void {
  mkdirSync(profileFolder, { recursive: true, mode: 0o700 });
  chmodSync(profileFolder, 0o700);
  const session = sessionFolder(profileFolder);
  const orphan = holderOf(session);
  if (orphan !== null) killBrowser(orphan);
  // Of another host, where a container was made anew, Chromium would wait for ever.
  for (const name of ['SingletonLock', 'SingletonCookie', 'SingletonSocket'])
    rmSync(join(session, name), { force: true });
}

/** The process of a browser that runs on this profile; null where there is none. */
function holderOf(session: string): number | null {
  try {
    const [, host, pid] = /^(.*)-(\d+)$/u.exec(readlinkSync(join(session, 'SingletonLock'))) ?? [];
    if (host !== hostname()) return null;
    // A process of the same number may be anybody's.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(session) ? Number(pid) : null;
  } catch {
    return null;
  }
}

/** Ends a browser with all its processes: it leads a group of its own. */
export function killBrowser(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}
