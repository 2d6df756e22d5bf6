import type { Runtime } from '../runtime.js';
import { clockIsBehind } from '../store/clockGuard.js';
import type { Health } from '../web/deps.js';
import type { StartedGateway } from './gateway.js';

const WAIT_MS = 3_000;

/**
 * What `/healthz` tells: of each part of this process one word. What is wrong in its own words is `detail`, for this
 * machine alone: such words may name hosts, users and accounts.
 */
export function createHealth(runtime: Runtime, gateway: StartedGateway | null): () => Promise<Health> {
  return async () => {
    const checks: { [name: string]: () => Promise<Said> } = {
      postgres: async () => {
        await runtime.pool.query('SELECT 1');
        return { word: 'ok' };
      },
      // Not well, and still no reason to take the program out of service: the triggers protect the log.
      audit: () =>
        Promise.resolve(
          runtime.roleFault === null
            ? { word: 'ok' }
            : { word: 'triggers', detail: `append-only by triggers alone: ${runtime.roleFault}` },
        ),
      queue: async () => {
        await runtime.queues.ping();
        return { word: runtime.queues.backend };
      },
      clock: async () => {
        const { isBehind, bySeconds } = await clockIsBehind(runtime.pool, runtime.now());
        if (isBehind) throw new Unwell('behind', `the clock is ${bySeconds} s behind`);
        return { word: 'ok' };
      },
    };
    for (const { lineId, isHeld, health } of gateway?.health() ?? [])
      checks[lineId] = () => {
        if (!isHeld) return Promise.resolve({ word: 'standby', detail: 'held by another gateway' });
        if (health.state === 'down') return Promise.reject(new Unwell('down', health.detail ?? 'down'));
        return Promise.resolve({
          word: health.state,
          ...(health.detail === undefined ? {} : { detail: health.detail }),
        });
      };
    const parts: Health['parts'] = {};
    await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        parts[name] = await within(check());
      }),
    );
    return { ok: Object.values(parts).every((part) => part.ok), parts };
  };
}

interface Said {
  word: string;
  detail?: string;
}

/** A part that answers, and is not well. */
class Unwell extends Error {
  override readonly name = 'Unwell';
  constructor(
    readonly word: string,
    message: string,
  ) {
    super(message);
  }
}

async function within(check: Promise<Said>): Promise<Health['parts'][string]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unwell('silent', `no answer within ${WAIT_MS / 1000} s`)), WAIT_MS);
  });
  try {
    return { ok: true, ...(await Promise.race([check, late])) };
  } catch (cause) {
    const word = cause instanceof Unwell ? cause.word : 'unreachable';
    return { ok: false, word, detail: (cause as Error).message };
  } finally {
    clearTimeout(timer);
    check.catch(() => {});
  }
}
