import type { Asker } from '../../core/asker.js';
import type { LookUpName, LookUps } from '../../core/lookup.js';
import type { NewId, Sealer } from '../../core/ports.js';
import type { Service } from '../../core/service.js';
import type { Sql } from '../sql.js';

/** What answerers may lean on; an ApplyContext is one. */
export interface LookUpContext {
  now: Date;
  newId: NewId;
  services: { [id: string]: Service };
  sealer: Pick<Sealer, 'lookUpKey'>;
}

export interface LookUpRequest<K extends LookUpName = LookUpName> {
  asker: Asker;
  args: LookUps[K]['args'];
}

/** Answers all look-ups of one name of a batch with set-based statements; results in the order of the requests. */
export type LookUpAnswerer<K extends LookUpName> = (
  sql: Sql,
  requests: LookUpRequest<K>[],
  context: LookUpContext,
) => Promise<LookUps[K]['result'][]>;
