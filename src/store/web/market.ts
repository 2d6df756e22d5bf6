import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

export interface ListingCard {
  code: string;
  title: string;
  category: string;
  status: string;
  quantity: number | null;
  unit: string | null;
  price: number | null;
  isNegotiable: boolean;
  village: string;
  district: string;
  publishedAt: Date | null;
  photo: string | null;
}

export interface ListingPageRow extends ListingCard {
  id: string;
  description: string | null;
  place: string | null;
  contact: string | null;
  seller: string | null;
  zone: string;
  photos: string[];
}

export const MARKET_PAGE = 24;

const CARD = `listings.code, listings.title, listings.category, listings.status, listings.quantity::float8 AS quantity,
  listings.unit, listings.price::float8 AS price, listings.is_negotiable AS "isNegotiable", villages.name AS village,
  districts.name AS district, listings.published_at AS "publishedAt"`;
const FIRST_PHOTO = `(SELECT attachments.id FROM attachments WHERE attachments.listing_id = listings.id
  AND attachments.state = 'stored' AND NOT attachments.is_restricted ORDER BY position, created_at LIMIT 1) AS photo`;
const ALL_PHOTOS = `(SELECT coalesce(array_agg(attachments.id ORDER BY position, created_at), '{}')
  FROM attachments WHERE attachments.listing_id = listings.id AND attachments.state = 'stored'
  AND NOT attachments.is_restricted) AS photos`;
const PLACES = `JOIN villages ON villages.id = listings.village_id JOIN districts ON districts.code = villages.district_code`;

/**
 * What is on the market now, the newest first; with words, what has them all (a slip of spelling allowed).
 * One row more than a page tells that there is another.
 */
export async function searchMarket(
  sql: Sql,
  search: { words: string[]; page: number; now: Date },
): Promise<ListingCard[]> {
  const { rows } = await sql.query<ListingCard>(
    `SELECT ${CARD}, ${FIRST_PHOTO} FROM listings ${PLACES}
     WHERE listings.status = 'published' AND (listings.expires_at IS NULL OR listings.expires_at > $2)
       AND (SELECT coalesce(bool_and(listings.search_text LIKE '%' || word || '%'
              OR word_similarity(word, listings.search_text) > 0.55), true) FROM unnest($1::text[]) AS word)
     ORDER BY listings.published_at DESC, listings.code LIMIT $3 OFFSET $4`,
    [search.words, search.now, MARKET_PAGE + 1, (search.page - 1) * MARKET_PAGE],
  );
  return rows;
}

/** A listing as anybody sees it: on the market, or just sold. */
export async function marketListing(sql: Sql, code: string): Promise<ListingPageRow | null> {
  const { rows } = await sql.query<ListingPageRow>(
    `SELECT listings.id, ${CARD}, ${FIRST_PHOTO}, ${ALL_PHOTOS}, listings.description, listings.place, listings.contact,
       listings.seller, villages.zone
     FROM listings ${PLACES} WHERE listings.code = $1 AND listings.status IN ('published', 'sold')`,
    [code],
  );
  return rows[0] ?? null;
}

export interface ListingToDecide extends ListingPageRow {
  createdAt: Date;
  flags: string[];
  reports: { reason: string; at: string }[];
}

/** What an officer should look at: new sellers' listings that wait, and published ones that were reported. */
export async function listingsToDecide(sql: Sql, scope: Scope): Promise<ListingToDecide[]> {
  const { rows } = await sql.query<ListingToDecide>(
    `SELECT listings.id, ${CARD}, ${FIRST_PHOTO}, ${ALL_PHOTOS}, listings.description, listings.place, listings.contact,
       listings.seller, villages.zone, listings.created_at AS "createdAt", listings.flags,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('reason', reason, 'at', at) ORDER BY at), '[]')
        FROM listing_reports WHERE listing_reports.listing_id = listings.id) AS reports
     FROM listings ${PLACES}
     WHERE ($1::text[] IS NULL OR listings.village_id = ANY ($1))
       AND (listings.status = 'waiting' OR (listings.status = 'published'
         AND EXISTS (SELECT 1 FROM listing_reports WHERE listing_reports.listing_id = listings.id)))
     ORDER BY (listings.status = 'published'), listings.created_at LIMIT 100`,
    [scope.villages],
  );
  return rows;
}

/** The latest listings on the market in the scope, for taking down what nobody reported. */
export async function listingsPublished(sql: Sql, scope: Scope): Promise<ListingCard[]> {
  const { rows } = await sql.query<ListingCard>(
    `SELECT ${CARD}, ${FIRST_PHOTO} FROM listings ${PLACES}
     WHERE ($1::text[] IS NULL OR listings.village_id = ANY ($1)) AND listings.status = 'published'
     ORDER BY listings.published_at DESC LIMIT 50`,
    [scope.villages],
  );
  return rows;
}

/** Whether a listing lies in the scope: looked up before an act on it. */
export async function isListingInScope(sql: Sql, scope: Scope, code: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    'SELECT 1 FROM listings WHERE code = $2 AND ($1::text[] IS NULL OR village_id = ANY ($1))',
    [scope.villages, code],
  );
  return rowCount === 1;
}
