import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seed } from '../../src/store/seed.js';
import { DEMONSTRATION_VILLAGE } from '../../src/store/seedDemonstration.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

async function counts(): Promise<unknown> {
  const { rows } = await db.pool.query(
    `SELECT (SELECT count(*) FROM districts) AS districts, (SELECT count(*) FROM villages) AS villages,
       (SELECT count(*) FROM villages WHERE type = 'kelurahan') AS kelurahan, (SELECT count(*) FROM working_hours) AS hours,
       (SELECT count(*) FROM officers) AS officers, (SELECT count(*) FROM villages WHERE state <> 'listed') AS taking_requests`,
  );
  return rows[0];
}

const PLACES = { districts: 25, villages: 217, kelurahan: 28, hours: 5 };

test('every installation knows Banyuwangi’s places and hours, and no village takes requests by itself', async () => {
  expect(await counts()).toEqual({ ...PLACES, officers: 0, taking_requests: 0 });
  const { rows } = await db.pool.query(`SELECT id, search_name FROM villages WHERE name = 'Genteng Wetan'`);
  expect(rows).toEqual([
    { id: expect.stringMatching(/^35\.10\.\d\d\.\d{4}$/u), search_name: 'gentengwetan' },
  ]);
});

test('national holidays are there, those that the state has yet to decide marked so', async () => {
  const { rows } = await db.pool.query<{ day: string; name: string }>(
    'SELECT day, name FROM holidays ORDER BY day',
  );
  expect(rows).toContainEqual({ day: '2027-08-17', name: 'Hari Kemerdekaan Republik Indonesia' });
  expect(rows.filter((row) => /^(?:\d{4})-(?:01-01|05-01|06-01|08-17|12-25)$/u.test(row.day))).toHaveLength(
    10,
  );
  const moving = rows.filter((row) => !/-(?:01-01|05-01|06-01|08-17|12-25)$/u.test(row.day));
  expect(moving.length).toBeGreaterThan(0);
  for (const row of moving) expect(row.name).toMatch(/\(perlu dikonfirmasi\)$/u);
});

test('seeding again changes nothing, not even what people changed', async () => {
  await db.pool.query(`UPDATE villages SET office_phone = '0333123456' WHERE id = $1`, [
    DEMONSTRATION_VILLAGE,
  ]);
  await db.pool.query('DELETE FROM working_hours WHERE weekday = 5');
  await seed(db.pool);
  expect(await counts()).toEqual({ ...PLACES, hours: 4, officers: 0, taking_requests: 0 });
  const { rows } = await db.pool.query('SELECT office_phone FROM villages WHERE id = $1', [
    DEMONSTRATION_VILLAGE,
  ]);
  expect(rows).toEqual([{ office_phone: '0333123456' }]);
});

test('the demonstration makes one village active, with officers of three roles, once', async () => {
  await seed(db.pool, { demonstration: true });
  await seed(db.pool, { demonstration: true });
  const { rows } = await db.pool.query(
    `SELECT v.name AS village, v.state, r.role FROM officer_roles r JOIN officers o ON o.id = r.officer_id JOIN villages v ON v.id = r.village_id
     ORDER BY r.role`,
  );
  expect(rows).toEqual(
    ['kasi_pelayanan', 'kepala_desa', 'sekretaris'].map((role) => ({
      village: 'Gintangan',
      state: 'active',
      role,
    })),
  );
});

test("the simulator's phones are linked to the demonstration's officers, once", async () => {
  const linked = () =>
    db.pool.query(
      `SELECT o.name, a.phone, i.value AS phone_id FROM addresses a JOIN officers o ON o.id = a.officer_id
         JOIN address_ids i ON i.address_id = a.id ORDER BY o.name`,
    );
  await seed(db.pool, { demonstration: true });
  const { rows } = await linked();
  expect(rows).toEqual([
    { name: 'Bu Sri (contoh)', phone: '6280000000001', phone_id: 'sri' },
    { name: 'Pak Kades (contoh)', phone: '6280000000003', phone_id: 'kades' },
    { name: 'Pak Slamet (contoh)', phone: '6280000000002', phone_id: 'slamet' },
  ]);
  await seed(db.pool, { demonstration: true });
  expect((await linked()).rows).toEqual(rows);
});

describe('where the simulator is off', () => {
  const state = async () =>
    (await db.pool.query('SELECT state FROM villages WHERE id = $1', [DEMONSTRATION_VILLAGE])).rows[0].state;
  const officers = async () =>
    (
      await db.pool.query(
        `SELECT count(*) FILTER (WHERE is_active) AS active, (SELECT count(*) FROM addresses WHERE officer_id IS NOT NULL) AS linked FROM officers`,
      )
    ).rows[0];

  test('a demonstration that was there ends: nobody invented answers', async () => {
    await seed(db.pool, { demonstration: true });
    await seed(db.pool, { demonstration: false });
    expect([await state(), await officers()]).toEqual(['listed', { active: 0, linked: 0 }]);
  });

  test('turned on again it is as before', async () => {
    await seed(db.pool, { demonstration: true });
    expect([await state(), await officers()]).toEqual(['active', { active: 3, linked: 3 }]);
  });

  test('a village with a linked officer of its own goes on; what the office makes of it later stays', async () => {
    await seed(db.pool, { demonstration: true });
    await db.pool.query(
      `WITH o AS (INSERT INTO officers (id, name, phone) VALUES (gen_random_uuid(), 'Bu Sari', '6281234567890') RETURNING id),
         r AS (INSERT INTO officer_roles (id, officer_id, village_id, role) SELECT gen_random_uuid(), id, $1, 'operator' FROM o),
         p AS (INSERT INTO residents (id) VALUES (gen_random_uuid()) RETURNING id)
       INSERT INTO addresses (id, platform, resident_id, officer_id) SELECT gen_random_uuid(), 'telegram', p.id, o.id FROM p, o`,
      [DEMONSTRATION_VILLAGE],
    );
    await seed(db.pool, { demonstration: false });
    expect([await state(), await officers()]).toEqual(['active', { active: 1, linked: 1 }]);
    await db.pool.query(`UPDATE villages SET state = 'paused' WHERE id = $1`, [DEMONSTRATION_VILLAGE]);
    await seed(db.pool, { demonstration: false });
    expect(await state()).toBe('paused');
  });
});
