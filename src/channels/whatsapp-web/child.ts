import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { z } from 'zod';
import type { Log } from '../../core/ports.js';
import { killBrowser } from './profile.js';
import { FromProcess, type Ask, type ToProcess } from './talk.js';

/** The process of a line, as the gateway sees it. */
export interface Child {
  /** Rejects with AskError: where the process says so, dies, or does not answer within `ms`. */
  ask<T>(ask: Ask, answer: z.ZodType<T>, ms: number): Promise<T>;
  /** Closes the browser in order, then the process; by force where that takes too long. */
  close(): Promise<void>;
  /** For tests and the bench: what to kill, and what to measure. */
  readonly pid: number;
  browserPid(): number | null;
}

/** An ask that was not answered. `isCertain`: the process itself said why, so that its outcome is known. */
export class AskError extends Error {
  override readonly name = 'AskError';
  constructor(
    message: string,
    readonly isCertain: boolean,
  ) {
    super(message);
  }
}

export type Opening = Extract<ToProcess, { kind: 'open' }>;
/** What the process tells by itself. */
export type ChildEvent = Exclude<FromProcess, { kind: 'answer' | 'failed' | 'opened' }> | { kind: 'exited' };

const CLOSE_MS = 8_000;

interface Asked {
  answered: (value: unknown) => void;
  failed: (error: AskError) => void;
}

/** Starts the process of a line; its events go to `on`. The last of them is `exited`, also after `close`. */
export function openChild(opening: Opening, log: Log, on: (event: ChildEvent) => void): Child {
  // From the source (tests, development) it is TypeScript, which needs its loader; once built it is not.
  const isSource = import.meta.url.endsWith('.ts');
  const child = fork(fileURLToPath(new URL(isSource ? 'process.ts' : 'process.js', import.meta.url)), [], {
    serialization: 'advanced',
    // No secret of ours: neither the process nor the browser needs any.
    env: opening.browser.env,
    execArgv: [
      // It passes things on and keeps nothing: the usual nursery for young objects takes 20 MB more, for nothing.
      '--max-semi-space-size=2',
      ...(isSource ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : []),
    ],
    // The browser's own chatter is of no use, and may hold words of people.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const asked = new Map<number, Asked>();
  let asks = 0;
  let browser: { pid: number; folder: string } | null = null;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      if (code !== 0) log.warn({ code, signal }, 'whatsapp-web: the process of the line ended');
      gone();
      resolve();
    });
    child.once('error', (cause) => {
      log.error({ err: cause }, 'whatsapp-web: the process of the line cannot be started');
      gone();
      resolve();
    });
  });
  let isGone = false;

  /** Whatever it did not tidy up itself. */
  function gone(): void {
    if (isGone) return;
    isGone = true;
    if (browser) {
      killBrowser(browser.pid);
      rmSync(browser.folder, { recursive: true, force: true, maxRetries: 3 });
    }
    for (const { failed } of asked.values()) failed(new AskError('the process of the line is gone', false));
    asked.clear();
    on({ kind: 'exited' });
  }

  child.on('message', (raw) => {
    const told = FromProcess.safeParse(raw);
    if (!told.success) {
      log.error(
        { faults: told.error.issues.length },
        'whatsapp-web: the process of the line says strange things',
      );
      return;
    }
    const event = told.data;
    switch (event.kind) {
      case 'opened':
        browser = { pid: event.browserPid, folder: event.folder };
        return;
      case 'answer':
        asked.get(event.id)?.answered(event.value);
        asked.delete(event.id);
        return;
      case 'failed':
        asked.get(event.id)?.failed(new AskError(event.why, true));
        asked.delete(event.id);
        return;
      default:
        if (!isGone) on(event);
    }
  });

  function say(message: ToProcess): void {
    if (child.connected) child.send(message, () => {});
  }

  say(opening);
  return {
    pid: child.pid ?? 0,
    browserPid: () => browser?.pid ?? null,
    async ask(ask, answer, ms) {
      if (isGone || !child.connected) throw new AskError('the process of the line is gone', true);
      const id = (asks += 1);
      let timer: NodeJS.Timeout | undefined;
      try {
        const value = await new Promise<unknown>((resolve, reject) => {
          asked.set(id, { answered: resolve, failed: reject });
          timer = setTimeout(() => reject(new AskError(`no answer to ${ask.do} within ${ms} ms`, false)), ms);
          say({ kind: 'ask', id, ask });
        });
        return answer.parse(value);
      } finally {
        clearTimeout(timer);
        asked.delete(id);
      }
    },
    async close() {
      say({ kind: 'close' });
      const force = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      await exited;
      clearTimeout(force);
    },
  };
}
