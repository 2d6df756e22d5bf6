import { handledBy } from '../handledServices.js';
import type { LookUpAnswerer } from './answerer.js';
import { isOpen, notSealedFrom, postsOf, turnOf } from '../cases.js';
import { SEEN, SEEN_FROM, toSeen, withPlaces, type SeenRow } from './caseRows.js';

const MOST = 7;

/** The open cases that an officer may handle in the villages of their roles, in the order of their turn; `count` is of all. */
export const officerCases: LookUpAnswerer<'officer_cases'> = async (sql, requests, context) => {
  const handled = await handledBy(
    sql,
    requests.map(({ asker }) => asker),
    context.services,
    context.now,
  );
  const limits = handled.flatMap((list, n) => list.map((one) => ({ ord: n, ...one })));
  const posts = [...new Set(requests.flatMap(({ asker }) => asker.officer ?? []))].map(({ id, roles }) => ({
    officer: id,
    posts: postsOf(roles),
  }));
  const { rows } = await sql.query<Omit<SeenRow, 'place'> & { ord: number; total: number }>(
    `SELECT * FROM (
       SELECT h.ord, count(*) OVER (PARTITION BY h.ord)::int AS total,
         row_number() OVER (PARTITION BY h.ord ORDER BY ${turnOf('c')}) AS nth, ${SEEN}
       FROM unnest($1::int[], $2::text[], $3::text[], $4::boolean[], $5::text[]) AS h (ord, village_id, service, is_confidential, asker)
       JOIN jsonb_to_recordset($6::jsonb) AS p (officer uuid, posts text[]) ON p.officer = h.asker::uuid
       JOIN ${SEEN_FROM} ON c.village_id = h.village_id AND c.service = h.service
         AND c.is_confidential = h.is_confidential AND ${notSealedFrom('c', 'p.officer', 'p.posts')}
       WHERE ${isOpen('c.status')}
     ) q WHERE nth <= ${MOST} ORDER BY ord, nth`,
    [
      limits.map((l) => l.ord),
      limits.map((l) => l.villageId),
      limits.map((l) => l.service),
      limits.map((l) => l.isConfidential),
      limits.map((l) => requests[l.ord]!.asker.officer!.id),
      JSON.stringify(posts),
    ],
  );
  const seen = await withPlaces(sql, rows);
  return requests.map((_, n) => {
    const mine = seen.filter((row) => row.ord === n);
    return { count: mine[0]?.total ?? 0, items: mine.map((row) => toSeen(row, true, context)) };
  });
};
