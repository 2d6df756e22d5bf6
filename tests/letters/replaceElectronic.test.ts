import { afterEach, beforeEach, expect, test } from 'vitest';
import { agenda } from '../../src/store/web/agenda.js';
import { letterByToken } from '../../src/store/letters/read.js';
import { asPrivate, letterTokenHash } from '../../src/core/letter.js';
import { hashPin } from '../../src/store/pinHash.js';
import { setPin } from '../../src/store/officerPins.js';
import { inTransaction } from '../../src/store/sql.js';
import { caseScopeOf } from '../../src/web/allowed.js';
import { aLetterStage, ANSWERS, VILLAGE } from './stage.js';
import type { LetterStage } from './stage.js';

/** A village that signs electronically replaces a letter, or signs one that was opened again: the new one goes into the chat. */
const PIN = '482915';
let stage: LetterStage;
let kades: Awaited<ReturnType<LetterStage['officer']>>;
let sekdes: typeof kades;
beforeEach(async () => {
  stage = await aLetterStage();
  kades = await stage.officer('Pak Arifin', 'kepala_desa');
  sekdes = await stage.officer('Bu Sri Wahyuni', 'sekretaris');
  await stage.officer('Mbak Rina', 'operator');
  await stage.pool.query(`UPDATE villages SET letter_way = 'electronic' WHERE id = $1`, [VILLAGE]);
  const hash = await hashPin(kades.id, PIN, stage.sealer);
  await inTransaction(stage.pool, (sql) => setPin(sql, kades.id, hash, stage.context()));
});
afterEach(() => stage.close());

const rows = async (sql: string, values: unknown[] = []) => (await stage.pool.query(sql, values)).rows;
const sign = (code: string) => stage.apply(kades, { kind: 'sign_cases', codes: [code], pin: PIN });
const statusOf = async (id: string) => (await rows('SELECT status FROM cases WHERE id = $1', [id]))[0].status;
/** What is sent into the chat, in order. */
const sent = async (): Promise<string[]> =>
  (
    await rows(
      `SELECT body FROM inbound_messages WHERE kind = 'internal' AND body ->> 'flow' = 'letter-sent' ORDER BY seq`,
    )
  ).map(({ body }) => body.vars.number as string);
/** What its page on /verifikasi finds. */
async function verified(id: string) {
  const [letter] = await rows('SELECT private FROM letters WHERE id = $1', [id]);
  const { token } = asPrivate(stage.sealer.open('letter', id, letter.private));
  return letterByToken(stage.pool, letterTokenHash(token));
}
/** The case goes its path again, up to the signature. */
async function toBeSigned(code: string, act: readonly ('verify' | 'initial')[]): Promise<void> {
  for (const what of act) {
    const who = what === 'verify' ? await rina() : sekdes;
    expect(await stage.apply(who, { kind: 'act_on_case', code, act: what })).toMatchObject({
      outcome: 'done',
    });
  }
}
const rina = async (): Promise<typeof kades> => {
  const [row] = await rows(`SELECT id, name FROM officers WHERE name = 'Mbak Rina'`);
  return { id: row.id, name: row.name, roles: [{ role: 'operator', village: VILLAGE }] };
};

test('the old one says that it was replaced, the new one is sent, the register shows both, and no number is missing', async () => {
  const one = await stage.aCase();
  await sign(one.code);
  await stage.make();
  const first = await stage.letter(one.id);
  expect(await statusOf(one.id)).toBe('finished');
  expect(await sent()).toEqual(['500.2.2.4/001/429.517.06/2026']);
  expect((await verified(first.id))!.state).toBe('issued');

  const replaced = await stage.apply(sekdes, {
    kind: 'replace_letter',
    letter: first.id,
    reason: 'Nama usaha salah',
  });
  expect(replaced).toEqual({ outcome: 'to_sign', number: null, missing: [] });
  // Between the two there is none that holds, and nobody is sent anything.
  expect((await verified(first.id))!.state).toBe('withdrawn');
  expect(await statusOf(one.id)).not.toBe('finished');
  expect(await stage.make()).toBe(0);
  // But that the old one holds no more; what was opened again for it is no news of its own, nor is why.
  const news = async () =>
    (await rows(`SELECT body FROM inbound_messages WHERE kind = 'internal' ORDER BY seq`)).map(
      ({ body }) => body,
    );
  expect((await news()).slice(1)).toMatchObject([
    { flow: 'letter-ended', vars: { how: 'replaced', number: '500.2.2.4/001/429.517.06/2026' } },
  ]);
  expect(JSON.stringify(await news())).not.toContain('Nama usaha salah');
  expect(
    await stage.apply(sekdes, { kind: 'replace_letter', letter: first.id, reason: 'Lagi' }),
  ).toMatchObject({
    outcome: 'already',
  });
  // Somebody else's letter meanwhile takes the next number.
  const other = await stage.aCase();
  await sign(other.code);

  await stage.pool.query('UPDATE cases SET answers = $2 WHERE id = $1', [
    one.id,
    { ...ANSWERS, business_name: 'Warung Bu Aminah' },
  ]);
  await toBeSigned(one.code, ['verify', 'initial']);
  expect(await sign(one.code)).toMatchObject({ outcome: 'done', signed: [one.code] });
  await stage.make();
  const second = await stage.letter(one.id);
  expect(second.id).not.toBe(first.id);
  expect((await sent()).toSorted()).toEqual([
    '500.2.2.4/001/429.517.06/2026',
    '500.2.2.4/002/429.517.06/2026',
    '500.2.2.4/003/429.517.06/2026',
  ]);
  expect(await statusOf(one.id)).toBe('finished');
  expect((await verified(first.id))!.state).toBe('replaced');
  expect((await verified(second.id))!.state).toBe('issued');
  const { print } = asPrivate(stage.sealer.open('letter', second.id, second['private'] as string));
  expect(JSON.stringify(print.blocks)).toContain('Warung Bu Aminah');

  const register = await agenda(
    stage.pool,
    { villages: [VILLAGE] },
    caseScopeOf(sekdes, stage.services),
    { month: '2026-11', classification: '' },
    stage.sealer,
    50,
  );
  expect(
    register.map(({ number, state, replacedBy, reason }) => [number, state, replacedBy, reason]),
  ).toEqual([
    ['500.2.2.4/001/429.517.06/2026', 'replaced', '500.2.2.4/003/429.517.06/2026', 'Nama usaha salah'],
    ['500.2.2.4/002/429.517.06/2026', 'issued', null, null],
    ['500.2.2.4/003/429.517.06/2026', 'issued', null, null],
  ]);
  const sequences = await rows('SELECT sequence FROM letters ORDER BY sequence');
  expect(sequences.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
});

/** A letter that is sent, and its case opened again by the Sekretaris. */
async function openedAgain() {
  const one = await stage.aCase();
  await sign(one.code);
  await stage.make();
  expect(
    await stage.apply(sekdes, { kind: 'act_on_case', code: one.code, act: 'reopen', text: 'Nama salah' }),
  ).toMatchObject({ outcome: 'done', status: 'open' });
  return { ...one, first: await stage.letter(one.id) };
}
const correct = (id: string, answers: object = { business_name: 'Warung Bu Aminah' }) =>
  stage.pool.query('UPDATE cases SET answers = $2 WHERE id = $1', [id, { ...ANSWERS, ...answers }]);
/** All letters in the order of their numbers, by sequence. */
const register = () =>
  rows(
    `SELECT l.sequence, l.way, l.state, n.sequence AS by, l.state_reason AS reason
     FROM letters l LEFT JOIN letters n ON n.id = l.replaced_by ORDER BY l.sequence`,
  );
const REPLACED = { way: 'electronic', state: 'replaced', reason: 'Surat baru ditandatangani' };

test('what was opened again and is signed anew has a new letter, which is sent; the one before says that it was replaced', async () => {
  const { id, code, first } = await openedAgain();
  // Until then the first one holds.
  expect((await verified(first.id))!.state).toBe('issued');
  await correct(id);
  await toBeSigned(code, ['verify', 'initial']);
  expect(await sign(code)).toMatchObject({ outcome: 'done', signed: [code], left: [] });
  await stage.make();
  expect(await register()).toEqual([
    { ...REPLACED, sequence: 1, by: 2 },
    { sequence: 2, way: 'electronic', state: 'issued', by: null, reason: null },
  ]);
  expect(await sent()).toEqual(['500.2.2.4/001/429.517.06/2026', '500.2.2.4/002/429.517.06/2026']);
  expect((await verified(first.id))!.state).toBe('replaced');
  // The chat says of the old one that it holds no more, then brings the new one.
  const order = await rows(
    `SELECT body ->> 'flow' AS flow FROM inbound_messages WHERE body ->> 'flow' LIKE 'letter-%' ORDER BY seq`,
  );
  expect(order.map(({ flow }) => flow)).toEqual(['letter-sent', 'letter-ended', 'letter-sent']);
  const second = await stage.letter(id);
  const { print } = asPrivate(stage.sealer.open('letter', second.id, second['private'] as string));
  expect(JSON.stringify(print.blocks)).toContain('Warung Bu Aminah');
  expect(await statusOf(id)).toBe('finished');
  const ended = await rows(
    `SELECT officer_id, data FROM audit_log WHERE action = 'letter_replaced' AND subject_id = $1`,
    [first.id],
  );
  expect(ended).toEqual([
    { officer_id: kades.id, data: { code, number: '500.2.2.4/001/429.517.06/2026', from: 'console' } },
  ]);
});

test('where the new one lacks something the one before stays as it is, and no number is used', async () => {
  const { id, code, first } = await openedAgain();
  await toBeSigned(code, ['verify', 'initial']);
  await correct(id, { business_name: null });
  expect(await sign(code)).toMatchObject({ outcome: 'none', left: [{ code, reason: 'missing' }] });
  expect((await verified(first.id))!.state).toBe('issued');
  expect(await statusOf(id)).toBe('signing');
  const other = await stage.aCase();
  await sign(other.code);
  expect((await stage.letter(other.id)).number).toBe('500.2.2.4/002/429.517.06/2026');
});

test('a letter that was numbered for paper gives way to the one that is signed electronically since', async () => {
  await stage.pool.query(`UPDATE villages SET letter_way = 'wet' WHERE id = $1`, [VILLAGE]);
  const { id, code } = await stage.aCase();
  expect(await stage.apply(sekdes, { kind: 'issue_letters', codes: [code] })).toMatchObject({ count: 1 });
  await stage.make();
  await stage.pool.query(`UPDATE villages SET letter_way = 'electronic' WHERE id = $1`, [VILLAGE]);
  expect(await sign(code)).toMatchObject({ outcome: 'done', signed: [code] });
  await stage.make();
  expect(await register()).toEqual([
    { ...REPLACED, way: 'wet', sequence: 1, by: 2 },
    { sequence: 2, way: 'electronic', state: 'issued', by: null, reason: null },
  ]);
  expect(await sent()).toEqual(['500.2.2.4/002/429.517.06/2026']);
  expect(await statusOf(id)).toBe('finished');
});

test('the letter of a case that is open again is replaced: it holds no more at once, and the case goes on to its signature', async () => {
  const { id, code, first } = await openedAgain();
  await toBeSigned(code, ['verify']);
  expect(
    await stage.apply(sekdes, { kind: 'replace_letter', letter: first.id, reason: 'Nama usaha salah' }),
  ).toEqual({ outcome: 'to_sign', number: null, missing: [] });
  expect((await verified(first.id))!.state).toBe('withdrawn');
  expect(await statusOf(id)).toBe('signing');
  await toBeSigned(code, ['initial']);
  await sign(code);
  await stage.make();
  expect(await register()).toMatchObject([
    { sequence: 1, state: 'replaced', by: 2, reason: 'Nama usaha salah' },
    { sequence: 2, state: 'issued' },
  ]);
  expect(await sent()).toHaveLength(2);
});

test('one that lies ready, since nobody can be sent it, is replaced and signed anew; a second tap changes nothing', async () => {
  const { id, code } = await stage.aCase();
  await stage.pool.query('UPDATE cases SET conversation_id = NULL WHERE id = $1', [id]);
  await sign(code);
  await sign(code);
  expect(await register()).toMatchObject([{ sequence: 1, state: 'issued' }]);
  expect(await statusOf(id)).toBe('ready');
  const { id: letter } = await stage.letter(id);
  expect(
    await stage.apply(sekdes, { kind: 'replace_letter', letter, reason: 'Nama usaha salah' }),
  ).toMatchObject({ outcome: 'to_sign' });
  expect(await statusOf(id)).toBe('open');
  await toBeSigned(code, ['verify', 'initial']);
  await sign(code);
  expect(await register()).toMatchObject([
    { sequence: 1, state: 'replaced', by: 2 },
    { sequence: 2, state: 'issued' },
  ]);
  expect(await statusOf(id)).toBe('ready');
});
