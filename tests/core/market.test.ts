import { describe, expect, test } from 'vitest';
import type { ChangeListing } from '../../src/core/effect.js';
import { judgeGoods } from '../../src/core/forbiddenGoods.js';
import { CATEGORIES, listingClocks, readListing, readUnit, searchText } from '../../src/core/listing.js';
import { actorOfListing, decideListing, LISTING_STATUSES } from '../../src/core/listingRules.js';

describe('goods', () => {
  test.each([
    ['Rokok kretek 1 slop', 'tobacco'],
    ['tembakau rajangan', 'tobacco'],
    ['ARAK Bali asli', 'alcohol'],
    ['jual ganja', 'drugs'],
    ['Amoxicillin 500mg', 'medicine'],
    ['obat kuat herbal', 'medicine'],
    ['Pertalite eceran', 'fuel'],
    ['LPG 3 kg', 'fuel'],
    ['senapan angin sharp', 'weapons'],
    ['bom ikan', 'weapons'],
    ['telur penyu', 'wildlife'],
    ['anak trenggiling', 'wildlife'],
    ['pinjaman online cepat cair', 'loans'],
    ['togel hari ini', 'gambling'],
    ['Pupuk subsidi, urea', 'subsidised'],
    ['pupuk   bersubsidi!', 'subsidised'],
    ['ijazah palsu', 'documents'],
  ])('%j is refused as %s', (title, group) => {
    expect(judgeGoods(title, null).refused).toBe(group);
  });

  test('what the description says counts too', () => {
    expect(judgeGoods('Paket hemat', 'isi kopi, gula dan rokok').refused).toBe('tobacco');
  });

  test('two harmless texts do not make a forbidden word between them', () => {
    expect(judgeGoods('Kandang bekas senapan', 'angin kencang').refused).toBe('weapons');
    expect(judgeGoods('Gas', '3 kg beras').refused).toBeNull();
  });

  test.each([
    ['Batik motif merak', 'wildlife'],
    ['Obat nyamuk bakar', 'medicine'],
    ['Panel solar bekas', 'fuel'],
    ['Parang dan cangkul', 'weapons'],
    ['Slot kunci pintu', 'gambling'],
    ['Ikan kakatua segar', 'wildlife'],
  ])('%j is looked at by an officer for %s', (title, group) => {
    expect(judgeGoods(title)).toEqual({ refused: null, flags: [group] });
  });

  test.each([
    'Buah naga merah segar',
    'Sabut kelapa',
    'Kelapa gadingan muda',
    'Anggur hijau manis',
    'Kopi robusta Kalibendo',
    'Bagiak jahe',
    'Pupuk kandang kambing',
    'Udeng batik gajah oling',
    'Telur bebek asin',
    'Gula semut',
    'Kayu bakar',
    'Sapi limosin jantan',
  ])('%j may be sold', (title) => {
    expect(judgeGoods(title, 'barang bagus')).toEqual({ refused: null, flags: [] });
  });
});

describe('a listing', () => {
  test('is made of what the flow asked', () => {
    const listing = readListing({
      title: '  buah naga   merah ',
      category: 'produce',
      quantity: { amount: 2, unit: 'kw' },
      price: 8000,
      place: 'Dusun Krajan',
      show_contact: true,
      contact: '0812-3456-7890',
      seller: 'Pak Tani',
      photos: ['x'],
    });
    expect(listing).toEqual({
      title: 'Buah naga merah',
      category: 'produce',
      description: null,
      quantity: 2,
      unit: 'kuintal',
      price: 8000,
      isNegotiable: false,
      place: 'Dusun Krajan',
      contact: '6281234567890',
      seller: 'Pak Tani',
    });
    expect(searchText(listing, 'Gintangan')).toBe(
      'buah naga merah hasil tani sayur buah gintangan dusun krajan',
    );
  });

  test.each([
    [{ price: 0 }, null, true],
    [{}, null, true],
    [{ price: -5 }, null, true],
    [{ price: 'abc' }, null, true],
    [{ price: 7500.4 }, 7500, false],
    [{ price: 8000, negotiable: true }, 8000, true],
  ])('with %o costs %s and is by agreement: %s', (fields, price, isNegotiable) => {
    expect(readListing(fields)).toMatchObject({ price, isNegotiable });
  });

  test('of an unknown category, unit or shape is still a listing', () => {
    const listing = readListing({
      title: 'x'.repeat(200),
      category: 'rocket',
      quantity: 'banyak',
      unit: 'Gelas',
    });
    expect(listing).toMatchObject({ category: 'other', quantity: null, unit: 'gelas' });
    expect(listing.title).toHaveLength(80);
  });

  test('shows no contact that was not given', () => {
    expect(readListing({ title: 'Kopi', show_contact: false }).contact).toBeNull();
  });

  test.each([
    ['Kilo', 'kg'],
    ['per kg', 'kg'],
    ['/kg', 'kg'],
    ['kwintal', 'kuintal'],
    ['sak', 'karung'],
    ['biji', 'butir'],
    [null, null],
    ['', null],
  ])('the unit %j is %j', (typed, unit) => {
    expect(readUnit(typed)).toBe(unit);
  });

  test('of produce ends after 7 days, of crafts after 60, and its seller is asked before', () => {
    const from = new Date('2026-08-10T00:00:00Z');
    const days = (date: Date) => (date.getTime() - from.getTime()) / 86_400_000;
    expect(CATEGORIES.map((category) => days(listingClocks(category, from).expiresAt))).toEqual([
      7, 7, 7, 7, 60, 60,
    ]);
    for (const category of CATEGORIES) {
      const { checkAt, expiresAt } = listingClocks(category, from);
      expect(days(checkAt)).toBeLessThan(days(expiresAt));
      expect(days(checkAt)).toBeGreaterThan(0);
    }
  });
});

describe('an act on a listing', () => {
  const ACTS: ChangeListing['act'][] = ['sold', 'withdraw', 'renew', 'approve', 'refuse', 'take_down'];
  /** Per status: what each act of ACTS makes of it; '=' it was so before, '-' it may not be. */
  const TABLE = {
    waiting: ['sold', 'withdrawn', '-', 'published', 'refused', 'taken_down'],
    published: ['sold', 'withdrawn', 'published', '=', '-', 'taken_down'],
    sold: ['=', '-', '-', '-', '-', '-'],
    withdrawn: ['-', '=', '-', '-', '-', '-'],
    expired: ['sold', 'withdrawn', 'published', '-', '-', 'taken_down'],
    refused: ['-', '-', '-', '-', '=', '-'],
    taken_down: ['-', '-', '-', '-', '-', '='],
  };

  test.each(
    LISTING_STATUSES.flatMap((status) => ACTS.map((act, n) => [status, act, TABLE[status][n]!] as const)),
  )('on one that is %s: %s → %s', (status, act, expected) => {
    const decided = decideListing(status, act);
    expect(decided === null ? '-' : decided.isChange ? decided.status : '=').toBe(expected);
  });

  test('approving, refusing and taking down are an officer’s, the rest the seller’s', () => {
    expect(ACTS.map(actorOfListing)).toEqual(['seller', 'seller', 'seller', 'officer', 'officer', 'officer']);
  });
});
