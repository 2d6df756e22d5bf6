import { isOverseer } from '../../core/handlers.js';
import type { Asker } from '../../core/asker.js';
import { loadOfficeHours } from '../officeHours.js';
import { readRecaps, recapSpan } from '../recaps.js';
import type { LookUpAnswerer } from './answerer.js';

/**
 * What the office of the officer's village did today, or this month, so far. Of several villages the one to which the chat
 * belongs, else the first; who serves none finds none.
 */
export const recap: LookUpAnswerer<'recap'> = async (sql, requests, { now }) => {
  const villages = requests.map(({ asker }) => villageOf(asker));
  const hours = await loadOfficeHours(
    sql,
    villages.filter((id) => id !== null),
  );
  const asked = requests.flatMap(({ args }, n) => {
    const village = villages[n];
    return village ? [{ n, span: recapSpan(hours.get(village)!, village, args.period, now) }] : [];
  });
  const read = await readRecaps(
    sql,
    asked.map(({ span }) => span),
    now,
  );
  return requests.map((_, n) => {
    const at = asked.findIndex((one) => one.n === n);
    return at < 0 ? { found: false } : { found: true, ...read[at]! };
  });
};

function villageOf({ officer, villageId }: Asker): string | null {
  const own = (officer?.roles ?? []).flatMap(({ role, village }) =>
    village === null || role === 'ketua_rt' || isOverseer(role) ? [] : [village],
  );
  return own.find((id) => id === villageId) ?? own.toSorted()[0] ?? null;
}
