import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asPrivate, letterTokenHash } from '../../src/core/letter.js';
import { checkLetter } from '../../src/core/letterProof.js';
import { issueLetters, missingForLetters } from '../../src/effects/issueLetters.js';
import { letterKeys, rotateLetterKey } from '../../src/store/letters/keys.js';
import { readNumberList } from '../../src/store/letters/numberList.js';
import { inTransaction } from '../../src/store/sql.js';
import { aLetterStage, ANSWERS, FAMILY_CARD, NIK, VILLAGE } from './stage.js';
import type { LetterStage } from './stage.js';

let stage: LetterStage;
let kades: Awaited<ReturnType<LetterStage['officer']>>;
let sekdes: typeof kades;
beforeEach(async () => {
  stage = await aLetterStage();
  kades = await stage.officer('Pak Arifin', 'kepala_desa');
  sekdes = await stage.officer('Bu Sri Wahyuni', 'sekretaris');
});
afterEach(() => stage.close());

const issue = (caseId: string) =>
  inTransaction(stage.pool, (sql) =>
    issueLetters(
      sql,
      [{ caseId, signer: { id: kades.id, name: kades.name, role: 'kepala_desa' }, onBehalfOf: null }],
      stage.context(),
    ),
  );
const electronic = () =>
  stage.pool.query(`UPDATE villages SET letter_way = 'electronic' WHERE id = $1`, [VILLAGE]);

test('fifty issuers at once, some of whom fail: no gap and no double', async () => {
  const cases = [];
  for (let n = 0; n < 50; n++) cases.push(await stage.aCase());
  await Promise.all(
    cases.map(async ({ id }, n) => {
      // Every fifth is taken back after it had its number, and tried again.
      if (n % 5 === 0) {
        const failing = inTransaction(stage.pool, async (sql) => {
          await issueLetters(
            sql,
            [{ caseId: id, signer: { ...kades, role: 'kepala_desa' }, onBehalfOf: null }],
            stage.context(),
          );
          throw new Error('taken back');
        });
        await expect(failing).rejects.toThrow('taken back');
      }
      await issue(id);
    }),
  );
  const { rows } = await stage.pool.query('SELECT sequence, number FROM letters ORDER BY sequence');
  expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  expect(new Set(rows.map(({ number }) => number)).size).toBe(50);
  expect(rows[0].number).toBe('500.2.2.4/001/429.517.06/2026');
  expect(rows[49].number).toBe('500.2.2.4/050/429.517.06/2026');
});

test('a case has one letter however often it is issued, and a batch its numbers in order', async () => {
  const [a, b] = [await stage.aCase(), await stage.aCase({ service: 'skck', answers: { purpose: 'work' } })];
  await Promise.all([issue(a.id), issue(a.id), issue(a.id)]);
  const again = await issue(a.id);
  expect(again.issued).toMatchObject([
    { code: a.code, number: '500.2.2.4/001/429.517.06/2026', isNew: false },
  ]);
  const other = await issue(b.id);
  expect(other.issued).toMatchObject([{ number: '100.2.2.5/001/429.517.06/2026', isNew: true }]);
});

test('what is not known is named, and nothing is issued', async () => {
  const stranger = await stage.aCase({ isKnown: false, answers: { ...ANSWERS, purpose: 'other' } });
  const { issued, left } = await issue(stranger.id);
  expect(issued).toEqual([]);
  expect(left[0]!.missing).toEqual(
    expect.arrayContaining(['Nama', 'NIK', 'Tempat lahir', 'Alamat', 'Keperluan']),
  );
  expect(left[0]!.missing).not.toContain('Nama usaha');
  const { rows } = await stage.pool.query('SELECT count(*)::int AS n FROM letter_counters');
  expect(rows[0].n).toBe(0);
  const missing = await inTransaction(stage.pool, (sql) =>
    missingForLetters(sql, [stranger.id], stage.context()),
  );
  expect(missing.get(stranger.id)).toEqual(left[0]!.missing);
});

test('what an officer typed stands in the letter, before what is known', async () => {
  const one = await stage.aCase();
  await stage.pool.query('INSERT INTO letter_drafts (case_id, private, updated_at) VALUES ($1, $2, $3)', [
    one.id,
    stage.sealer.seal('letter', one.id, { fields: { pekerjaan: 'Wiraswasta' } }),
    stage.clock.now,
  ]);
  await issue(one.id);
  const letter = await stage.letter(one.id);
  const { print, names } = asPrivate(stage.sealer.open('letter', letter.id, letter.private as string));
  expect(names).toEqual(['SITI AMINAH']);
  expect(JSON.stringify(print.blocks)).toContain('Wiraswasta');
  expect(JSON.stringify(print.blocks)).toContain('Dusun Krajan RT 002 RW 001');
  expect(print.signer).toMatchObject({ lines: ['Kepala Desa Gintangan'], name: 'Pak Arifin' });
});

test('a deputy signs a.n., and a village counts through the year in a form of its own', async () => {
  await stage.pool.query(
    `INSERT INTO letter_templates (id, village_id, service, version, content, created_at)
     VALUES (gen_random_uuid(), $1, '', 1, $2, now())`,
    [VILLAGE, { number_format: '{no}/{klas}/DS/{month_roman}/{year}', counter: 'village' }],
  );
  const [a, b] = [await stage.aCase(), await stage.aCase({ service: 'skck', answers: { purpose: 'work' } })];
  const { issued } = await inTransaction(stage.pool, (sql) =>
    issueLetters(
      sql,
      [a, b].map(({ id }) => ({
        caseId: id,
        signer: { ...sekdes, role: 'sekretaris' },
        onBehalfOf: 'kepala_desa',
      })),
      stage.context(),
    ),
  );
  expect(issued.map(({ number }) => number)).toEqual(['1/500.2.2.4/DS/XI/2026', '2/100.2.2.5/DS/XI/2026']);
  expect((await stage.letter(a.id)).signer_title).toBe('a.n. Kepala Desa Gintangan, Sekretaris Desa');
});

test('a village that changes how it counts goes on after its highest number', async () => {
  const format = (counter: string, version: number) =>
    stage.pool.query(
      `INSERT INTO letter_templates (id, village_id, service, version, content, created_at)
       VALUES (gen_random_uuid(), $1, '', $3, $2, now())`,
      [VILLAGE, { number_format: '{klas}/{no:03}/{year}', counter }, version],
    );
  const first = await stage.aCase();
  await issue(first.id);
  await format('village', 1);
  const second = await stage.aCase();
  expect((await issue(second.id)).issued[0]!.number).toBe('500.2.2.4/002/2026');
  await format('code', 2);
  const third = await stage.aCase();
  expect((await issue(third.id)).issued[0]!.number).toBe('500.2.2.4/003/2026');
});

describe('the file', () => {
  test('is made, sealed, proven, and told once, whatever crashes in between', async () => {
    await electronic();
    const one = await stage.aCase();
    await issue(one.id);
    const { id } = await stage.letter(one.id);
    // Ended after the file was written, before anything of it was.
    await stage.pool.query(`
      CREATE FUNCTION fall() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'ended'; END$$;
      CREATE TRIGGER fall BEFORE UPDATE OF made_at ON letters FOR EACH ROW EXECUTE FUNCTION fall()`);
    await expect(stage.make()).rejects.toThrow('ended');
    await stage.pool.query('DROP TRIGGER fall ON letters');
    expect((await stage.letter(one.id)).made_at).toBeNull();
    expect(stage.files.size).toBe(1);
    // Two workers at once.
    const counts = await Promise.all([stage.make(), stage.make()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await stage.make()).toBe(0);
    expect([...stage.files.keys()]).toEqual([`2026/11/${id}.pdf.sealed`]);
    const sealed = stage.files.get(`2026/11/${id}.pdf.sealed`)!;
    expect(Buffer.from(sealed).includes('%PDF')).toBe(false);
    const pdf = stage.sealer.openBytes('attachment', id, sealed);
    const letter = await stage.letter(one.id);
    expect(letter.sha256).toBe(createHash('sha256').update(pdf).digest('hex'));
    const { rows } = await stage.pool.query(`SELECT body FROM inbound_messages WHERE kind = 'internal'`);
    expect(rows.map(({ body }) => body)).toMatchObject([
      {
        flow: 'letter-sent',
        vars: {
          code: one.code,
          document: id,
          whose: one.residentId,
          file_name: `surat-keterangan-usaha-${one.code.slice(0, 4)}.pdf`,
        },
      },
    ]);
    expect(stage.converse.count).toBe(1);

    const keys = (await letterKeys(stage.pool)).map(({ publicKey }) => publicKey);
    expect(checkLetter(pdf, letter.proof!, keys)).toMatchObject({
      outcome: 'valid',
      isKnownKey: true,
      claim: {
        number: letter.number,
        initials: 'S.A.',
        issuer: { village: 'Desa Gintangan', district: 'Blimbingsari' },
      },
    });
    const changed = Uint8Array.from(pdf);
    changed[changed.length - 10]! ^= 1;
    expect(checkLetter(changed, letter.proof!, keys).outcome).toBe('other_file');
    expect(checkLetter(pdf, letter.proof!.replace('S.A.', 'X.Y.'), keys).outcome).toBe('forged');
    expect(checkLetter(pdf, 'nothing', keys).outcome).toBe('not_a_proof');
  });

  test('is there only once its number is kept outside the database', async () => {
    const first = await stage.aCase();
    await issue(first.id);
    const kept: unknown[] = [];
    await stage.make({
      storage: { write: async () => void kept.push(await readNumberList(stage.numberList)) },
    });
    expect(kept).toEqual([[{ village: VILLAGE, counter: '500.2.2.4', year: 2026, last: 1 }]]);
    const second = await stage.aCase();
    await issue(second.id);
    await stage.make({ keepNumbers: () => Promise.reject(new Error('the disk is full')) });
    const { rows } = await stage.pool.query(
      'SELECT made_at IS NOT NULL AS made FROM letters ORDER BY sequence',
    );
    expect(rows).toEqual([{ made: true }, { made: false }]);
    expect(stage.files.size).toBe(0);
  });

  test('of a letter on paper is made and not sent; one that cannot be made is tried again later', async () => {
    const one = await stage.aCase();
    await issue(one.id);
    const failing = {
      render: () => Promise.reject(new Error('no room')),
      picture: () => Promise.reject(new Error('no room')),
      stop: async () => {},
    };
    expect(await stage.make({ renderer: failing })).toBe(1);
    expect(await stage.letter(one.id)).toMatchObject({ failures: 1, error: 'Error', made_at: null });
    expect(await stage.make()).toBe(0);
    stage.clock.now = new Date(stage.clock.now.getTime() + 61_000);
    expect(await stage.make()).toBe(1);
    expect((await stage.letter(one.id)).made_at).not.toBeNull();
    const { rows } = await stage.pool.query(`SELECT 1 FROM inbound_messages WHERE kind = 'internal'`);
    expect(rows).toEqual([]);
  });

  test('is proven by the key of its day, also after that was retired', async () => {
    const [a, b] = [await stage.aCase(), await stage.aCase()];
    await issue(a.id);
    await stage.make();
    await rotateLetterKey(stage.pool, stage.sealer, stage.clock.now);
    await issue(b.id);
    await stage.make();
    const keys = await letterKeys(stage.pool);
    expect(keys.map(({ retiredAt }) => retiredAt !== null)).toEqual([false, true]);
    for (const [one, key] of [
      [b, keys[0]!],
      [a, keys[1]!],
    ] as const) {
      const letter = await stage.letter(one.id);
      const pdf = stage.sealer.openBytes(
        'attachment',
        letter.id,
        stage.files.get(`2026/11/${letter.id}.pdf.sealed`)!,
      );
      expect(checkLetter(pdf, letter.proof!, [key.publicKey])).toMatchObject({
        outcome: 'valid',
        keyId: key.id,
      });
      expect(
        checkLetter(
          pdf,
          letter.proof!,
          keys.filter(({ id }) => id !== key.id).map(({ publicKey }) => publicKey),
        ),
      ).toEqual({ outcome: 'forged' });
    }
    const { rows } = await stage.pool.query('SELECT private FROM letter_keys WHERE retired_at IS NOT NULL');
    expect(rows).toEqual([{ private: null }]);
  });
});

test('the print pile numbers what waits for a signature on paper; others are left', async () => {
  const [ready, early, lacking] = [
    await stage.aCase(),
    await stage.aCase({ status: 'in_hand' }),
    await stage.aCase({ isKnown: false }),
  ];
  const operator = await stage.officer('Mbak Rina', 'operator');
  const result = await stage.apply(operator, {
    kind: 'issue_letters',
    codes: [ready.code, early.code, lacking.code],
  });
  expect(result).toMatchObject({
    count: 1,
    issued: [{ code: ready.code, number: '500.2.2.4/001/429.517.06/2026' }],
  });
  expect(result.left.map(({ code }) => code).sort()).toEqual([early.code, lacking.code].sort());
  expect(result.left.find(({ code }) => code === lacking.code)!.missing).toContain('NIK');
  expect((await stage.letter(ready.id)).signer_name).toBe('Pak Arifin');
  const stranger = { ...operator, roles: [{ role: 'operator', village: '35.10.10.2003' }] };
  const none = await stage.apply(stranger, { kind: 'issue_letters', codes: [early.code] });
  expect(none).toMatchObject({ count: 0, left: [{ code: early.code, missing: [] }] });
});

test('a letter is withdrawn or replaced by the heads alone; its number is never given again', async () => {
  const one = await stage.aCase();
  await issue(one.id);
  const first = await stage.letter(one.id);
  const operator = await stage.officer('Mbak Rina', 'operator');
  const ask = (who: typeof operator, reason = 'Nama usaha salah') =>
    stage.apply(who, { kind: 'replace_letter', letter: first.id, reason });
  expect(await ask(operator)).toMatchObject({ outcome: 'not_allowed' });
  expect(await ask(sekdes, ' ')).toMatchObject({ outcome: 'not_allowed' });
  expect(await ask(sekdes)).toMatchObject({ outcome: 'done', number: '500.2.2.4/002/429.517.06/2026' });
  expect(await ask(sekdes)).toMatchObject({ outcome: 'already' });
  const { rows } = await stage.pool.query(
    'SELECT number, state, replaced_by, state_reason FROM letters ORDER BY sequence',
  );
  const second = await stage.letter(one.id);
  expect(rows).toMatchObject([
    {
      number: '500.2.2.4/001/429.517.06/2026',
      state: 'replaced',
      replaced_by: second.id,
      state_reason: 'Nama usaha salah',
    },
    { number: '500.2.2.4/002/429.517.06/2026', state: 'issued', replaced_by: null },
  ]);
  expect(
    await stage.apply(kades, { kind: 'withdraw_letter', letter: second.id, reason: 'Dibatalkan' }),
  ).toEqual({
    outcome: 'done',
    number: '500.2.2.4/002/429.517.06/2026',
  });
  const third = await stage.aCase();
  expect((await issue(third.id)).issued[0]!.number).toBe('500.2.2.4/003/429.517.06/2026');
});

test('no number of a card stands in clear in any table or log', async () => {
  await electronic();
  const one = await stage.aCase();
  await issue(one.id);
  await stage.make();
  const { rows: tables } = await stage.pool.query(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  for (const { name } of tables) {
    const { rows } = await stage.pool.query(
      `SELECT 1 FROM "${name}" t WHERE t::text LIKE '%' || $1 || '%' OR t::text LIKE '%' || $2 || '%' LIMIT 1`,
      [NIK, FAMILY_CARD],
    );
    expect({ name, found: rows.length }).toEqual({ name, found: 0 });
  }
  const letter = await stage.letter(one.id);
  const { token } = asPrivate(stage.sealer.open('letter', letter.id, letter.private as string));
  expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(16);
  expect(letter.token_hash).toBe(letterTokenHash(token));
  const whole = JSON.stringify(letter) + stage.logged.join('\n');
  expect(whole).not.toContain(token);
  expect(whole).not.toContain('SITI AMINAH');
});
