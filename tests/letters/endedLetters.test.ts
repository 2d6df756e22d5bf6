import { afterEach, beforeEach, expect, test } from 'vitest';
import { pile } from '../../src/store/web/pile.js';
import { caseScopeOf } from '../../src/web/allowed.js';
import { aLetterStage, ANSWERS, VILLAGE } from './stage.js';
import type { LetterStage } from './stage.js';

/** A village that signs on paper withdraws or replaces a letter: its case goes along, and its resident is told. */
const FIRST = '500.2.2.4/001/429.517.06/2026';
const SECOND = '500.2.2.4/002/429.517.06/2026';
let stage: LetterStage;
let kades: Awaited<ReturnType<LetterStage['officer']>>;
let sekdes: typeof kades;
let rina: typeof kades;
beforeEach(async () => {
  stage = await aLetterStage();
  kades = await stage.officer('Pak Arifin', 'kepala_desa');
  sekdes = await stage.officer('Bu Sri Wahyuni', 'sekretaris');
  rina = await stage.officer('Mbak Rina', 'operator');
});
afterEach(() => stage.close());

/** A letter that was numbered, with its case as it then stands. */
async function aLetter(until: 'signing' | 'ready' | 'finished') {
  const one = await stage.aCase();
  const done = Object.fromEntries(
    [rina, sekdes].map(({ id, name }, n) => [['verify', 'initial'][n], { id, name }]),
  );
  await stage.pool.query('UPDATE cases SET done_by = $2 WHERE id = $1', [one.id, done]);
  await stage.apply(sekdes, { kind: 'issue_letters', codes: [one.code] });
  for (const act of ['ready', 'finish'] as const)
    if (until === 'finished' || (until === 'ready' && act === 'ready'))
      expect(await doing(one.code, act)).toMatchObject({ outcome: 'done' });
  return { ...one, letter: (await stage.letter(one.id)).id };
}
const doing = (code: string, act: 'ready' | 'finish' | 'reopen' | 'undo', who = rina) =>
  stage.apply(who, { kind: 'act_on_case', code, act });
const replace = (letter: string) =>
  stage.apply(sekdes, { kind: 'replace_letter', letter, reason: 'Nama usaha salah' });
const withdraw = (letter: string) =>
  stage.apply(sekdes, { kind: 'withdraw_letter', letter, reason: 'Nama usaha salah' });
const standing = async (id: string) =>
  (
    await stage.pool.query(
      `SELECT c.status, c.step, o.name AS laid FROM cases c LEFT JOIN officers o ON o.id = c.assigned_id WHERE c.id = $1`,
      [id],
    )
  ).rows[0];
/** What the resident hears since, as flow and event. */
const told = async (id: string): Promise<unknown[]> =>
  (
    await stage.pool.query(
      `SELECT body FROM inbound_messages m JOIN cases c ON c.conversation_id = m.conversation_id
       WHERE c.id = $1 AND kind = 'internal' ORDER BY seq`,
      [id],
    )
  ).rows.map(({ body }) =>
    body.flow === 'letter-ended' ? [body.vars.how, body.vars.number] : (body.vars.event ?? body.flow),
  );
const stages = async () =>
  (await pile(stage.pool, caseScopeOf(rina, stage.services), { villages: [VILLAGE] })).map(
    ({ stage, number }) => [stage, number],
  );

test.each(['ready', 'finished'] as const)(
  'one that is %s and replaced waits for its signature again, on the pile, and the resident hears it once',
  async (until) => {
    const { id, code, letter } = await aLetter(until);
    const before = await told(id);
    expect(await replace(letter)).toEqual({ outcome: 'done', number: SECOND, missing: [] });
    expect(await standing(id)).toEqual({ status: 'signing', step: 'sign', laid: 'Pak Arifin' });
    expect(await stages()).toEqual([['made', SECOND]]);
    expect(await doing(code, 'finish')).toMatchObject({ reason: 'step' });
    // It does not come back by undoing: the paper of before holds no more.
    expect(await doing(code, 'undo', sekdes)).toMatchObject({ outcome: 'not_allowed', reason: 'issued' });
    expect((await told(id)).slice(before.length)).toEqual([['replaced', FIRST]]);
    await doing(code, 'ready');
    expect((await told(id)).at(-1)).toBe('ready');
    expect(await doing(code, 'finish')).toMatchObject({ outcome: 'done', status: 'finished' });
  },
);

test('one that nobody has heard of is replaced where it waits, without a word to its resident', async () => {
  const { id, letter } = await aLetter('signing');
  expect(await replace(letter)).toMatchObject({ outcome: 'done', number: SECOND });
  expect(await standing(id)).toMatchObject({ status: 'signing', step: 'sign' });
  expect(await told(id)).toEqual([]);
});

test('where the new one lacks something all stays as it was, and nobody is told', async () => {
  const { id, letter } = await aLetter('ready');
  await stage.pool.query('UPDATE cases SET answers = $2 WHERE id = $1', [
    id,
    { ...ANSWERS, business_name: null },
  ]);
  expect(await replace(letter)).toMatchObject({ outcome: 'missing' });
  expect(await standing(id)).toMatchObject({ status: 'ready' });
  expect(await stages()).toEqual([['ready', FIRST]]);
  expect(await told(id)).toEqual(['ready']);
});

test('one that is ready and withdrawn is handed out by nobody, numbered by nobody, and opened again', async () => {
  const { id, code, letter } = await aLetter('ready');
  expect(await withdraw(letter)).toMatchObject({ outcome: 'done' });
  expect(await withdraw(letter)).toMatchObject({ outcome: 'already' });
  expect(await told(id)).toEqual(['ready', ['withdrawn', FIRST]]);
  expect(await doing(code, 'finish')).toMatchObject({ outcome: 'not_allowed', reason: 'no_letter' });
  expect(await stage.apply(sekdes, { kind: 'issue_letters', codes: [code] })).toMatchObject({ count: 0 });
  expect(await doing(code, 'reopen')).toMatchObject({ outcome: 'done', status: 'open', step: 'verify' });
  expect((await told(id)).at(-1)).toBe('reopened');
});

test('one that was made elsewhere is handed out by its own number, and is not opened again', async () => {
  const { id, code } = await stage.aCase();
  await stage.apply(rina, { kind: 'act_on_case', code, act: 'ready', to: '470/12' });
  expect(await doing(code, 'reopen')).toMatchObject({ outcome: 'not_allowed' });
  expect(await doing(code, 'finish')).toMatchObject({ outcome: 'done' });
  expect(await standing(id)).toMatchObject({ status: 'finished' });
});

test('one that was fetched and is withdrawn is told of, to its resident alone; the counter has nobody to tell', async () => {
  const fetched = await aLetter('finished');
  await withdraw(fetched.letter);
  expect((await told(fetched.id)).at(-1)).toEqual(['withdrawn', FIRST]);
  expect(await standing(fetched.id)).toMatchObject({ status: 'finished' });
  const { rows } = await stage.pool.query(
    `SELECT body -> 'vars' AS vars FROM inbound_messages WHERE body ->> 'flow' = 'letter-ended'`,
  );
  expect(rows).toEqual([
    {
      vars: {
        code: fetched.code,
        service: 'usaha',
        number: FIRST,
        how: 'withdrawn',
        whose: fetched.residentId,
      },
    },
  ]);
  const counter = await aLetter('ready');
  await stage.pool.query('UPDATE cases SET conversation_id = NULL WHERE id = $1', [counter.id]);
  expect(await withdraw(counter.letter)).toMatchObject({ outcome: 'done' });
  const { rows: all } = await stage.pool.query(
    `SELECT FROM inbound_messages WHERE body ->> 'flow' = 'letter-ended'`,
  );
  expect(all).toHaveLength(1);
});
