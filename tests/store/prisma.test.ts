import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPrisma } from '../../src/store/prisma.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

test('Prisma reads over the one pool, and its end leaves the pool open', async () => {
  const prisma = createPrisma(db.pool);
  const village = await prisma.village.findFirstOrThrow({
    where: { name: 'Gintangan' },
    include: { district: true },
  });
  expect(village.district.name).toBe('Blimbingsari');
  const monday = await prisma.workingHours.findFirstOrThrow({ where: { weekday: 1 } });
  expect(monday.opens.toISOString()).toBe('1970-01-01T07:30:00.000Z');
  await prisma.$disconnect();
  expect((await db.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});
