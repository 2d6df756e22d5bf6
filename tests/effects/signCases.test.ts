import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keypadLayout } from '../../src/core/keypad.js';
import { hashPin } from '../../src/store/pinHash.js';
import { clearPin, pinState, setPin } from '../../src/store/officerPins.js';
import { inTransaction } from '../../src/store/sql.js';
import { aLetterStage, VILLAGE } from '../letters/stage.js';
import type { LetterStage } from '../letters/stage.js';

const PIN = '482915';
const HOUR = 3_600_000;

let stage: LetterStage;
let kades: Awaited<ReturnType<LetterStage['officer']>>;
let sekdes: typeof kades;
beforeEach(async () => {
  stage = await aLetterStage();
  kades = await stage.officer('Pak Arifin', 'kepala_desa');
  sekdes = await stage.officer('Bu Sri Wahyuni', 'sekretaris');
  await stage.pool.query(`UPDATE villages SET letter_way = 'electronic' WHERE id = $1`, [VILLAGE]);
  await give(kades);
});
afterEach(() => stage.close());

async function give(officer: typeof kades, pin = PIN): Promise<void> {
  const hash = await hashPin(officer.id, pin, stage.sealer);
  await inTransaction(stage.pool, (sql) => setPin(sql, officer.id, hash, stage.context()));
}
const sign = (officer: typeof kades, codes: string[], pin = PIN) =>
  stage.apply(officer, { kind: 'sign_cases', codes, pin });
const one = async (sql: string, values: unknown[] = []) => (await stage.pool.query(sql, values)).rows[0];
const statusOf = async (id: string) =>
  (await one('SELECT status, step FROM cases WHERE id = $1', [id])) as {
    status: string;
    step: string | null;
  };
const count = async (table: string) =>
  ((await one(`SELECT count(*)::int AS n FROM ${table}`)) as { n: number }).n;

/** Stands in for the head of the village today. */
async function delegate(deputy: typeof kades): Promise<void> {
  await stage.pool.query(
    `INSERT INTO delegations (id, village_id, role, officer_id, deputy_id, from_day, to_day, made_by, created_at)
     VALUES ($1, $2, 'kepala_desa', $3, $4, $5, $5, $3, $6)`,
    [v7(), VILLAGE, kades.id, deputy.id, '2026-11-24', stage.clock.now],
  );
}

describe('a batch signed by one PIN', () => {
  test('is signed, numbered and finished, in one transaction, and written down case by case', async () => {
    const cases = [await stage.aCase(), await stage.aCase(), await stage.aCase()];
    const result = await sign(
      kades,
      cases.map(({ code }) => code),
    );
    expect(result).toEqual({
      outcome: 'done',
      signed: cases.map(({ code }) => code),
      left: [],
      tries_left: null,
      until: null,
      count: 3,
      missing: null,
      others: [],
    });
    for (const { id } of cases) {
      expect(await statusOf(id)).toEqual({ status: 'finished', step: null });
      expect(await stage.letter(id)).toMatchObject({
        state: 'issued',
        way: 'electronic',
        signer_name: 'Pak Arifin',
      });
    }
    const { rows } = await stage.pool.query(
      `SELECT action, officer_id FROM audit_log WHERE action = 'case_signed' ORDER BY id`,
    );
    expect(rows).toEqual(cases.map(() => ({ action: 'case_signed', officer_id: kades.id })));
  });

  test('by what was tapped on a keypad', async () => {
    const { code, id } = await stage.aCase();
    const keypad = v7();
    const layout = keypadLayout(stage.sealer, keypad);
    const positions = [...PIN].map((digit) => layout.indexOf(Number(digit)));
    const result = await stage.apply(kades, {
      kind: 'sign_cases',
      codes: [code],
      keypad: { id: keypad, positions },
    });
    expect(result.outcome).toBe('done');
    expect((await statusOf(id)).status).toBe('finished');
    // The same places on another keypad are other digits.
    const other = await stage.aCase();
    const wrong = await stage.apply(kades, {
      kind: 'sign_cases',
      codes: [other.code],
      keypad: { id: v7(), positions },
    });
    expect(wrong.outcome).toBe('wrong_pin');
    expect((await statusOf(other.id)).status).toBe('signing');
  });

  test('leaves what lacks something as it is, names it, and signs the rest', async () => {
    const ready = await stage.aCase();
    const lacking = await stage.aCase({ isKnown: false });
    const result = await sign(kades, [lacking.code, ready.code]);
    expect(result).toMatchObject({ outcome: 'done', signed: [ready.code], count: 1, others: [] });
    expect(result.left).toEqual([
      {
        code: lacking.code,
        reason: 'missing',
        missing: expect.arrayContaining(['Tempat lahir']) as string[],
      },
    ]);
    expect(result.missing).toMatch(new RegExp(`^${lacking.code} \\(.*Tempat lahir`, 'u'));
    expect(await statusOf(lacking.id)).toEqual({ status: 'signing', step: 'sign' });
    expect(await statusOf(ready.id)).toEqual({ status: 'finished', step: null });
    expect(await stage.letter(lacking.id)).toBeUndefined();
    expect((await stage.letter(ready.id)).number).toContain('/001/');
    const { rows } = await stage.pool.query(`SELECT kind FROM case_events WHERE case_id = $1`, [lacking.id]);
    expect(rows).toEqual([{ kind: 'case_opened' }]);
  });

  test('passes over what another signed first, and what is not there', async () => {
    const { code, id } = await stage.aCase();
    await delegate(sekdes);
    await give(sekdes, '739046');
    expect((await sign(sekdes, [code], '739046')).outcome).toBe('done');
    const again = await sign(kades, [code, 'K7M2-PXQ4-3']);
    expect(again).toMatchObject({
      outcome: 'none',
      signed: [],
      others: [`${code} (Bu Sri Wahyuni)`, 'K7M2-PXQ4-3'],
    });
    expect(again.left.map(({ reason }) => reason)).toEqual(['lost', 'not_found']);
    expect(await count('letters')).toBe(1);
    expect((await statusOf(id)).status).toBe('finished');
  });

  test('signed twice at the same moment has one letter', async () => {
    const { code } = await stage.aCase();
    const both = await Promise.all([sign(kades, [code]), sign(kades, [code])]);
    expect(both.map(({ outcome }) => outcome)).toContain('done');
    expect(await count('letters')).toBe(1);
    const { rows } = await stage.pool.query(`SELECT FROM case_events WHERE kind = 'case_signed'`);
    expect(rows).toHaveLength(1);
  });

  test('on paper is not signed by a PIN', async () => {
    const { code, id } = await stage.aCase();
    await stage.pool.query(`UPDATE villages SET letter_way = 'wet' WHERE id = $1`, [VILLAGE]);
    const result = await sign(kades, [code]);
    expect(result).toMatchObject({ outcome: 'none', left: [{ code, reason: 'wet' }] });
    expect(await statusOf(id)).toEqual({ status: 'signing', step: 'sign' });
  });
});

describe('whose signature it is', () => {
  test('not another role’s, whatever PIN it has', async () => {
    const { code, id } = await stage.aCase();
    await give(sekdes, '739046');
    const result = await sign(sekdes, [code], '739046');
    expect(result).toMatchObject({ outcome: 'none', signed: [] });
    expect(result.left[0]?.reason).toBe('role');
    expect((await statusOf(id)).status).toBe('signing');
    expect(await count('letters')).toBe(0);
  });

  test('who stands in signs a.n., by their own PIN', async () => {
    const { code, id } = await stage.aCase();
    await delegate(sekdes);
    // The head's PIN is of no use to the deputy.
    await give(sekdes, '739046');
    expect((await sign(sekdes, [code], PIN)).outcome).toBe('wrong_pin');
    expect((await sign(sekdes, [code], '739046')).outcome).toBe('done');
    expect(await stage.letter(id)).toMatchObject({
      signer_name: 'Bu Sri Wahyuni',
      signer_title: expect.stringMatching(/^a\.n\. Kepala Desa/u) as string,
    });
    const { rows } = await stage.pool.query(`SELECT data FROM case_events WHERE kind = 'case_signed'`);
    expect(rows[0].data.in_place_of).toEqual({ id: kades.id, name: 'Pak Arifin' });
  });

  test('not whose role is gone', async () => {
    const { code } = await stage.aCase();
    await stage.pool.query('DELETE FROM officer_roles WHERE officer_id = $1', [kades.id]);
    const result = await sign({ ...kades, roles: [] }, [code]);
    expect(result).toMatchObject({ outcome: 'none', left: [{ code, reason: 'not_found' }] });
  });

  test('an electronic signature comes by sign_cases alone', async () => {
    const { code, id } = await stage.aCase();
    const result = await stage.apply(kades, { kind: 'act_on_case', code, act: 'sign' });
    expect(result).toMatchObject({ outcome: 'not_allowed', reason: 'pin' });
    expect((await statusOf(id)).status).toBe('signing');
  });
});

describe('a PIN', () => {
  test('that is wrong signs nothing; the fifth locks it for an hour, and officer and Sekretaris are told', async () => {
    const { code, id } = await stage.aCase();
    const tries = [];
    for (let n = 0; n < 5; n++) tries.push(await sign(kades, [code], '111111'));
    expect(tries.map(({ outcome, tries_left }) => [outcome, tries_left])).toEqual([
      ['wrong_pin', 4],
      ['wrong_pin', 3],
      ['wrong_pin', 2],
      ['wrong_pin', 1],
      ['locked', null],
    ]);
    expect(tries[4]!.until).toBe(new Date(stage.clock.now.getTime() + HOUR).toISOString());
    // Not even the right one now.
    expect((await sign(kades, [code])).outcome).toBe('locked');
    expect((await statusOf(id)).status).toBe('signing');
    const { rows: told } = await stage.pool.query(
      `SELECT officer_id, vars FROM notifications WHERE kind = 'officer-pin-notice' AND vars->>'event' = 'locked' ORDER BY vars->>'whose'`,
    );
    expect(told.map(({ officer_id, vars }) => [officer_id, vars.whose, vars.name])).toEqual(
      [
        [sekdes.id, 'other', 'Pak Arifin'],
        [kades.id, 'own', 'Pak Arifin'],
      ].toSorted((a, b) => (a[1]! < b[1]! ? -1 : 1)),
    );
    const { rows: audit } = await stage.pool.query(
      `SELECT action FROM audit_log WHERE subject_kind = 'officer' ORDER BY id`,
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'pin.set',
      ...Array.from({ length: 4 }, () => 'pin.wrong'),
      'pin.locked',
    ]);
    stage.clock.now = new Date(stage.clock.now.getTime() + HOUR + 1000);
    expect((await sign(kades, [code], '111111')).tries_left).toBe(4);
    expect((await sign(kades, [code])).outcome).toBe('done');
  });

  test('tried many times at once is counted each time', async () => {
    const { code } = await stage.aCase();
    const tries = await Promise.all(Array.from({ length: 8 }, () => sign(kades, [code], '111111')));
    expect(tries.filter(({ outcome }) => outcome === 'wrong_pin')).toHaveLength(4);
    expect(tries.filter(({ outcome }) => outcome === 'locked')).toHaveLength(4);
  });

  test('that was never set, or was taken away, signs nothing', async () => {
    const { code } = await stage.aCase();
    await inTransaction(stage.pool, (sql) => clearPin(sql, kades.id, sekdes.id, stage.context()));
    expect((await sign(kades, [code])).outcome).toBe('no_pin');
    const { rows } = await stage.pool.query(
      `SELECT officer_id, subject_id FROM audit_log WHERE action = 'pin.cleared'`,
    );
    expect(rows).toEqual([{ officer_id: sekdes.id, subject_id: kades.id }]);
    expect(await count(`notifications WHERE vars->>'event' = 'cleared'`)).toBe(1);
  });

  test('set anew ends a lock, and the one before is of no use', async () => {
    const { code } = await stage.aCase();
    for (let n = 0; n < 5; n++) await sign(kades, [code], '111111');
    expect((await pinState(stage.pool, kades.id, stage.clock.now)).lockedUntil).not.toBeNull();
    await give(kades, '605138');
    expect((await sign(kades, [code])).outcome).toBe('wrong_pin');
    expect((await sign(kades, [code], '605138')).outcome).toBe('done');
  });

  test('stands nowhere in the database', async () => {
    const { code } = await stage.aCase();
    await sign(kades, [code], '739046');
    await sign(kades, [code]);
    const { rows: tables } = await stage.pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const { rows } = await stage.pool.query(
        `SELECT FROM "${name}" t WHERE t::text ~ '(^|[^0-9a-f])(${PIN}|739046)([^0-9a-f]|$)'`,
      );
      expect(rows, name).toHaveLength(0);
    }
  });
});
