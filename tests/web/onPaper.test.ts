import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setPin } from '../../src/store/officerPins.js';
import { hashPin } from '../../src/store/pinHash.js';
import { inTransaction } from '../../src/store/sql.js';
import { createRenderer } from '../../src/letters/renderer.js';
import type { Renderer } from '../../src/letters/renderer.js';
import { aLetter, aLetterCase, TYPED } from './aLetter.js';
import { aWeb, form, GINTANGAN, withCookie } from './support.js';
import type { Web } from './support.js';

/** A letter that is signed on paper is ready once it is there: issued by us, or said to be made elsewhere, with its number. */
let web: Web;
let renderer: Renderer;
let head: { id: string; name: string };
const cookies: { [who: string]: string } = {};
beforeAll(async () => {
  web = await aWeb();
  renderer = createRenderer(fileURLToPath(new URL('../../flows/letters', import.meta.url)));
  for (const role of ['operator', 'sekretaris', 'kepala_desa', 'kasi_kesejahteraan']) {
    const { id } = await web.officer({
      name: `Bu ${role}`,
      username: role,
      roles: [{ role, village: GINTANGAN }],
    });
    cookies[role] = await web.signIn(role);
    if (role === 'kepala_desa') head = { id, name: `Bu ${role}` };
  }
  await web.pool.query(`UPDATE villages SET letter_way = 'wet', office_code = 'GTG' WHERE id = $1`, [
    GINTANGAN,
  ]);
}, 60_000);
afterAll(async () => {
  await renderer.stop();
  await web.drop();
});

const page = async (path: string, who: string) =>
  (await web.app.request(path, withCookie(cookies[who]!))).text();
const act = async (code: string, what: string, who: string, fields: { [name: string]: string } = {}) =>
  (await web.app.request(`/console/kasus/${code}/${what}`, form(fields, cookies[who]!))).headers.get(
    'location',
  );
const statusOf = async (id: string) =>
  (await web.pool.query<{ status: string }>('SELECT status FROM cases WHERE id = $1', [id])).rows[0]!.status;

describe('a letter that waits for a signature on paper', () => {
  test('without a letter of ours it is neither ready nor signed, and the page leads to issuing it', async () => {
    const { id, code } = await aLetterCase(web);
    expect(await act(code, 'ready', 'operator')).toContain('sebab=no_letter');
    expect(await act(code, 'ready', 'operator', { to: '  ' })).toContain('sebab=no_letter');
    expect(await act(code, 'sign', 'kepala_desa')).toContain('sebab=no_letter');
    expect(await statusOf(id)).toBe('signing');
    const told = await page(`/console/kasus/${code}?kabar=case_not_allowed&sebab=no_letter`, 'operator');
    expect(told).toContain('suratnya belum ada');
    expect(told).toContain('Terbitkan dan cetak suratnya');
    expect(told).toContain('Surat dibuat di luar Kentongan');
    // Who writes no letters reads what it waits for.
    const other = await page(`/console/kasus/${code}`, 'kasi_kesejahteraan');
    expect(other).toContain('Suratnya belum terbit');
  });

  test('made elsewhere it is ready with its number, which stands in history and audit log', async () => {
    const { id, code } = await aLetterCase(web);
    expect(await act(code, 'ready', 'operator', { to: '470/12/GTG/2026' })).toContain('kabar=case_ready');
    expect(await statusOf(id)).toBe('ready');
    expect(await page(`/console/kasus/${code}`, 'operator')).toContain(
      'dibuat di tempat lain, nomor 470/12/GTG/2026',
    );
    const { rows } = await web.pool.query(
      `SELECT data ->> 'elsewhere' AS number FROM audit_log WHERE action = 'case_ready' AND subject_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ number: '470/12/GTG/2026' }]);
  });

  test('issued by us it is ready as ever, and no other number is noted', async () => {
    const { code } = await aLetter(web, renderer, head);
    expect(await page(`/console/kasus/${code}`, 'operator')).toContain('Sudah ditandatangani');
    expect(await act(code, 'ready', 'operator', { to: 'nomor lain' })).toContain('kabar=case_ready');
    expect(await page(`/console/kasus/${code}`, 'operator')).not.toContain('nomor lain');
  });

  test('a service whose papers are no letters of ours has none to wait for', async () => {
    const { id, code } = await web.case({ service: 'ktp' });
    expect(await act(code, 'ready', 'operator')).toContain('kabar=case_ready');
    expect(await statusOf(id)).toBe('ready');
  });
});

test('of somebody without a chat the page says that they are to be told by phone or at the counter', async () => {
  const [written, counter] = [await web.case({ service: 'ktp' }), await web.case({ service: 'ktp' })];
  await web.pool.query('UPDATE cases SET conversation_id = NULL WHERE id = $1', [counter.id]);
  const told = async (code: string, what: string, text: string) => {
    const location = await act(code, what, 'operator', { text });
    return await page(location!.split('#')[0]!, 'operator');
  };
  const byPhone = 'sampaikan lewat telepon atau di loket';
  expect(await told(written.code, 'ask', 'RT berapa?')).toContain('Pertanyaan dikirim ke chat warga');
  const asked = await told(counter.code, 'ask', 'RT berapa?');
  expect(asked).toContain(byPhone);
  expect(asked).not.toContain('Pertanyaan dikirim ke chat warga');
  expect(await told(counter.code, 'refuse', 'Alamatnya di desa lain.')).toContain(byPhone);
});

describe('signs that the fonts of a letter lack', () => {
  test('are told beside the case with the field that has them, and the letter is issued once they are gone', async () => {
    const { id, code } = await aLetterCase(web);
    const type = async (business: string) => {
      await web.pool.query(`UPDATE cases SET status = 'in_hand', step = 'verify' WHERE id = $1`, [id]);
      await web.app.request(
        `/console/kasus/${code}/surat/isian`,
        form(
          Object.fromEntries(
            Object.entries({ ...TYPED, nama_usaha: business }).map(([field, value]) => [`f_${field}`, value]),
          ),
          cookies['operator']!,
        ),
      );
      await web.pool.query(`UPDATE cases SET status = 'signing', step = 'sign' WHERE id = $1`, [id]);
    };
    const issue = async () =>
      (await web.app.request(`/console/kasus/${code}/surat/terbit`, form({}, cookies['operator']!))).status;
    await type('Warung ꦮ 🍜');
    const text = await page(`/console/kasus/${code}/surat`, 'operator');
    expect(text).toContain('tercetak sebagai kotak');
    expect(text).toMatch(/Nama usaha: <bdi>ꦮ 🍜<\/bdi>/u);
    expect(await issue()).toBe(409);
    await type('Warung Bu Siti');
    expect(await page(`/console/kasus/${code}/surat`, 'operator')).not.toContain('tercetak sebagai kotak');
    expect(await issue()).toBe(303);
    const { rows } = await web.pool.query('SELECT count(*)::int AS n FROM letters WHERE case_id = $1', [id]);
    expect(rows[0].n).toBe(1);
  });
});

test('a letter that is replaced electronically says so on its public page, and names the new one', async () => {
  const PIN = '482915';
  await web.pool.query(`UPDATE villages SET letter_way = 'electronic' WHERE id = $1`, [GINTANGAN]);
  const hash = await hashPin(head.id, PIN, web.deps.sealer);
  await inTransaction(web.pool, (sql) => setPin(sql, head.id, hash, { ...web.deps, now: web.clock.now }));
  const letter = await aLetter(web, renderer, head);
  await web.pool.query(
    `UPDATE cases SET status = 'finished', step = NULL, closed_at = now() WHERE code = $1`,
    [letter.code],
  );
  const asked = await act(letter.code, `surat/${letter.id}/ganti`, 'sekretaris', {
    reason: 'Nama usaha salah',
  });
  expect(asked).toContain('kabar=letter_to_sign');
  await act(letter.code, 'verify', 'operator');
  await act(letter.code, 'initial', 'sekretaris');
  const officer = { ...head, roles: [{ role: 'kepala_desa', village: GINTANGAN }] };
  const [signed] = await web.deps.perform(officer, [{ kind: 'sign_cases', codes: [letter.code], pin: PIN }]);
  expect(signed).toMatchObject({ signed: [letter.code] });
  const { rows } = await web.pool.query<{ number: string }>(
    `SELECT l.number FROM letters l JOIN cases c ON c.id = l.case_id WHERE c.code = $1 AND l.state = 'issued'`,
    [letter.code],
  );
  const text = await (await web.app.request(letter.path)).text();
  expect(text).toContain('Surat ini DIGANTI, tidak berlaku lagi');
  expect(text).toContain(rows[0]!.number);
  await web.pool.query(`UPDATE villages SET letter_way = 'wet' WHERE id = $1`, [GINTANGAN]);
});

describe('a village whose office has no code', () => {
  const warned = async (path: string, who: string) => {
    const text = await page(path, who);
    return ['kode kantor desa belum diisi', 'kode kantor belum diisi'].some((words) => text.includes(words));
  };
  const set = (code: string | null) =>
    web.pool.query('UPDATE villages SET office_code = $2 WHERE id = $1', [GINTANGAN, code]);

  test('is told to who sets it up at the start and on its page, and to all beside a letter that waits', async () => {
    await web.pool.query(`UPDATE villages SET state = 'active' WHERE id = $1`, [GINTANGAN]);
    const { code } = await aLetterCase(web);
    const card = await web.case({ service: 'ktp' });
    for (const isSet of [true, false]) {
      await set(isSet ? 'GTG' : null);
      expect(await warned('/console', 'sekretaris')).toBe(!isSet);
      expect(await warned('/console', 'operator')).toBe(false);
      expect(await warned('/console/desa', 'sekretaris')).toBe(!isSet);
      expect(await warned(`/console/desa/${GINTANGAN}`, 'sekretaris')).toBe(!isSet);
      for (const who of ['operator', 'sekretaris', 'kepala_desa'])
        expect(await warned(`/console/kasus/${code}`, who), who).toBe(!isSet);
      expect(await warned(`/console/kasus/${card.code}`, 'operator')).toBe(false);
    }
    const mine = await page(`/console/kasus/${code}`, 'sekretaris');
    expect(mine).toContain(`/console/desa/${GINTANGAN}#officeCode`);
    expect(await page(`/console/kasus/${code}`, 'operator')).toContain('Minta Sekretaris Desa mengisinya');
  });

  test('is not told where its numbers hold no code', async () => {
    await set(null);
    const letterhead = (version: number, format: string) =>
      web.pool.query(
        `INSERT INTO letter_templates (id, village_id, service, version, content, created_at)
         VALUES (gen_random_uuid(), $1, '', $2, $3, now())`,
        [GINTANGAN, version, JSON.stringify({ number_format: format })],
      );
    await letterhead(1, '{klas}/{no:03}/{year}');
    expect(await warned('/console', 'sekretaris')).toBe(false);
    await letterhead(2, '{klas}/{no:03}/{office_code}/{year}');
    expect(await warned('/console', 'sekretaris')).toBe(true);
  });
});
