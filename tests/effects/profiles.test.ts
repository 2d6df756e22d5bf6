import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { loadConversations } from '../../src/store/conversations.js';
import { aStage, type Stage } from './stage.js';

let stage: Stage;
let phone: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  phone = await stage.aResident({ name: 'Siti' });
});
afterAll(() => stage.close());

/** Who has the word there, as converse would load it now. */
async function now(): Promise<Asker> {
  const [row] = await loadConversations(stage.pool, [phone.conversationId!], stage.now);
  return { ...phone, residentId: row!.residentId, hidden: row!.hidden };
}
const add = async (name: string, own?: string) =>
  await stage.apply(await now(), { kind: 'add_profile', name, ...(own === undefined ? {} : { own }) });
async function idOf(name: string): Promise<string> {
  const { items } = await stage.look(await now(), 'my_profiles', {});
  return items.find((item) => item.name === name)!.profile;
}
const choose = async (name: string) =>
  await stage.apply(await now(), { kind: 'choose_profile', profile: await idOf(name) });
const cases = async () => await stage.look(await now(), 'my_cases', {});
const later = (minutes: number): void => {
  stage.now = new Date(stage.now.getTime() + minutes * 60_000);
};

test('two people on one phone have each their own requests, shown to whoever shows that they are theirs', async () => {
  const hers = await stage.aCase(await now());
  expect(await add('Bapak  Slamet', 'Siti')).toEqual({ outcome: 'done', name: 'Bapak Slamet' });
  expect(await cases()).toMatchObject({ count: 0, hidden: false });
  const his = await stage.aCase(await now());
  expect((await cases()).items).toMatchObject([{ code: his.code }]);
  expect(await choose('Siti')).toEqual({ outcome: 'done', name: 'Siti' });
  expect(await cases()).toEqual({ count: 0, items: [], hidden: true });
  expect(await stage.apply(await now(), { kind: 'confirm_history', code: his.code })).toEqual({
    outcome: 'wrong',
  });
  expect(await stage.apply(await now(), { kind: 'confirm_history', code: hers.code })).toEqual({
    outcome: 'confirmed',
  });
  expect((await cases()).items).toMatchObject([{ code: hers.code }]);
  later(29);
  expect((await cases()).items).toMatchObject([{ code: hers.code }]);
  later(1);
  expect(await cases()).toEqual({ count: 0, items: [], hidden: true });
});

test('a request made in somebody’s name shows nobody that one is them', async () => {
  const hers = await stage.aCase(await now());
  await add('Slamet', 'Siti');
  await choose('Siti');
  later(1);
  const fake = await stage.aCase(await now());
  expect((await cases()).items).toMatchObject([{ code: fake.code }]);
  await choose('Slamet');
  later(1);
  await choose('Siti');
  expect(await stage.apply(await now(), { kind: 'confirm_history', code: fake.code })).toEqual({
    outcome: 'wrong',
  });
  expect((await cases()).items).toEqual([]);
  expect(await stage.look(await now(), 'case_by_code', { code: hers.code })).toMatchObject({ detail: false });
});

test('a draft that began for one is a case of that one, whoever has the word when it is sent', async () => {
  await add('Slamet', 'Siti');
  const slamet = await idOf('Slamet');
  await choose('Siti');
  const asker = await now();
  const effect = { kind: 'open_case' as const, service: 'usaha', flow: 'business-letter', answers: {} };
  const draft = '0190a1b2-0000-7000-8000-000000000001';
  const { code } = await stage.apply(asker, { ...effect, draft, resident: slamet });
  expect(await stage.rows('SELECT resident_id FROM cases WHERE code = $1', [code])).toEqual([
    { resident_id: slamet },
  ]);
  // Somebody who is not of this phone is not to be named.
  const stranger = (await stage.aResident()).residentId!;
  const other = await stage.apply(asker, { ...effect, draft: draft.replace(/1$/u, '2'), resident: stranger });
  expect(await stage.rows('SELECT resident_id FROM cases WHERE code = $1', [other.code])).toEqual([
    { resident_id: asker.residentId },
  ]);
});

test('names are told apart, without identity numbers, six at most', async () => {
  expect(await add('Slamet')).toMatchObject({ outcome: 'not_allowed' });
  expect(await add('siti', 'Siti')).toEqual({ outcome: 'exists', name: 'siti' });
  expect(await add('Slamet', 'Siti')).toMatchObject({ outcome: 'done' });
  expect(await add('SLAMET')).toEqual({ outcome: 'exists', name: 'SLAMET' });
  for (const name of ['Nah', 'Wayan', 'Made', 'Jono'])
    expect(await add(name)).toMatchObject({ outcome: 'done' });
  expect(await add('Tini')).toMatchObject({ outcome: 'full' });
  expect(
    await stage.apply(await now(), {
      kind: 'rename_profile',
      profile: await idOf('Nah'),
      name: '3510012345670001',
    }),
  ).not.toMatchObject({ name: '3510012345670001' });
});

test('a name is changed for the office too, and nobody of another phone is', async () => {
  await add('Slamet', 'Siti');
  const profile = await idOf('Slamet');
  expect(await stage.apply(await now(), { kind: 'rename_profile', profile, name: 'Mbah Slamet' })).toEqual({
    outcome: 'done',
    name: 'Mbah Slamet',
  });
  expect(await stage.rows('SELECT name FROM residents WHERE id = $1', [profile])).toEqual([
    { name: 'Mbah Slamet' },
  ]);
  expect(await stage.apply(await now(), { kind: 'rename_profile', profile, name: 'Siti' })).toMatchObject({
    outcome: 'exists',
  });
  const other = await stage.aResident();
  for (const effect of [
    { kind: 'choose_profile', profile },
    { kind: 'rename_profile', profile, name: 'X' },
    { kind: 'remove_profile', profile },
  ] as const)
    expect(await stage.apply(other, effect)).toMatchObject({ outcome: 'not_found' });
});

test('whoever is left after one is taken off the phone still has to show who they are', async () => {
  const hers = await stage.aCase(await now());
  await add('Slamet', 'Siti');
  later(31);
  expect(await stage.apply(await now(), { kind: 'remove_profile', profile: await idOf('Slamet') })).toEqual({
    outcome: 'done',
    name: 'Slamet',
  });
  expect(await now()).toMatchObject({ residentId: phone.residentId, hidden: { why: 'profiles' } });
  expect(await cases()).toEqual({ count: 0, items: [], hidden: true });
  await stage.apply(await now(), { kind: 'confirm_history', code: hers.code });
  expect((await cases()).items).toMatchObject([{ code: hers.code }]);
  expect((await stage.look(await now(), 'my_profiles', {})).count).toBe(0);
});

test('who has asked for something is taken off the phone by nobody else', async () => {
  const hers = await stage.aCase(await now());
  await add('Slamet', 'Siti');
  const his = await stage.aCase(await now());
  const [siti, slamet] = [await idOf('Siti'), await idOf('Slamet')];
  const remove = async (profile: string) =>
    await stage.apply(await now(), { kind: 'remove_profile', profile });
  // Slamet has just been confirmed, but she is not he.
  expect(await remove(siti)).toEqual({ outcome: 'not_shown', name: 'Siti' });
  await choose('Siti');
  expect(await remove(siti)).toMatchObject({ outcome: 'not_shown' });
  await stage.apply(await now(), { kind: 'confirm_history', code: his.code });
  expect(await remove(siti)).toMatchObject({ outcome: 'not_shown' });
  await stage.apply(await now(), { kind: 'confirm_history', code: hers.code });
  expect(await remove(siti)).toEqual({ outcome: 'done', name: 'Siti' });
  // Slamet is left, and nobody is he before they show it; nor can anybody part him from what is his.
  expect(await now()).toMatchObject({ residentId: slamet, hidden: { why: 'profiles' } });
  expect(await cases()).toEqual({ count: 0, items: [], hidden: true });
  await stage.apply(await now(), { kind: 'start_afresh' });
  expect(await now()).toMatchObject({ residentId: slamet, hidden: { why: 'profiles' } });
  await stage.apply(await now(), { kind: 'confirm_history', code: his.code });
  later(60);
  expect((await cases()).items).toMatchObject([{ code: his.code }]);
});

test('one of several parts nobody from what was before', async () => {
  await stage.aCase(await now());
  await add('Slamet', 'Siti');
  await choose('Siti');
  await stage.apply(await now(), { kind: 'start_afresh' });
  expect(await now()).toMatchObject({ residentId: phone.residentId, hidden: { why: 'profiles' } });
});
