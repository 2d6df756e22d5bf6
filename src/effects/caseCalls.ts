import { handlingOf } from '../core/handlers.js';
import type { Handling, VillageOfficer } from '../core/handlers.js';
import { isHandler } from '../core/path.js';
import { loadActingOfficers } from '../store/delegations.js';
import { casesOfCalls } from '../store/handOvers.js';
import type { CaseOfCall } from '../store/handOvers.js';
import type { Sql } from '../store/sql.js';
import type { ApplyContext } from './applier.js';

/** The case that an open call is about, and who may hear of it. */
export interface CaseCall extends CaseOfCall {
  handling: Handling;
  /** All who serve the case's village today. */
  serving: VillageOfficer[];
  /** Whoever has the call handles such cases still. */
  isHeld: boolean;
}

/** Of these conversations, those with an open call about a case, by conversation. */
export async function caseCalls(
  sql: Sql,
  conversationIds: string[],
  { now, services }: Pick<ApplyContext, 'now' | 'services'>,
): Promise<Map<string, CaseCall>> {
  if (conversationIds.length === 0) return new Map();
  const cases = await casesOfCalls(sql, conversationIds);
  const officers = await loadActingOfficers(
    sql,
    cases.map(({ villageId }) => villageId),
    now,
  );
  return new Map(
    cases.map((one) => {
      const handling = handlingOf(services[one.service], one.isConfidential, one.sealedTo);
      const serving = officers.get(one.villageId) ?? [];
      return [
        one.conversationId,
        { ...one, handling, serving, isHeld: isHeldBy(one, serving, handling) },
      ] as const;
    }),
  );
}

function isHeldBy(
  { holderId, villageId }: CaseOfCall,
  serving: VillageOfficer[],
  handling: Handling,
): boolean {
  const holder = serving.find(({ id }) => id === holderId);
  return holder !== undefined && isHandler(holder, serving, villageId, handling);
}
