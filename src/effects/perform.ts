import type { Pool } from 'pg';
import { consoleAsker, type Asker, type OfficerIdentity } from '../core/asker.js';
import type { Effect, EffectKind, ResultOf } from '../core/effect.js';
import type { NewId, Now, Nudge, RandomBytes, Sealer } from '../core/ports.js';
import type { Service } from '../core/service.js';
import { inTransaction } from '../store/sql.js';
import type { Applier, ApplyContext } from './applier.js';
import { appliers } from './index.js';

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
 * transaction, applies the effects in their order, commits, and wakes what follows. All or nothing.
 */
export function createPerform(deps: PerformDeps): Perform {
  const perform = async (officer: OfficerIdentity | null, effects: readonly Effect[]): Promise<unknown[]> => {
    const { newId, random, sealer, services, nudge } = deps;
    const nudges = { converse: false, notify: false, send: new Set<string>() };
    const context: ApplyContext = { now: deps.now(), newId, random, sealer, services, nudges };
    const asker = officer ? consoleAsker(officer) : nobody();
    const results = await inTransaction(deps.pool, async (sql) => {
      const given: unknown[] = [];
      for (const effect of effects) {
        const applier = appliers[effect.kind] as Applier<EffectKind>;
        given.push(...(await applier(sql, [{ asker, effect }], context)));
      }
      return given;
    });
    if (nudges.converse) nudge.converse();
    if (nudges.notify) nudge.notify();
    for (const lineId of nudges.send) nudge.send(lineId);
    return results;
  };
  return perform as Perform;
}

function nobody(): Asker {
  return { ...consoleAsker({ id: '', name: '', roles: [] }), platform: 'page', officer: null };
}
