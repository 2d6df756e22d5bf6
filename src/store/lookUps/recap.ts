import { isAskedOnly, isOverseer } from '../../core/handlers.js';
import type { Asker } from '../../core/asker.js';
import type { LookUps } from '../../core/lookup.js';
import { sumRecaps } from '../../core/recap.js';
import { loadOfficeHours } from '../officeHours.js';
import { readRecaps, recapSpan } from '../recaps.js';
import type { Sql } from '../sql.js';
import type { LookUpAnswerer } from './answerer.js';

type Scope = 'village' | 'below' | 'district' | 'regency';
type Result = LookUps['recap']['result'];

interface Place {
  id: string;
  name: string;
  district: string;
  /** Taking requests: a kecamatan's recap counts these. */
  isActive: boolean;
}

/**
 * What the office of the officer's village did today, or this month, so far. Of several villages of one's own the one to
 * which the chat belongs, else the first. The kecamatan and the regency have all of theirs that take requests as one, and one
 * of them by its name.
 */
export const recap: LookUpAnswerer<'recap'> = async (sql, requests, { now }) => {
  const asked = await placesOf(sql, requests);
  const ids = asked.flatMap(({ places }) => places.map(({ id }) => id));
  const hours = await loadOfficeHours(sql, ids);
  const read = await readRecaps(
    sql,
    requests.flatMap(({ args }, n) =>
      asked[n]!.places.map(({ id }) => recapSpan(hours.get(id)!, id, args.period, now)),
    ),
    now,
  );
  let next = 0;
  return asked.map(({ scope, places, isUnknown }): Result => {
    const own = read.slice(next, (next += places.length));
    if (own.length === 0) return { found: false, scope: isUnknown ? 'no_place' : 'none' };
    if (scope === 'village' || scope === 'below') return { found: true, scope, ...own[0]! };
    if (scope === 'district') return { found: true, scope, ...sumRecaps(districtsOf(places), own) };
    // Two villages of a regency may bear one name.
    const named = own.map((one, n) => ({ ...one, village: `${one.village} (${places[n]!.district})` }));
    return { found: true, scope, ...sumRecaps('', named) };
  });
};

interface Asked {
  scope: Scope;
  places: Place[];
  isUnknown: boolean;
}

async function placesOf(
  sql: Sql,
  requests: { asker: Asker; args: LookUps['recap']['args'] }[],
): Promise<Asked[]> {
  const reaches = requests.map(({ asker }) => reachOf(asker));
  const isAll = reaches.some(({ villages }) => villages === null);
  const { rows } = await sql.query<Place>(
    `SELECT v.id, v.name, d.name AS district, v.state = 'active' AS "isActive"
     FROM villages v JOIN districts d ON d.code = v.district_code
     WHERE v.id = ANY ($1::text[]) OR ($2 AND v.state = 'active') ORDER BY v.id`,
    [reaches.flatMap(({ villages }) => villages ?? []), isAll],
  );
  return requests.map(({ asker, args }, n): Asked => {
    const { scope, villages } = reaches[n]!;
    const theirs = rows.filter(({ id }) => villages === null || villages.includes(id));
    if (args.place !== undefined && args.place !== '') {
      const meant = theirs.filter(({ name }) => isNamed(args.place!, name));
      // 'Genteng Wetan' names no 'Genteng' beside it.
      const longest = meant.toSorted((a, b) => b.name.length - a.name.length).slice(0, 1);
      const found = scope === 'village' ? scope : 'below';
      return { scope: found, places: longest, isUnknown: longest.length === 0 && theirs.length > 0 };
    }
    if (scope === 'village') {
      const one = theirs.find(({ id }) => id === asker.villageId) ?? theirs[0];
      return { scope, places: one ? [one] : [], isUnknown: false };
    }
    const active = theirs.filter(({ isActive }) => isActive);
    return { scope, places: active, isUnknown: false };
  });
}

/** Whose villages an officer is told of: their own offices', else those that they oversee; null: all. */
function reachOf({ officer }: Asker): { scope: Scope; villages: string[] | null } {
  const roles = officer?.roles ?? [];
  const own = roles.flatMap(({ role, village }) =>
    village === null || isAskedOnly(role) || isOverseer(role) ? [] : [village],
  );
  if (own.length > 0) return { scope: 'village', villages: own };
  if (roles.some(({ role }) => role === 'kabupaten')) return { scope: 'regency', villages: null };
  const below = roles.flatMap(({ role, village }) => (role === 'kecamatan' && village ? [village] : []));
  return { scope: 'district', villages: below };
}

function isNamed(typed: string, name: string): boolean {
  return ` ${plain(typed)} `.includes(` ${plain(name)} `);
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function districtsOf(places: Place[]): string {
  return [...new Set(places.map(({ district }) => district))].join(', ');
}
