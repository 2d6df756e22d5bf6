import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median, type Bench } from './report.js';

const PROGRAM = fileURLToPath(new URL('../../bin/kentongan.js', import.meta.url));
const ROUNDS = 5;
/** How long a gateway rests before its memory is read. */
const REST_MS = 5_000;

/** How long `kentongan start` takes on an existing data directory until /healthz answers 200, and what it weighs at rest. */
export const startBench: Bench = {
  names: ['start.seconds', 'start.rss_mb'],
  async run() {
    const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-bench-'));
    try {
      await startOnce(dataDir, 0); // makes the data directory
      const runs = [];
      for (let round = 0; round < ROUNDS; round += 1)
        runs.push(await startOnce(dataDir, round === 0 ? REST_MS : 0));
      const seconds = median(runs.map((run) => run.seconds));
      const rss = runs[0]!.rssMb;
      return [
        {
          name: 'start.seconds',
          value: seconds,
          unit: 's',
          against: null,
          ratio: null,
          target: '≤ 4',
          met: seconds <= 4,
        },
        {
          name: 'start.rss_mb',
          value: rss,
          unit: 'MB',
          against: null,
          ratio: null,
          target: '≤ 200',
          met: rss <= 200,
        },
      ];
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};

async function startOnce(dataDir: string, restMs: number): Promise<{ seconds: number; rssMb: number }> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'start'], {
    stdio: 'ignore',
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      PORT: String(port),
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    while (!(await isHealthy(port))) {
      if (child.exitCode !== null) throw new Error(`kentongan start ended with ${child.exitCode}`);
      if (performance.now() - began > 60_000) throw new Error('kentongan start was not healthy within 60 s');
      await sleep(20);
    }
    const seconds = (performance.now() - began) / 1000;
    await sleep(restMs);
    return { seconds, rssMb: await residentMb(child.pid!) };
  } finally {
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(15_000)]);
    child.kill('SIGKILL');
    await ended;
  }
}

async function isHealthy(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/healthz`).then(
    (response) => response.ok,
    () => false,
  );
}

/** Resident memory of the process, in MB, as Linux tells it. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/u.exec(status)?.[1] ?? Number.NaN) / 1024;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
