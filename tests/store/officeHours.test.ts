import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Village } from '../../src/core/village.js';
import { describeHours, isOpen } from '../../src/core/workingTime.js';
import { createVillages } from '../../src/pipeline/villages.js';
import {
  listHolidays,
  listSpans,
  loadOfficeHours,
  removeHoliday,
  setHoliday,
  setSpans,
} from '../../src/store/officeHours.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const HERE = '35.10.25.2004';
const NOW = new Date('2027-02-01T01:00:00Z');
const RAMADAN = { from: '2027-02-08', to: '2027-03-09', name: 'Ramadan' };
const WEEK = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens: '08:00', closes: '14:00' }));

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
beforeEach(async () => {
  await db.pool.query('DELETE FROM working_hours WHERE village_id IS NOT NULL OR from_day IS NOT NULL');
});
afterAll(() => db.drop());

const hoursHere = async () => (await loadOfficeHours(db.pool, [HERE])).get(HERE)!;
const during = new Date('2027-02-10T08:30:00+07:00');
const before = new Date('2027-02-03T07:40:00+07:00');

test('Ramadan hours of all villages hold in one that has usual hours of its own', async () => {
  await setSpans(db.pool, { villageId: null, days: RAMADAN }, WEEK, v7, NOW);
  await setSpans(
    db.pool,
    { villageId: HERE, days: null },
    [{ weekday: 3, opens: '07:30', closes: '09:00' }],
    v7,
    NOW,
  );
  const hours = await hoursHere();
  expect(describeHours(hours, 'id', before)).toBe('Rabu 07.30–09.00');
  expect(describeHours(hours, 'id', during)).toBe(
    'Senin–Jumat 08.00–14.00 (Ramadan, 8 Februari – 9 Maret 2027)',
  );
  expect([isOpen(hours, before), isOpen(hours, during)]).toEqual([true, true]);
});

test('a village’s own Ramadan goes before that of all, and leaves its usual hours the installation’s', async () => {
  await setSpans(db.pool, { villageId: null, days: RAMADAN }, WEEK, v7, NOW);
  await setSpans(
    db.pool,
    { villageId: HERE, days: RAMADAN },
    [{ weekday: 3, opens: '09:00', closes: '12:00' }],
    v7,
    NOW,
  );
  const hours = await hoursHere();
  expect(describeHours(hours, 'id', during)).toContain('Rabu 09.00–12.00 (Ramadan');
  expect(describeHours(hours, 'id', before)).toBe('Senin–Kamis 07.30–15.30; Jumat 07.00–14.30');
});

test('a set that is given anew takes the place of the old one; an empty one ends it', async () => {
  const set = { villageId: HERE, days: null };
  await setSpans(db.pool, set, WEEK, v7, NOW);
  await setSpans(db.pool, set, [{ weekday: 1, opens: '08:00', closes: '10:00' }], v7, NOW);
  expect(await listSpans(db.pool, HERE)).toMatchObject([
    { weekday: 1, opens: '08:00', closes: '10:00', fromDay: null },
  ]);
  await setSpans(db.pool, set, [], v7, NOW);
  expect(await listSpans(db.pool, HERE)).toEqual([]);
  expect(await listSpans(db.pool, null)).toHaveLength(5);
});

test('spans that overlap, or close before they open, are refused', async () => {
  const set = { villageId: HERE, days: null };
  const both = [
    { weekday: 1, opens: '08:00', closes: '12:00' },
    { weekday: 1, opens: '11:30', closes: '14:00' },
  ];
  await expect(setSpans(db.pool, set, both, v7, NOW)).rejects.toThrow(RangeError);
  await expect(
    setSpans(db.pool, set, [{ weekday: 1, opens: '12:00', closes: '08:00' }], v7, NOW),
  ).rejects.toThrow(RangeError);
});

test('a day off is named anew, and taken away by whom it belongs to alone', async () => {
  await setHoliday(db.pool, { villageId: HERE, day: '2027-03-11', name: 'Bersih desa' }, v7, NOW);
  await setHoliday(db.pool, { villageId: HERE, day: '2027-03-11', name: 'Sedekah bumi' }, v7, NOW);
  const own = (await listHolidays(db.pool, HERE, '2027-03-01')).filter(({ villageId }) => villageId === HERE);
  expect(own).toMatchObject([{ day: '2027-03-11', name: 'Sedekah bumi' }]);
  expect(await removeHoliday(db.pool, own[0]!.id, null, v7, NOW)).toBe(false);
  expect((await hoursHere()).holidays.has('2027-03-11')).toBe(true);
  expect(await removeHoliday(db.pool, own[0]!.id, HERE, v7, NOW)).toBe(true);
  expect((await hoursHere()).holidays.has('2027-03-11')).toBe(false);
});

test('a resident who asks in Ramadan reads Ramadan’s hours, and the usual ones the week before', async () => {
  await setSpans(db.pool, { villageId: null, days: RAMADAN }, WEEK, v7, NOW);
  const village: Village = {
    id: HERE,
    name: 'Gintangan',
    district: 'Blimbingsari',
    type: 'desa',
    state: 'active',
    zone: 'Asia/Jakarta',
    officeAddress: null,
    officePhone: null,
    midwifePhone: null,
  };
  const villages = createVillages();
  await villages.load(db.pool, [HERE], before);
  expect(villages.context(village, 'id', before)).toMatchObject({
    officeHours: 'Senin–Kamis 07.30–15.30; Jumat 07.00–14.30',
    officeToday: '07.30–15.30',
    isOpenNow: true,
  });
  expect(villages.context(village, 'en', during)).toMatchObject({
    officeHours: 'Monday–Friday 08:00–14:00 (Ramadan, February 8 – March 9, 2027)',
    officeToday: '08:00–14:00',
    isOpenNow: true,
  });
});
