import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { everyMonth } from '../../../src/core/monthly.js';
import { addSchedules, cancelSchedule, schedulesInScope } from '../../../src/store/web/schedules.js';
import { aStage, ELSEWHERE, HERE, type Stage } from '../../effects/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  await stage.pool.query('DELETE FROM health_schedules');
});
afterAll(() => stage.close());

async function add(hamlet: string | null, days: string[], more: { village?: string; time?: string } = {}) {
  const { officer } = await stage.anOfficer('Bu Kader', [{ role: 'kader', village: HERE }]);
  await addSchedules(
    stage.pool,
    {
      villageId: more.village ?? HERE,
      hamlet,
      days,
      time: more.time ?? '08:00',
      place: `Balai ${hamlet ?? 'desa'}`,
      officerId: officer!.id,
    },
    { newId: v7, now: stage.now },
  );
}
const dates = async (args: { hamlet?: string } = {}, village = HERE) =>
  await stage.look(await stage.aResident({ village }), 'health_dates', args);

test('dates of the village come in order, from today on, in its clock', async () => {
  await add('Krajan', ['2026-08-04', '2026-09-08']);
  await add('Dusun Kedung', ['2026-08-20'], { time: '09:30' });
  await add(null, ['2026-08-10'], { time: '07:00' });
  await add('Krajan', ['2026-08-11'], { village: ELSEWHERE });
  expect(await dates()).toEqual({
    count: 3,
    items: [
      { date: '2026-08-10', time: '07:00', place: 'Balai desa', hamlet: null },
      { date: '2026-08-20', time: '09:30', place: 'Balai Dusun Kedung', hamlet: 'Dusun Kedung' },
      { date: '2026-09-08', time: '08:00', place: 'Balai Krajan', hamlet: 'Krajan' },
    ],
    next_date: '2026-08-10',
    next_time: '07:00',
    next_place: 'Balai desa',
    next_hamlet: null,
    hamlets: 'Dusun Kedung, Krajan',
  });
});

test('a hamlet finds its own and those of the whole village; one without dates finds none', async () => {
  await add('Dusun Kedung', ['2026-08-20']);
  await add('Krajan', ['2026-08-12']);
  expect((await dates({ hamlet: 'kedung' })).items.map(({ hamlet }) => hamlet)).toEqual(['Dusun Kedung']);
  expect(await dates({ hamlet: 'Sukorejo' })).toMatchObject({
    count: 0,
    next_date: null,
    hamlets: 'Krajan, Dusun Kedung',
  });
});

test('a date that was taken back is told no more, and nobody of another village takes it back', async () => {
  await add('Krajan', ['2026-08-12']);
  const [row] = await schedulesInScope(stage.pool, { villages: [HERE] }, stage.now);
  expect(await cancelSchedule(stage.pool, { villages: [ELSEWHERE] }, row!.id, stage.now)).toBe(false);
  expect((await dates()).count).toBe(1);
  expect(await cancelSchedule(stage.pool, { villages: [HERE] }, row!.id, stage.now)).toBe(true);
  expect((await dates()).count).toBe(0);
  expect((await dates({}, ELSEWHERE)).count).toBe(0);
});

test('a day comes again every month by its number or by its weekday', () => {
  expect(everyMonth('2026-12-08', 'day', 3)).toEqual(['2026-12-08', '2027-01-08', '2027-02-08']);
  expect(everyMonth('2026-12-31', 'day', 3)).toEqual(['2026-12-31', '2027-01-31', '2027-03-31']);
  // The second Tuesday.
  expect(everyMonth('2026-12-08', 'weekday', 3)).toEqual(['2026-12-08', '2027-01-12', '2027-02-09']);
  // The fifth Monday is the last one.
  expect(everyMonth('2026-11-30', 'weekday', 3)).toEqual(['2026-11-30', '2026-12-28', '2027-01-25']);
});
