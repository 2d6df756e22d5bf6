import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, residentMb } from '../start.js';

/** The program as it was begun: from source, or built. */
const isSource = import.meta.url.endsWith('.ts');
const ARGS = isSource
  ? ['--import', 'tsx', fileURLToPath(new URL('../../main.ts', import.meta.url))]
  : [fileURLToPath(new URL('../../../bin/kentongan.js', import.meta.url))];

export interface Answer {
  status: number;
  /** From the first byte sent to the last one received, in ms. */
  ms: number;
  /** As they went over the wire. */
  bytes: number;
  headers: { [name: string]: string | string[] | undefined };
  body: Buffer;
}

/** A process of role `web`, and a browser that is signed in to it or not. */
export interface Web {
  get(path: string, cookie?: string): Promise<Answer>;
  signIn(username: string, password: string): Promise<string>;
  memoryMb(): Promise<number>;
  stop(): Promise<void>;
}

const START_MS = 180_000;

/** Starts `kentongan start --role web` on a database of the bench's own, on a free port of this machine. */
export async function startWebProcess(databaseUrl: string, secretKey: string, dataDir: string): Promise<Web> {
  const port = await freePort();
  const child = spawn(process.execPath, [...ARGS, 'start', '--role', 'web'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      NODE_ENV: 'production',
      PORT: String(port),
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      SECRET_KEY: secretKey,
      SIMULATOR: 'false',
      LOG_LEVEL: 'error',
    },
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (path: string, headers: { [name: string]: string }, form?: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const sent = request(
        { host: '127.0.0.1', port, path, agent, method: form === undefined ? 'GET' : 'POST', headers },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const body = Buffer.concat(parts);
            resolve({
              status: response.statusCode ?? 0,
              ms: performance.now() - began,
              bytes: body.length,
              headers: response.headers,
              body,
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(form);
    });
  const web: Web = {
    get: (path, cookie) =>
      send(path, { 'Accept-Encoding': 'gzip', ...(cookie === undefined ? {} : { Cookie: cookie }) }),
    async signIn(username, password) {
      const answer = await send(
        '/console/masuk',
        {
          'Content-Type': 'application/x-www-form-urlencoded',
          Origin: `http://127.0.0.1:${port}`,
          'Sec-Fetch-Site': 'same-origin',
        },
        new URLSearchParams({ username, password }).toString(),
      );
      const cookies = [answer.headers['set-cookie'] ?? []].flat();
      if (answer.status !== 303 || cookies.length === 0)
        throw new Error(`the bench could not sign in as ${username}: ${answer.status}`);
      return cookies.map((cookie) => cookie.split(';')[0]).join('; ');
    },
    memoryMb: () => residentMb(child.pid!),
    async stop() {
      agent.destroy();
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(15_000)]);
      child.kill('SIGKILL');
      await ended;
    },
  };
  for (const until = performance.now() + START_MS; ; await sleep(100)) {
    const isUp = await web.get('/healthz').then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isUp) return web;
    if (child.exitCode === null && performance.now() < until) continue;
    await web.stop();
    throw new Error('the web process of the bench did not come up');
  }
}
