import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { SendError } from '../../core/errors.js';
import type { Log } from '../../core/ports.js';
import type { BotApi } from './api.js';
import { toSendError } from './errors.js';
import type { Taker } from './take.js';
import { ALLOWED_UPDATES } from './update.js';

/** How long Telegram holds a poll when there is nothing, and how much longer we wait for the answer. */
const PATIENCE = { seconds: 30, graceMs: 10_000 };

const Updates = z.array(z.unknown());

export interface PollDeps {
  api: BotApi;
  taker: Taker;
  log: Log;
  signal: AbortSignal;
  /** Milliseconds to rest after the nth failure in a row. */
  backoffMs: (failures: number) => number;
  patience?: { seconds: number; graceMs: number } | undefined;
  /** A poll went well, or ill; `isHopeless`: the account itself is refused, and polling ends. */
  went: (failure: { error: SendError; isHopeless: boolean } | null) => void;
}

/**
 * Our own long poll: telegraf's confirms an update though its handler threw. The offset moves only past what is
 * committed, so that whatever fails comes again. Ends when `signal` aborts or the account is refused.
 *
 * The offset is not kept over a restart, and sent only while something is to be confirmed: Telegram remembers what
 * was confirmed, and after a week of silence it begins anew at a random update id, below which an old offset would
 * confirm messages that nobody has seen. What comes twice is recognised by its external id.
 */
export async function poll(deps: PollDeps): Promise<void> {
  let confirm: number | null = null;
  let failures = 0;
  while (!deps.signal.aborted) {
    const restMs = await round();
    if (restMs === 'end') return;
    if (restMs > 0) await sleep(restMs, undefined, { signal: deps.signal }).catch(() => {});
  }

  /** One poll; answers how long to rest before the next. */
  async function round(): Promise<number | 'end'> {
    let updates: unknown[];
    try {
      // After a failure the first poll does not wait: that the line is well again is then known at once.
      updates = await fetchUpdates(deps, confirm, failures > 0);
    } catch (cause) {
      if (deps.signal.aborted) return 'end';
      const error = toSendError(cause, 'getUpdates');
      const isHopeless = error.failure === 'line_down';
      deps.went({ error, isHopeless });
      return isHopeless ? 'end' : Math.max((error.retryAfter ?? 0) * 1000, deps.backoffMs(++failures));
    }
    confirm = null;
    deps.went(null);
    const { upTo, failure } = await deps.taker.takeBatch(updates);
    if (upTo !== null) confirm = upTo + 1;
    if (failure === undefined && (upTo !== null || updates.length === 0)) {
      failures = 0;
      return 0;
    }
    failures += 1;
    deps.log.error(
      { err: failure, failures, updates: updates.length },
      'telegram: updates were not stored; they will come again',
    );
    return deps.backoffMs(failures);
  }
}

async function fetchUpdates(deps: PollDeps, confirm: number | null, isTrying: boolean): Promise<unknown[]> {
  const patience = deps.patience ?? PATIENCE;
  const seconds = isTrying ? 0 : patience.seconds;
  const result = await deps.api.call(
    'getUpdates',
    {
      ...(confirm === null ? {} : { offset: confirm }),
      timeout: seconds,
      limit: 100,
      allowed_updates: ALLOWED_UPDATES,
    },
    { ms: seconds * 1000 + patience.graceMs, signal: deps.signal },
  );
  return Updates.parse(result);
}
