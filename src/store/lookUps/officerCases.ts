import { handledBy } from '../handledServices.js';
import type { LookUpAnswerer } from './answerer.js';
import { SEEN, SEEN_FROM, toSeen, withPlaces, type SeenRow } from './caseRows.js';

const MOST = 7;

/** The open cases that an officer may handle in the villages of their roles, oldest request first; `count` is of all. */
export const officerCases: LookUpAnswerer<'officer_cases'> = async (sql, requests, { services }) => {
  const handled = await handledBy(
    sql,
    requests.map(({ asker }) => asker),
    services,
  );
  const limits = handled.flatMap((list, n) => list.map((one) => ({ ord: n, ...one })));
  const { rows } = await sql.query<Omit<SeenRow, 'place'> & { ord: number; total: number }>(
    `SELECT * FROM (
       SELECT h.ord, count(*) OVER (PARTITION BY h.ord)::int AS total,
         row_number() OVER (PARTITION BY h.ord ORDER BY c.opened_at, c.id) AS nth, ${SEEN}
       FROM unnest($1::int[], $2::text[], $3::text[], $4::boolean[]) AS h (ord, village_id, service, is_confidential)
       JOIN ${SEEN_FROM} ON c.village_id = h.village_id AND c.service = h.service
         AND c.is_confidential = h.is_confidential
       WHERE c.status IN ('open', 'in_hand', 'asked')
     ) q WHERE nth <= ${MOST} ORDER BY ord, nth`,
    [
      limits.map((l) => l.ord),
      limits.map((l) => l.villageId),
      limits.map((l) => l.service),
      limits.map((l) => l.isConfidential),
    ],
  );
  const seen = await withPlaces(sql, rows);
  return requests.map((_, n) => {
    const mine = seen.filter((row) => row.ord === n);
    return { count: mine[0]?.total ?? 0, items: mine.map((row) => toSeen(row, true)) };
  });
};
