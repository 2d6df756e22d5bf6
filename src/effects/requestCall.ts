import { readCode } from '../core/code.js';
import type { EffectResults } from '../core/effect.js';
import { insertInternal } from '../store/inbound.js';
import type { InternalRow } from '../store/inbound.js';
import { lockListings } from '../store/listings.js';
import type { Applier } from './applier.js';

/**
 * A buyer's number goes to the seller of a listing, who may call. Nothing of the buyer's chat is passed on, and the seller's
 * number stays unknown. One buyer asks once for one listing: asked again, the seller hears nothing anew.
 */
export const requestCall: Applier<'request_call'> = async (sql, requests, context) => {
  const codes = requests.map(({ effect }) => {
    const read = readCode(effect.code);
    return read.kind === 'listing' ? read.code : '';
  });
  const listings = await lockListings(sql, [...new Set(codes)]);
  const rows: InternalRow[] = [];
  const results = requests.map(({ asker, effect }, n): EffectResults['request_call'] => {
    const listing = listings.get(codes[n]!);
    if (!listing || listing.status !== 'published' || asker.conversationId === null)
      return { outcome: 'not_found' };
    if (asker.residentId === listing.residentId) return { outcome: 'own' };
    rows.push({
      conversationId: listing.conversationId,
      externalId: `call:${listing.id}:${asker.conversationId}`,
      flow: 'listing-notice',
      vars: {
        code: listing.code,
        title: listing.title,
        event: 'call',
        text: null,
        phone: effect.phone,
        whose: listing.residentId,
      },
    });
    return { outcome: 'done' };
  });
  const told = await insertInternal(sql, rows, context.now);
  context.nudges.converse ||= told > 0;
  return results;
};
