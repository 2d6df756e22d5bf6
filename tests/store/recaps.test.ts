import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { ensureRecaps } from '../../src/store/recaps.js';
import { inTransaction } from '../../src/store/sql.js';
import { fireTimers } from '../../src/store/timers.js';
import { aStage, ELSEWHERE, HERE, type Stage } from '../effects/stage.js';

let stage: Stage;
let siti: Asker;
let op: Asker;
let slamet: Asker;
let kades: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
  op = await stage.anOfficer('Bu Op', [{ role: 'operator', village: HERE }]);
  slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
  kades = await stage.anOfficer('Pak Kades', [{ role: 'kepala_desa', village: HERE }]);
});
afterAll(() => stage.close());

async function until(time: string): Promise<void> {
  stage.now = new Date(`2026-${time.replace(' ', 'T')}:00+07:00`);
  await inTransaction(stage.pool, async (sql) => {
    await ensureRecaps(sql, v7, stage.now);
    while ((await fireTimers(sql, stage.context())).seen > 0);
  });
}
const recaps = async (asker: Asker) =>
  (await stage.notified(asker)).filter(({ kind }) => kind === 'officer-recap').map(({ vars }) => vars);
const finish = (code: string) => stage.apply(op, { kind: 'act_on_case', code, act: 'finish' });

test('goes to the secretary at the end of a working day, with numbers and no names', async () => {
  await until('08-10 08:00');
  const { code } = await stage.aCase(siti);
  await stage.aCase(siti);
  await stage.aCase(siti, { service: 'spm' });
  await stage.apply(siti, {
    kind: 'open_case',
    draft: v7(),
    service: 'keluhan.petugas',
    flow: 'f',
    answers: {},
    who: 'staff',
  });
  await until('08-10 11:00');
  const { code: hushed } = await stage.aCase(siti, { service: 'spm' });
  for (const [done, stars] of [
    [code, 4],
    [hushed, 1],
  ] as const) {
    await finish(done);
    await stage.pool.query(
      'INSERT INTO case_ratings (case_id, asked_at, score, rated_at) SELECT id, $2, $3, $2 FROM cases WHERE code = $1',
      [done, stage.now, stars],
    );
  }
  await until('08-10 15:29');
  expect(await recaps(slamet)).toEqual([]);
  await until('08-10 15:30');
  // Neither the sealed complaint nor what is confidential is counted, with its stars: whom it is about might read it here.
  expect(await recaps(slamet)).toEqual([
    {
      period: 'day',
      recap: {
        found: true,
        village: 'Gintangan',
        day: '2026-08-10',
        opened: 2,
        finished: 1,
        otherwise: 0,
        waiting: 1,
        asked: 0,
        ready: 0,
        overdue: 0,
        oldest: '2026-08-10T01:00:00.000Z',
        stars: 4,
        rated: 1,
      },
    },
  ]);
  expect(await Promise.all([op, kades].map(recaps))).toEqual([[], []]);
});

test('is sent once a day, also where it rings late, and never for a day off', async () => {
  await until('08-14 08:00');
  await stage.aCase(siti);
  // Friday's came due while nothing ran; the next is that of Tuesday, since Monday is a holiday.
  await until('08-15 09:00');
  await until('08-15 09:00');
  await until('08-18 15:29');
  expect((await recaps(slamet)).map(({ recap }) => (recap as { day: string }).day)).toEqual(['2026-08-14']);
  await until('08-18 15:30');
  expect((await recaps(slamet)).map(({ recap }) => (recap as { day: string }).day)).toEqual([
    '2026-08-14',
    '2026-08-18',
  ]);
});

test('tells of what came after the office had closed, on the next working day, once', async () => {
  await until('08-13 08:00');
  await until('08-13 15:30');
  await until('08-13 19:00');
  await stage.aCase(siti);
  await until('08-14 15:30');
  await until('08-15 10:00');
  await stage.aCase(siti);
  await until('08-17 10:00');
  await stage.aCase(siti);
  await until('08-18 15:30');
  await until('08-19 15:30');
  expect(
    (await recaps(slamet)).map(({ recap }) => {
      const { day, opened } = recap as { day: string; opened: number };
      return [day, opened];
    }),
  ).toEqual([
    ['2026-08-14', 1],
    ['2026-08-18', 2],
    ['2026-08-19', 0],
  ]);
});

test('of a month is sent when the office first opens in the next', async () => {
  await until('08-10 08:00');
  const { code } = await stage.aCase(siti);
  await until('08-20 10:00');
  await finish(code);
  await until('09-01 07:29');
  await until('09-01 07:30');
  const months = (await recaps(slamet)).filter(({ period }) => period === 'month');
  expect(months).toMatchObject([{ recap: { day: '2026-08-31', opened: 1, finished: 1, waiting: 0 } }]);
});

test('is not sent where nothing happened and nothing waits; where there is no secretary, the head has it', async () => {
  await until('08-10 08:00');
  await until('08-10 15:30');
  expect(await recaps(slamet)).toEqual([]);
  await stage.pool.query('UPDATE officers SET is_active = false WHERE id = $1', [slamet.officer!.id]);
  await stage.aCase(siti);
  await until('08-11 15:30');
  expect(await recaps(kades)).toHaveLength(1);
});

test('asked for is that of the officer’s own village, so far', async () => {
  await until('08-10 08:00');
  await stage.aCase(siti);
  await stage.aCase(await stage.aResident({ village: ELSEWHERE }));
  stage.now = new Date('2026-08-11T02:00:00Z');
  await stage.aCase(siti);
  expect(await stage.look(op, 'recap', { period: 'day' })).toMatchObject({
    found: true,
    village: 'Gintangan',
    day: '2026-08-11',
    opened: 1,
    waiting: 2,
    overdue: 1,
  });
  expect(await stage.look(op, 'recap', { period: 'month' })).toMatchObject({ opened: 2 });
  expect(await stage.look(siti, 'recap', { period: 'day' })).toEqual({ found: false, scope: 'none' });
  // A village of another office is none of theirs.
  expect(await stage.look(op, 'recap', { period: 'day', place: 'karangharjo' })).toEqual({
    found: false,
    scope: 'no_place',
  });
});

test('of a kecamatan adds its villages up, and names those that need help first', async () => {
  const NEXT = '35.10.25.2005';
  await stage.pool.query(`UPDATE villages SET state = 'active' WHERE id = ANY ($1)`, [
    [HERE, NEXT, ELSEWHERE],
  ]);
  const [next] = await stage.rows<{ name: string }>('SELECT name FROM villages WHERE id = $1', [NEXT]);
  const camat = await stage.anOfficer(
    'Pak Camat',
    [HERE, NEXT].map((village) => ({ role: 'kecamatan', village })),
  );
  const dinas = await stage.anOfficer('Bu Dinas', [{ role: 'kabupaten', village: null }]);
  await until('08-10 08:00');
  const { code } = await stage.aCase(siti);
  await stage.aCase(siti);
  await stage.aCase(await stage.aResident({ village: ELSEWHERE }));
  await finish(code);
  stage.now = new Date('2026-08-12T02:00:00Z');
  await stage.aCase(await stage.aResident({ village: NEXT }));
  const seen = await stage.look(camat, 'recap', { period: 'month' });
  expect(seen).toMatchObject({
    found: true,
    scope: 'district',
    village: 'Blimbingsari',
    villages: 2,
    opened: 3,
    finished: 1,
    waiting: 2,
    overdue: 1,
    oldest: '2026-08-10T01:00:00.000Z',
    worst: [
      { village: 'Gintangan', waiting: 1, overdue: 1 },
      { village: next!.name, waiting: 1, overdue: 0 },
    ],
    more: 0,
  });
  expect(await stage.look(camat, 'recap', { period: 'day' })).toMatchObject({ opened: 1, waiting: 2 });
  const one = { period: 'day', place: 'desa GINTANGAN' } as const;
  expect(await stage.look(camat, 'recap', one)).toMatchObject({
    scope: 'below',
    village: 'Gintangan',
    waiting: 1,
  });
  // What lies in another kecamatan is told to the regency alone.
  const far = { period: 'day', place: 'Karangharjo' } as const;
  expect(await stage.look(camat, 'recap', far)).toEqual({ found: false, scope: 'no_place' });
  expect(await stage.look(dinas, 'recap', far)).toMatchObject({ scope: 'below', waiting: 1 });
  expect(await stage.look(dinas, 'recap', { period: 'day' })).toMatchObject({ scope: 'regency', waiting: 3 });
});
