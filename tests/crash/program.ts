import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { dieWithParent } from '../../src/embedded/dieWithParent.js';
import { freePort } from '../support/freePort.js';

const PROGRAM = fileURLToPath(new URL('../../bin/kentongan.js', import.meta.url));

/** One process of the compiled program, in a role. */
export interface Program {
  role: string;
  /** Resolves once it says that it is up; rejects where it ends before. */
  up: Promise<void>;
  isUp(): boolean;
  /** kill -9: no time for anything. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export async function startProgram(role: string, env: { [name: string]: string }): Promise<Program> {
  const { file, args } = dieWithParent(process.execPath, [PROGRAM, 'start', '--role', role]);
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], PORT: String(await freePort()), LOG_LEVEL: 'warn', ...env },
  });
  let output = '';
  let isUp = false;
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const up = new Promise<void>((resolve, reject) => {
    const hear = (data: Buffer): void => {
      output = (output + data.toString()).slice(-4_000);
      if (isUp || !output.includes('Kentongan is up')) return;
      isUp = true;
      resolve();
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('exit', (code, signal) => {
      isUp = false;
      if (signal !== 'SIGKILL') reject(new Error(`the ${role} ended with ${code ?? signal}:\n${output}`));
    });
  });
  up.catch(() => {});
  return {
    role,
    up,
    isUp: () => isUp && child.exitCode === null,
    async kill() {
      end(child, 'SIGKILL');
      await ended;
    },
    async stop() {
      end(child, 'SIGTERM');
      return await ended;
    },
  };
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
}
