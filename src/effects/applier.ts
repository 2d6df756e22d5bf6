import type { Asker } from '../core/asker.js';
import type { EffectKind, EffectOf, ResultOf } from '../core/effect.js';
import type { NewId, RandomBytes, Sealer } from '../core/ports.js';
import type { Service } from '../core/service.js';
import type { Sql } from '../store/sql.js';

export type { Asker } from '../core/asker.js';

/** What appliers may lean on: nothing that waits for the network. */
export interface ApplyContext {
  now: Date;
  newId: NewId;
  random: RandomBytes;
  sealer: Sealer;
  services: { [id: string]: Service };
  /** After the commit, wake what the effects made to do. */
  nudges: { converse: boolean; notify: boolean; letters?: boolean; send: Set<string> };
}

export interface EffectRequest<K extends EffectKind = EffectKind> {
  asker: Asker;
  effect: EffectOf<K>;
}

/**
 * Applies all effects of one kind of a batch with set-based statements, inside the transaction that stores the
 * sessions. Results are in the order of the requests. At most one act per case in a round; a row that was not
 * changed is a loser and gets its result. Throws only on a fault of the database: the batch is then tried
 * conversation by conversation.
 */
export type Applier<K extends EffectKind> = (
  sql: Sql,
  requests: EffectRequest<K>[],
  context: ApplyContext,
) => Promise<ResultOf<K>[]>;
