import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { letterTokenHash } from '../../src/core/letter.js';
import { createRenderer } from '../../src/letters/renderer.js';
import type { Renderer } from '../../src/letters/renderer.js';
import { aLetter, aLetterCase, LETTER_NIK, TYPED } from './aLetter.js';
import { GINTANGAN, aWeb, form, withCookie } from './support.js';
import type { Web } from './support.js';

let web: Web;
let renderer: Renderer;
const cookies: { [who: string]: string } = {};
let kades: Awaited<ReturnType<Web['officer']>>;
const FORM = Object.fromEntries(Object.entries(TYPED).map(([field, text]) => [`f_${field}`, text]));

beforeAll(async () => {
  web = await aWeb();
  renderer = createRenderer('flows/letters');
  await web.pool.query(`UPDATE villages SET office_code = '429.517.06' WHERE id = $1`, [GINTANGAN]);
  for (const [username, role] of Object.entries({
    operator: 'operator',
    sekdes: 'sekretaris',
    bidan: 'bidan',
  })) {
    await web.officer({ name: username, username, roles: [{ role, village: GINTANGAN }] });
    cookies[username] = await web.signIn(username);
  }
  kades = await web.officer({ name: 'Pak Arifin', roles: [{ role: 'kepala_desa', village: GINTANGAN }] });
});
afterAll(async () => {
  await renderer.stop();
  await web.drop();
});

const get = (who: string, path: string) => web.app.request(path, withCookie(cookies[who]!));
const post = (who: string, path: string, fields: { [name: string]: string }) =>
  web.app.request(path, form(fields, cookies[who]));

describe('the letter beside its case', () => {
  test('names what is missing, keeps what is typed sealed, shows it, and issues it', async () => {
    const { code, id } = await aLetterCase(web);
    const page = `/console/kasus/${code}/surat`;
    const first = await (await get('operator', page)).text();
    expect(first).toContain('Belum lengkap');
    expect(first).toContain('Tempat lahir');
    expect((await post('operator', `${page}/terbit`, {})).status).toBe(409);
    const waits = (status: string, step: string) =>
      web.pool.query('UPDATE cases SET status = $2, step = $3 WHERE id = $1', [id, status, step]);
    await waits('in_hand', 'verify');
    const saved = await post('operator', `${page}/isian`, { ...FORM, f_unknown: 'x' });
    expect(saved.headers.get('location')).toBe(`${page}?kabar=letter_saved`);
    await waits('signing', 'sign');
    const { rows } = await web.pool.query('SELECT private FROM letter_drafts WHERE case_id = $1', [id]);
    expect(rows[0].private).not.toContain('Pedagang');
    const picture = await get('operator', `${page}/pratinjau.svg`);
    expect(picture.headers.get('content-type')).toBe('image/svg+xml');
    expect(await picture.text()).toMatch(/^<svg/u);
    expect((await post('operator', `${page}/terbit`, {})).headers.get('location')).toBe(
      `${page}?kabar=letter_issued`,
    );
    const after = await (await get('operator', page)).text();
    expect(after).toContain('500.2.2.4/001/429.517.06/2');
    const { rows: looks } = await web.pool.query(
      `SELECT action, data FROM audit_log WHERE subject_id = $1 ORDER BY id`,
      [id],
    );
    expect(looks.map(({ action }) => action)).toEqual([
      'letter.opened',
      'letter.fields_typed',
      'letter.previewed',
      'letter.opened',
    ]);
    // The number of the card stands in the picture alone.
    expect(first + after).not.toContain(LETTER_NIK);
    expect(after).toContain('351001******0001');
    expect(JSON.stringify(looks)).not.toContain('Pedagang');
  });

  test('says what was checked: nothing of it changes until it goes back, whichever way that is tried', async () => {
    const { code, id } = await aLetterCase(web);
    await web.pool.query(`UPDATE cases SET status = 'open', step = 'verify' WHERE id = $1`, [id]);
    const at = `/console/kasus/${code}`;
    const type = (who: string, more: { [name: string]: string } = {}) =>
      post(who, `${at}/surat/isian`, { ...FORM, ...more });
    const issue = async () => {
      const answer = await post('operator', `${at}/surat/terbit`, {});
      return { status: answer.status, text: await answer.text() };
    };
    const through = async () => {
      await post('operator', `${at}/verify`, {});
      await post('sekdes', `${at}/initial`, {});
    };
    expect((await type('operator')).status).toBe(303);
    await post('operator', `${at}/verify`, {});
    // Checked: neither before the initials nor after them, by nobody.
    const late = await type('operator', { f_nama: 'ORANG LAIN' });
    expect(late.status).toBe(409);
    expect(await late.text()).toContain('Kembalikan dulu ke pemeriksaan');
    await post('sekdes', `${at}/initial`, {});
    expect((await type('sekdes', { f_nama: 'ORANG LAIN' })).status).toBe(409);
    expect(await (await get('sekdes', `${at}/surat`)).text()).not.toContain('surat/isian');
    // The village's words are changed under it.
    const words = { title: 'Surat Keterangan Usaha', signer: 'head', act: 'save' };
    const body = 'Menerangkan bahwa {nama} mempunyai usaha {nama_usaha} dan berhak atas dana desa.';
    const template = `/console/templat/${GINTANGAN}/surat/usaha`;
    expect((await post('operator', template, { ...words, body })).status).toBe(303);
    const changed = await issue();
    expect(changed.status).toBe(409);
    expect(changed.text).toContain('berubah sejak diperiksa');
    // Sent back it is theirs to write, and what is checked then is what is issued.
    await post('sekdes', `${at}/return`, { text: 'Ada yang salah', to: 'verify' });
    expect((await type('operator', { f_nama: 'SITI AMINAH' })).status).toBe(303);
    await through();
    expect((await issue()).status).toBe(303);
    await post('operator', `${template}/kembali/0`, {});
    // On paper a head has it written anew, from what is known then.
    const [letter] = (await web.pool.query<{ id: string }>('SELECT id FROM letters WHERE case_id = $1', [id]))
      .rows;
    expect((await type('operator', { f_pekerjaan: 'Petani' })).status).toBe(303);
    const anew = await post('sekdes', `${at}/surat/${letter!.id}/ganti`, { reason: 'Salah pekerjaan' });
    expect(anew.headers.get('location')).toContain('letter_replaced');
  });

  test('that lacked something at its check is completed by whoever may do the step that waits, and by nobody else', async () => {
    const { code, id } = await aLetterCase(web);
    await web.pool.query(`UPDATE cases SET status = 'open', step = 'verify' WHERE id = $1`, [id]);
    const at = `/console/kasus/${code}`;
    await post('operator', `${at}/verify`, {});
    expect((await post('operator', `${at}/surat/isian`, FORM)).status).toBe(409);
    expect((await post('sekdes', `${at}/surat/isian`, FORM)).status).toBe(303);
    await post('sekdes', `${at}/initial`, {});
    expect((await post('sekdes', `${at}/surat/isian`, { ...FORM, f_nama: 'ORANG LAIN' })).status).toBe(409);
    expect((await post('operator', `${at}/surat/terbit`, {})).status).toBe(303);
  });

  test('the file is printed and copied, and each is written down; withdrawing wants a head and a reason', async () => {
    const letter = await aLetter(web, renderer, kades);
    const page = `/console/kasus/${letter.code}/surat`;
    const file = `${page}/${letter.id}/berkas`;
    const copy = await get('operator', file);
    expect(copy.headers.get('content-disposition')).toBe(
      `attachment; filename="surat-keterangan-usaha-${letter.code.slice(0, 4)}.pdf"`,
    );
    const print = await get('operator', `${file}?cetak`);
    expect(print.headers.get('content-type')).toBe('application/pdf');
    expect(
      Buffer.from(await print.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    const { rows } = await web.pool.query('SELECT action FROM audit_log WHERE subject_id = $1 ORDER BY id', [
      letter.id,
    ]);
    expect(rows.map(({ action }) => action)).toEqual(['letter_issued', 'letter.copied', 'letter.printed']);
    expect((await post('operator', `${page}/${letter.id}/tarik`, { reason: 'Salah nama' })).status).toBe(403);
    expect((await post('sekdes', `${page}/${letter.id}/tarik`, { reason: '' })).status).toBe(400);
    const done = await post('sekdes', `${page}/${letter.id}/tarik`, { reason: 'Salah nama' });
    expect(done.headers.get('location')).toBe(`${page}?kabar=letter_withdrawn`);
    const shown = await (await web.app.request(letter.path)).text();
    expect(shown).toContain('DITARIK');
    expect(shown).not.toContain('Salah nama');
  });
});

describe('the page of a letter', () => {
  test('shows initials only, matches names in any spelling, and stops who guesses', async () => {
    const letter = await aLetter(web, renderer, kades);
    const response = await web.app.request(letter.path);
    const text = await response.text();
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    for (const words of ['Surat ini berlaku', 'S.A.', letter.number, 'Desa Gintangan', 'Pak Arifin'])
      expect(text).toContain(words);
    for (const words of ['SITI', 'AMINAH', LETTER_NIK, 'Warung']) expect(text).not.toContain(words);
    const name = async (nama: string) => {
      const answer = await web.app.request(`${letter.path}/nama`, form({ nama }));
      return { status: answer.status, text: await answer.text() };
    };
    expect((await name('siti  Aminah')).text).toContain('Cocok dengan nama');
    expect((await name('Hj. Siti Aminah, S.Pd.')).text).toContain('Cocok dengan nama');
    expect((await name('Siti Rohmah')).text).toContain('Tidak cocok');
    for (let n = 0; n < 4; n++) await name(`Tebakan ${n}`);
    expect((await name('Siti Aminah')).status).toBe(429);
    expect(text).toContain('verify.');
  });

  test('the proof and the keys are there; a number or another token finds nothing', async () => {
    const letter = await aLetter(web, renderer, kades);
    const proof = await web.app.request(`${letter.path}/bukti`);
    const read = (await proof.json()) as { key_id: string };
    const keys = (await (await web.app.request('/verifikasi/kunci')).json()) as {
      keys: { id: string; public_key: string }[];
    };
    expect(keys.keys.map(({ id }) => id)).toContain(read.key_id);
    expect(await (await web.app.request('/verifikasi/kunci.pem')).text()).toContain('BEGIN PUBLIC KEY');
    for (const path of [encodeURIComponent(letter.number), letter.id, letterTokenHash(letter.token), 'x'])
      expect((await web.app.request(`/verifikasi/${path}`)).status).toBe(404);
    const english = await (await web.app.request(`${letter.path}?lang=en`)).text();
    expect(english).toContain('This letter is valid');
  });
});

describe('templates', () => {
  const page = `/console/templat/${GINTANGAN}/surat/skck`;
  const words = { title: 'Surat Pengantar SKCK', signer: 'head', act: 'save' };

  test('an unknown field is refused with its name and those that are known; versions are kept', async () => {
    expect((await get('bidan', '/console/templat')).status).toBe(403);
    const bad = await post('operator', page, {
      ...words,
      body: 'Menerangkan bahwa {nama} dan {gaji_rahasia}.',
    });
    expect(bad.status).toBe(400);
    const text = await bad.text();
    expect(text).toContain('Tidak dikenal: {gaji_rahasia}');
    expect(text).toContain('{keperluan}');
    expect((await post('operator', page, { ...words, body: 'Menerangkan bahwa {nama dan [x.' })).status).toBe(
      400,
    );
    const body = 'Menerangkan bahwa:\n\nNama : {nama}\n\nuntuk {keperluan}.';
    const preview = await (await post('operator', page, { ...words, body, act: 'preview' })).text();
    expect(preview).toContain('data:image/svg+xml;base64,');
    expect((await post('operator', page, { ...words, body })).status).toBe(303);
    expect((await post('operator', page, { ...words, body: `${body} Lagi.` })).status).toBe(303);
    expect(await (await get('operator', `${page}/contoh.svg`)).text()).toMatch(/^<svg/u);
    await post('operator', `${page}/kembali/1`, {});
    const { rows } = await web.pool.query(
      `SELECT version, content FROM letter_templates WHERE service = 'skck' ORDER BY version`,
    );
    expect(rows.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(rows[2].content).toEqual(rows[0].content);
    await post('operator', `${page}/kembali/0`, {});
    expect(await (await get('operator', page)).text()).toContain('bawaan');
  });

  test('the letterhead takes a logo that is drawn anew, and a form of numbers that cannot give one twice', async () => {
    const head = `/console/templat/${GINTANGAN}/kop`;
    const fields = { address: 'Jalan Raya 1', counter: 'code', number_format: '' };
    const bad = await post('sekdes', head, { ...fields, number_format: '{klas}/{no:03}/{bulan}' });
    expect(await bad.text()).toContain('Bagian nomor tidak dikenal: bulan');
    const lacking = await post('sekdes', head, { ...fields, number_format: '{no}/{year}' });
    expect(await lacking.text()).toContain('harus memuat: klas');
    const picture = await sharp({ create: { width: 900, height: 900, channels: 4, background: '#17483c80' } })
      .png()
      .withMetadata({ exif: { IFD0: { Copyright: 'rahasia' } } })
      .toBuffer();
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append('logo', new File([new Uint8Array(picture)], 'logo.png', { type: 'image/png' }));
    const saved = await web.app.request(head, {
      method: 'POST',
      body,
      headers: { cookie: cookies.sekdes!, origin: 'http://localhost' },
    });
    expect(saved.status).toBe(303);
    const logo = await get('sekdes', `/console/templat/${GINTANGAN}/logo.png`);
    const bytes = Buffer.from(await logo.arrayBuffer());
    expect((await sharp(bytes).metadata()).width).toBe(400);
    expect(bytes.includes('rahasia')).toBe(false);
    expect((await post('sekdes', head, { ...fields, no_logo: 'yes' })).status).toBe(303);
    expect((await get('sekdes', `/console/templat/${GINTANGAN}/logo.png`)).status).toBe(404);
    expect((await post('sekdes', `${head}/-/kembali/1`, {})).status).toBe(303);
    expect((await get('sekdes', `/console/templat/${GINTANGAN}/logo.png`)).status).toBe(200);
    await post('sekdes', `/console/templat/${GINTANGAN}/nomor`, { classification: '400.12.2.1', last: '41' });
    const { rows } = await web.pool.query('SELECT last FROM letter_counters WHERE classification = $1', [
      '400.12.2.1',
    ]);
    expect(rows).toEqual([{ last: 41 }]);
  });
});
