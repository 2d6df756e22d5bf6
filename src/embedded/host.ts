import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SetupError } from '../core/errors.js';
import { nativeFolder } from './binaries.js';
import { dieWithParent } from './dieWithParent.js';

/** Where the cluster lies, whose Postgres serves it, and as whom that runs: Postgres refuses to be root. */
export interface Host {
  /** The cluster's folder; its password, claim and temporary files lie beside it under the same name. */
  pgdata: string;
  bin(program: 'initdb' | 'postgres'): string;
  /** The command line and user of one of Postgres's programs; the process lives no longer than ours. */
  command(
    program: 'initdb' | 'postgres',
    args: string[],
  ): { file: string; args: string[]; uid?: number; gid?: number };
}

interface User {
  uid: number;
  gid: number;
}

/** Where copies go when Postgres can neither run nor keep data in place. */
const ELSEWHERE = '/var/lib/kentongan';
const NOBODY: User = { uid: 65534, gid: 65534 };

/**
 * Chooses the first way that really works here, tried by running `postgres --version` and writing to the folder:
 * an ordinary user as they are; root within a user namespace in place (which keeps working under a home of mode
 * 0700); root as `nobody` in place; root as `nobody` with the binaries and the data under /var/lib/kentongan.
 * An existing cluster is always served the way it was made.
 */
export function findHost(dataDir: string): Host {
  mkdirSync(dataDir, { recursive: true });
  const here = join(realpathSync(dataDir), 'postgres');
  const native = nativeFolder();
  if (process.getuid?.() !== 0) return works(ordinary(here, native)) ?? refuse(here);

  const hash = createHash('sha256').update(dirname(here)).digest('hex').slice(0, 16);
  const there = join(ELSEWHERE, hash, 'postgres');
  const owner = existsSync(join(here, 'PG_VERSION')) ? statSync(here) : null;
  if (owner) {
    const host =
      owner.uid === 0 ? inNamespace(here, native) : as({ uid: owner.uid, gid: owner.gid }, here, native);
    return (
      works(host) ??
      (owner.uid === 0 ? null : works(as({ uid: owner.uid, gid: owner.gid }, here, copied(native)))) ??
      refuse(here)
    );
  }
  if (!existsSync(join(there, 'PG_VERSION'))) {
    const inPlace = works(inNamespace(here, native)) ?? works(as(NOBODY, here, native));
    if (inPlace) return inPlace;
  }
  mkdirSync(dirname(there), { recursive: true });
  for (const folder of [ELSEWHERE, dirname(there)]) chmodSync(folder, 0o711);
  return works(as(NOBODY, there, native)) ?? works(as(NOBODY, there, copied(native))) ?? refuse(there);
}

function ordinary(pgdata: string, native: string): Host {
  const bin = (program: string) => join(native, 'bin', program);
  return { pgdata, bin, command: (program, args) => dieWithParent(bin(program), args) };
}

/** Root outside, user 1000 inside: the files stay root's, and Postgres sees no root. */
function inNamespace(pgdata: string, native: string): Host {
  const host = ordinary(pgdata, native);
  return {
    ...host,
    command: (program, args) => {
      const inner = host.command(program, args);
      return {
        file: 'unshare',
        args: ['--user', '--map-user=1000', '--map-group=1000', inner.file, ...inner.args],
      };
    },
  };
}

function as(user: User, pgdata: string, native: string): Host {
  const host = ordinary(pgdata, native);
  return { ...host, command: (program, args) => ({ ...host.command(program, args), ...user }) };
}

/** The host, if Postgres runs there and may write where the cluster is or will be. */
function works(host: Host): Host | null {
  const { file, args, uid, gid } = host.command('postgres', ['--version']);
  const trial = join(dirname(host.pgdata), `postgres.trial-${process.pid}`);
  try {
    mkdirSync(trial, { recursive: true, mode: 0o700 });
    if (uid !== undefined) chownSync(trial, uid, gid!);
    const at = args.indexOf(host.bin('postgres'));
    const shell = ['/bin/sh', '-c', 'test -w "$1" && exec "$0" --version', host.bin('postgres'), trial];
    const command =
      at < 0 ? { file: shell[0]!, args: shell.slice(1) } : { file, args: [...args.slice(0, at), ...shell] };
    const done = spawnSync(command.file, command.args, { uid, gid, cwd: '/', stdio: 'ignore' });
    return done.status === 0 ? host : null;
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

/** The binaries where every user can read them; made once for a version. */
function copied(native: string): string {
  const version =
    spawnSync(join(native, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' })
      .stdout.trim()
      .split(' ')
      .at(-1) ?? 'native';
  const copy = join(ELSEWHERE, `native-${version}`);
  if (existsSync(copy)) return copy;
  mkdirSync(ELSEWHERE, { recursive: true, mode: 0o711 });
  const half = join(ELSEWHERE, `${basename(copy)}.${process.pid}`);
  cpSync(native, half, { recursive: true, verbatimSymlinks: true });
  renameSync(half, copy);
  return copy;
}

function refuse(pgdata: string): never {
  throw new SetupError([
    `The embedded Postgres cannot run on ${pgdata} as this user: the folder must be writable, and its owner must be the user who starts (root may start anybody's). Another way is DATABASE_URL with a PostgreSQL server.`,
  ]);
}
