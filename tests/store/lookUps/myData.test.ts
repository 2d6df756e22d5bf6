import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../../src/core/asker.js';
import { aStage, type Stage } from '../../effects/stage.js';

let stage: Stage;
let siti: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
});
afterAll(() => stage.close());

describe('what is kept of a resident', () => {
  test('is told to them: requests and goods by their numbers, words and files counted', async () => {
    const { code } = await stage.aCase(siti);
    await stage.aListing(siti);
    await stage.aPhoto(siti);
    await stage.apply(siti, { kind: 'record_consent', purpose: 'market', version: '1', given: true });
    await stage.apply(siti, { kind: 'record_consent', purpose: 'notification', version: '1', given: true });
    await stage.apply(siti, { kind: 'record_consent', purpose: 'notification', version: '1', given: false });
    const seen = await stage.look(siti, 'my_data', {});
    expect(seen).toMatchObject({
      found: true,
      name: 'Bu Siti Aminah',
      place: 'Gintangan',
      language: 'Bahasa Indonesia',
      accounts: 1,
      cases: `${code} (10-08-2026)`,
      files: 1,
      messages: 0,
      market: 'yes',
      news: null,
      reminders: null,
    });
    expect(seen.listings).toContain('Buah naga merah');
  });

  test('is nobody else’s', async () => {
    const { code } = await stage.aCase(siti);
    const seen = await stage.look(await stage.aResident({ name: 'Pak Lain' }), 'my_data', {});
    expect(JSON.stringify(seen)).not.toMatch(new RegExp(`Siti|${code}`, 'u'));
  });

  test('is not told while history is hidden', async () => {
    await stage.aCase(siti);
    const hidden = { ...siti, hidden: { why: 'silence' as const, since: stage.now } };
    const seen = await stage.look(hidden, 'my_data', {});
    expect(seen).toMatchObject({ found: false, name: null, cases: null, since: null });
  });
});
