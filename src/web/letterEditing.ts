import type { OfficerIdentity } from '../core/asker.js';
import { isOpenCase } from '../core/cases.js';
import type { CaseStatus } from '../core/cases.js';
import { officerActor } from '../core/decide.js';
import { handlingOf } from '../core/handlers.js';
import { nextStep, pathOf, STEP_ACTS } from '../core/path.js';
import { loadActingOfficers } from '../store/delegations.js';
import { checkedLetters } from '../store/letters/checked.js';
import type { Sql } from '../store/sql.js';
import type { WebDeps } from './deps.js';

/** What of a case tells who may type the fields of its letter. */
export interface LetterOf {
  id: string;
  service: string;
  villageId: string;
  isConfidential: boolean;
  isIssued: boolean;
  status: string;
  step: string | null;
}

/**
 * Whether the fields of a letter are closed to an officer. Until its check whoever writes letters types them. Past it a letter
 * stays as it was checked, until it goes back, or was issued and is to be written anew. Of one that was not complete when it
 * was checked nothing is held: what it lacks is typed by whoever may do the step that waits, and so reads it.
 */
export async function isClosedTo(
  sql: Sql,
  officer: OfficerIdentity,
  of: LetterOf,
  deps: Pick<WebDeps, 'services' | 'now'>,
): Promise<boolean> {
  const service = deps.services[of.service];
  const path = pathOf(service);
  const step = STEP_ACTS.find((act) => act === of.step) ?? null;
  if (!isOpenCase(of.status as CaseStatus) || of.isIssued || step === nextStep(path, null)) return false;
  if (step === null || (await checkedLetters(sql, [of.id])).has(of.id)) return true;
  const officers = (await loadActingOfficers(sql, [of.villageId], deps.now())).get(of.villageId) ?? [];
  const handling = handlingOf(service, of.isConfidential, null);
  return !officerActor(officer, of.villageId, handling, officers, path).steps[step];
}
