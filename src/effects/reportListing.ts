import { readCode } from '../core/code.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { reportListings } from '../store/listings.js';
import type { Applier } from './applier.js';
import { tellOfWaitingListings } from './listingFollowUp.js';

/**
 * Notes that somebody finds a listing wrong. The officers hear of the first report; three people take it out of the market
 * until an officer has looked.
 */
export const reportListing: Applier<'report_listing'> = async (sql, requests, context) => {
  const reports = requests.flatMap(({ asker, effect }) => {
    const read = readCode(effect.code);
    if (read.kind !== 'listing') return [];
    const reason = maskIdentityNumbers(storable(effect.reason)).text.slice(0, 300);
    return [{ code: read.code, conversationId: asker.conversationId, reason }];
  });
  if (reports.length > 0) {
    const back = await reportListings(sql, reports, context.newId, context.now);
    await tellOfWaitingListings(
      sql,
      back.map((listing) => ({ listing, number: listing.reports })),
      context,
    );
  }
  return requests.map(() => null);
};
