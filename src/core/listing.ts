import type { Json, JsonObject } from './json.js';

/** A product as it is kept, made of what the seller answered. */
export interface ListingDraft {
  title: string;
  category: Category;
  description: string | null;
  quantity: number | null;
  unit: string | null;
  /** Rupiah for one unit; null: by agreement. */
  price: number | null;
  isNegotiable: boolean;
  place: string | null;
  /** Published with the seller's consent; 62… where it is a phone number. */
  contact: string | null;
  seller: string | null;
}

export const CATEGORIES = ['produce', 'fish', 'livestock', 'food', 'craft', 'other'] as const;
export type Category = (typeof CATEGORIES)[number];

/** Days after which a listing leaves the market by itself: what spoils sooner. */
const DAYS: { [C in Category]: number } = {
  produce: 7,
  fish: 7,
  livestock: 7,
  food: 7,
  craft: 60,
  other: 60,
};
/** Days before its end when the seller is asked "masih ada?". */
const CHECK_BEFORE: { [C in Category]: number } = {
  produce: 1,
  fish: 1,
  livestock: 1,
  food: 1,
  craft: 3,
  other: 3,
};
const DAY = 24 * 60 * 60 * 1000;

/** When a listing published at `from` ends, and when its seller is asked whether it is still there. */
export function listingClocks(category: Category, from: Date): { expiresAt: Date; checkAt: Date } {
  const expiresAt = new Date(from.getTime() + DAYS[category] * DAY);
  return { expiresAt, checkAt: new Date(expiresAt.getTime() - CHECK_BEFORE[category] * DAY) };
}

/**
 * Makes a listing of a flow's answers: `title`, `category`, `description`, `quantity` ({amount, unit}), `unit`, `price`
 * (0 or absent: by agreement), `negotiable`, `place`, `contact`, `seller`. Unknown fields are left out.
 */
export function readListing(fields: JsonObject): ListingDraft {
  const quantity = fields['quantity'];
  const measured = isObject(quantity) ? quantity : { amount: quantity ?? null, unit: fields['unit'] ?? null };
  const price = positive(fields['price']);
  const category = text(fields['category'], 20);
  return {
    title: capital(text(fields['title'], 80) ?? ''),
    category: CATEGORIES.find((known) => known === category) ?? 'other',
    description: text(fields['description'], 500),
    quantity: positive(measured['amount']),
    unit: readUnit(text(measured['unit'], 20) ?? text(fields['unit'], 20)),
    price: price === null ? null : Math.round(price),
    isNegotiable: price === null || fields['negotiable'] === true,
    place: text(fields['place'], 120),
    contact: readContact(text(fields['contact'], 60)),
    seller: text(fields['seller'], 60),
  };
}

/** What search runs over: small letters, one space between words. */
export function searchText(listing: ListingDraft, village: string): string {
  return [listing.title, CATEGORY_WORDS[listing.category], listing.description, village, listing.place]
    .filter((part) => part !== null)
    .join(' ')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const CATEGORY_WORDS: { [C in Category]: string } = {
  produce: 'hasil tani sayur buah',
  fish: 'ikan hasil laut',
  livestock: 'ternak hewan',
  food: 'makanan jajanan olahan',
  craft: 'kerajinan',
  other: '',
};

const UNITS: { [unit: string]: string[] } = {
  kg: ['kg', 'kilo', 'kilogram', 'kilogramme', 'kgs'],
  ons: ['ons', 'on'],
  gram: ['gram', 'gr', 'g'],
  kuintal: ['kuintal', 'kwintal', 'kw', 'ku'],
  ton: ['ton', 't'],
  ikat: ['ikat', 'iket', 'unting'],
  sisir: ['sisir', 'lirang'],
  tandan: ['tandan', 'tundun'],
  butir: ['butir', 'biji', 'buah'],
  ekor: ['ekor', 'ekr'],
  liter: ['liter', 'litre', 'lt', 'l'],
  karung: ['karung', 'sak', 'zak'],
  pcs: ['pcs', 'pc', 'buah/pcs', 'potong', 'unit'],
  meter: ['meter', 'm', 'mtr'],
  lembar: ['lembar', 'lbr', 'helai'],
  paket: ['paket', 'pak', 'bungkus', 'bks', 'toples', 'kotak', 'dus'],
};

/** A unit as typed, in its usual spelling; one that is not known stays as it was written. */
export function readUnit(typed: string | null): string | null {
  if (!typed) return null;
  const small = typed
    .toLowerCase()
    .replace(/^(?:per|\/)\s*/u, '')
    .trim();
  return Object.keys(UNITS).find((unit) => UNITS[unit]!.includes(small)) ?? (small || null);
}

/** A phone number as 62…; any other contact as it was written. */
function readContact(typed: string | null): string | null {
  if (!typed) return null;
  const digits = typed.replace(/[\s.()\-+]/gu, '');
  const phone = /^(?:00)?(?:62)?0?(8[1-9]\d{7,10})$/u.exec(digits);
  return phone ? `62${phone[1]}` : typed;
}

function text(value: Json | undefined, longest: number): string | null {
  if (typeof value !== 'string') return null;
  const clean = value.replace(/\s+/gu, ' ').trim();
  return clean === '' ? null : Array.from(clean).slice(0, longest).join('').trim();
}

function positive(value: Json | undefined): number | null {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : null;
}

function capital(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
