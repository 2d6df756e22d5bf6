import { afterAll, beforeAll, expect, test } from 'vitest';
import { aStage, HERE } from './stage.js';
import type { Stage } from './stage.js';

const NIK = '3510 1217 0890 0001';
const MISTYPED = '35IO12l7O890OOO1';

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
  await stage.clear();
});
afterAll(() => stage.close());

test('an identity number in the free words of an officer or a resident reaches no row and no other person', async () => {
  const siti = await stage.aResident();
  const ratna = await stage.anOfficer('Ratna', [{ role: 'kasi_pelayanan', village: HERE }]);
  const { code } = await stage.aCase(siti);
  const text = `NIK ${NIK} atau ${MISTYPED}, betul?`;
  for (const act of ['take', 'note', 'ask'] as const)
    expect(await stage.apply(ratna, { kind: 'act_on_case', code, act, text })).toMatchObject({
      outcome: 'done',
    });
  await stage.apply(siti, { kind: 'act_on_case', code, act: 'answer', text });
  await stage.apply(siti, { kind: 'hand_over', reason: 'asked', text });
  await stage.apply(siti, { kind: 'hand_over', reason: 'message', text });
  const said = await stage.apply(ratna, {
    kind: 'answer_resident',
    conversation: siti.conversationId!,
    text,
  });
  expect(said).toMatchObject({ outcome: 'done' });
  await stage.apply(siti, { kind: 'remember_name', name: `Siti ${NIK}` });
  const tables = [
    'case_events',
    'cases',
    'inbound_messages',
    'outbound_messages',
    'notifications',
    'residents',
  ];
  let masked = 0;
  for (const table of tables)
    for (const { row } of await stage.rows<{ row: string }>(`SELECT t::text AS row FROM ${table} t`)) {
      if (row.includes('351012******0001')) masked += 1;
      for (const number of [NIK, MISTYPED, '3510121708900001']) expect(row, table).not.toContain(number);
    }
  expect(masked).toBeGreaterThanOrEqual(5);
});
