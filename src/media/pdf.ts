import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MediaError, type RefusedBecause } from '../core/errors.js';

/** More is no paper of one request; and whoever reads it has to leaf through it. */
export const MOST_PAGES = 50;
/** What the inner structure of a PDF may unpack to: pdf-lib reads it whole. A usual one has some hundred kilobytes. */
export const MOST_UNPACKED_BYTES = 64 * 1024 * 1024;
/** Megabytes of objects, and how long they may take: a scan of 50 pages takes some hundred milliseconds. */
const MOST_HEAP_MB = 256;
const MOST_MS = 30_000;

/** What is asked of the process that reads a PDF, and what it answers. */
export interface PdfQuestion {
  bytes: Uint8Array;
  mostUnpackedBytes: number;
}
export type PdfAnswer = { pages: number } | { fault: RefusedBecause; message: string };

/**
 * Looks into a PDF: rejects with a MediaError 'refused' where it cannot be read, is locked by a password, has more than
 * 50 pages, or carries programs. It is read in a process of its own, bounded in memory and time: what a stranger sent
 * may be made to exhaust whoever opens it.
 */
export async function lookIntoPdf(bytes: Uint8Array): Promise<{ pages: number }> {
  const answer = await ask({ bytes, mostUnpackedBytes: MOST_UNPACKED_BYTES });
  if ('fault' in answer)
    throw new MediaError('refused', `a PDF: ${answer.message}`, { because: answer.fault });
  if (answer.pages > MOST_PAGES)
    throw new MediaError('refused', `a PDF of ${answer.pages} pages, over ${MOST_PAGES}`, {
      because: 'too_many_pages',
    });
  if (answer.pages === 0) throw new MediaError('refused', 'a PDF without pages', { because: 'broken' });
  return answer;
}

// From source (in tests) the reader is TypeScript as well.
const isSource = import.meta.url.endsWith('.ts');
const READER = fileURLToPath(new URL(isSource ? './pdfProcess.ts' : './pdfProcess.js', import.meta.url));

async function ask(question: PdfQuestion): Promise<PdfAnswer> {
  const reader = fork(READER, {
    execArgv: [`--max-old-space-size=${MOST_HEAP_MB}`, ...(isSource ? ['--import', 'tsx'] : [])],
    // It needs nothing of ours: no key, no token.
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = new Promise<void>((done) => reader.once('exit', () => done()).on('error', () => done()));
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<PdfAnswer>((done) => {
      const failed = (message: string) => done({ fault: 'broken', message });
      reader.once('message', (answer) => done(answer as PdfAnswer));
      // Out of memory, most likely.
      reader.once('exit', () => failed('nothing could be read'));
      reader.once('error', (cause) => failed(cause.message));
      timer = setTimeout(() => failed(`not read within ${MOST_MS / 1000} s`), MOST_MS);
      reader.send(question);
    });
  } finally {
    clearTimeout(timer);
    reader.kill('SIGKILL');
    await ended;
  }
}
