import { REOPEN_DAYS } from '../../core/decide.js';
import type { LookUpAnswerer } from './answerer.js';
import { SEEN, SEEN_FROM, seesCase, toSeen, type SeenRow } from './caseRows.js';

const MOST = 7;

/** The resident's own cases that were closed some days ago at most, and may be opened again; none while history is hidden. */
export const closedCases: LookUpAnswerer<'closed_cases'> = async (sql, requests, context) => {
  const askers = requests.map(({ asker }) => asker).filter(({ residentId }) => residentId !== null);
  const since = new Date(context.now.getTime() - REOPEN_DAYS * 24 * 60 * 60 * 1000);
  const { rows } = await sql.query<Omit<SeenRow, 'place'> & { ord: number }>(
    `SELECT w.ord::int AS ord, q.* FROM unnest($1::uuid[]) WITH ORDINALITY AS w (resident, ord), LATERAL (
       SELECT ${SEEN} FROM ${SEEN_FROM}
       WHERE c.resident_id = w.resident AND c.closed_at >= $2 ORDER BY c.closed_at DESC LIMIT ${MOST}
     ) q`,
    [askers.map(({ residentId }) => residentId), since],
  );
  return requests.map(({ asker }) => {
    const ord = askers.indexOf(asker) + 1;
    const items = rows
      .filter((row) => row.ord === ord && seesCase(asker, row))
      .map((row) => toSeen({ ...row, place: null }, true, context))
      .filter((seen) => seen.may_reopen);
    return { count: items.length, items, hidden: Boolean(asker.hidden) };
  });
};
