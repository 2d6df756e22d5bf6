import type { OfficerIdentity } from '../core/asker.js';
import { handlingOf } from '../core/handlers.js';
import { mayStep, pathOf } from '../core/path.js';
import { loadActingOfficers } from '../store/delegations.js';
import type { OwnStep } from '../store/web/work.js';
import type { WebDeps } from './deps.js';

/**
 * The steps of the services' paths that this officer may do, in each village of their roles and of whom they stand in for.
 * Sealed complaints are not among them: whose they are, the case itself says.
 */
export async function ownSteps(
  deps: Pick<WebDeps, 'pool' | 'services' | 'now'>,
  officer: OfficerIdentity,
): Promise<OwnStep[]> {
  const villages = [...new Set(officer.roles.flatMap(({ village }) => village ?? []))];
  const serving = await loadActingOfficers(deps.pool, villages, deps.now());
  return villages.flatMap((village) => {
    const officers = serving.get(village) ?? [];
    return Object.entries(deps.services).flatMap(([service, known]) =>
      pathOf(known).flatMap((step) =>
        [false, true].flatMap((isConfidential): OwnStep[] => {
          const may = mayStep(step, officer, officers, village, handlingOf(known, isConfidential));
          const inPlaceOf = may?.inPlaceOf?.id ?? null;
          return may ? [{ village, service, act: step.act, isConfidential, inPlaceOf }] : [];
        }),
      ),
    );
  });
}
