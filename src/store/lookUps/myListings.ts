import type { LookUpAnswerer } from './answerer.js';
import { LISTING, LISTING_FROM, toListingSeen, type SeenListing } from './listingRows.js';

const MOST = 7;

/** The seller's own listings that are waiting or published, the newest first. */
export const myListings: LookUpAnswerer<'my_listings'> = async (sql, requests) => {
  const residents = [...new Set(requests.flatMap(({ asker }) => asker.residentId ?? []))];
  const { rows } = await sql.query<SeenListing>(
    `SELECT q.* FROM unnest($1::uuid[]) AS wanted (id), LATERAL (
       SELECT ${LISTING} FROM ${LISTING_FROM}
       WHERE l.resident_id = wanted.id AND l.status IN ('waiting', 'published')
       ORDER BY l.created_at DESC LIMIT ${MOST}
     ) q`,
    [residents],
  );
  return requests.map(({ asker }) => {
    const items = rows.filter((row) => row.residentId === asker.residentId).map(toListingSeen);
    return { count: items.length, items };
  });
};
