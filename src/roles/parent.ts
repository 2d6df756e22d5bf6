import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 500;

/**
 * Calls back once npm, which runs us, is gone: a kill -9 of npm tells its children nothing, and they would go on
 * holding port and data. Between npm and us there may be a shell.
 */
export function watchNpm(gone: () => void): () => void {
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Our parent and, where that is a shell, its parent. */
function ancestors(): string {
  const parent = process.ppid;
  const told = statusOf(parent);
  return told && /^(?:sh|dash|bash|ash|busybox|zsh)$/u.test(told.name)
    ? `${parent} ${told.parent}`
    : `${parent}`;
}

/** Linux only; elsewhere the parent alone is watched. */
function statusOf(pid: number): { name: string; parent: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    return { name: stat.slice(stat.indexOf('(') + 1, end), parent: stat.slice(end + 2).split(' ')[1]! };
  } catch {
    return null;
  }
}
