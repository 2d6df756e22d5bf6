import type { SSEStreamingApi } from 'hono/streaming';
import { streamSSE } from 'hono/streaming';
import type { HtmlEscapedString } from 'hono/utils/html';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainText } from '../core/plainText.js';
import type { Sql } from '../store/sql.js';
import type { Changes } from '../store/web/caseChanges.js';
import type { WebDeps } from './deps.js';
import type { WebContext } from './env.js';

/** A stream ends after this; the browser opens a new one, and is asked anew who it is. */
const LIFE = 10 * 60_000;
/** A sign of life for proxies that close what is silent. */
const BEAT = 25_000;
const LOOK_EVERY = 1000;

/** Begins to listen; answers with the function that ends it. */
export type Subscribe = (listener: () => void) => () => void;

/**
 * Tells live pages that something changed. However many pages are open, the database is asked once a second, and not at
 * all while none is. Changes come from other processes too, so nothing nearer would hear of all of them. A page names the
 * topics that it shows (villages, an officer; null: all), and hears of these alone: a regency's traffic redraws no village's page.
 */
export class Watch {
  private readonly listeners = new Map<() => void, ReadonlySet<string> | null>();
  private timer: NodeJS.Timeout | undefined;
  private look: (sql: Sql) => Promise<Changes>;

  constructor(
    private readonly deps: Pick<WebDeps, 'pool' | 'log'>,
    /** Makes what looks for changes since its own last look; its first one answers 'all'. */
    private readonly newLook: () => (sql: Sql) => Promise<Changes>,
  ) {
    this.look = newLook();
  }

  subscribe(topics: readonly string[] | null, listener: () => void): () => void {
    this.listeners.set(listener, topics && new Set(topics));
    this.timer ??= setInterval(() => void this.tell(), LOOK_EVERY).unref();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
      this.look = this.newLook();
    };
  }

  private async tell(): Promise<void> {
    try {
      const changed = await this.look(this.deps.pool);
      for (const [listener, topics] of this.listeners) if (concerns(topics, changed)) listener();
    } catch (error) {
      this.deps.log.warn({ err: error }, 'live pages: could not look for changes');
    }
  }
}

function concerns(topics: ReadonlySet<string> | null, changed: Changes): boolean {
  if (changed === 'all') return true;
  return topics ? [...changed].some((topic) => topics.has(topic)) : changed.size > 0;
}

/**
 * Streams a part of a page: at once, and whenever `subscribe` tells of a change and the part reads otherwise
 * than before. Rendering is never done twice at once for one reader.
 */
export function streamPart(
  c: WebContext,
  subscribe: Subscribe,
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
