import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

let stage: Stage;
let siti: Asker;
let sri: Asker;
let tini: Asker;
let slamet: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
  sri = await stage.anOfficer('Bu Sri', [
    { role: 'operator', village: HERE },
    { role: 'operator', village: ELSEWHERE },
  ]);
  slamet = await stage.anOfficer('Pak Slamet', [{ role: 'sekretaris', village: HERE }]);
});
afterAll(() => stage.close());

const take = (code: string) => stage.apply(sri, { kind: 'act_on_case', code, act: 'take' });
const handBack = () => stage.apply(slamet, { kind: 'hand_back', officer: sri.officer!.id });
const cases = () =>
  stage.rows<{ code: string; status: string; holder: string | null; laid: string | null }>(
    `SELECT c.code, c.status, o.name AS holder, l.name AS laid FROM cases c LEFT JOIN officers o ON o.id = c.officer_id
     LEFT JOIN officers l ON l.id = c.assigned_id ORDER BY c.opened_at, c.id`,
  );
const stop = () => stage.pool.query('UPDATE officers SET is_active = false WHERE id = $1', [sri.officer!.id]);
const aColleague = async () => {
  tini = await stage.anOfficer('Bu Tini', [{ role: 'operator', village: HERE }]);
};

test('what somebody who stopped has in hand is let go, laid on a colleague who is told, and written down', async () => {
  const { code } = await stage.aCase(siti);
  const later = await stage.aCase(siti);
  await take(code);
  await aColleague();
  await stop();
  expect(await handBack()).toEqual({ codes: [code] });
  const left = await cases();
  expect(left).toMatchObject([
    { code, status: 'open', holder: null },
    { code: later.code, status: 'open', holder: null },
  ]);
  // By load: one each.
  expect(new Set(left.map(({ laid }) => laid))).toEqual(new Set(['Bu Tini', 'Pak Slamet']));
  const told = left[0]!.laid === 'Bu Tini' ? tini : slamet;
  expect((await stage.notified(told)).map(({ vars }) => vars['code'])).toContain(code);
  expect(
    await stage.rows(
      `SELECT kind, officer_id AS by, data FROM case_events WHERE kind = 'case_released' AND officer_id IS NOT NULL`,
    ),
  ).toEqual([{ kind: 'case_released', by: slamet.officer!.id, data: { gone: 'Bu Sri' } }]);
  // Nobody is told of it twice.
  expect(await handBack()).toEqual({ codes: [] });
});

test('its clock goes on: it is reminded of as one that nobody has', async () => {
  const { code, id } = await stage.aCase(siti);
  await take(code);
  await aColleague();
  await stop();
  await handBack();
  const [timer] = await stage.rows<{ due: Date | null }>(
    `SELECT due_at AS due FROM timers WHERE subject_id = $1 AND kind = 'case_clock' AND done_at IS NULL`,
    [id],
  );
  expect(timer!.due).not.toBeNull();
});

test('what they have in a village that they still serve stays theirs', async () => {
  const there = await stage.aResident({ village: ELSEWHERE });
  const [here, other] = [await stage.aCase(siti), await stage.aCase(there)];
  await take(here.code);
  await take(other.code);
  await aColleague();
  await stage.pool.query(`DELETE FROM officer_roles WHERE officer_id = $1 AND village_id = $2`, [
    sri.officer!.id,
    HERE,
  ]);
  expect(await handBack()).toEqual({ codes: [here.code] });
  expect((await cases()).map(({ code, holder }) => [code, holder])).toEqual([
    [here.code, null],
    [other.code, 'Bu Sri'],
  ]);
});

/** Another role, in the same village. */
const become = (role: string) =>
  stage.pool.query(`UPDATE officer_roles SET role = $2 WHERE officer_id = $1 AND village_id = '${HERE}'`, [
    sri.officer!.id,
    role,
  ]);

test('what another role in the same village does not handle, or whose step it does not do, is let go', async () => {
  await aColleague();
  const [plain, letter] = [await stage.aCase(siti), await stage.aCase(siti, { service: 'sktm' })];
  await take(plain.code);
  await take(letter.code);
  // Writes letters, but checks none: what has no step stays.
  await become('kaur_tu');
  expect(await handBack()).toEqual({ codes: [letter.code] });
  expect(await cases()).toMatchObject([
    { status: 'in_hand', holder: 'Bu Sri' },
    { status: 'open', holder: null, laid: 'Bu Tini' },
  ]);
  expect((await stage.notified(tini)).at(-1)!.vars).toMatchObject({ event: 'laid', code: letter.code });
  await become('kader');
  expect(await handBack()).toEqual({ codes: [plain.code] });
  expect(await handBack()).toEqual({ codes: [] });
});

test('who loses a role takes it from their deputy too', async () => {
  const hadi = await stage.anOfficer('Pak Hadi', [{ role: 'kepala_desa', village: HERE }]);
  const ani = await stage.anOfficer('Bu Ani', [{ role: 'kasi_pelayanan', village: HERE }]);
  const [deputy, role, from, to] = [ani.officer!.id, 'sekretaris', '2026-08-10', '2026-08-12'];
  await stage.apply(slamet, { kind: 'delegate', deputy, role, village: HERE, from, to });
  const { code } = await stage.aCase(siti, { service: 'data.hapus' });
  expect(await stage.apply(ani, { kind: 'act_on_case', code, act: 'take' })).toMatchObject({
    outcome: 'done',
  });
  await stage.pool.query(`DELETE FROM officer_roles WHERE officer_id = $1`, [slamet.officer!.id]);
  expect(await stage.apply(hadi, { kind: 'hand_back', officer: slamet.officer!.id })).toEqual({
    codes: [code],
  });
  expect(await cases()).toMatchObject([{ holder: null, laid: 'Pak Hadi' }]);
});

test('a step back goes to nobody who was stopped since: it is laid on a colleague, who is told', async () => {
  const hadi = await stage.anOfficer('Pak Hadi', [{ role: 'kepala_desa', village: HERE }]);
  const act = (who: Asker, act: 'verify' | 'initial' | 'return', code: string) =>
    stage.apply(who, {
      kind: 'act_on_case',
      code,
      act,
      ...(act === 'return' ? { text: 'Nama', to: 'verify' } : {}),
    });
  const letters = [
    await stage.aCase(siti, { service: 'sktm' }),
    await stage.aCase(siti, { service: 'sktm' }),
  ];
  for (const { code } of letters) {
    await act(sri, 'verify', code);
    await act(slamet, 'initial', code);
  }
  await aColleague();
  await act(hadi, 'return', letters[0]!.code);
  await stop();
  await act(hadi, 'return', letters[1]!.code);
  expect(await cases()).toMatchObject([
    { status: 'in_hand', holder: 'Bu Sri' },
    { status: 'open', holder: null, laid: 'Bu Tini' },
  ]);
  expect((await stage.notified(tini)).map(({ vars }) => [vars['event'], vars['code']])).toEqual([
    ['laid', letters[1]!.code],
  ]);
});

test('a question to the resident stays asked, and nobody of another village may make it so', async () => {
  const { code } = await stage.aCase(siti);
  await take(code);
  await stage.apply(sri, { kind: 'act_on_case', code, act: 'ask', text: 'RT berapa?' });
  expect(await handBack()).toEqual({ codes: [] });
  await stop();
  expect(await handBack()).toEqual({ codes: [code] });
  expect(await cases()).toMatchObject([{ code, status: 'asked', holder: null }]);
  expect(await stage.apply(slamet, { kind: 'hand_back', officer: v7() })).toEqual({ codes: [] });
});
