import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { ClockBehindError } from '../../src/core/errors.js';
import { createPerform } from '../../src/effects/perform.js';
import { insertInvite } from '../../src/store/invites.js';
import { aStage, HERE, type Stage } from './stage.js';

let stage: Stage;
let sri: Asker;
let notified: number;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  notified = 0;
  sri = await stage.anOfficer('Bu Sri', [{ role: 'sekretaris', village: HERE }]);
});
afterAll(() => stage.close());

function performOn(pool: Pool) {
  const { newId, sealer, services } = stage.context();
  return createPerform({
    pool,
    now: () => stage.now,
    newId,
    random: (size) => randomBytes(size),
    sealer,
    services,
    nudge: { converse: () => {}, send: () => {}, letters: () => {}, notify: () => void notified++ },
  });
}

/** A pool whose first transactions end with this fault, after all their statements. */
function colliding(code: string, times: number): Pool {
  let left = times;
  return {
    connect: async () => {
      const client = await stage.pool.connect();
      return {
        query: async (statement: string, values?: unknown[]) => {
          if (statement === 'COMMIT' && left-- > 0) {
            await client.query('ROLLBACK');
            throw Object.assign(new Error('collision'), { code });
          }
          return await client.query(statement, values);
        },
        release: () => client.release(),
      };
    },
  } as unknown as Pool;
}

describe('an act that collides with another', () => {
  test.each(['40P01', '40001', '55P03'])('(%s) is done all the same, once', async (code) => {
    const made = await stage.aCase(await stage.aResident());
    const [result] = await performOn(colliding(code, 3))(sri.officer!, [
      { kind: 'act_on_case', code: made.code, act: 'take' },
    ]);
    expect(result).toMatchObject({ outcome: 'done' });
    expect(await stage.rows(`SELECT FROM case_events WHERE kind = 'case_taken'`)).toHaveLength(1);
  });

  test('is given up after five tries, and another fault at once', async () => {
    const made = await stage.aCase(await stage.aResident());
    const take = [{ kind: 'act_on_case', code: made.code, act: 'take' }] as const;
    await expect(performOn(colliding('40P01', 5))(sri.officer!, take)).rejects.toThrow('collision');
    await expect(performOn(colliding('23505', 1))(sri.officer!, take)).rejects.toThrow('collision');
    expect(await stage.rows(`SELECT FROM case_events WHERE kind = 'case_taken'`)).toHaveLength(0);
  });
});

describe('under a clock that is behind', () => {
  beforeEach(async () => {
    await stage.pool.query(`INSERT INTO settings (name, value) VALUES ('clock_mark', to_jsonb($1::text))`, [
      new Date(stage.now.getTime() + 60_000).toISOString(),
    ]);
  });

  test('no listing is let onto the market', async () => {
    const { code } = await stage.aListing(await stage.aResident());
    await expect(
      performOn(stage.pool)(sri.officer!, [{ kind: 'change_listing', code, act: 'approve' }]),
    ).rejects.toBeInstanceOf(ClockBehindError);
    expect(await stage.rows('SELECT status FROM listings')).toEqual([{ status: 'waiting' }]);
  });

  test('no invite is made', async () => {
    const invite = {
      officerId: sri.officer!.id,
      tokenHash: 'x',
      phone: '6281',
      invitedBy: null,
      isConfirmed: false,
    };
    await expect(insertInvite(stage.pool, invite, v7, stage.now)).rejects.toBeInstanceOf(ClockBehindError);
    expect(await stage.rows('SELECT FROM invites')).toEqual([]);
  });
});
