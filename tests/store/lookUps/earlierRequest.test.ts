import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Asker } from '../../../src/core/asker.js';
import { inTransaction } from '../../../src/store/sql.js';
import { earlierRequest } from '../../../src/store/lookUps/earlierRequest.js';
import { aStage, type Stage } from '../../effects/stage.js';

let stage: Stage;
let siti: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
});
afterAll(() => stage.close());

const earlier = (asker: Asker, service = 'usaha') => stage.look(asker, 'earlier_request', { service });
const NONE = { found: false, code: null, opened: null, answers: {} };

test('the latest request of the service is told, without what was sealed', async () => {
  await stage.aCase(siti);
  stage.now = new Date(stage.now.getTime() + 86_400_000);
  const { code } = await stage.aCase(siti, { private: { income: '500000' } });
  expect(await earlier(siti)).toEqual({
    found: true,
    code,
    opened: stage.now.toISOString(),
    answers: { business_name: 'Warung Bu Siti' },
  });
  expect(await earlier(siti, 'infrastruktur')).toEqual(NONE);
});

test('one that was cancelled is none', async () => {
  const { code } = await stage.aCase(siti);
  await stage.apply(siti, { kind: 'act_on_case', code, act: 'cancel' });
  expect(await earlier(siti)).toEqual(NONE);
});

test('one that was made for somebody else is none of their own', async () => {
  const { id } = await stage.aCase(siti);
  await stage.pool.query(
    `INSERT INTO beneficiaries (id, case_id, name, relation, created_at) VALUES (gen_random_uuid(), $1, 'Mbah Karti', 'parent', now())`,
    [id],
  );
  expect(await earlier(siti)).toEqual(NONE);
});

test('nobody is told of another’s, of a confidential one, or while history is hidden', async () => {
  await stage.aCase(siti);
  await stage.aCase(siti, { service: 'spm' });
  expect(await earlier(await stage.aResident())).toEqual(NONE);
  expect(await earlier(siti, 'spm')).toEqual(NONE);
  expect(await earlier({ ...siti, hidden: { since: stage.now, why: 'silence' } })).toEqual(NONE);
});

test('many are answered at once, each with their own', async () => {
  const budi = await stage.aResident();
  const [first, second] = [await stage.aCase(siti), await stage.aCase(budi)];
  const args = { service: 'usaha' };
  const found = await inTransaction(stage.pool, (sql) =>
    earlierRequest(
      sql,
      [
        { asker: { ...siti, residentId: null }, args },
        { asker: budi, args },
        { asker: siti, args },
      ],
      stage.context(),
    ),
  );
  expect(found.map(({ code }) => code)).toEqual([null, second.code, first.code]);
});
