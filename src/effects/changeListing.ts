import { readCode } from '../core/code.js';
import type { EffectResults } from '../core/effect.js';
import { mayHandle } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { mayBeSeen } from '../core/history.js';
import { listingClocks } from '../core/listing.js';
import { actorOfListing, decideListing } from '../core/listingRules.js';
import type { ListingStatus } from '../core/listingRules.js';
import { insertAudit } from '../store/audit.js';
import { insertInternal } from '../store/inbound.js';
import { changeListings, lockListings } from '../store/listings.js';
import type { ListingRow } from '../store/listings.js';
import type { Sql } from '../store/sql.js';
import { stopTimers } from '../store/timerRows.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';
import { listingTimers } from './listingFollowUp.js';

type Request = EffectRequest<'change_listing'>;

/**
 * The seller's acts on an own listing, and an officer's in the own villages; elsewhere it is not found. Nobody decides
 * over a listing of their own. The seller is told of what an officer decided.
 */
export const changeListing: Applier<'change_listing'> = async (sql, requests, context) => {
  const codes = requests.map(({ effect }) => {
    const read = readCode(effect.code);
    return read.kind === 'listing' ? read.code : '';
  });
  const listings = await lockListings(sql, [...new Set(codes)]);
  const officers = await loadVillageOfficers(
    sql,
    [...listings.values()].map((listing) => listing.villageId),
  );
  const changes: Change[] = [];
  const results = requests.map((request, n): EffectResults['change_listing'] => {
    const listing = listings.get(codes[n]!);
    const standing = listing && standingOf(request, listing, officers.get(listing.villageId) ?? []);
    if (!listing || standing === 'stranger') return { outcome: 'not_found', title: null };
    const decided = standing === 'may' ? decideListing(listing.status, actOn(listing, request)) : null;
    if (!decided) return { outcome: 'not_allowed', title: listing.title };
    if (decided.isChange) changes.push({ request, listing, status: decided.status });
    listing.status = decided.status;
    return { outcome: 'done', title: listing.title };
  });
  await write(sql, changes, context);
  return results;
};

/** Refusing what is still on the market because somebody reported it takes it down. */
function actOn({ status, flags }: ListingRow, { effect }: Request): Request['effect']['act'] {
  return effect.act === 'refuse' && status === 'published' && flags.includes('reported')
    ? 'take_down'
    : effect.act;
}

interface Change {
  request: Request;
  listing: ListingRow;
  status: ListingStatus;
}

function standingOf(
  { asker, effect }: Request,
  listing: ListingRow,
  officers: VillageOfficer[],
): 'may' | 'may_not' | 'stranger' {
  const isOwn = asker.residentId !== null && asker.residentId === listing.residentId;
  const { residentId, conversationId, createdAt: at } = listing;
  if (actorOfListing(effect.act) === 'seller')
    return mayBeSeen(asker, { residentId, conversationId, at }) ? 'may' : 'stranger';
  const roles = asker.officer?.roles ?? [];
  if (!mayHandle(roles, listing.villageId, { kind: 'market', isConfidential: false }, officers))
    return isOwn ? 'may_not' : 'stranger';
  return isOwn ? 'may_not' : 'may';
}

async function write(sql: Sql, changes: Change[], context: ApplyContext): Promise<void> {
  if (changes.length === 0) return;
  const { newId, now } = context;
  // Of two acts on one listing in a batch the later one is what is written.
  const last = [...new Map(changes.map((change) => [change.listing.id, change])).values()];
  const published = last.filter((change) => change.status === 'published').map(({ listing }) => listing);
  await changeListings(
    sql,
    last.map(({ request, listing, status }) => ({
      id: listing.id,
      status,
      expiresAt: status === 'published' ? listingClocks(listing.category, now).expiresAt : null,
      decidedBy: actorOfListing(request.effect.act) === 'officer' ? request.asker.officer!.id : null,
    })),
    now,
  );
  await stopTimers(
    sql,
    last.map(({ listing }) => ({ subjectKind: 'listing' as const, subjectId: listing.id, kind: null })),
    now,
  );
  await listingTimers(sql, published, context);
  const byOfficers = changes.filter(({ request }) => actorOfListing(request.effect.act) === 'officer');
  await insertInternal(
    sql,
    byOfficers.map(({ request, listing, status }) => ({
      conversationId: listing.conversationId,
      externalId: `listing:${listing.id}:${status}:${now.getTime()}`,
      flow: 'listing-notice',
      vars: {
        code: listing.code,
        title: listing.title,
        event: status,
        text: request.effect.reason ?? null,
        whose: listing.residentId,
      },
    })),
    now,
  );
  await insertAudit(
    sql,
    byOfficers.map(({ request, listing, status }) => ({
      officerId: request.asker.officer!.id,
      action: `listing_${status}`,
      subjectKind: 'listing',
      subjectId: listing.id,
      data: { code: listing.code, reason: request.effect.reason ?? null },
    })),
    newId,
    now,
  );
  context.nudges.converse ||= byOfficers.length > 0;
}
