import { pickAssignees } from '../core/assign.js';
import type { Candidate } from '../core/assign.js';
import { handlingOf, officersToTell } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { holdersOf, pathOf } from '../core/path.js';
import type { Service } from '../core/service.js';
import { loadsOf, lockLying, writeAssigned } from './assignments.js';
import type { LyingCase } from './assignments.js';
import { loadActingOfficers } from './delegations.js';
import type { Sql } from './sql.js';

/** A case that is to be laid on somebody; `known`: on whom, where that is settled. */
export interface Laid extends LyingCase {
  known?: string | null;
}

export interface LayingContext {
  now: Date;
  services: { [id: string]: Service };
}

/**
 * Lays cases on officers by role and load, and answers on whom, by case id. It binds nobody: another with the role may
 * still take it, and is then the one who has it.
 */
export async function layOn(
  sql: Sql,
  cases: Laid[],
  officers: Map<string, VillageOfficer[]>,
  context: LayingContext,
): Promise<Map<string, string | null>> {
  const open = cases.filter(({ known }) => known === undefined);
  const candidates = open.map((one) => candidatesOf(one, officers.get(one.villageId) ?? [], context));
  const loads = await loadsOf(
    sql,
    candidates.flat().map(({ id }) => id),
  );
  const picked = pickAssignees(candidates, loads, context.now);
  const laid = new Map<string, string | null>([
    ...open.map(({ id }, n) => [id, picked[n]!] as const),
    ...cases.flatMap(({ id, known }) => (known === undefined ? [] : [[id, known] as const])),
  ]);
  await writeAssigned(
    sql,
    [...laid].map(([caseId, officerId]) => ({ caseId, officerId })),
    context.now,
  );
  return laid;
}

/**
 * What lies on an officer in a village, and nobody has in hand, goes to whom it falls now, where they are no longer among
 * those who are asked first: they are away, or stood in for somebody who is back. All else stays where it is.
 */
export async function layAnew(
  sql: Sql,
  officerId: string,
  villageId: string,
  context: LayingContext,
): Promise<void> {
  const lying = await lockLying(sql, officerId, villageId);
  if (lying.length === 0) return;
  const officers = await loadActingOfficers(sql, [villageId], context.now);
  const moving = lying.filter((one) => {
    const candidates = candidatesOf(one, officers.get(villageId) ?? [], context);
    const best = Math.min(...candidates.map(({ rank }) => rank));
    return !candidates.some(({ id, rank }) => id === officerId && rank === best);
  });
  if (moving.length === 0) return;
  await layOn(sql, moving, officers, context);
  await sql.query('INSERT INTO board_wishes (village_id) VALUES ($1)', [villageId]);
}

/** Who may do the step that waits; what has none is for whoever handles such requests. */
function candidatesOf(one: Laid, officers: VillageOfficer[], { services }: LayingContext): Candidate[] {
  const service = services[one.service];
  const handling = handlingOf(service, one.isConfidential, one.sealedTo);
  const step = pathOf(service).find(({ act }) => act === one.step);
  const holders = step ? holdersOf(step, officers, one.villageId, handling) : [];
  if (holders.length > 0) return holders.map(({ officer, rank }) => ({ id: officer.id, rank }));
  if (step?.act === 'sign') return [];
  return officersToTell(officers, handling).map(({ id }) => ({ id, rank: 0 }));
}
