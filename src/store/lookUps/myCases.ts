import { isOpen } from '../cases.js';
import { hiddenHistories } from '../hiddenHistories.js';
import type { LookUpAnswerer } from './answerer.js';
import { readExtras } from './caseExtras.js';
import { SEEN, SEEN_FROM, seesCase, toSeen, withPlaces, type SeenRow } from './caseRows.js';

const MOST = 7;

/**
 * The resident's own cases: open ones first, then the latest. While history is hidden only what was opened in this
 * conversation since then; `hidden` tells that there is more.
 */
export const myCases: LookUpAnswerer<'my_cases'> = async (sql, requests, context) => {
  const askers = requests.map(({ asker }) => asker).filter(({ residentId }) => residentId !== null);
  const { rows } = await sql.query<Omit<SeenRow, 'place'> & { ord: number }>(
    `SELECT w.ord::int AS ord, q.* FROM
       unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) WITH ORDINALITY AS w (resident, since, conversation, ord),
     LATERAL (
       SELECT ${SEEN} FROM ${SEEN_FROM}
       WHERE c.resident_id = w.resident AND (w.since IS NULL
         OR (c.is_unproven AND c.conversation_id = w.conversation AND c.opened_at >= w.since))
       ORDER BY ${isOpen('c.status')} DESC, c.opened_at DESC LIMIT ${MOST}
     ) q`,
    [
      askers.map(({ residentId }) => residentId),
      askers.map(({ hidden }) => hidden?.since ?? null),
      askers.map(({ conversationId }) => conversationId),
    ],
  );
  const seen = await withPlaces(sql, rows);
  const extras = await readExtras(sql, seen, context);
  const hiding = await hiddenHistories(sql, askers, 'cases');
  return requests.map(({ asker }) => {
    const ord = askers.indexOf(asker) + 1;
    const items = seen
      .filter((row) => row.ord === ord && seesCase(asker, row))
      .map((row) => toSeen({ ...row, extras: extras.get(row.id) }, true, context));
    return { count: items.length, items, hidden: hiding.has(asker) };
  });
};
