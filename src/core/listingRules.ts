import type { ChangeListing } from './effect.js';

export const LISTING_STATUSES = [
  'waiting',
  'published',
  'sold',
  'withdrawn',
  'expired',
  'refused',
  'taken_down',
] as const;
export type ListingStatus = (typeof LISTING_STATUSES)[number];

interface Rule {
  who: 'seller' | 'officer';
  from: readonly ListingStatus[];
  to: ListingStatus;
}

const RULES: { [A in ChangeListing['act']]: Rule } = {
  sold: { who: 'seller', from: ['waiting', 'published', 'expired'], to: 'sold' },
  withdraw: { who: 'seller', from: ['waiting', 'published', 'expired'], to: 'withdrawn' },
  renew: { who: 'seller', from: ['published', 'expired'], to: 'published' },
  approve: { who: 'officer', from: ['waiting'], to: 'published' },
  refuse: { who: 'officer', from: ['waiting'], to: 'refused' },
  take_down: { who: 'officer', from: ['waiting', 'published', 'expired'], to: 'taken_down' },
};

/** Whose act it is. */
export function actorOfListing(act: ChangeListing['act']): 'seller' | 'officer' {
  return RULES[act].who;
}

/** What an act comes to: a new status, `same` where it was done before, or null where the status forbids it. */
export function decideListing(
  status: ListingStatus,
  act: ChangeListing['act'],
): { status: ListingStatus; isChange: boolean } | null {
  const rule = RULES[act];
  if (rule.from.includes(status)) return { status: rule.to, isChange: true };
  return status === rule.to ? { status, isChange: false } : null;
}
