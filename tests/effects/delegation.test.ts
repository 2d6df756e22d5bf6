import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 } from 'uuid';
import type { Asker } from '../../src/core/asker.js';
import { createTimed } from '../../src/jobs/timed.js';
import { workOf } from '../../src/store/web/work.js';
import { caseScopeOf } from '../../src/web/allowed.js';
import { ownSteps } from '../../src/web/ownSteps.js';
import { aStage, ELSEWHERE, HERE, SERVICES, type Stage } from './stage.js';

let stage: Stage;
let siti: Asker;
let sri: Asker;
let slamet: Asker;
let hadi: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
  sri = await stage.anOfficer('Bu Sri', [{ role: 'operator', village: HERE }]);
  slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
  hadi = await stage.anOfficer('Pak Hadi', [{ role: 'kepala_desa', village: HERE }]);
});
afterAll(() => stage.close());

const away = (
  by: Asker,
  deputy: Asker,
  role: string,
  from = '2026-08-10',
  to = '2026-08-12',
  officer?: Asker,
) =>
  stage.apply(by, {
    kind: 'delegate',
    deputy: deputy.officer!.id,
    role,
    village: HERE,
    from,
    to,
    ...(officer ? { officer: officer.officer!.id } : {}),
  });
const act = (asker: Asker, code: string, what: 'verify' | 'initial' | 'sign' | 'undo' | 'take') =>
  stage.apply(asker, { kind: 'act_on_case', code, act: what });
async function toBeSigned(): Promise<{ id: string; code: string }> {
  const made = await stage.aCase(siti, { service: 'sktm' });
  await act(sri, made.code, 'verify');
  await act(slamet, made.code, 'initial');
  return made;
}

describe('while the head is away', () => {
  test('the secretary signs a.n., within the days alone; what lay on the head lies on them', async () => {
    const { id, code } = await toBeSigned();
    expect(await act(slamet, code, 'sign')).toMatchObject({ outcome: 'not_allowed', reason: 'role' });
    expect(await away(hadi, slamet, 'kepala_desa')).toMatchObject({ outcome: 'done', deputy: 'Pak Slamet' });
    expect(await stage.rows('SELECT assigned_id FROM cases WHERE id = $1', [id])).toEqual([
      { assigned_id: slamet.officer!.id },
    ]);
    const told = (await stage.notified(slamet)).filter(({ kind }) => kind === 'officer-delegation');
    expect(told).toMatchObject([
      { number: 1, vars: { event: 'begins', away: 'Pak Hadi', role: 'kepala_desa' } },
    ]);
    expect(await act(slamet, code, 'sign')).toMatchObject({ outcome: 'done', status: 'ready' });
    const [signed] = await stage.rows<{ data: object }>(
      `SELECT data FROM case_events WHERE kind = 'case_signed'`,
    );
    expect(signed!.data).toMatchObject({ in_place_of: { id: hadi.officer!.id, name: 'Pak Hadi' } });
    const audit = await stage.rows(`SELECT data FROM audit_log WHERE action = 'case_signed'`);
    expect(audit).toMatchObject([{ data: { in_place_of: { name: 'Pak Hadi' } } }]);
  });

  test('by the village’s calendar: not a minute before, nor after the last day', async () => {
    const later = await toBeSigned();
    await away(hadi, slamet, 'kepala_desa', '2026-08-11', '2026-08-11');
    stage.now = new Date('2026-08-10T16:59:00Z'); // 23:59
    expect(await act(slamet, later.code, 'sign')).toMatchObject({ outcome: 'not_allowed' });
    stage.now = new Date('2026-08-11T17:00:00Z'); // midnight after
    expect(await act(slamet, later.code, 'sign')).toMatchObject({ outcome: 'not_allowed' });
    stage.now = new Date('2026-08-10T17:00:00Z');
    expect(await act(slamet, later.code, 'sign')).toMatchObject({ outcome: 'done' });
  });

  test('a new case of that day is laid on the deputy, and the head may still sign what is there', async () => {
    await away(hadi, slamet, 'kepala_desa');
    const { id, code } = await toBeSigned();
    // The secretary initialled, and goes on with the signature.
    expect(await stage.rows('SELECT assigned_id FROM cases WHERE id = $1', [id])).toEqual([
      { assigned_id: slamet.officer!.id },
    ]);
    expect(await act(hadi, code, 'sign')).toMatchObject({ outcome: 'done' });
  });

  test('the deputy goes on with what the head has in hand, and finds it in their lists', async () => {
    const { code } = await toBeSigned();
    await act(hadi, code, 'take');
    expect(await act(slamet, code, 'sign')).toMatchObject({ outcome: 'lost', by: 'Pak Hadi' });
    await away(hadi, slamet, 'kepala_desa');
    const work = async () => {
      const steps = await ownSteps(
        { pool: stage.pool, services: SERVICES, now: () => stage.now },
        slamet.officer!,
      );
      const rows = await workOf(
        stage.pool,
        caseScopeOf(slamet.officer!, SERVICES),
        slamet.officer!.id,
        steps,
        stage.now,
      );
      return rows.map((row) => row.code);
    };
    expect(await work()).toContain(code);
    expect(await act(slamet, code, 'sign')).toMatchObject({ outcome: 'done' });
  });

  test('ended early it is over at once, and the deputy is told; by somebody else it is not found', async () => {
    const { delegation } = await away(hadi, slamet, 'kepala_desa');
    const { code } = await toBeSigned();
    const ending = { kind: 'end_delegation', delegation: delegation! } as const;
    expect(await stage.apply(sri, ending)).toEqual({ outcome: 'not_found' });
    expect(await stage.apply(hadi, ending)).toEqual({ outcome: 'done' });
    expect(await stage.apply(hadi, ending)).toEqual({ outcome: 'not_found' });
    expect(await act(slamet, code, 'sign')).toMatchObject({ outcome: 'not_allowed' });
    expect((await stage.notified(slamet)).at(-1)).toMatchObject({
      kind: 'officer-delegation',
      vars: { event: 'ended' },
    });
  });

  test('whoever lost the role meanwhile has nothing to delegate, and a deputy who serves no more stands in for nobody', async () => {
    const { code } = await toBeSigned();
    await away(hadi, slamet, 'kepala_desa');
    await stage.pool.query('DELETE FROM officer_roles WHERE officer_id = $1', [hadi.officer!.id]);
    expect(await act(slamet, code, 'sign')).toMatchObject({ outcome: 'done' });
    // Nobody holds the role: it falls to the secretary by the path, not in anybody's place.
    const [signed] = await stage.rows<{ data: object }>(
      `SELECT data FROM case_events WHERE kind = 'case_signed'`,
    );
    expect(signed!.data).not.toHaveProperty('in_place_of');
  });
});

describe('a delegation that begins later', () => {
  /** Whatever is due, by a worker that has just been started: it knows nothing but the tables. */
  const ring = () =>
    createTimed({
      pool: stage.pool,
      now: () => stage.now,
      newId: v7,
      services: SERVICES,
      nudge: { converse: () => {}, letters: () => {}, notify: () => {}, send: () => {} },
      counters: { timersFired: 0 } as Parameters<typeof createTimed>[0]['counters'],
    })();
  const on = async (id: string) =>
    (await stage.rows<{ on: string }>('SELECT assigned_id AS on FROM cases WHERE id = $1', [id]))[0]!.on;
  const heard = async (who: Asker) =>
    (await stage.notified(who))
      .filter(({ kind }) => kind === 'officer-delegation')
      .map(({ vars }) => `${String(vars['event'])}${vars['mine'] ? ' mine' : ''}`);

  test('lays anew on its first day what lies there by then, gives it back after its last, and tells both once', async () => {
    const { id } = await toBeSigned();
    await away(hadi, slamet, 'kepala_desa', '2026-08-11', '2026-08-12');
    stage.now = new Date('2026-08-10T16:59:00Z'); // 23:59
    await ring();
    expect(await on(id)).toBe(hadi.officer!.id);
    expect([await heard(slamet), await heard(hadi)]).toEqual([['arranged'], []]);
    stage.now = new Date('2026-08-10T17:00:00Z');
    await ring();
    await ring();
    expect(await on(id)).toBe(slamet.officer!.id);
    expect([await heard(slamet), await heard(hadi)]).toEqual([['arranged', 'begins'], ['begins mine']]);
    const board = await stage.rows('SELECT FROM board_wishes WHERE village_id = $1', [HERE]);
    expect(board.length).toBeGreaterThan(0);
    stage.now = new Date('2026-08-12T16:59:00Z');
    await ring();
    expect(await on(id)).toBe(slamet.officer!.id);
    stage.now = new Date('2026-08-12T17:00:00Z');
    await ring();
    await ring();
    expect(await on(id)).toBe(hadi.officer!.id);
    expect([await heard(slamet), await heard(hadi)]).toEqual([
      ['arranged', 'begins', 'ended'],
      ['begins mine', 'ended mine'],
    ]);
  });

  test('one that begins today ends by its clock as well; what is the deputy’s own stays theirs', async () => {
    const ani = await stage.anOfficer('Bu Ani', [{ role: 'kasi_pelayanan', village: HERE }]);
    const { id } = await stage.aCase(siti, { service: 'sktm' });
    expect(await on(id)).toBe(sri.officer!.id);
    await away(sri, ani, 'operator', '2026-08-10', '2026-08-10');
    expect(await on(id)).toBe(ani.officer!.id);
    const own = await stage.aCase(siti, { service: 'sktm' });
    await stage.pool.query(`UPDATE cases SET step = 'initial', assigned_id = $2 WHERE id = $1`, [
      own.id,
      slamet.officer!.id,
    ]);
    stage.now = new Date('2026-08-10T17:00:00Z');
    await ring();
    expect([await on(id), await on(own.id)]).toEqual([sri.officer!.id, slamet.officer!.id]);
    expect([await heard(ani), await heard(sri)]).toEqual([['begins', 'ended'], ['ended mine']]);
  });

  test.each(['by its clock', 'early'] as const)(
    'over %s, what the deputy holds by that role alone is let go, and laid on whoever may, who is told; all else stays theirs',
    async (how) => {
      const ani = await stage.anOfficer('Bu Ani', [{ role: 'kasi_pelayanan', village: HERE }]);
      const { delegation } = await away(slamet, ani, 'sekretaris', '2026-08-10', '2026-08-10');
      const letter = await stage.aCase(siti, { service: 'sktm' });
      await act(sri, letter.code, 'verify');
      const secret = await stage.aCase(siti, { service: 'data.hapus' });
      const own = await stage.aCase(siti, { service: 'sktm' });
      for (const { code } of [letter, secret, own])
        expect(await act(ani, code, 'take')).toMatchObject({ outcome: 'done' });
      stage.now = new Date('2026-08-10T17:00:00Z');
      if (how === 'early') await stage.apply(slamet, { kind: 'end_delegation', delegation: delegation! });
      else await ring();
      const held = await stage.rows(
        `SELECT c.status, h.name AS holder, l.name AS laid FROM cases c LEFT JOIN officers h ON h.id = c.officer_id
         LEFT JOIN officers l ON l.id = c.assigned_id ORDER BY c.opened_at, c.id`,
      );
      expect(held.slice(0, 1)).toEqual([{ status: 'signing', holder: null, laid: 'Pak Slamet' }]);
      expect(held[1]).toMatchObject({ status: 'open', holder: null });
      expect(held[2]).toMatchObject({ status: 'in_hand', holder: 'Bu Ani' });
      const news = async (who: Asker) =>
        (await stage.notified(who))
          .filter(({ kind }) => kind === 'officer-case-notice')
          .map(({ vars }) => [vars['event'], vars['code']]);
      expect(await news(ani)).toEqual(
        expect.arrayContaining([
          ['released', letter.code],
          ['released', secret.code],
        ]),
      );
      // Who ended it themselves knows.
      const isTold = (await news(slamet)).some(([event, code]) => event === 'step' && code === letter.code);
      expect(isTold).toBe(how !== 'early');
      expect(await act(slamet, letter.code, 'initial')).toMatchObject({ outcome: 'done' });
    },
  );

  test('ended before its time it rings no more; arranged by a head it is told to whoever is away', async () => {
    const { delegation } = await away(hadi, slamet, 'operator', '2026-08-11', '2026-08-12', sri);
    expect([await heard(slamet), await heard(sri)]).toEqual([['arranged'], ['arranged mine']]);
    await stage.apply(sri, { kind: 'end_delegation', delegation: delegation! });
    stage.now = new Date('2026-08-13T01:00:00Z');
    await ring();
    expect([await heard(slamet), await heard(sri)]).toEqual([['arranged', 'ended'], ['arranged mine']]);
  });

  test('whose time went by while no worker ran is told as ended, and moves nothing', async () => {
    const { id } = await toBeSigned();
    await away(hadi, slamet, 'kepala_desa', '2026-08-11', '2026-08-12');
    stage.now = new Date('2026-08-14T01:00:00Z');
    await ring();
    expect(await on(id)).toBe(hadi.officer!.id);
    expect([await heard(slamet), await heard(hadi)]).toEqual([['arranged', 'ended'], ['ended mine']]);
  });
});

describe('limits', () => {
  test('of days that overlap, of other villages, and of what is not theirs', async () => {
    expect(await away(hadi, slamet, 'kepala_desa')).toMatchObject({ outcome: 'done' });
    expect(await away(hadi, slamet, 'kepala_desa', '2026-08-12', '2026-08-14')).toMatchObject({
      outcome: 'overlaps',
    });
    expect(await away(hadi, slamet, 'kepala_desa', '2026-08-13', '2026-08-14')).toMatchObject({
      outcome: 'done',
    });
    const there = await stage.anOfficer('Pak Lain', [{ role: 'kepala_desa', village: ELSEWHERE }]);
    expect(await away(there, slamet, 'operator', '2026-08-10', '2026-08-12', sri)).toMatchObject({
      outcome: 'not_there',
    });
    expect(await away(sri, there, 'operator')).toMatchObject({ outcome: 'not_there' });
    expect(await away(hadi, sri, 'kepala_desa', '2026-09-01', '2026-09-02')).toMatchObject({
      outcome: 'not_allowed',
    });
    const [first, second] = await Promise.all([away(sri, slamet, 'operator'), away(sri, slamet, 'operator')]);
    expect([first.outcome, second.outcome].toSorted()).toEqual(['done', 'overlaps']);
  });

  test('a sealed complaint stays with whom it was sealed to, whoever stands in for them', async () => {
    const { code } = await stage.apply(siti, {
      kind: 'open_case',
      draft: '01900000-0000-7000-8000-0000000000aa',
      service: 'keluhan.petugas',
      flow: 'service-complaint',
      answers: {},
      who: 'secretary',
    });
    await away(hadi, slamet, 'kepala_desa');
    expect(await act(slamet, code, 'take')).toMatchObject({ outcome: 'not_found' });
    expect(await act(hadi, code, 'take')).toMatchObject({ outcome: 'done' });
  });

  test('who stands in gets none of the other rights of the role', async () => {
    const ani = await stage.anOfficer('Bu Ani', [{ role: 'kasi_pelayanan', village: HERE }]);
    await away(slamet, ani, 'sekretaris');
    const secret = await stage.aCase(siti, { service: 'data.hapus' });
    expect(await stage.apply(ani, { kind: 'end_delegation', delegation: 'nonsense' })).toEqual({
      outcome: 'not_found',
    });
    // What the role handles they may act on, in the place of who is away.
    expect(await act(ani, secret.code, 'take')).toMatchObject({ outcome: 'done' });
  });
});
