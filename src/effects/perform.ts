import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { consoleAsker, type Asker, type OfficerIdentity } from '../core/asker.js';
import type { Effect, EffectKind, ResultOf } from '../core/effect.js';
import type { NewId, Now, Nudge, RandomBytes, Sealer } from '../core/ports.js';
import type { Service } from '../core/service.js';
import { refuseUnderWrongClock } from '../store/clockGuard.js';
import { isCollision } from '../store/faults.js';
import { inTransaction } from '../store/sql.js';
import type { Applier, ApplyContext } from './applier.js';
import { appliers } from './index.js';
import { isIssuing } from './issuing.js';

export interface PerformDeps {
  pool: Pool;
  now: Now;
  newId: NewId;
  random: RandomBytes;
  sealer: Sealer;
  services: { [id: string]: Service };
  nudge: Nudge;
}

export type Perform = <const E extends readonly Effect[]>(
  officer: OfficerIdentity | null,
  effects: E,
) => Promise<{ [I in keyof E]: E[I] extends { kind: infer K extends EffectKind } ? ResultOf<K> : never }>;

/**
 * The one exit for acts without a conversation: clicks in the console, or on a public page (`officer` null). Opens a
 * transaction, applies the effects in their order, commits, and wakes what follows. All or nothing. Throws
 * ClockBehindError where something would be issued under a clock that is behind.
 */
export function createPerform(deps: PerformDeps): Perform {
  const perform = async (officer: OfficerIdentity | null, effects: readonly Effect[]): Promise<unknown[]> => {
    const { newId, random, sealer, services, nudge } = deps;
    const asker = officer ? consoleAsker(officer) : nobody();
    const { results, nudges } = await withoutCollision(async () => {
      const nudges = { converse: false, notify: false, letters: false, send: new Set<string>() };
      const context: ApplyContext = { now: deps.now(), newId, random, sealer, services, nudges };
      const results = await inTransaction(deps.pool, async (sql) => {
        if (effects.some(isIssuing)) await refuseUnderWrongClock(sql, context.now);
        const given: unknown[] = [];
        for (const effect of effects) {
          const applier = appliers[effect.kind] as Applier<EffectKind>;
          given.push(...(await applier(sql, [{ asker, effect }], context)));
        }
        return given;
      });
      return { results, nudges };
    });
    if (nudges.converse) nudge.converse();
    if (nudges.notify) nudge.notify();
    if (nudges.letters) nudge.letters();
    for (const lineId of nudges.send) nudge.send(lineId);
    return results;
  };
  return perform as Perform;
}

const TRIES = 5;
const REST_MS = 20;

/** Two transactions stood in each other's way: the same work is tried again, each time after a longer rest. */
async function withoutCollision<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (cause) {
      if (!isCollision(cause) || tried >= TRIES) throw cause;
      await sleep(REST_MS * 2 ** tried);
    }
  }
}

function nobody(): Asker {
  return { ...consoleAsker({ id: '', name: '', roles: [] }), platform: 'page', officer: null };
}
