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

/** A village that signs electronically replaces a letter: it is signed anew, and the new one goes into the chat. */
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
