import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Claims the cluster for this process by a file beside it: `<pid> <start time>`. Two programs on one cluster would
 * hold each other's lines and clocks, so one owns it. A dead owner's claim is taken over.
 * Answers null once it is ours, else the pid of the living owner.
 */
export async function claim(path: string): Promise<number | null> {
  const mine = identity(process.pid);
  try {
    await writeFile(path, mine, { flag: 'wx', mode: 0o600 });
    return null;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
  const owner = await livingOwner(path);
  if (owner !== null) return owner;
  await writeFile(`${path}.${process.pid}`, mine, { mode: 0o600 });
  await rename(`${path}.${process.pid}`, path);
  // Two may take over at once: the last one to rename has it. Postgres's own lock file stands behind this.
  await sleep(100);
  return (await readFile(path, 'utf8').catch(() => '')) === mine ? null : await livingOwner(path);
}

/** Gives the claim back. */
export async function disclaim(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** The pid in a claim whose process still lives, and is the one that wrote it. */
async function livingOwner(path: string): Promise<number | null> {
  const claimed = (await readFile(path, 'utf8').catch(() => '')).trim();
  const pid = Number(claimed.split(' ')[0]);
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) && identity(pid) === claimed ? pid : null;
}

/** Whether a process of that number runs, be it another user's. One that ended and was not yet buried does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !['Z', 'X'].includes(statusOf(pid)[0] ?? '');
}

/** The pid and, on Linux, when it started: pids are given out again, in containers at every start. */
function identity(pid: number): string {
  return `${pid} ${statusOf(pid)[19] ?? '0'}`;
}

/** What /proc tells of a process, from its state on (man 5 proc); nothing where there is no /proc. */
function statusOf(pid: number): string[] {
  try {
    // The command before it stands in brackets and may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  } catch {
    return [];
  }
}
