import type { Asker } from '../../core/asker.js';
import { mayBeSeen } from '../../core/history.js';
import type { Listed, ListingSeen } from '../../core/lookup.js';

/** A listing as look-ups read it. */
export interface SeenListing extends Listed {
  id: string;
  publishedAt: Date | null;
  residentId: string;
  conversationId: string;
  createdAt: Date;
}

export const LISTING = `l.id, l.code, l.title, l.status, l.price, l.unit, l.quantity, v.name AS village, l.contact, l.seller,
  l.published_at AS "publishedAt", l.resident_id AS "residentId",
  l.conversation_id AS "conversationId", l.created_at AS "createdAt",
  (SELECT a.id FROM attachments a WHERE a.listing_id = l.id AND a.state = 'stored' ORDER BY a.position LIMIT 1) AS photo`;
export const LISTING_FROM = 'listings l JOIN villages v ON v.id = l.village_id';

/** Whether it is the asker's own, and not hidden from them. */
export function seesListing(asker: Asker, row: SeenListing): boolean {
  const { residentId, conversationId, createdAt: at } = row;
  return mayBeSeen(asker, { residentId, conversationId, at });
}

/** As flows see it. */
export function toListingSeen(row: SeenListing): ListingSeen {
  return {
    code: row.code,
    title: row.title,
    status: row.status,
    price: row.price,
    unit: row.unit,
    quantity: row.quantity,
    village: row.village,
    contact: row.contact,
    seller: row.seller,
    photo: row.photo,
    published: row.publishedAt?.toISOString() ?? null,
  };
}
