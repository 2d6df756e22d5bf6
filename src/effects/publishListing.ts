import { newListingCode } from '../core/code.js';
import type { EffectResults } from '../core/effect.js';
import { judgeGoods } from '../core/forbiddenGoods.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import type { JsonObject } from '../core/json.js';
import { listingClocks, readListing, searchText } from '../core/listing.js';
import type { ListingDraft } from '../core/listing.js';
import type { ListingStatus } from '../core/listingRules.js';
import { linkToListings } from '../store/attachments.js';
import { insertListings, listingsByDraft, medianPrices, trustedSellers } from '../store/listings.js';
import type { ListingInsert } from '../store/listings.js';
import { villageNames } from '../store/places.js';
import { consentingResidents, residentNames } from '../store/residents.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { listingTimers, tellOfWaitingListings } from './listingFollowUp.js';

type Request = EffectRequest<'publish_listing'>;

/** Prices further from the usual one than this, either way, are looked at by an officer. */
const FAR_PRICE = 3;

/**
 * One draft makes one listing. Forbidden goods are refused at once. A seller's first listing waits for an officer's tap,
 * and so does one with a doubtful word or a price beyond three times the usual one; the others are published. A contact
 * is published only where the seller's consent stands.
 */
export const publishListing: Applier<'publish_listing'> = async (sql, requests, context) => {
  const names = await residentNames(
    sql,
    requests.map((request) => seller(request).residentId),
  );
  const drafts = requests.map((request) => {
    const draft = readListing(clean(request.effect.fields));
    // Whoever sells while history is hidden may be another than the one of that name.
    const known = request.asker.hidden ? null : names.get(seller(request).residentId);
    return { ...draft, seller: draft.seller ?? known ?? null };
  });
  const villages = await villageNames(
    sql,
    requests.map((request) => seller(request).villageId),
  );
  const consenting = await consentingResidents(
    sql,
    requests.map((request) => seller(request).residentId),
    'market',
  );
  drafts.forEach((draft, n) => {
    if (!consenting.has(seller(requests[n]!).residentId)) draft.contact = null;
  });
  const medians = await medianPrices(sql, drafts, context.now);
  const trusted = await trustedSellers(
    sql,
    requests.map((request) => seller(request).residentId),
    context.now,
  );
  const rows = requests.map((request, n) => {
    const judged = judge(drafts[n]!, medians[n] ?? null, trusted.has(seller(request).residentId));
    return toInsert(request, drafts[n]!, judged, villages, context);
  });
  const isNew = await insertListings(sql, rows, context.now);
  const made = rows.flatMap((row, n) =>
    isNew.delete(row.draftId) ? [{ row, request: requests[n]!, n }] : [],
  );
  await linkToListings(
    sql,
    made.flatMap(({ row, request }) =>
      request.effect.photos.map((id) => ({
        id,
        listingId: row.id,
        conversationId: request.asker.conversationId,
      })),
    ),
  );
  await listingTimers(
    sql,
    made
      .filter(({ row }) => row.status === 'published')
      .map(({ row }) => ({ id: row.id, category: row.listing.category })),
    context,
  );
  const byDraft = await listingsByDraft(
    sql,
    rows.map((row) => row.draftId),
  );
  await tellOfWaitingListings(
    sql,
    made
      .filter(({ row }) => row.status === 'waiting')
      .map(({ row }) => ({ listing: byDraft.get(row.draftId)!, number: 0 })),
    context,
  );
  const madeHere = new Set(made.map(({ n }) => n));
  return rows.map((row, n): EffectResults['publish_listing'] => {
    const listing = byDraft.get(row.draftId)!;
    const status =
      listing.status === 'waiting' || listing.status === 'refused' ? listing.status : 'published';
    return {
      code: listing.code,
      status,
      reason: status === 'refused' ? (listing.flags[0] ?? null) : null,
      is_new: madeHere.has(n),
    };
  });
};

function judge(
  listing: ListingDraft,
  median: number | null,
  isTrusted: boolean,
): { status: ListingStatus; flags: string[] } {
  const goods = judgeGoods(listing.title, listing.description);
  if (goods.refused) return { status: 'refused', flags: [goods.refused] };
  const isFar =
    listing.price !== null &&
    median !== null &&
    (listing.price > median * FAR_PRICE || listing.price * FAR_PRICE < median);
  const flags = [...goods.flags, ...(isFar ? ['price'] : []), ...(isTrusted ? [] : ['first'])];
  return { status: flags.length > 0 ? 'waiting' : 'published', flags };
}

function toInsert(
  request: Request,
  listing: ListingDraft,
  judged: { status: ListingStatus; flags: string[] },
  villages: Map<string, string>,
  context: ApplyContext,
): ListingInsert {
  const { villageId, residentId, conversationId } = seller(request);
  return {
    id: context.newId(),
    code: newListingCode(context.random),
    draftId: request.effect.draft,
    villageId,
    residentId,
    conversationId,
    status: judged.status,
    listing,
    searchText: searchText(listing, villages.get(villageId) ?? ''),
    flags: judged.flags,
    expiresAt: judged.status === 'published' ? listingClocks(listing.category, context.now).expiresAt : null,
  };
}

/** The flow's `needs: village` sees to it. */
function seller({ asker, effect }: Request): {
  villageId: string;
  residentId: string;
  conversationId: string;
} {
  const { villageId, conversationId } = asker;
  const residentId = effect.resident ?? asker.residentId;
  if (villageId === null || residentId === null || conversationId === null)
    throw new Error('publish_listing: no village or no conversation is known');
  return { villageId, residentId, conversationId };
}

/** What is published is read by everybody: no identity number may stand in it. */
function clean(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? maskIdentityNumbers(storable(value)).text : value,
    ]),
  );
}
