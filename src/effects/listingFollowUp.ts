import { officersToTell } from '../core/handlers.js';
import { listingClocks } from '../core/listing.js';
import type { Category } from '../core/listing.js';
import type { ListingRow } from '../store/listings.js';
import { insertNotifications } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import { setTimers } from '../store/timerRows.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { ApplyContext } from './applier.js';

/** Sets the clocks of listings that were published now: "masih ada?", then the end. */
export async function listingTimers(
  sql: Sql,
  listings: { id: string; category: Category }[],
  context: ApplyContext,
): Promise<void> {
  await setTimers(
    sql,
    listings.flatMap(({ id, category }) => {
      const { expiresAt, checkAt } = listingClocks(category, context.now);
      const subject = { subjectKind: 'listing' as const, subjectId: id };
      return [
        { ...subject, kind: 'listing_check' as const, dueAt: checkAt },
        { ...subject, kind: 'listing_expiry' as const, dueAt: expiresAt },
      ];
    }),
    context.newId,
  );
}

/**
 * Asks the village's officers for the tap that a listing waits for. `number` 0: the first time; else the reports, of
 * which the first leaves it on the market (`status`).
 */
export async function tellOfWaitingListings(
  sql: Sql,
  waiting: { listing: ListingRow; number: number }[],
  context: ApplyContext,
): Promise<void> {
  if (waiting.length === 0) return;
  const officers = await loadVillageOfficers(
    sql,
    waiting.map(({ listing }) => listing.villageId),
  );
  const count = await insertNotifications(
    sql,
    waiting.flatMap(({ listing, number }) =>
      officersToTell(officers.get(listing.villageId) ?? [], { kind: 'market', isConfidential: false }).map(
        (officer) => ({
          officerId: officer.id,
          kind: 'officer-listing',
          subjectId: listing.id,
          number,
          vars: {
            code: listing.code,
            title: listing.title,
            price: listing.price,
            unit: listing.unit,
            quantity: listing.quantity,
            seller: listing.seller,
            village: listing.villageName,
            flags: listing.flags,
            photo: listing.photos[0] ?? null,
            photos: listing.photos,
            reports: number,
            status: listing.status,
          },
        }),
      ),
    ),
    context.newId,
    context.now,
  );
  context.nudges.notify ||= count > 0;
}
