import type { LookUpAnswerer } from './answerer.js';
import { SEEN, SEEN_FROM, toSeen, withPlaces, type SeenRow } from './caseRows.js';

const MOST = 7;

/** The resident's own cases: open ones first, then the latest. */
export const myCases: LookUpAnswerer<'my_cases'> = async (sql, requests) => {
  const residents = [...new Set(requests.flatMap(({ asker }) => asker.residentId ?? []))];
  const { rows } = await sql.query<Omit<SeenRow, 'place'>>(
    `SELECT q.* FROM unnest($1::uuid[]) AS wanted (id), LATERAL (
       SELECT ${SEEN} FROM ${SEEN_FROM} WHERE c.resident_id = wanted.id
       ORDER BY c.status IN ('open', 'in_hand', 'asked') DESC, c.opened_at DESC LIMIT ${MOST}
     ) q`,
    [residents],
  );
  const seen = await withPlaces(sql, rows);
  return requests.map(({ asker }) => {
    const items = seen.filter((row) => row.residentId === asker.residentId).map((row) => toSeen(row, true));
    return { count: items.length, items };
  });
};
