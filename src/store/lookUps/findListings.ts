import type { LookUpAnswerer } from './answerer.js';
import { LISTING, LISTING_FROM, toListingSeen, type SeenListing } from './listingRows.js';

const MOST = 7;

/**
 * Published listings in which all words stand, or a near spelling of each. Those of the asker's village first, then the
 * nearest, then the newest. No words: the newest. Past their end they are not shown, whether the timer ran or not.
 */
export const findListings: LookUpAnswerer<'find_listings'> = async (sql, requests, { now }) => {
  const words = requests.map(({ args }) =>
    args.text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
      .slice(0, 80),
  );
  const { rows } = await sql.query<SeenListing & { ord: number }>(
    `SELECT q.ord::int AS ord, found.* FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS q (words, village, ord),
     LATERAL (
       SELECT ${LISTING} FROM ${LISTING_FROM}
       WHERE l.status = 'published' AND (l.expires_at IS NULL OR l.expires_at > $3)
         AND (q.words = '' OR (
           SELECT bool_and(l.search_text LIKE '%' || word || '%' OR word_similarity(word, l.search_text) > 0.6)
           FROM unnest(string_to_array(q.words, ' ')) word))
       ORDER BY l.village_id = q.village DESC NULLS LAST, word_similarity(q.words, l.search_text) DESC,
         l.published_at DESC
       LIMIT ${MOST}
     ) found`,
    [words, requests.map(({ asker }) => asker.villageId), now],
  );
  return requests.map((_, n) => {
    const items = rows.filter((row) => row.ord === n + 1).map(toListingSeen);
    return { count: items.length, items };
  });
};
