import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SetupError } from '../core/errors.js';
import type { Host } from './host.js';
import { isAlive } from './owner.js';

/** The name of the database's user; it owns the cluster. */
export const USER = 'kentongan';

/**
 * Makes the cluster where there is none, and answers its user's password, which lies beside it with mode 0600.
 * Made aside and renamed when complete: a crash in the middle leaves nothing that looks like a cluster.
 */
export async function readyCluster(host: Host, isDurable: boolean): Promise<string> {
  const version = await readFile(join(host.pgdata, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version === null) await makeCluster(host, isDurable);
  else await checkVersion(host, version.trim());
  return (await readFile(`${host.pgdata}.password`, 'utf8')).trim();
}

async function makeCluster(host: Host, isDurable: boolean): Promise<void> {
  await sweepHalfMade(host.pgdata);
  const half = `${host.pgdata}.new-${process.pid}`;
  const passwordFile = `${half}.password`;
  // Collation built in: the same order on every machine, whatever locales it has.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '-E', 'UTF8'];
  const access = ['-U', USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const quick = isDurable ? [] : ['--no-sync'];
  const { file, args, uid, gid } = host.command('initdb', [
    '-D',
    half,
    '--no-instructions',
    ...locale,
    ...access,
    ...quick,
  ]);
  await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if (uid !== undefined) {
    await chown(passwordFile, uid, gid!);
    await makeFolderFor(half, uid, gid!);
  }
  const output = await run(file, args, uid, gid);
  if (output !== null)
    throw new SetupError([`The embedded Postgres could not make its cluster ${host.pgdata}: ${output}`]);
  if (uid !== undefined) await chown(passwordFile, process.getuid!(), process.getgid!());
  await rename(passwordFile, `${host.pgdata}.password`);
  await rename(half, host.pgdata);
}

async function makeFolderFor(path: string, uid: number, gid: number): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  await chown(path, uid, gid);
}

/** What a start that was killed while making a cluster left behind. */
async function sweepHalfMade(pgdata: string): Promise<void> {
  const prefix = `${basename(pgdata)}.new-`;
  for (const name of await readdir(dirname(pgdata))) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (pid === process.pid || !isAlive(pid))
      await rm(join(dirname(pgdata), name), { recursive: true, force: true });
  }
}

/** Postgres does not read another major version's cluster. */
async function checkVersion(host: Host, version: string): Promise<void> {
  const share = join(dirname(host.bin('postgres')), '..', 'share', 'postgresql', 'postgres.bki');
  const ours = /^# PostgreSQL (\d+)/u.exec(await readFile(share, 'utf8'))?.[1];
  if (ours === undefined || ours === version) return;
  throw new SetupError([
    `${host.pgdata} was made by Postgres ${version}, this is Postgres ${ours}. With the program that made it run "kentongan backup --to FILE", move that folder away, then run "kentongan restore FILE" here.`,
  ]);
}

/** Runs to the end; null if all went well, else its last words. */
async function run(file: string, args: string[], uid?: number, gid?: number): Promise<string | null> {
  const child = spawn(file, args, { uid, gid, cwd: '/', env: CLEAN, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | string | null>((done) => {
    child.once('error', (cause) => done(cause.message));
    child.once('close', (status, signal) => done(status ?? signal));
  });
  return code === 0 ? null : `${code}: ${output.trim().split('\n').slice(-3).join(' ')}`;
}

/** PGDATA, PGPORT and the like of the caller's environment are not meant for this server. */
export const CLEAN: NodeJS.ProcessEnv | undefined =
  process.platform === 'win32' ? undefined : { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' };
