import type { Asker } from '../core/asker.js';
import type { Effect, EffectKind } from '../core/effect.js';
import type { Json } from '../core/json.js';
import type { LookUpName } from '../core/lookup.js';
import type { Applier, ApplyContext, EffectRequest } from '../effects/applier.js';
import type { Ask } from '../flow/types.js';
import type { LookUpAnswerer, LookUpRequest } from '../store/lookUps/answerer.js';
import type { Sql } from '../store/sql.js';

export type Appliers = { [K in EffectKind]: Applier<K> };
export type LookUpAnswerers = { [K in LookUpName]: LookUpAnswerer<K> };

export interface Registries {
  appliers: Appliers;
  lookUps: LookUpAnswerers;
}

/**
 * Answers asks of many conversations: one call of one answerer or applier a kind, in a fixed order of kinds, so that
 * two batches lock tables in the same order. Results are in the order of the asks.
 */
export async function answerAsks(
  sql: Sql,
  asks: { asker: Asker; ask: Ask }[],
  { appliers, lookUps }: Registries,
  context: ApplyContext,
): Promise<Json[]> {
  const results: Json[] = Array.from({ length: asks.length });
  const wanted = new Map<LookUpName, number[]>();
  asks.forEach(({ ask }, n) => {
    if ('look_up' in ask) add(wanted, ask.look_up, n);
  });
  for (const [name, numbers] of inOrder(wanted, Object.keys(lookUps))) {
    const requests = numbers.map((n) => ({
      asker: asks[n]!.asker,
      args: (asks[n]!.ask as { args: unknown }).args,
    })) as LookUpRequest[];
    const answerer = lookUps[name] as LookUpAnswerer<LookUpName>;
    spread(results, numbers, (await answerer(sql, requests, context)) as Json[]);
  }
  const numbers = asks.flatMap(({ ask }, n) => ('effect' in ask ? [n] : []));
  const effects = numbers.map((n) => ({
    asker: asks[n]!.asker,
    effect: (asks[n]!.ask as { effect: Effect }).effect,
  }));
  spread(results, numbers, await applyEffects(sql, effects, appliers, context));
  return results;
}

/** Applies effects of many conversations, all of a kind at once, kinds in the order of the registry. */
export async function applyEffects(
  sql: Sql,
  requests: EffectRequest[],
  appliers: Appliers,
  context: ApplyContext,
): Promise<Json[]> {
  const results: Json[] = Array.from({ length: requests.length });
  const byKind = new Map<EffectKind, number[]>();
  requests.forEach(({ effect }, n) => add(byKind, effect.kind, n));
  for (const [kind, numbers] of inOrder(byKind, Object.keys(appliers))) {
    const applier = appliers[kind] as Applier<EffectKind>;
    const given = await applier(
      sql,
      numbers.map((n) => requests[n]!),
      context,
    );
    spread(results, numbers, given as Json[]);
  }
  return results;
}

/**
 * What two conversations may not do in one statement: of two acts on one case, one goes first and the other sees what
 * it did. null: never in each other's way.
 */
export function contended(effect: Effect): string | null {
  switch (effect.kind) {
    case 'act_on_case':
      return `case ${effect.code}`;
    case 'change_listing':
      return `listing ${effect.code}`;
    case 'accept_invite':
      return `invite ${effect.token}`;
    case 'confirm_invite':
      return `invite ${effect.invite}`;
    // Rare acts of people upon people, each of which looks at what the one before left.
    case 'use_link_code':
    case 'confirm_link':
    case 'unlink':
    case 'start_afresh':
      return 'links';
    default:
      return null;
  }
}

function add<K>(map: Map<K, number[]>, key: K, n: number): void {
  const list = map.get(key);
  if (list) list.push(n);
  else map.set(key, [n]);
}

function inOrder<K extends string>(map: Map<K, number[]>, order: string[]): [K, number[]][] {
  return map.size < 2 ? [...map] : [...map].toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

function spread(results: Json[], numbers: number[], given: Json[]): void {
  if (given.length !== numbers.length)
    throw new Error(`${numbers.length} requests got ${given.length} results`);
  numbers.forEach((n, i) => (results[n] = given[i]!));
}
