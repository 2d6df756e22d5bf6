import { isOverseer } from '../core/handlers.js';
import { listDistricts } from '../store/rolePlaces.js';
import type { Sql } from '../store/sql.js';
import { villagesInScope } from '../store/web/officers.js';
import type { Scope } from '../store/web/scope.js';

/**
 * The villages of a role that somebody is given, null for all of them: the village that was chosen; for a kecamatan all of the
 * district that was chosen, or in which the village lies. null where whoever gives it may not, or there is no such place.
 */
export async function rolePlaces(
  sql: Sql,
  scope: Scope,
  role: string,
  place: string,
): Promise<(string | null)[] | null> {
  if (isOverseer(role)) {
    // What stands above the villages is given by the keepers of all.
    if (scope.villages !== null) return null;
    if (role === 'kabupaten') return [null];
    const districts = await listDistricts(sql, null);
    return (
      districts.find(({ code, villages }) => code === place || villages.includes(place))?.villages ?? null
    );
  }
  if (place === '') return scope.villages === null && role === 'admin' ? [null] : null;
  return (await villagesInScope(sql, scope)).some(({ id }) => id === place) ? [place] : null;
}
