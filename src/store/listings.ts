import type { ListingDraft } from '../core/listing.js';
import type { ListingStatus } from '../core/listingRules.js';
import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

export interface ListingInsert {
  id: string;
  code: string;
  draftId: string;
  villageId: string;
  residentId: string;
  conversationId: string;
  status: ListingStatus;
  listing: ListingDraft;
  searchText: string;
  flags: string[];
  expiresAt: Date | null;
}

/** Inserts listings, one for each draft: answers the draft ids that were new. */
export async function insertListings(sql: Sql, rows: ListingInsert[], now: Date): Promise<Set<string>> {
  const { rows: inserted } = await sql.query<{ draft: string }>(
    `INSERT INTO listings (id, code, draft_id, village_id, resident_id, conversation_id, status, title, category,
       description, quantity, unit, price, is_negotiable, place, contact, seller, search_text, flags, created_at,
       published_at, expires_at)
     SELECT n.id, code, draft_id, village_id, coalesce(p.resident_id, a.resident_id), conversation_id, status, title,
       category, description, quantity, unit, price, is_negotiable, place, contact, seller, search_text,
       ARRAY(SELECT jsonb_array_elements_text(flags)), $21,
       CASE WHEN status = 'published' THEN $21::timestamptz END, expires_at
     FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::text[],
       $9::text[], $10::text[], $11::numeric[], $12::text[], $13::bigint[], $14::boolean[], $15::text[], $16::text[],
       $17::text[], $18::text[], $19::jsonb[], $20::timestamptz[])
       AS n (id, code, draft_id, village_id, resident_id, conversation_id, status, title, category, description,
         quantity, unit, price, is_negotiable, place, contact, seller, search_text, flags, expires_at)
     JOIN conversations c ON c.id = n.conversation_id JOIN addresses a ON a.id = c.address_id
     LEFT JOIN address_profiles p ON p.address_id = a.id AND p.resident_id = n.resident_id
     FOR SHARE OF a
     ON CONFLICT (draft_id) DO NOTHING
     RETURNING draft_id AS draft`,
    [
      rows.map((r) => r.id),
      rows.map((r) => r.code),
      rows.map((r) => r.draftId),
      rows.map((r) => r.villageId),
      rows.map((r) => r.residentId),
      rows.map((r) => r.conversationId),
      rows.map((r) => r.status),
      rows.map((r) => r.listing.title),
      rows.map((r) => r.listing.category),
      rows.map((r) => r.listing.description),
      rows.map((r) => r.listing.quantity),
      rows.map((r) => r.listing.unit),
      rows.map((r) => r.listing.price),
      rows.map((r) => r.listing.isNegotiable),
      rows.map((r) => r.listing.place),
      rows.map((r) => r.listing.contact),
      rows.map((r) => r.listing.seller),
      rows.map((r) => r.searchText),
      rows.map((r) => JSON.stringify(r.flags)),
      rows.map((r) => r.expiresAt),
      now,
    ],
  );
  return new Set(inserted.map((row) => row.draft));
}

export interface ListingRow {
  id: string;
  code: string;
  draftId: string;
  villageId: string;
  villageName: string;
  residentId: string;
  conversationId: string;
  createdAt: Date;
  status: ListingStatus;
  title: string;
  category: ListingDraft['category'];
  price: number | null;
  unit: string | null;
  quantity: number | null;
  seller: string | null;
  flags: string[];
  photos: string[];
}

const ROW = `
  SELECT l.id, l.code, l.draft_id AS "draftId", l.village_id AS "villageId", v.name AS "villageName",
    l.resident_id AS "residentId", l.conversation_id AS "conversationId", l.created_at AS "createdAt", l.status, l.title, l.category, l.price,
    l.unit, l.quantity, l.seller, l.flags,
    ARRAY(SELECT a.id FROM attachments a WHERE a.listing_id = l.id AND a.state = 'stored' ORDER BY a.position) AS photos
  FROM listings l JOIN villages v ON v.id = l.village_id`;

/** The listings of drafts, by draft id. */
export async function listingsByDraft(sql: Sql, draftIds: string[]): Promise<Map<string, ListingRow>> {
  const { rows } = await sql.query<ListingRow>(`${ROW} WHERE l.draft_id = ANY ($1::uuid[])`, [draftIds]);
  return new Map(rows.map((row) => [row.draftId, row]));
}

/** Listings by their codes, locked until the transaction ends. */
export async function lockListings(sql: Sql, codes: string[]): Promise<Map<string, ListingRow>> {
  if (codes.length === 0) return new Map();
  await sql.query('SELECT FROM listings WHERE code = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE', [
    codes,
  ]);
  const { rows } = await sql.query<ListingRow>(`${ROW} WHERE l.code = ANY ($1::text[])`, [codes]);
  return new Map(rows.map((row) => [row.code, row]));
}

/**
 * Moves listings on. `expiresAt` null leaves it. A listing that is published anew is published
 * now; what an officer let pass is no longer flagged.
 */
export async function changeListings(
  sql: Sql,
  changes: { id: string; status: ListingStatus; expiresAt: Date | null; decidedBy: string | null }[],
  now: Date,
): Promise<void> {
  if (changes.length === 0) return;
  await sql.query(
    `UPDATE listings l SET status = n.status, decided_by = coalesce(n.decided_by, l.decided_by),
       flags = CASE WHEN n.status = 'published' AND n.decided_by IS NOT NULL THEN '{}' ELSE l.flags END,
       published_at = CASE WHEN n.status = 'published' THEN $5 ELSE l.published_at END,
       expires_at = coalesce(n.expires_at, l.expires_at),
       closed_at = CASE WHEN n.status IN ('waiting', 'published') THEN NULL ELSE $5::timestamptz END
     FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[]) AS n (id, status, expires_at, decided_by)
     WHERE l.id = n.id`,
    [
      changes.map((c) => c.id),
      changes.map((c) => c.status),
      changes.map((c) => c.expiresAt),
      changes.map((c) => c.decidedBy),
      now,
    ],
  );
}

/** Sellers whose listings need no tap any more: one was published, and none was taken down or refused of late. */
export async function trustedSellers(sql: Sql, residentIds: string[], now: Date): Promise<Set<string>> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT resident_id AS id FROM listings WHERE resident_id = ANY ($1::uuid[])
     GROUP BY resident_id
     HAVING bool_or(published_at IS NOT NULL AND status IN ('published', 'sold', 'withdrawn', 'expired'))
       AND NOT bool_or(status IN ('taken_down', 'refused') AND coalesce(closed_at, created_at) > $2::timestamptz - interval '90 days')`,
    [residentIds, now],
  );
  return new Set(rows.map((row) => row.id));
}

/** How many like listings it takes to speak of a usual price. */
const COMPARABLE = 3;

/**
 * The usual price of the like: the median of listings with the same unit and a near title within 180 days; null where
 * there are fewer than three. In the order of the questions.
 */
export async function medianPrices(
  sql: Sql,
  asked: { title: string; unit: string | null }[],
  now: Date,
): Promise<(number | null)[]> {
  const { rows } = await sql.query<{ median: number | null }>(
    `SELECT like_it.median
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS q (title, unit, ord)
     LEFT JOIN LATERAL (
       SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY l.price) AS median FROM listings l
       WHERE l.unit = q.unit AND l.price IS NOT NULL AND l.published_at > $3::timestamptz - interval '180 days'
         AND l.status IN ('published', 'sold', 'expired', 'withdrawn') AND similarity(lower(l.title), lower(q.title)) > 0.3
       HAVING count(*) >= $4
     ) like_it ON true
     ORDER BY q.ord`,
    [asked.map((a) => a.title), asked.map((a) => a.unit), now, COMPARABLE],
  );
  return rows.map((row) => row.median);
}

/** Reports of this many people since it was published take a listing out of the market until an officer has looked. */
const REPORTS = 3;

/**
 * Notes reports; a conversation's second one of a listing counts as its first. Answers the listings of which an officer
 * is to hear: of the first report since it was published, and once it waits for an officer again.
 */
export async function reportListings(
  sql: Sql,
  reports: { code: string; conversationId: string | null; reason: string }[],
  newId: NewId,
  now: Date,
): Promise<(ListingRow & { reports: number })[]> {
  const codes = [...new Set(reports.map((r) => r.code))];
  const listings = await lockListings(sql, codes);
  const known = reports.flatMap((report) => {
    const listing = listings.get(report.code);
    return listing ? [{ ...report, listingId: listing.id }] : [];
  });
  const inserted = await sql.query<{ id: string }>(
    `INSERT INTO listing_reports (id, listing_id, conversation_id, reason, at)
     SELECT DISTINCT ON (n.listing_id, coalesce(n.conversation_id, n.id)) n.id, n.listing_id, n.conversation_id, n.reason, $5
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS n (id, listing_id, conversation_id, reason)
     JOIN listings l ON l.id = n.listing_id
     WHERE NOT EXISTS (SELECT FROM listing_reports r WHERE r.listing_id = n.listing_id
       AND r.conversation_id = n.conversation_id AND r.at >= coalesce(l.published_at, l.created_at))
     RETURNING listing_id AS id`,
    [
      known.map(() => newId()),
      known.map((r) => r.listingId),
      known.map((r) => r.conversationId),
      known.map((r) => r.reason),
      now,
    ],
  );
  const fresh = new Map<string, number>();
  for (const { id } of inserted.rows) fresh.set(id, (fresh.get(id) ?? 0) + 1);
  const { rows } = await sql.query<{
    id: string;
    code: string;
    flags: string[];
    status: ListingStatus;
    reports: number;
    recent: number;
  }>(
    `UPDATE listings l SET status = CASE WHEN r.recent >= $2 THEN 'waiting' ELSE l.status END,
       flags = array_append(array_remove(l.flags, 'reported'), 'reported')
     FROM (SELECT listing_id, count(*)::int AS reports,
             count(*) FILTER (WHERE at >= p.published_at)::int AS recent
           FROM listing_reports JOIN listings p ON p.id = listing_id
           WHERE p.code = ANY ($1::text[]) GROUP BY listing_id) r
     WHERE l.id = r.listing_id AND l.status = 'published'
     RETURNING l.id, l.code, l.flags, l.status, r.reports, r.recent`,
    [codes, REPORTS],
  );
  return rows
    .filter((row) => row.status === 'waiting' || row.recent === (fresh.get(row.id) ?? 0))
    .filter((row) => (fresh.get(row.id) ?? 0) > 0)
    .map(({ recent: _, ...row }) => ({ ...listings.get(row.code)!, ...row }));
}
