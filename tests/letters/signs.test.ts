import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LetterPrint } from '../../src/core/letter.js';
import { PRINTABLE, unprintable } from '../../src/core/letterSigns.js';
import { issueLetters } from '../../src/effects/issueLetters.js';
import { inTransaction } from '../../src/store/sql.js';
import { aLetterStage, ANSWERS, VILLAGE } from './stage.js';
import type { LetterStage } from './stage.js';

/** Signs that the fonts of letters lack: told with the field that has them, and nothing is issued until it is mended. */
let stage: LetterStage;
let kades: Awaited<ReturnType<LetterStage['officer']>>;
beforeAll(async () => {
  stage = await aLetterStage();
  kades = await stage.officer('Pak Arifin', 'kepala_desa');
});
afterAll(() => stage.close());

const issue = (caseId: string) =>
  inTransaction(stage.pool, (sql) =>
    issueLetters(
      sql,
      [{ caseId, signer: { id: kades.id, name: kades.name, role: 'kepala_desa' }, onBehalfOf: null }],
      stage.context(),
    ),
  );
const lettersIssued = async () =>
  (await stage.pool.query('SELECT count(*)::int AS n FROM letters')).rows[0].n as number;

test.each([
  ['Siti Aminah, S.Pd. – “Warung” 50 % ½ m² é ñ ḥ ş ₂', []],
  ['Warung 🍜 Bu Siti 🍜', ['🍜']],
  ['Keluarga 👨‍👩‍👧', ['👨‍👩‍👧']],
  ['ꦮꦫꦸꦁ', ['ꦮ', 'ꦫꦸ', 'ꦁ']],
  ['漢字 dan العربية', ['漢', '字', 'ا', 'ل', 'ع', 'ر', 'ب', 'ي', 'ة']],
])('of %j these cannot be printed: %j', (text, signs) => {
  const found = unprintable(text);
  // How a script's letters are grouped is the machine's word list's: that all of them are found is ours.
  expect(found.join('')).toBe(signs.join(''));
});

/** Whether the letter keeps the archive's standard, which forbids a sign without a glyph. */
async function isArchival(text: string): Promise<boolean> {
  const print: LetterPrint = {
    heading: ['PEMERINTAH', 'KECAMATAN', 'DESA'],
    contact: [],
    title: 'Surat',
    number: '1',
    blocks: [{ kind: 'paragraph', text }],
    place: 'Gintangan',
    date: '24 November 2026',
    signer: { lines: [text], name: text, number: null },
    way: 'wet',
  };
  const { renderer } = stage.makeDeps;
  const at = stage.clock.now;
  const { pdf } = await renderer.render({ print, verifyUrl: null, logo: null, isDraft: false, at });
  return /pdfaid:part>2</u.test(Buffer.from(pdf).toString('latin1'));
}

test('every sign that is let through has a glyph, upright and bold; those that are not would be boxes', async () => {
  const all = PRINTABLE.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, n) => String.fromCodePoint(from + n)),
  );
  expect(await isArchival(all.join(' '))).toBe(true);
  for (const sign of ['ꦮ', '漢', '🍜']) expect(await isArchival(sign), sign).toBe(false);
}, 60_000);

test('a field with such a sign is named with it, nothing is issued or numbered, and what is typed instead mends it', async () => {
  const one = await stage.aCase({ answers: { ...ANSWERS, business_name: 'Warung Bu Siti 🍜 ꦮ' } });
  const { issued, left } = await issue(one.id);
  expect(issued).toEqual([]);
  expect(left[0]!.missing).toEqual(['Nama usaha: ganti 🍜 ꦮ']);
  expect(await lettersIssued()).toBe(0);
  await stage.pool.query('INSERT INTO letter_drafts (case_id, private, updated_at) VALUES ($1, $2, $3)', [
    one.id,
    stage.sealer.seal('letter', one.id, { fields: { nama_usaha: 'Warung Bu Siti' } }),
    stage.clock.now,
  ]);
  expect((await issue(one.id)).issued).toHaveLength(1);
});

test('what stands around the fields is told by its place', async () => {
  const one = await stage.aCase();
  await stage.pool.query(`UPDATE villages SET office_address = 'Jalan Raya ★ 1 🏠' WHERE id = $1`, [VILLAGE]);
  expect((await issue(one.id)).left[0]!.missing).toEqual([expect.stringContaining('Kop surat: ganti')]);
  await stage.pool.query(`UPDATE villages SET office_address = 'Jalan Raya 1' WHERE id = $1`, [VILLAGE]);
  await stage.pool.query(`UPDATE officers SET name = 'Pak Arifin 🙏' WHERE id = $1`, [kades.id]);
  kades = { ...kades, name: 'Pak Arifin 🙏' };
  expect((await issue(one.id)).left[0]!.missing).toEqual(['Penandatangan: ganti 🙏']);
});
