import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../../src/core/asker.js';
import type { JsonObject } from '../../../src/core/json.js';
import { aStage, ELSEWHERE, HERE, type Stage } from '../../effects/stage.js';

let stage: Stage;
let buyer: Asker;
let farmer: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  buyer = await stage.aResident();
  farmer = await stage.aResident({ name: 'Pak Tani' });
});
afterAll(() => stage.close());

async function published(seller: Asker, fields: JsonObject): Promise<string> {
  const { code, id } = await stage.aListing(seller, fields);
  await stage.pool.query(
    `UPDATE listings SET status = 'published', published_at = $2, expires_at = $2::timestamptz + interval '7 days' WHERE id = $1`,
    [id, stage.now],
  );
  return code;
}

const find = async (text: string) =>
  (await stage.look(buyer, 'find_listings', { text })).items.map((item) => item.title);

describe('find_listings', () => {
  beforeEach(async () => {
    const other = await stage.aResident({ village: ELSEWHERE });
    await published(other, { title: 'Jeruk siam manis', description: 'langsung dari kebun' });
    await published(farmer, { title: 'Buah naga merah' });
    await published(farmer, { title: 'Jeruk purut' });
    await stage.aListing(await stage.aResident(), { title: 'Jeruk bali' });
  });

  test.each([
    ['naga', ['Buah naga merah']],
    ['BUAH NAGA', ['Buah naga merah']],
    ['nagaa', ['Buah naga merah']],
    ['manis kebun', ['Jeruk siam manis']],
    ['mobil', []],
    ['100%', []],
  ])('%j finds %j', async (text, titles) => {
    expect(await find(text)).toEqual(titles);
  });

  test('shows the own village first, and what waits not at all', async () => {
    expect(await find('jeruk')).toEqual(['Jeruk purut', 'Jeruk siam manis']);
  });

  test('finds by the village', async () => {
    expect(await find('naga gintangan')).toEqual(['Buah naga merah']);
  });

  test('without words shows the newest', async () => {
    expect(await find(' ')).toHaveLength(3);
  });

  test('does not show what has ended, whether the timer ran or not', async () => {
    stage.now = new Date(stage.now.getTime() + 7 * 86_400_000);
    expect(await find('jeruk')).toEqual([]);
  });
});

describe('one listing', () => {
  test('is seen by everybody once published, with what the seller agreed to show', async () => {
    await stage.apply(farmer, { kind: 'record_consent', purpose: 'market', version: '1', given: true });
    const code = await published(farmer, { contact: '081234567890' });
    expect(await stage.look(buyer, 'listing_by_code', { code: code.toLowerCase() })).toEqual({
      found: true,
      code,
      title: 'Buah naga merah',
      status: 'published',
      price: 8000,
      unit: 'kg',
      quantity: 10,
      village: 'Gintangan',
      contact: '6281234567890',
      seller: 'Pak Tani',
      photo: null,
      published: stage.now.toISOString(),
    });
  });

  test('that waits is seen by its seller alone', async () => {
    const { code } = await stage.aListing(farmer);
    expect(await stage.look(buyer, 'listing_by_code', { code })).toMatchObject({
      found: false,
      title: '',
      contact: null,
    });
    expect(await stage.look(farmer, 'listing_by_code', { code })).toMatchObject({
      found: true,
      status: 'waiting',
    });
  });

  test('shows its first stored photo', async () => {
    const { code, id } = await stage.aListing(farmer);
    const photos = [await stage.aPhoto(farmer), await stage.aPhoto(farmer), await stage.aPhoto(farmer)];
    await stage.pool.query(
      `UPDATE attachments a SET listing_id = $1, position = p.ord FROM unnest($2::uuid[]) WITH ORDINALITY p (id, ord) WHERE a.id = p.id`,
      [id, photos],
    );
    await stage.pool.query(`UPDATE attachments SET state = 'waiting' WHERE id = $1`, [photos[0]]);
    expect(await stage.look(farmer, 'listing_by_code', { code })).toMatchObject({ photo: photos[1] });
  });

  test('by a case’s code, or none, is not found', async () => {
    const { code } = await stage.aCase(buyer);
    for (const text of [code, 'halo', ''])
      expect(await stage.look(buyer, 'listing_by_code', { code: text })).toMatchObject({ found: false });
  });
});

test('a seller’s own listings are those that wait or are published', async () => {
  const waiting = await stage.aListing(farmer, { title: 'Jeruk bali' });
  stage.now = new Date(stage.now.getTime() + 1000);
  const code = await published(farmer, {});
  await published(buyer, { title: 'Batik gajah oling' });
  expect((await stage.look(farmer, 'my_listings', {})).items.map((item) => item.code)).toEqual([
    code,
    waiting.code,
  ]);
  await stage.apply(farmer, { kind: 'change_listing', code, act: 'sold' });
  expect(await stage.look(farmer, 'my_listings', {})).toMatchObject({ count: 1 });
  expect(
    await stage
      .anOfficer('Bu Sri', [{ role: 'operator', village: HERE }])
      .then((sri) => stage.look(sri, 'my_listings', {})),
  ).toEqual({
    count: 0,
    items: [],
    hidden: false,
  });
});
