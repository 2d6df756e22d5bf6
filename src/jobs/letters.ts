import { makeLetters } from '../letters/make.js';
import type { MakeDeps } from '../letters/make.js';
import { createRenderer } from '../letters/renderer.js';
import { openP12 } from '../letters/p12.js';
import type { P12 } from '../letters/p12.js';

export interface LetterWork {
  /** The processor of `letters`: makes all files that wait; one run at a time. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes the files of letters. `folder`: flows/letters. Throws SetupError where the certificate does not open. */
export async function createLetterWork(
  deps: Omit<MakeDeps, 'renderer' | 'signPdf'> & { folder: string; p12: P12 | null },
): Promise<LetterWork> {
  const { folder, p12, ...rest } = deps;
  const signPdf = p12 ? await openP12(p12) : null;
  const renderer = createRenderer(folder);
  let running: Promise<unknown> = Promise.resolve();
  return {
    async run() {
      const now = running.then(() => makeLetters({ ...rest, renderer, signPdf }));
      running = now.catch(() => {});
      await now;
    },
    async stop() {
      await running;
      await renderer.stop();
    },
  };
}
