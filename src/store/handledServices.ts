import type { Asker } from '../core/asker.js';
import { handlingOf } from '../core/handlers.js';
import { handles } from '../core/path.js';
import type { Service } from '../core/service.js';
import { isOpen } from './cases.js';
import { loadActingOfficers } from './delegations.js';
import type { Sql } from './sql.js';

/** One kind of request in one village that an officer may handle. */
export interface Handled {
  villageId: string;
  service: string;
  isConfidential: boolean;
}

/**
 * What each officer may handle at this moment, village by village, by their own roles and by those that they hold for
 * somebody who is away: the limit of every officer query. Services are those of the catalogue and those that old cases
 * still carry. A keeper's roles reach every village that has cases. What is sealed is not said by a service
 * (store/cases.ts `notSealedFrom`).
 */
export async function handledBy(
  sql: Sql,
  askers: Asker[],
  services: { [id: string]: Service },
  now: Date,
): Promise<Handled[][]> {
  const roles = askers.map((asker) => asker.officer?.roles ?? []);
  const isKeeperThere = roles.flat().some((role) => role.village === null);
  const named = roles.flat().flatMap((role) => role.village ?? []);
  const { rows } = await sql.query<{ villageId: string; service: string }>(
    `SELECT DISTINCT village_id AS "villageId", service FROM cases
     WHERE ${isOpen('status')} AND ($1 OR village_id = ANY ($2::text[]))`,
    [isKeeperThere, named],
  );
  const officers = await loadActingOfficers(
    sql,
    rows.map((row) => row.villageId),
    now,
  );
  return askers.map(({ officer }) =>
    rows.flatMap(({ villageId, service }) =>
      [false, true].flatMap((isConfidential) =>
        officer &&
        handles(
          officer,
          villageId,
          handlingOf(services[service], isConfidential),
          officers.get(villageId) ?? [],
        )
          ? [{ villageId, service, isConfidential }]
          : [],
      ),
    ),
  );
}
