import type { SSEStreamingApi } from 'hono/streaming';
import { streamSSE } from 'hono/streaming';
import type { HtmlEscapedString } from 'hono/utils/html';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainText } from '../core/plainText.js';
import type { Sql } from '../store/sql.js';
import type { WebDeps } from './deps.js';
import type { WebContext } from './env.js';

/** A stream ends after this; the browser opens a new one, and is asked anew who it is. */
const LIFE = 10 * 60_000;
/** A sign of life for proxies that close what is silent. */
const BEAT = 25_000;
const LOOK_EVERY = 1000;

/**
 * Tells live pages that something changed (the `signature` of it reads otherwise). However many pages are open, the database is asked once a second, and not at
 * all while none is. Changes come from other processes too, so nothing nearer would hear of all of them.
 */
export class Watch {
  private readonly listeners = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private signature: string | undefined;

  constructor(
    private readonly deps: Pick<WebDeps, 'pool' | 'log'>,
    private readonly readSignature: (sql: Sql) => Promise<string>,
  ) {}

  /** Hears of each change; answers with the function that ends it. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => void this.look(), LOOK_EVERY).unref();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
      this.signature = undefined;
    };
  }

  private async look(): Promise<void> {
    try {
      const signature = await this.readSignature(this.deps.pool);
      // The first look tells as well: what changed while a page was drawn is not known otherwise.
      const isNew = signature !== this.signature;
      this.signature = signature;
      if (isNew) for (const listener of this.listeners) listener();
    } catch (error) {
      this.deps.log.warn({ err: error }, 'live pages: could not look for changes');
    }
  }
}

/**
 * Streams a part of a page: at once, and whenever `subscribe` tells of a change and the part reads otherwise
 * than before. Rendering is never done twice at once for one reader.
 */
export function streamPart(
  c: WebContext,
  subscribe: (listener: () => void) => () => void,
  render: () => Promise<HtmlEscapedString>,
): Response {
  return streamSSE(c, async (stream) => {
    let wake = () => {};
    let isDirty = true;
    const stop = subscribe(() => {
      isDirty = true;
      wake();
    });
    const ended = new AbortController();
    stream.onAbort(() => {
      ended.abort();
      wake();
    });
    const until = Date.now() + LIFE;
    let shown: string | undefined;
    try {
      while (!ended.signal.aborted && Date.now() < until) {
        if (isDirty) {
          isDirty = false;
          const part = plainText((await render()).toString());
          if (part !== shown) await stream.writeSSE({ data: part });
          shown = part;
        } else {
          await pause(ended.signal, (resume) => (wake = resume));
          if (!isDirty && !ended.signal.aborted) await beat(stream);
        }
      }
    } finally {
      stop();
    }
  });
}

async function beat(stream: SSEStreamingApi): Promise<void> {
  await stream.write(': \n\n');
}

/** Until something changes, or it is time for a sign of life. */
async function pause(signal: AbortSignal, onWait: (resume: () => void) => void): Promise<void> {
  const timer = new AbortController();
  await Promise.race([
    new Promise<void>((done) => onWait(done)),
    sleep(BEAT, undefined, { signal: AbortSignal.any([signal, timer.signal]), ref: false }).catch(() => {}),
  ]);
  timer.abort();
}
