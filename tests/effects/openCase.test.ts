import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EffectOf } from '../../src/core/effect.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
});
afterAll(() => stage.close());

function request(more: Partial<EffectOf<'open_case'>> = {}): EffectOf<'open_case'> {
  return {
    kind: 'open_case',
    draft: v7(),
    service: 'usaha',
    flow: 'business-letter',
    answers: { name: 'Warung' },
    ...more,
  };
}

describe('open_case', () => {
  test('opens a case with its code, place, due time and history', async () => {
    const siti = await stage.aResident();
    const result = await stage.apply(siti, request());
    expect(result).toEqual({
      code: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$/u),
      position: 1,
      // Eight working hours from Monday 08:00: the seed's day has 7.5 or 8 of them.
      due: expect.stringMatching(/^2026-08-1[01]T/u),
      is_new: true,
    });
    const [row] = await stage.rows(
      'SELECT village_id, status, resident_id, shown_position, event_count, answers FROM cases',
    );
    expect(row).toEqual({
      village_id: HERE,
      status: 'open',
      resident_id: siti.residentId,
      shown_position: 1,
      event_count: 1,
      answers: { name: 'Warung' },
    });
    const events = await stage.rows('SELECT number, kind, officer_id, data FROM case_events');
    expect(events).toEqual([
      { number: 1, kind: 'case_opened', officer_id: null, data: { service: 'usaha', step: null } },
    ]);
    const timers = await stage.rows<{ kind: string; due_at: Date }>('SELECT kind, due_at FROM timers');
    // What comes first is the reminder after two working hours.
    expect(timers).toEqual([{ kind: 'case_clock', due_at: new Date('2026-08-10T03:00:00Z') }]);
  });

  test('the same draft five times, one after the other, is one case', async () => {
    const siti = await stage.aResident();
    const same = request();
    const results = [];
    for (let n = 0; n < 5; n++) results.push(await stage.apply(siti, same));
    expect(new Set(results.map((result) => result.code)).size).toBe(1);
    expect(results.map((result) => result.is_new)).toEqual([true, false, false, false, false]);
    await expectOneCase();
  });

  test('the same draft five times in one batch is one case', async () => {
    const siti = await stage.aResident();
    await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const same = request();
    const results = await stage.applyAll(Array.from({ length: 5 }, () => ({ asker: siti, effect: same })));
    expect(new Set(results.map((result) => result.code)).size).toBe(1);
    expect(results.map((result) => result.is_new)).toEqual([true, false, false, false, false]);
    await expectOneCase();
  });

  test('the same draft five times at once, each in a transaction of its own, is one case', async () => {
    const siti = await stage.aResident();
    const same = request();
    const results = await Promise.all(Array.from({ length: 5 }, () => stage.apply(siti, same)));
    expect(new Set(results.map((result) => result.code)).size).toBe(1);
    expect(results.filter((result) => result.is_new)).toHaveLength(1);
    await expectOneCase();
  });

  async function expectOneCase() {
    const [counts] = await stage.rows(
      `SELECT (SELECT count(*) FROM cases) AS cases, (SELECT count(*) FROM case_events) AS events,
         (SELECT count(DISTINCT (officer_id, subject_id)) = count(*) FROM notifications) AS once`,
    );
    expect(counts).toEqual({ cases: 1, events: 1, once: true });
  }

  test('places follow the time of request, village by village', async () => {
    const [a, b, other] = [
      await stage.aResident(),
      await stage.aResident(),
      await stage.aResident({ village: ELSEWHERE }),
    ];
    const batch = await stage.applyAll([
      { asker: a, effect: request() },
      { asker: other, effect: request() },
      { asker: b, effect: request() },
    ]);
    expect(batch.map((result) => result.position)).toEqual([1, 1, 2]);
    stage.now = new Date(stage.now.getTime() + 1000);
    expect((await stage.apply(a, request())).position).toBe(3);
  });

  test('closed cases have no place and do not count', async () => {
    const [a, b] = [await stage.aResident(), await stage.aResident()];
    const first = request();
    const { code } = await stage.apply(a, first);
    await stage.apply(a, { kind: 'act_on_case', code, act: 'cancel' });
    expect((await stage.apply(b, request())).position).toBe(1);
    expect(await stage.apply(a, first)).toMatchObject({ code, position: null, is_new: false });
  });

  test('a service that promises nothing has no due time; that it lies unopened is seen all the same', async () => {
    const siti = await stage.aResident();
    expect((await stage.apply(siti, request({ service: 'spm' }))).due).toBeNull();
    expect(await stage.rows('SELECT kind FROM timers')).toEqual([{ kind: 'case_clock' }]);
    expect(await stage.rows('SELECT is_confidential FROM cases')).toEqual([{ is_confidential: true }]);
  });

  test('a village that never opens promises nothing', async () => {
    // Hours of its own go before the installation's: these are all days off.
    await stage.pool.query(
      `INSERT INTO working_hours (id, village_id, weekday, opens, closes) VALUES ($1, $2, 1, '08:00', '12:00')`,
      [v7(), HERE],
    );
    await stage.pool.query(
      `INSERT INTO holidays (id, village_id, day, name)
       SELECT gen_random_uuid(), $1, date '2026-08-03' + 7 * n, 'libur' FROM generate_series(0, 80) n`,
      [HERE],
    );
    expect((await stage.apply(await stage.aResident(), request())).due).toBeNull();
  });

  test('the village’s own hours and days off go before the installation’s', async () => {
    await stage.pool.query(
      `INSERT INTO working_hours (id, village_id, weekday, opens, closes) VALUES ($1, $2, 3, '08:00', '20:00')`,
      [v7(), HERE],
    );
    await stage.pool.query(
      `INSERT INTO holidays (id, village_id, day, name) VALUES ($1, $2, '2026-08-12', 'Bersih desa')`,
      [v7(), HERE],
    );
    // Open on Wednesdays alone, and the next one is the village's feast: the 19th at 16:00.
    expect((await stage.apply(await stage.aResident(), request())).due).toBe('2026-08-19T09:00:00.000Z');
    const elsewhere = await stage.apply(await stage.aResident({ village: ELSEWHERE }), request());
    expect(elsewhere.due! < '2026-08-12').toBe(true);
  });

  test('sensitive answers are sealed to the case and are nowhere in clear', async () => {
    const siti = await stage.aResident();
    await stage.apply(siti, request({ private: { income: 'tujuh ratus ribu' } }));
    const [row] = await stage.rows<{ id: string; private: string; whole: string }>(
      'SELECT id, private, c::text AS whole FROM cases c',
    );
    expect(row!.whole).not.toContain('tujuh ratus ribu');
    expect(stage.context().sealer.open('case', row!.id, row!.private)).toEqual({
      income: 'tujuh ratus ribu',
    });
    expect(() => stage.context().sealer.open('case', v7(), row!.private)).toThrow();
  });

  test('photos are linked in their order, and nobody else’s', async () => {
    const [siti, other] = [await stage.aResident(), await stage.aResident()];
    const photos = [await stage.aPhoto(siti), await stage.aPhoto(siti)];
    const foreign = await stage.aPhoto(other);
    await stage.apply(siti, request({ attachments: { front: [photos[1]!, foreign], back: [photos[0]!] } }));
    const linked = await stage.rows('SELECT id FROM attachments WHERE case_id IS NOT NULL ORDER BY position');
    expect(linked).toEqual([{ id: photos[1] }, { id: photos[0] }]);
  });
});

describe('of a new case', () => {
  test('the officers of the village who handle it are told, with the first name alone', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const kader = await stage.anOfficer('Bu Kader', [{ role: 'kader', village: HERE }]);
    const stranger = await stage.anOfficer('Pak Lain', [{ role: 'operator', village: ELSEWHERE }]);
    const keeper = await stage.anOfficer('Penjaga', [{ role: 'admin', village: null }]);
    const result = await stage.apply(await stage.aResident({ name: 'Bu Siti Aminah' }), request());
    expect(await stage.notified(sri)).toEqual([
      {
        kind: 'officer-new-case',
        number: 1,
        vars: {
          code: result.code,
          service: 'usaha',
          resident: 'Bu Siti',
          for_whom: null,
          unproven: false,
          due: result.due,
          position: 1,
          village: 'Gintangan',
          yours: true,
          urgent: false,
        },
      },
    ]);
    for (const other of [kader, stranger, keeper]) expect(await stage.notified(other)).toEqual([]);
    expect(stage.nudges.notify).toBe(true);
  });

  test('a complaint goes to the secretary and above', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    const slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
    await stage.apply(await stage.aResident(), request({ service: 'infrastruktur' }));
    expect(await stage.notified(sri)).toEqual([]);
    expect(await stage.notified(slamet)).toHaveLength(1);
  });

  test('where nobody has the role, all officers of the village are told', async () => {
    const kader = await stage.anOfficer('Bu Kader', [{ role: 'kader', village: HERE }]);
    await stage.apply(await stage.aResident(), request());
    expect(await stage.notified(kader)).toHaveLength(1);
  });

  test('one who no longer serves is not told', async () => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    await stage.pool.query('UPDATE officers SET is_active = false');
    await stage.apply(await stage.aResident(), request());
    expect(await stage.notified(sri)).toEqual([]);
  });

  test('where there is nobody at all, an incident is opened for each request, once', async () => {
    const again = request();
    const siti = await stage.aResident();
    await stage.apply(siti, again);
    await stage.apply(siti, again);
    await stage.apply(await stage.aResident(), request());
    expect(await stage.rows('SELECT kind, village_id FROM incidents')).toEqual([
      { kind: 'no_officer', village_id: HERE },
      { kind: 'no_officer', village_id: HERE },
    ]);
  });
});

describe('a village that takes no requests', () => {
  test.each(['listed', 'invited', 'paused'])('(%s) gets no case, and nobody is told', async (state) => {
    const sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
    await stage.pool.query('UPDATE villages SET state = $2 WHERE id = $1', [HERE, state]);
    expect(await stage.apply(await stage.aResident(), request())).toEqual({
      code: '',
      position: null,
      due: null,
      is_new: false,
      refused: 'not_active',
    });
    expect(await stage.rows('SELECT FROM cases')).toEqual([]);
    expect(await stage.notified(sri)).toEqual([]);
  });

  test('still answers with the case that a draft has already', async () => {
    const siti = await stage.aResident();
    const again = request();
    const { code } = await stage.apply(siti, again);
    await stage.pool.query(`UPDATE villages SET state = 'paused'`);
    const results = await stage.applyAll([
      { asker: siti, effect: request() },
      { asker: siti, effect: again },
    ]);
    expect(results).toEqual([
      expect.objectContaining({ code: '', refused: 'not_active' }),
      expect.objectContaining({ code, is_new: false }),
    ]);
    expect(results[1]).not.toHaveProperty('refused');
  });
});
