import type { Asker } from '../core/asker.js';
import { handlingOf, mayHandle } from '../core/handlers.js';
import type { Service } from '../core/service.js';
import { isOpen } from './cases.js';
import type { Sql } from './sql.js';
import { loadVillageOfficers } from './villageOfficers.js';

/** One kind of request in one village that an officer may handle. */
export interface Handled {
  villageId: string;
  service: string;
  isConfidential: boolean;
}

/**
 * What each officer may handle, village by village: the limit of every officer query. Services are those of the
 * catalogue and those that old cases still carry. A keeper's roles reach every village that has cases.
 */
export async function handledBy(
  sql: Sql,
  askers: Asker[],
  services: { [id: string]: Service },
): Promise<Handled[][]> {
  const roles = askers.map((asker) => asker.officer?.roles ?? []);
  const isKeeperThere = roles.flat().some((role) => role.village === null);
  const named = roles.flat().flatMap((role) => role.village ?? []);
  const { rows } = await sql.query<{ villageId: string; service: string }>(
    `SELECT DISTINCT village_id AS "villageId", service FROM cases
     WHERE ${isOpen('status')} AND ($1 OR village_id = ANY ($2::text[]))`,
    [isKeeperThere, named],
  );
  const officers = await loadVillageOfficers(
    sql,
    rows.map((row) => row.villageId),
  );
  return roles.map((mine) =>
    rows.flatMap(({ villageId, service }) =>
      [false, true].flatMap((isConfidential) =>
        mayHandle(
          mine,
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
