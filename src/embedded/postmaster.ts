import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './owner.js';

export interface Postmaster {
  pid: number;
  port: number;
  /** 'starting', 'ready', 'stopping'. */
  status: string;
}

/**
 * The server that runs on a cluster, from its postmaster.pid; null where none does. A file left by a machine that
 * lost its power may name a process that is another program by now: Postgres would refuse to start beside it, so
 * such a file is taken away. (Backends still at work are found by Postgres itself, through its shared memory.)
 */
export async function findPostmaster(pgdata: string): Promise<Postmaster | null> {
  const path = join(pgdata, 'postmaster.pid');
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (!isAlive(pid)) return null;
  if (!isPostgres(pid)) {
    await rm(path, { force: true });
    return null;
  }
  return { pid, port: Number(lines[3] ?? 0), status: lines[7] ?? 'starting' };
}

function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]!.includes('postgres');
  } catch {
    return false;
  }
}
