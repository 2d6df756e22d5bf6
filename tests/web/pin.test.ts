import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consoleAsker } from '../../src/core/asker.js';
import { signToken } from '../../src/core/signLink.js';
import { openSignPage } from '../../src/effects/openSignPage.js';
import { hashPin } from '../../src/store/pinHash.js';
import { setPin } from '../../src/store/officerPins.js';
import { inTransaction } from '../../src/store/sql.js';
import { GINTANGAN, PASSWORD, aWeb, form, withCookie } from './support.js';
import type { Web } from './support.js';

const PIN = '482915';
/** What an officer fills in beside the case, so that its letter lacks nothing. */
const TYPED = {
  f_nik: '3510014507850001',
  f_nama: 'SITI AMINAH',
  f_tempat_lahir: 'BANYUWANGI',
  f_tanggal_lahir: '1985-07-05',
  f_jenis_kelamin: 'Perempuan',
  f_agama: 'Islam',
  f_status_kawin: 'Kawin',
  f_pekerjaan: 'Pedagang',
  f_alamat: 'Krajan RT 002 RW 001',
  f_bidang_usaha: 'perdagangan',
  f_tempat_usaha: 'Krajan RT 002 RW 001',
  f_keperluan: 'pengajuan KUR',
};

let web: Web;
let kades: Awaited<ReturnType<Web['officer']>>;
let cookie: string;
beforeAll(async () => {
  web = await aWeb();
  await web.pool.query(
    `UPDATE villages SET letter_way = 'electronic', office_code = '429.517.06' WHERE id = $1`,
    [GINTANGAN],
  );
});
let n = 0;
beforeEach(async () => {
  n += 1;
  const roles = [{ role: 'kepala_desa', village: GINTANGAN }];
  kades = await web.officer({
    name: 'Pak Arifin',
    username: `kades${n}`,
    phone: `62812345600${10 + n}`,
    roles,
  });
  cookie = await web.signIn(`kades${n}`);
});
afterAll(() => web?.drop());

const post = (path: string, fields: { [name: string]: string }) =>
  web.app.request(path, form(fields, cookie));
const get = (path: string) => web.app.request(path, withCookie(cookie));
const hashOf = async () =>
  (await web.pool.query<{ hash: string }>('SELECT hash FROM officer_pins WHERE officer_id = $1', [kades.id]))
    .rows[0]?.hash;
async function give(): Promise<void> {
  const hash = await hashPin(kades.id, PIN, web.deps.sealer);
  await inTransaction(web.pool, (sql) =>
    setPin(sql, kades.id, hash, { now: web.clock.now, newId: web.deps.newId, sealer: web.deps.sealer }),
  );
}
/** A case that waits for the signature alone. */
async function aCase() {
  const made = await web.case({ status: 'signing' });
  await web.pool.query(`UPDATE cases SET step = 'sign' WHERE id = $1`, [made.id]);
  return made;
}
/** What its letter lacks is typed while it is checked. */
async function type({ id, code }: { id: string; code: string }): Promise<void> {
  await web.pool.query(`UPDATE cases SET status = 'in_hand', step = 'verify' WHERE id = $1`, [id]);
  await post(`/console/kasus/${code}/surat/isian`, TYPED);
  await web.pool.query(`UPDATE cases SET status = 'signing', step = 'sign' WHERE id = $1`, [id]);
}
const statusOf = async (id: string) =>
  (await web.pool.query<{ status: string }>('SELECT status FROM cases WHERE id = $1', [id])).rows[0]!.status;
/** A page of one use, as a chat without a keypad asks for it. */
async function aPage(codes: string[], conversationId: string | null = null): Promise<string> {
  const nudges = { converse: false, notify: false, send: new Set<string>() };
  const asker = { ...consoleAsker({ ...kades }), conversationId };
  const [page] = await inTransaction(web.pool, (sql) =>
    openSignPage(sql, [{ asker, effect: { kind: 'open_sign_page', codes } }], {
      ...web.deps,
      now: web.clock.now,
      nudges,
    }),
  );
  const id = /page-(.+)$/u.exec(page!.path)![1]!;
  return `/console/tanda-tangan/${signToken(web.deps.sealer, id)}`;
}

describe('the page of a PIN', () => {
  test('sets it with the console password, keeps a hash, and says so', async () => {
    expect(await (await get('/console/pin')).text()).toContain('Anda belum punya PIN');
    const set = await post('/console/pin', { current: PASSWORD, pin: PIN, again: PIN });
    expect(set.headers.get('location')).toBe('/console/pin?kabar=pin_set');
    expect(await hashOf()).toMatch(/^scrypt\$/u);
    const after = await (await get('/console/pin?kabar=pin_set')).text();
    expect(after).toContain('PIN disimpan');
    expect(after).toContain('Ganti PIN');
    const { rows } = await web.pool.query(
      `SELECT action FROM audit_log WHERE subject_id = $1 AND action LIKE 'pin.%'`,
      [kades.id],
    );
    expect(rows).toEqual([{ action: 'pin.set' }]);
  });

  test.each([
    [{ current: 'bukan ini', pin: PIN, again: PIN }, 'Kata sandi'],
    [{ current: PASSWORD, pin: PIN, again: '482916' }, 'tidak sama'],
    [{ current: PASSWORD, pin: '123456', again: '123456' }, 'terlalu mudah'],
    [{ current: PASSWORD, pin: '48291', again: '48291' }, '6 angka'],
  ])('refuses %o, and shows nothing of it', async (fields, words) => {
    const answer = await post('/console/pin', fields);
    expect(answer.status).toBe(400);
    const page = await answer.text();
    expect(page).toContain(words);
    expect(page).not.toContain(fields.pin);
    expect(await hashOf()).toBeUndefined();
  });

  test('refuses a part of the officer’s own number', async () => {
    const { rows } = await web.pool.query<{ phone: string }>('SELECT phone FROM officers WHERE id = $1', [
      kades.id,
    ]);
    const pin = rows[0]!.phone.slice(-6);
    expect(await (await post('/console/pin', { current: PASSWORD, pin, again: pin })).text()).toContain(
      'terlalu mudah',
    );
  });
});

describe('the page where letters are signed', () => {
  test('wants a PIN first', async () => {
    const { code } = await aCase();
    const page = await (await get('/console/tanda-tangan')).text();
    expect(page).toContain('Buat PIN');
    expect(page).not.toContain(`value="${code}"`);
  });

  test('signs what is ticked, leaves the rest, and tells what a letter lacks', async () => {
    await give();
    const [ready, lacking, unticked] = [await aCase(), await aCase(), await aCase()];
    await type(ready);
    const page = await (await get('/console/tanda-tangan')).text();
    for (const { code } of [ready, lacking, unticked]) expect(page).toContain(`value="${code}"`);
    const request = form({ pin: PIN }, cookie);
    request.body = new URLSearchParams([
      ['pin', PIN],
      ['code', ready.code],
      ['code', lacking.code],
    ]);
    const answer = await (await web.app.request('/console/tanda-tangan', request)).text();
    expect(answer).toContain('1 surat ditandatangani');
    expect(answer).toMatch(new RegExp(`${lacking.code}</a>: isian surat kurang: .*Tempat`, 'u'));
    expect(answer).not.toContain(PIN);
    expect(await statusOf(ready.id)).toBe('finished');
    expect(await statusOf(lacking.id)).toBe('signing');
    expect(await statusOf(unticked.id)).toBe('signing');
  });

  test('tells how many tries are left, and signs nothing', async () => {
    await give();
    const { code, id } = await aCase();
    const answer = await post('/console/tanda-tangan', { pin: '111111', code });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('PIN salah. Masih bisa 4 kali');
    expect(await statusOf(id)).toBe('signing');
  });
});

describe('a page of one use', () => {
  test('signs its batch alone, once, and tells the chat that asked for it', async () => {
    await give();
    const [mine, other] = [await aCase(), await aCase()];
    await type(mine);
    const { conversationId } = await web.resident('Pak Arifin');
    const path = await aPage([mine.code], conversationId);
    const page = await (await get(path)).text();
    expect(page).toContain(`value="${mine.code}"`);
    expect(page).not.toContain(`value="${other.code}"`);
    // Not by adding a code of one's own.
    const strange = await post(path, { pin: PIN, code: other.code });
    expect(await strange.text()).toContain('Centang dulu');
    expect((await post(path, { pin: '111111', code: mine.code })).status).toBe(400);
    const done = await post(path, { pin: PIN, code: mine.code });
    expect(await done.text()).toContain('1 surat ditandatangani');
    expect(await statusOf(mine.id)).toBe('finished');
    expect(await statusOf(other.id)).toBe('signing');
    const { rows } = await web.pool.query(
      `SELECT body FROM inbound_messages WHERE conversation_id = $1 AND kind = 'internal'`,
      [conversationId],
    );
    expect(rows[0].body).toMatchObject({
      flow: 'officer-signed',
      vars: { count: 1, codes: [mine.code], missing: null, others: [] },
    });
    expect((await get(path)).status).toBe(410);
    expect((await post(path, { pin: PIN, code: other.code })).status).toBe(410);
  });

  test('is of no use to anybody else, nor later, nor after the next one', async () => {
    await give();
    const { code } = await aCase();
    const path = await aPage([code]);
    const roles = [{ role: 'kepala_desa', village: GINTANGAN }];
    await web.officer({ name: 'Orang lain', username: `lain${n}`, roles });
    const strange = await web.app.request(path, withCookie(await web.signIn(`lain${n}`)));
    expect(strange.status).toBe(410);
    const nobody = await web.app.request(path);
    expect(nobody.headers.get('location')).toBe(`/console/masuk?ke=${encodeURIComponent(path)}`);
    const next = await aPage([code]);
    expect((await get(path)).status).toBe(410);
    expect((await get(next)).status).toBe(200);
    web.clock.now = new Date(web.clock.now.getTime() + 16 * 60_000);
    expect((await get(next)).status).toBe(410);
  });
});
