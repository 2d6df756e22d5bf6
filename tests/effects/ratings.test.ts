import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { askRatingAt, notAtNight } from '../../src/core/rating.js';
import { ratingFigures, setRatingTimers } from '../../src/store/ratings.js';
import { inTransaction } from '../../src/store/sql.js';
import { fireTimers } from '../../src/store/timers.js';
import { aStage, ELSEWHERE, HERE, MONDAY, type Stage } from './stage.js';

let stage: Stage;
let siti: Asker;
let budi: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
  budi = await stage.anOfficer('Pak Budi', [{ role: 'sekretaris', village: HERE }]);
});
afterAll(() => stage.close());

const at = (iso: string) => (stage.now = new Date(iso));
const fire = () => inTransaction(stage.pool, (sql) => fireTimers(sql, stage.context()));
const asked = async () => (await stage.told(siti)).filter(({ flow }) => flow === 'rate-service');
/** A finished case, as an act leaves it; its clock set. */
async function aFinished(service = 'usaha', more = ''): Promise<string> {
  const { id, code } = await stage.aCase(siti, { service });
  await stage.pool.query(`UPDATE cases SET status = 'finished', closed_at = $2 ${more} WHERE id = $1`, [
    id,
    stage.now,
  ]);
  await inTransaction(stage.pool, (sql) => setRatingTimers(sql, [id], stage.context()));
  return code;
}

describe('when it is asked', () => {
  test.each([
    ['2026-08-10T03:00:00Z', '2026-08-10T05:00:00Z', 'two hours later'],
    ['2026-08-10T11:30:00Z', '2026-08-11T01:00:00Z', 'not after seven in the evening, but at eight'],
    ['2026-08-10T22:30:00Z', '2026-08-11T01:00:00Z', 'not before eight'],
  ])('%s → %s: %s', (finished, at) => {
    expect(askRatingAt(new Date(finished), 'Asia/Jakarta')).toEqual(new Date(at));
  });

  test('the hours are those of the village', () => {
    expect(notAtNight(new Date('2026-08-10T11:30:00Z'), 'Asia/Makassar')).toEqual(
      new Date('2026-08-11T00:00:00Z'),
    );
    expect(notAtNight(new Date('2026-08-10T11:30:00Z'), 'Asia/Jakarta')).toEqual(
      new Date('2026-08-10T11:30:00Z'),
    );
  });

  test('an officer finishes a request: its resident is asked once, two hours later', async () => {
    const { code } = await stage.aCase(siti, { service: 'infrastruktur' });
    const done = await stage.apply(budi, {
      kind: 'act_on_case',
      code,
      act: 'finish',
      text: 'Sudah ditambal',
    });
    expect(done.outcome).toBe('done');
    at('2026-08-10T02:59:00Z');
    await fire();
    expect(await asked()).toEqual([]);
    at('2026-08-10T03:01:00Z');
    await fire();
    await fire();
    expect(await asked()).toEqual([
      { flow: 'rate-service', vars: { code, service: 'infrastruktur', whose: siti.residentId } },
    ]);
    // Opened and finished again: it is not asked again.
    await stage.apply(siti, { kind: 'act_on_case', code, act: 'reopen' });
    await stage.apply(budi, { kind: 'act_on_case', code, act: 'finish' });
    at('2026-08-10T09:00:00Z');
    await fire();
    expect(await asked()).toHaveLength(1);
  });

  test('what rang in the night waits for the morning', async () => {
    await aFinished();
    at('2026-08-10T16:00:00Z');
    await fire();
    expect(await asked()).toEqual([]);
    at('2026-08-11T01:00:00Z');
    await fire();
    expect(await asked()).toHaveLength(1);
  });

  test.each([
    ['a sealed complaint', 'usaha', `, receiver_role = 'sekretaris', receiver_ids = ARRAY[resident_id]`],
    ['one that is with another', 'usaha', ', merged_into = id'],
    ['one of somebody who may be another', 'usaha', ', is_unproven = true'],
    ['erased data', 'data.hapus', ''],
    ['a refused one', 'usaha', `, status = 'refused'`],
  ])('not for %s', async (_, service, more) => {
    const { id } = await stage.aCase(siti, { service });
    await stage.pool.query(
      `UPDATE cases SET closed_at = $2 ${more} ${more.includes('status') ? '' : `, status = 'finished'`} WHERE id = $1`,
      [id, stage.now],
    );
    await inTransaction(stage.pool, (sql) => setRatingTimers(sql, [id], stage.context()));
    at('2026-08-10T04:00:00Z');
    await fire();
    expect(await asked()).toEqual([]);
  });

  test('one that was opened again before it was asked is not asked about', async () => {
    const code = await aFinished();
    await stage.pool.query(`UPDATE cases SET status = 'open', closed_at = NULL WHERE code = $1`, [code]);
    at('2026-08-10T04:00:00Z');
    await fire();
    expect(await asked()).toEqual([]);
  });
});

describe('a rating', () => {
  const history = () =>
    stage.rows<{ data: object }>(`SELECT data FROM case_events WHERE kind = 'case_rated'`);
  async function anAsked(): Promise<string> {
    const code = await aFinished();
    at('2026-08-10T04:00:00Z');
    await fire();
    return code;
  }

  test('counts once; a word may follow, once', async () => {
    const code = await anAsked();
    const rate = (score: number, text?: string) =>
      stage.apply(siti, { kind: 'rate_case', code, score, ...(text ? { text } : {}) });
    expect(await rate(2)).toEqual({ outcome: 'done' });
    expect(await rate(5)).toEqual({ outcome: 'already' });
    expect(await rate(2, 'salah nama')).toEqual({ outcome: 'done' });
    expect(await rate(2, 'lagi')).toEqual({ outcome: 'already' });
    expect(await history()).toEqual([{ data: { score: 2, text: 'salah nama' } }]);
    expect(await stage.rows('SELECT score FROM case_ratings')).toEqual([{ score: 2 }]);
  });

  test('is the resident’s own alone, and only where it was asked', async () => {
    const code = await anAsked();
    const other = await stage.aResident({ name: 'Orang lain' });
    expect(await stage.apply(other, { kind: 'rate_case', code, score: 1 })).toEqual({ outcome: 'not_found' });
    const { code: open } = await stage.aCase(siti);
    expect(await stage.apply(siti, { kind: 'rate_case', code: open, score: 1 })).toEqual({
      outcome: 'not_found',
    });
    expect(await history()).toEqual([]);
  });

  test('is a figure of its village', async () => {
    for (const score of [5, 4, 1]) {
      at(MONDAY.toISOString());
      const code = await anAsked();
      await stage.apply(siti, { kind: 'rate_case', code, score });
    }
    at(MONDAY.toISOString());
    await anAsked();
    const [from, to] = [new Date('2026-08-10T00:00:00Z'), new Date('2026-08-11T00:00:00Z')];
    expect(await ratingFigures(stage.pool, [HERE], from, to)).toEqual({
      asked: 4,
      rated: 3,
      average: expect.closeTo(10 / 3, 6),
      satisfied: expect.closeTo(2 / 3, 6),
    });
    expect(await ratingFigures(stage.pool, [ELSEWHERE], from, to)).toEqual({
      asked: 0,
      rated: 0,
      average: null,
      satisfied: null,
    });
  });
});
