import { pickAssignees } from '../core/assign.js';
import type { Candidate } from '../core/assign.js';
import type { SealedTo } from '../core/complaints.js';
import { handlingOf, officersToTell } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { holdersOf, pathOf } from '../core/path.js';
import type { StepAct } from '../core/path.js';
import { loadsOf, writeAssigned } from '../store/assignments.js';
import type { Sql } from '../store/sql.js';
import type { ApplyContext } from './applier.js';

/** A case that is to be laid on somebody; `known`: on whom, where that is settled. */
export interface Laid {
  id: string;
  villageId: string;
  service: string;
  isConfidential: boolean;
  sealedTo: SealedTo | null;
  step: StepAct | null;
  known?: string | null;
}

/**
 * Lays cases on officers by role and load, and answers on whom, by case id. It binds nobody: another with the role may
 * still take it, and is then the one who has it.
 */
export async function layOn(
  sql: Sql,
  cases: Laid[],
  officers: Map<string, VillageOfficer[]>,
  context: ApplyContext,
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

/** Who may do the step that waits; what has none is for whoever handles such requests. */
function candidatesOf(one: Laid, officers: VillageOfficer[], { services }: ApplyContext): Candidate[] {
  const service = services[one.service];
  const handling = handlingOf(service, one.isConfidential, one.sealedTo);
  const step = pathOf(service).find(({ act }) => act === one.step);
  const holders = step ? holdersOf(step, officers, one.villageId, handling) : [];
  if (holders.length > 0) return holders.map(({ officer, rank }) => ({ id: officer.id, rank }));
  if (step?.act === 'sign') return [];
  return officersToTell(officers, handling).map(({ id }) => ({ id, rank: 0 }));
}
