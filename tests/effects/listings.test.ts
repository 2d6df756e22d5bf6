import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consoleAsker } from '../../src/core/asker.js';
import type { Asker } from '../../src/core/asker.js';
import type { ChangeListing, EffectOf } from '../../src/core/effect.js';
import type { JsonObject } from '../../src/core/json.js';
import { appliers } from '../../src/effects/index.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

let stage: Stage;
let farmer: Asker;
let sri: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  farmer = await stage.aResident({ name: 'Pak Tani' });
  sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
});
afterAll(() => stage.close());

function publish(
  fields: JsonObject = {},
  more: { draft?: string; photos?: string[] } = {},
): EffectOf<'publish_listing'> {
  return {
    kind: 'publish_listing',
    draft: more.draft ?? v7(),
    fields: {
      title: 'Buah naga merah',
      category: 'produce',
      quantity: { amount: 10, unit: 'kg' },
      price: 8000,
      ...fields,
    },
    photos: more.photos ?? [],
  };
}

function change(code: string, act: ChangeListing['act'], reason?: string): EffectOf<'change_listing'> {
  return { kind: 'change_listing', code, act, ...(reason ? { reason } : {}) };
}

/** A farmer whose first listing was approved. */
async function trust(seller: Asker): Promise<string> {
  const { code } = await stage.aListing(seller);
  await stage.apply(sri, change(code, 'approve'));
  return code;
}

describe('a seller’s first listing', () => {
  test('waits for an officer’s tap, with its photos and what to look at', async () => {
    const photos = [await stage.aPhoto(farmer), await stage.aPhoto(farmer)];
    const result = await stage.apply(farmer, publish({}, { photos: photos.toReversed() }));
    expect(result).toEqual({
      code: expect.stringMatching(/^P-/u),
      status: 'waiting',
      reason: null,
      is_new: true,
    });
    expect(await stage.notified(sri)).toEqual([
      {
        kind: 'officer-listing',
        number: 0,
        vars: {
          code: result.code,
          title: 'Buah naga merah',
          price: 8000,
          unit: 'kg',
          quantity: 10,
          seller: 'Pak Tani',
          status: 'waiting',
          village: 'Gintangan',
          flags: ['first'],
          photo: photos[1],
          photos: photos.toReversed(),
          reports: 0,
        },
      },
    ]);
    expect(await stage.rows('SELECT FROM timers')).toHaveLength(0);
  });

  test('approved is published, gets its clocks, and the seller is told', async () => {
    const { code, id } = await stage.aListing(farmer);
    expect(await stage.apply(sri, change(code, 'approve'))).toEqual({
      outcome: 'done',
      title: 'Buah naga merah',
    });
    const [row] = await stage.rows('SELECT status, published_at, expires_at, decided_by FROM listings');
    expect(row).toEqual({
      status: 'published',
      published_at: stage.now,
      expires_at: new Date('2026-08-17T01:00:00Z'),
      decided_by: sri.officer!.id,
    });
    expect(
      await stage.rows('SELECT kind, due_at FROM timers WHERE subject_id = $1 ORDER BY due_at', [id]),
    ).toEqual([
      { kind: 'listing_check', due_at: new Date('2026-08-16T01:00:00Z') },
      { kind: 'listing_expiry', due_at: new Date('2026-08-17T01:00:00Z') },
    ]);
    expect(await stage.told(farmer)).toEqual([
      {
        flow: 'listing-notice',
        vars: { code, title: 'Buah naga merah', event: 'published', text: null, whose: farmer.residentId },
      },
    ]);
  });

  test('refused tells the seller why', async () => {
    const { code } = await stage.aListing(farmer);
    await stage.apply(sri, change(code, 'refuse', 'Fotonya tidak jelas'));
    expect((await stage.told(farmer))[0]!.vars).toEqual({
      code,
      whose: farmer.residentId,
      title: 'Buah naga merah',
      event: 'refused',
      text: 'Fotonya tidak jelas',
    });
    expect(await stage.rows('SELECT action, data FROM audit_log')).toEqual([
      { action: 'listing_refused', data: { code, reason: 'Fotonya tidak jelas' } },
    ]);
  });

  test('the same draft five times at once is one listing', async () => {
    const same = publish();
    const results = await Promise.all(Array.from({ length: 5 }, () => stage.apply(farmer, same)));
    expect(new Set(results.map((result) => result.code)).size).toBe(1);
    expect(results.filter((result) => result.is_new)).toHaveLength(1);
    expect(await stage.rows('SELECT FROM listings')).toHaveLength(1);
  });
});

describe('a later listing', () => {
  test('is published at once', async () => {
    await trust(farmer);
    expect(await stage.apply(farmer, publish({ title: 'Jeruk siam' }))).toMatchObject({
      status: 'published',
    });
  });

  test('with a doubtful word waits', async () => {
    await trust(farmer);
    expect(await stage.apply(farmer, publish({ title: 'Burung perkutut' }))).toMatchObject({
      status: 'waiting',
    });
    expect((await stage.notified(sri)).at(-1)!.vars['flags']).toEqual(['wildlife']);
  });

  test('of a seller whose listing was taken down waits again', async () => {
    const code = await trust(farmer);
    await stage.apply(sri, change(code, 'take_down', 'Penipuan'));
    expect(await stage.apply(farmer, publish({ title: 'Jeruk siam' }))).toMatchObject({ status: 'waiting' });
  });

  test('of forbidden goods is refused at once, with the group, and no officer is asked', async () => {
    await trust(farmer);
    const before = (await stage.notified(sri)).length;
    expect(await stage.apply(farmer, publish({ title: 'Rokok kretek' }))).toMatchObject({
      status: 'refused',
      reason: 'tobacco',
    });
    expect(await stage.notified(sri)).toHaveLength(before);
  });

  test.each([
    [24_000, 'published'],
    [24_001, 'waiting'],
    [2_667, 'published'],
    [2_666, 'waiting'],
  ])('for Rp%s where the like costs 8,000 is %s', async (price, status) => {
    for (let n = 0; n < 3; n++) await trust(await stage.aResident());
    await trust(farmer);
    expect((await stage.apply(farmer, publish({ price }))).status).toBe(status);
  });

  test('of another unit is not compared, nor where there are too few of the like', async () => {
    await trust(farmer);
    expect(await stage.apply(farmer, publish({ price: 900_000 }))).toMatchObject({ status: 'published' });
    for (let n = 0; n < 3; n++) await trust(await stage.aResident());
    const sold = publish({ price: 900_000, quantity: { amount: 1, unit: 'ton' } });
    expect(await stage.apply(farmer, sold)).toMatchObject({ status: 'published' });
  });

  test('holds no identity number and is found under its village', async () => {
    await trust(farmer);
    const { code } = await stage.apply(
      farmer,
      publish({ title: 'Jeruk siam', description: 'NIK 3510121708900001' }),
    );
    const [row] = await stage.rows('SELECT description, search_text, seller FROM listings WHERE code = $1', [
      code,
    ]);
    expect(row).toMatchObject({ description: 'NIK 351012******0001', seller: 'Pak Tani' });
    expect(row!['search_text']).toContain('gintangan');
  });
});

describe('a seller', () => {
  test.each([
    ['sold', 'sold'],
    ['withdraw', 'withdrawn'],
  ] as const)('may say %s, and its clocks stop', async (act, status) => {
    const code = await trust(farmer);
    expect(await stage.apply(farmer, change(code, act))).toMatchObject({ outcome: 'done' });
    expect(await stage.rows('SELECT status, closed_at FROM listings')).toEqual([
      { status, closed_at: stage.now },
    ]);
    expect(await stage.rows('SELECT FROM timers WHERE done_at IS NULL')).toHaveLength(0);
    expect((await stage.told(farmer)).map(({ vars }) => vars['event'])).toEqual(['published']);
  });

  test('may renew what has ended', async () => {
    const code = await trust(farmer);
    await stage.pool.query(`UPDATE listings SET status = 'expired', closed_at = now()`);
    stage.now = new Date('2026-08-20T01:00:00Z');
    expect(await stage.apply(farmer, change(code, 'renew'))).toMatchObject({ outcome: 'done' });
    expect(await stage.rows('SELECT status, closed_at, expires_at FROM listings')).toEqual([
      { status: 'published', closed_at: null, expires_at: new Date('2026-08-27T01:00:00Z') },
    ]);
  });

  test('may not renew what an officer took down', async () => {
    const code = await trust(farmer);
    await stage.apply(sri, change(code, 'take_down', 'Penipuan'));
    expect(await stage.apply(farmer, change(code, 'renew'))).toMatchObject({ outcome: 'not_allowed' });
  });

  test('finds no listing of another', async () => {
    const code = await trust(farmer);
    const other = await stage.aResident();
    for (const act of ['sold', 'withdraw', 'renew'] as const)
      expect(await stage.apply(other, change(code, act))).toEqual({ outcome: 'not_found', title: null });
  });

  test('does not decide over it, officer or not', async () => {
    const selling = { ...farmer, officer: sri.officer };
    const { code } = await stage.aListing(selling);
    expect(await stage.apply(selling, change(code, 'approve'))).toMatchObject({ outcome: 'not_allowed' });
    expect(await stage.rows('SELECT status FROM listings')).toEqual([{ status: 'waiting' }]);
  });
});

describe('an officer', () => {
  test.each(['approve', 'refuse', 'take_down'] as const)(
    'of another village finds nothing to %s',
    async (act) => {
      const { code } = await stage.aListing(farmer);
      const stranger = await stage.anOfficer('Pak Lain', [{ role: 'kepala_desa', village: ELSEWHERE }]);
      for (const asker of [stranger, consoleAsker(stranger.officer!), await stage.aResident()])
        expect(await stage.apply(asker, change(code, act))).toEqual({ outcome: 'not_found', title: null });
      expect(await stage.rows('SELECT status FROM listings')).toEqual([{ status: 'waiting' }]);
    },
  );

  test('who taps after another is told that it is done, or too late', async () => {
    const { code } = await stage.aListing(farmer);
    const slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
    const both = await Promise.all([
      stage.apply(sri, change(code, 'approve')),
      stage.apply(slamet, change(code, 'approve')),
    ]);
    expect(both.map((result) => result.outcome)).toEqual(['done', 'done']);
    expect(await stage.told(farmer)).toHaveLength(1);
    expect(await stage.apply(slamet, change(code, 'refuse', 'Terlambat'))).toMatchObject({
      outcome: 'not_allowed',
    });
  });
});

describe('a request to be called', () => {
  const call = (code: string): EffectOf<'request_call'> => ({
    kind: 'request_call',
    code,
    phone: '6281234567890',
  });

  test('reaches the seller once, with the number and nothing else of the buyer', async () => {
    const code = await trust(farmer);
    const buyer = await stage.aResident();
    const before = (await stage.told(farmer)).length;
    expect(await stage.apply(buyer, call(code))).toEqual({ outcome: 'done' });
    expect(await stage.apply(buyer, call(code))).toEqual({ outcome: 'done' });
    const told = (await stage.told(farmer)).slice(before);
    expect(told).toMatchObject([
      { flow: 'listing-notice', vars: { code, event: 'call', phone: '6281234567890', text: null } },
    ]);
    expect(JSON.stringify(told)).not.toContain(buyer.conversationId);
  });

  test('of the seller, or for what is not on the market, tells nobody', async () => {
    const code = await trust(farmer);
    const before = (await stage.told(farmer)).length;
    expect(await stage.apply(farmer, call(code))).toEqual({ outcome: 'own' });
    await stage.apply(farmer, change(code, 'withdraw'));
    expect(await stage.apply(await stage.aResident(), call(code))).toEqual({ outcome: 'not_found' });
    expect(await stage.apply(await stage.aResident(), call('K7M2-PXQ4-3'))).toEqual({ outcome: 'not_found' });
    expect(await stage.told(farmer)).toHaveLength(before);
  });
});

describe('reports', () => {
  const report = (code: string): EffectOf<'report_listing'> => ({
    kind: 'report_listing',
    code,
    reason: 'fraud',
  });
  const status = async () => (await stage.rows<{ status: string }>('SELECT status FROM listings'))[0]!.status;

  test('of three people bring a listing back to an officer', async () => {
    const code = await trust(farmer);
    const buyers = [await stage.aResident(), await stage.aResident(), await stage.aResident()];
    await stage.apply(buyers[0]!, report(code));
    await stage.apply(buyers[1]!, report(code));
    expect(await status()).toBe('published');
    await stage.apply(buyers[2]!, report(code));
    expect(await status()).toBe('waiting');
    expect((await stage.notified(sri)).at(-1)).toMatchObject({
      kind: 'officer-listing',
      number: 3,
      vars: { code, reports: 3, flags: ['reported'] },
    });
  });

  test('are told the officers from the first on, while it stays on the market', async () => {
    const code = await trust(farmer);
    const before = (await stage.notified(sri)).length;
    await stage.apply(await stage.aResident(), report(code));
    await stage.apply(await stage.aResident(), report(code));
    expect((await stage.notified(sri)).slice(before)).toEqual([
      {
        kind: 'officer-listing',
        number: 1,
        vars: expect.objectContaining({ code, reports: 1, status: 'published', flags: ['reported'] }),
      },
    ]);
    expect(await status()).toBe('published');
    expect(await stage.apply(sri, change(code, 'refuse', 'Penipuan'))).toMatchObject({ outcome: 'done' });
    expect(await status()).toBe('taken_down');
  });

  test('of three people in one batch do so too', async () => {
    const code = await trust(farmer);
    const buyers = [await stage.aResident(), await stage.aResident(), await stage.aResident()];
    await stage.applyAll(buyers.map((asker) => ({ asker, effect: report(code) })));
    expect(await status()).toBe('waiting');
  });

  test('of one person count once', async () => {
    const code = await trust(farmer);
    const buyer = await stage.aResident();
    for (let n = 0; n < 4; n++) await stage.apply(buyer, report(code));
    expect(await status()).toBe('published');
    expect(await stage.rows('SELECT FROM listing_reports')).toHaveLength(1);
  });

  test('from before an officer let it pass do not count again', async () => {
    const code = await trust(farmer);
    for (let n = 0; n < 3; n++) await stage.apply(await stage.aResident(), report(code));
    stage.now = new Date(stage.now.getTime() + 60_000);
    await stage.apply(sri, change(code, 'approve'));
    await stage.apply(await stage.aResident(), report(code));
    expect(await status()).toBe('published');
  });

  test('of what is no listing change nothing', async () => {
    for (const code of ['', 'halo', 'P-0000-000']) expect(await stage.apply(farmer, report(code))).toBeNull();
  });
});

test('who withdraws consent to the market stands in it with no contact any longer', async () => {
  await trust(farmer);
  await stage.apply(farmer, { kind: 'record_consent', purpose: 'market', version: '1', given: true });
  const { code } = await stage.apply(farmer, publish({ title: 'Jeruk siam', contact: '081234567890' }));
  const contact = () => stage.rows('SELECT contact FROM listings WHERE code = $1', [code]);
  expect(await contact()).toEqual([{ contact: '6281234567890' }]);
  await stage.apply(farmer, { kind: 'record_consent', purpose: 'market', version: '1', given: false });
  expect(await contact()).toEqual([{ contact: null }]);
});

test('a contact is published only where consent to the market stands', async () => {
  await trust(farmer);
  const consent = (given: boolean) =>
    stage.apply(farmer, { kind: 'record_consent', purpose: 'market', version: '1', given });
  const contacts = async () =>
    (
      await stage.rows<{ contact: string | null }>(
        `SELECT contact FROM listings WHERE title LIKE 'Jeruk%' ORDER BY title`,
      )
    ).map((row) => row.contact);
  await stage.apply(farmer, publish({ title: 'Jeruk A', contact: '081234567890' }));
  await consent(true);
  await stage.apply(farmer, publish({ title: 'Jeruk B', contact: '081234567890' }));
  expect(await contacts()).toEqual([null, '6281234567890']);
  stage.now = new Date(stage.now.getTime() + 1000);
  await consent(false);
  await stage.apply(farmer, publish({ title: 'Jeruk C', contact: '081234567890' }));
  expect(await contacts()).toEqual([null, null, null]);
});

test('consent is recorded before what needs it, whatever the order of a turn', () => {
  const kinds = Object.keys(appliers);
  expect(kinds.indexOf('record_consent')).toBeLessThan(kinds.indexOf('publish_listing'));
});
