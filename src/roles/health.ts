import type { Runtime } from '../runtime.js';
import { clockIsBehind } from '../store/clockGuard.js';
import type { Health } from '../web/deps.js';
import type { StartedGateway } from './gateway.js';

const WAIT_MS = 3_000;

/** What `/healthz` tells: each part of this process, and what is wrong with the one that is broken. */
export function createHealth(runtime: Runtime, gateway: StartedGateway | null): () => Promise<Health> {
  return async () => {
    const checks: { [name: string]: () => Promise<string | undefined> } = {
      postgres: async () => void (await runtime.pool.query('SELECT 1')),
      queue: async () => {
        await runtime.queues.ping();
        return runtime.queues.backend;
      },
      clock: async () => {
        const { isBehind, bySeconds } = await clockIsBehind(runtime.pool, runtime.now());
        if (isBehind) throw new Error(`the clock is ${bySeconds} s behind`);
        return undefined;
      },
    };
    for (const { lineId, isHeld, health } of gateway?.health() ?? [])
      checks[lineId] = () => {
        if (!isHeld) return Promise.resolve('held by another gateway');
        if (health.state === 'down') return Promise.reject(new Error(health.detail ?? 'down'));
        return Promise.resolve(
          health.detail === undefined ? health.state : `${health.state}: ${health.detail}`,
        );
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

async function within(check: Promise<string | undefined>): Promise<Health['parts'][string]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${WAIT_MS / 1000} s`)), WAIT_MS);
  });
  try {
    const detail = await Promise.race([check, late]);
    return detail === undefined ? { ok: true } : { ok: true, detail };
  } catch (cause) {
    return { ok: false, detail: (cause as Error).message };
  } finally {
    clearTimeout(timer);
    check.catch(() => {});
  }
}
