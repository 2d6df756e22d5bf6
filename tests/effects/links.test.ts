import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { appliers } from '../../src/effects/index.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

let stage: Stage;
/** Siti on WhatsApp, where she has been for long, and on Telegram. */
let original: Asker;
let joining: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  original = await stage.aResident({ platform: 'whatsapp', name: 'Siti' });
  joining = await stage.aResident({ platform: 'telegram', name: null, village: null });
});
afterAll(() => stage.close());

/** The same address, as converse would load it now. */
async function now(asker: Asker): Promise<Asker> {
  const [row] = await stage.rows<{ resident: string; village: string | null; language: string }>(
    `SELECT r.id AS resident, r.village_id AS village, r.language FROM addresses a JOIN residents r ON r.id = a.resident_id
     WHERE a.id = $1`,
    [asker.addressId],
  );
  return { ...asker, residentId: row!.resident, villageId: row!.village, language: row!.language };
}
const make = async (asker = original): Promise<string> =>
  (await stage.apply(asker, { kind: 'make_link_code' })).code;
const use = (code: string, asker = joining) => stage.apply(asker, { kind: 'use_link_code', code });
async function asked(asker = original): Promise<string> {
  const told = (await stage.told(asker)).filter(({ flow }) => flow === 'link-confirm');
  return told.at(-1)!.vars['link'] as string;
}
async function linked(): Promise<string> {
  await use(await make());
  const link = await asked();
  await stage.apply(original, { kind: 'confirm_link', link, accept: true });
  return link;
}
const cases = async (asker: Asker) =>
  (await stage.look(await now(asker), 'my_cases', {})).items.map(({ code }) => code);
const later = (minutes: number): void => {
  stage.now = new Date(stage.now.getTime() + minutes * 60_000);
};

describe('a code', () => {
  test('is shown in two groups, and kept as a keyed digest alone', async () => {
    const made = await stage.apply(original, { kind: 'make_link_code' });
    expect(made).toEqual({ outcome: 'made', code: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/u) });
    const all = JSON.stringify(await stage.rows('SELECT * FROM link_codes'));
    expect(all).not.toContain(made.code);
    expect(all).not.toContain(made.code.replace('-', ''));
  });

  test('ends where a new one is asked for, and after a quarter of an hour', async () => {
    const [first, second] = [await make(), await make()];
    expect(await use(first)).toEqual({ outcome: 'used', platform: null });
    later(15);
    expect(await use(second)).toEqual({ outcome: 'expired', platform: null });
  });

  test('is asked for five times within an hour', async () => {
    for (let n = 0; n < 5; n++) await make();
    expect(await stage.apply(original, { kind: 'make_link_code' })).toEqual({ outcome: 'limited', code: '' });
    later(61);
    expect((await stage.apply(original, { kind: 'make_link_code' })).outcome).toBe('made');
  });

  test('by which a third chat joins from the second one is told of in the first one, where it can be unlinked', async () => {
    await linked();
    const third = await stage.aResident({ platform: 'whatsapp', name: 'Joko' });
    const second = await now(joining);
    await use(await make(second), third);
    await stage.apply(second, { kind: 'confirm_link', link: await asked(second), accept: true });
    const told = (await stage.told(original)).filter(({ flow }) => flow === 'link-notice');
    expect(told).toEqual([
      { flow: 'link-notice', vars: { event: 'another', platform: 'whatsapp', name: expect.any(String) } },
    ]);
    const { items } = await stage.look(await now(original), 'my_addresses', {});
    const link = items.find(({ platform }) => platform === 'whatsapp')!.link;
    expect(await stage.apply(await now(original), { kind: 'unlink', link })).toMatchObject({
      outcome: 'done',
    });
    expect((await now(third)).residentId).toBe(third.residentId);
  });

  describe('of three, of whom the third joined through the second', () => {
    let third: Asker;
    let [first, last] = ['', ''];
    beforeEach(async () => {
      third = await stage.aResident({ platform: 'whatsapp', name: 'Joko' });
      first = await linked();
      const second = await now(joining);
      await use(await make(second), third);
      last = await asked(second);
      await stage.apply(second, { kind: 'confirm_link', link: last, accept: true });
      await stage.pool.query('DELETE FROM inbound_messages');
    });
    const told = async (asker: Asker) =>
      (await stage.told(asker)).map(({ flow, vars }) => [flow, vars['event']]);
    const UNLINKED = [['link-notice', 'unlinked']];

    test('the second goes with whom it let in, and each is told once', async () => {
      const his = await stage.aCase(await now(third));
      expect((await now(third)).residentId).toBe(original.residentId);
      expect(await stage.apply(await now(original), { kind: 'unlink', link: first })).toMatchObject({
        outcome: 'done',
      });
      expect((await now(joining)).residentId).toBe(joining.residentId);
      expect((await now(third)).residentId).toBe(third.residentId);
      expect([await cases(original), await cases(third)]).toEqual([[], [his.code]]);
      expect([await told(joining), await told(third), await told(original)]).toEqual([
        UNLINKED,
        UNLINKED,
        [],
      ]);
      expect(await stage.rows('SELECT id FROM address_links WHERE ended_at IS NULL')).toEqual([]);
    });

    test('the third goes alone; the second is told, but not where somebody else may read it', async () => {
      await stage.pool.query('UPDATE addresses SET hidden_since = $2 WHERE id = $1', [
        joining.addressId,
        stage.now,
      ]);
      await stage.apply(await now(third), { kind: 'unlink', link: last });
      expect((await now(joining)).residentId).toBe(original.residentId);
      expect(await told(joining)).toEqual([]);
    });
  });

  test('joins nothing where it was made, nor what is linked already', async () => {
    const code = await make();
    expect((await use(code, original)).outcome).toBe('own');
    await use(code);
    await stage.apply(original, { kind: 'confirm_link', link: await asked(), accept: true });
    expect((await use(await make(await now(original)), await now(joining))).outcome).toBe('already');
    const third = await stage.aResident({ platform: 'whatsapp' });
    expect((await use(await make(third), await now(joining))).outcome).toBe('linked');
  });

  test('is understood with words around it; a slip is told, and what is none is none', async () => {
    const code = await make();
    expect((await use('whatsapp saya')).outcome).toBe('none');
    expect((await use(`${code.slice(0, -1)}${code.endsWith('7') ? '8' : '7'}`)).outcome).toBe('typo');
    expect(await use(`akun saya ${code.replace('-', ' ').toLowerCase()}`)).toEqual({
      outcome: 'asked',
      platform: 'whatsapp',
    });
    expect((await use(code, await stage.aResident())).outcome).toBe('used');
  });

  test('is tried ten times within an hour by one conversation, and nobody else is held up', async () => {
    const code = await make();
    for (let n = 0; n < 10; n++) expect((await use('4TB2-9KET')).outcome).toBe('wrong');
    expect((await use(code)).outcome).toBe('limited');
    expect((await use(code, await stage.aResident())).outcome).toBe('asked');
    expect(JSON.stringify(await stage.rows('SELECT * FROM code_attempts'))).not.toContain('4TB2');
  });

  test('two who bring it at once: one is asked for', async () => {
    const other = await stage.aResident();
    const code = await make();
    const effect = { kind: 'use_link_code' as const, code };
    const results = await stage.applyAll([
      { asker: joining, effect },
      { asker: other, effect },
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['asked', 'used']);
    expect(await stage.rows('SELECT FROM address_links')).toHaveLength(1);
  });

  test('of an officer’s chat there is none, and none is taken there', async () => {
    const officer = await stage.anOfficer('Pak Budi', [{ role: 'operator', village: HERE }]);
    expect(await stage.apply(officer, { kind: 'make_link_code' })).toEqual({ outcome: 'officer', code: '' });
    expect((await use(await make(), officer)).outcome).toBe('officer');
  });

  test('none is made or taken while history is hidden', async () => {
    const hidden = { since: stage.now, why: 'silence' as const };
    expect((await stage.apply({ ...original, hidden }, { kind: 'make_link_code' })).outcome).toBe('hidden');
    expect((await use(await make(), { ...joining, hidden })).outcome).toBe('hidden');
  });
});

describe('the question on the first address', () => {
  test('says who wants to join; yes makes one person of both, with all that is theirs', async () => {
    const before = await stage.aCase(original);
    const own = await stage.aResident({ platform: 'telegram', name: 'Siti Aminah' });
    const other = await stage.aCase(own);
    const listing = await stage.aListing(own);
    await stage.apply(own, { kind: 'set_language', language: 'en' });
    expect((await use(await make(), own)).outcome).toBe('asked');
    expect(await stage.told(original)).toEqual([
      { flow: 'link-confirm', vars: { link: expect.any(String), platform: 'telegram', name: 'Siti Aminah' } },
    ]);
    expect(await cases(original)).toEqual([before.code]);
    const link = await asked();
    expect(await stage.apply(original, { kind: 'confirm_link', link, accept: true })).toEqual({
      outcome: 'linked',
      platform: 'telegram',
      name: 'Siti Aminah',
    });
    expect((await cases(original)).toSorted()).toEqual([before.code, other.code].toSorted());
    expect((await cases(own)).toSorted()).toEqual([before.code, other.code].toSorted());
    expect((await stage.look(await now(original), 'my_listings', {})).items.map(({ code }) => code)).toEqual([
      listing.code,
    ]);
    expect(await now(own)).toMatchObject({
      residentId: original.residentId,
      language: 'id',
      villageId: HERE,
    });
    expect(await stage.told(own)).toContainEqual({
      flow: 'link-notice',
      vars: { event: 'linked', platform: 'whatsapp', name: 'Siti' },
    });
    expect(stage.nudges.converse).toBe(true);
  });

  test('no changes nothing, and is told politely', async () => {
    const { code } = await stage.aCase(original);
    await use(await make());
    const link = await asked();
    const no = { kind: 'confirm_link' as const, link, accept: false };
    expect((await stage.apply(original, no)).outcome).toBe('refused');
    expect((await stage.apply(original, no)).outcome).toBe('refused');
    expect((await stage.apply(original, { ...no, accept: true })).outcome).toBe('expired');
    expect(await now(joining)).toMatchObject({ residentId: joining.residentId });
    expect(await cases(joining)).toEqual([]);
    expect(await cases(original)).toEqual([code]);
    expect((await stage.told(joining)).map(({ vars }) => vars['event'])).toEqual(['refused']);
  });

  test('is answered there alone, and within a day', async () => {
    await use(await make());
    const link = await asked();
    const yes = { kind: 'confirm_link' as const, link, accept: true };
    expect((await stage.apply(joining, yes)).outcome).toBe('not_found');
    expect((await stage.apply(await stage.aResident(), yes)).outcome).toBe('not_found');
    later(24 * 60 + 1);
    expect((await stage.apply(original, yes)).outcome).toBe('expired');
    expect((await now(joining)).residentId).toBe(joining.residentId);
  });

  test('said twice links once', async () => {
    const link = await linked();
    const told = (await stage.told(joining)).length;
    expect((await stage.apply(original, { kind: 'confirm_link', link, accept: true })).outcome).toBe(
      'linked',
    );
    expect(await stage.told(joining)).toHaveLength(told);
  });

  test('comes to nothing where either has become an officer’s chat, or somebody else’s, meanwhile', async () => {
    await use(await make());
    const link = await asked();
    const other = await stage.aResident();
    await stage.pool.query('UPDATE addresses SET resident_id = $2 WHERE id = $1', [
      joining.addressId,
      other.residentId,
    ]);
    expect((await stage.apply(original, { kind: 'confirm_link', link, accept: true })).outcome).toBe(
      'expired',
    );
    expect((await now(joining)).residentId).toBe(other.residentId);
  });

  test('what is known of one is filled in from the other', async () => {
    const nameless = await stage.aResident({ platform: 'whatsapp', name: null, village: null });
    const known = await stage.aResident({ platform: 'telegram', name: 'Wayan', village: ELSEWHERE });
    await use(await make(nameless), known);
    await stage.apply(nameless, { kind: 'confirm_link', link: await asked(nameless), accept: true });
    expect(
      await stage.rows('SELECT name, village_id FROM residents WHERE id = $1', [nameless.residentId]),
    ).toEqual([{ name: 'Wayan', village_id: ELSEWHERE }]);
  });

  test('a consent taken back later, on either, holds for both', async () => {
    const own = await stage.aResident({ platform: 'telegram' });
    const consent = { kind: 'record_consent' as const, purpose: 'market' as const, version: '1' };
    await stage.apply(original, { ...consent, given: true });
    const listing = await stage.aListing(original, { contact: '6281234567890' });
    later(1);
    await stage.apply(own, { ...consent, given: false });
    await use(await make(), own);
    await stage.apply(original, { kind: 'confirm_link', link: await asked(), accept: true });
    expect(await stage.rows('SELECT contact FROM listings WHERE id = $1', [listing.id])).toEqual([
      { contact: null },
    ]);
  });

  test('a case whose opening is not committed yet is waited for, and goes along', async () => {
    await use(await make());
    const link = await asked();
    const draft = '0190a1b2-0000-7000-8000-000000000009';
    const effect = {
      kind: 'open_case' as const,
      draft,
      service: 'usaha',
      flow: 'business-letter',
      answers: {},
    };
    let confirming: Promise<unknown> = Promise.resolve();
    const code = await inTransaction(stage.pool, async (sql) => {
      const asker = { ...joining, villageId: HERE };
      const [opened] = await appliers.open_case(sql, [{ asker, effect }], stage.context());
      confirming = stage.apply(original, { kind: 'confirm_link', link, accept: true });
      // Until the other stands in front of the address that this one holds.
      for (let waits = false; !waits;)
        waits =
          (
            await stage.rows(
              `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
            )
          ).length > 0;
      return opened!.code;
    });
    expect(await confirming).toMatchObject({ outcome: 'linked' });
    expect(await cases(original)).toEqual([code]);
  });

  test('a case that is opened at the same moment from the one that joins goes along', async () => {
    await use(await make());
    const link = await asked();
    // The conversation was loaded before it was linked.
    const stale = { ...joining, villageId: HERE };
    await stage.apply(original, { kind: 'confirm_link', link, accept: true });
    const { code } = await stage.aCase(stale);
    expect(await cases(original)).toEqual([code]);
  });
});

describe('unlinked', () => {
  test.each(['original', 'joining'] as const)('from the %s one, each sees its own again', async (from) => {
    const before = await stage.aCase(original);
    const own = await stage.aCase({ ...joining, villageId: HERE });
    const link = await linked();
    const since = await stage.aCase(await now({ ...joining, villageId: HERE }));
    const asker = await now(from === 'original' ? original : joining);
    const seen = await stage.look(asker, 'my_addresses', {});
    expect(seen.items).toMatchObject([
      from === 'original'
        ? { link, platform: 'telegram', leaves: 'there' }
        : { link, platform: 'whatsapp', name: 'Siti', leaves: 'here' },
    ]);
    const cut = { kind: 'unlink' as const, link };
    expect(await stage.apply(asker, cut)).toEqual({
      outcome: 'done',
      platform: from === 'original' ? 'telegram' : 'whatsapp',
      leaves: from === 'original' ? 'there' : 'here',
    });
    expect((await now(joining)).residentId).toBe(joining.residentId);
    expect(await cases(original)).toEqual([before.code]);
    expect((await cases(joining)).toSorted()).toEqual([own.code, since.code].toSorted());
    expect((await stage.told(from === 'original' ? joining : original)).at(-1)).toEqual({
      flow: 'link-notice',
      vars: { event: 'unlinked', platform: from === 'original' ? 'whatsapp' : 'telegram', name: null },
    });
    expect((await stage.apply(await now(asker), cut)).outcome).toBe('not_found');
    expect((await stage.look(await now(original), 'my_addresses', {})).count).toBe(0);
  });

  test('by nobody else, and not while history is hidden', async () => {
    const link = await linked();
    const cut = { kind: 'unlink' as const, link };
    expect((await stage.apply(await stage.aResident(), cut)).outcome).toBe('not_found');
    const hidden = { since: stage.now, why: 'silence' as const };
    const veiled = { ...(await now(joining)), hidden };
    expect((await stage.apply(veiled, cut)).outcome).toBe('not_found');
    expect(await stage.look(veiled, 'my_addresses', {})).toEqual({ count: 0, items: [], names: null });
  });

  test('what was taken back meanwhile stays taken back on both', async () => {
    const consent = { kind: 'record_consent' as const, purpose: 'notification' as const, version: '1' };
    await stage.apply(joining, { ...consent, given: true });
    const link = await linked();
    later(5);
    await stage.apply(original, { ...consent, given: false });
    await stage.apply(await now(original), { kind: 'unlink', link });
    expect(
      await stage.rows(
        `SELECT DISTINCT ON (resident_id) given FROM consents WHERE resident_id = ANY ($1::uuid[])
         ORDER BY resident_id, at DESC`,
        [[original.residentId, joining.residentId]],
      ),
    ).toEqual([{ given: false }, { given: false }]);
  });
});
