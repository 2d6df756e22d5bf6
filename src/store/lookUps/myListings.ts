import { hiddenHistories } from '../hiddenHistories.js';
import type { LookUpAnswerer } from './answerer.js';
import { LISTING, LISTING_FROM, seesListing, toListingSeen, type SeenListing } from './listingRows.js';

const MOST = 7;

/**
 * The seller's own listings that are waiting or published, the newest first. While history is hidden only what was
 * published in this conversation since then; `hidden` tells that there is more.
 */
export const myListings: LookUpAnswerer<'my_listings'> = async (sql, requests) => {
  const askers = requests.map(({ asker }) => asker).filter(({ residentId }) => residentId !== null);
  const { rows } = await sql.query<SeenListing & { ord: number }>(
    `SELECT w.ord::int AS ord, q.* FROM
       unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) WITH ORDINALITY AS w (resident, since, conversation, ord),
     LATERAL (
       SELECT ${LISTING} FROM ${LISTING_FROM}
       WHERE l.resident_id = w.resident AND l.status IN ('waiting', 'published')
         AND (w.since IS NULL OR (l.conversation_id = w.conversation AND l.created_at >= w.since))
       ORDER BY l.created_at DESC LIMIT ${MOST}
     ) q`,
    [
      askers.map(({ residentId }) => residentId),
      askers.map(({ hidden }) => hidden?.since ?? null),
      askers.map(({ conversationId }) => conversationId),
    ],
  );
  const hiding = await hiddenHistories(sql, askers, 'listings');
  return requests.map(({ asker }) => {
    const ord = askers.indexOf(asker) + 1;
    const items = rows.filter((row) => row.ord === ord && seesListing(asker, row)).map(toListingSeen);
    return { count: items.length, items, hidden: hiding.has(asker) };
  });
};
