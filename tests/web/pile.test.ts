import { PDFDocument } from '@cantoo/pdf-lib';
import { readSheet } from 'read-excel-file/node';
import sharp from 'sharp';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aWeb, form, GENTENG, GINTANGAN, withCookie } from './support.js';
import type { Web } from './support.js';

let web: Web;
const cookies: { [who: string]: string } = {};
let sequence = 0;

beforeAll(async () => {
  web = await aWeb();
  web.clock.now = new Date('2026-11-25T03:00:00Z');
  for (const [username, role, village] of [
    ['operator', 'operator', GINTANGAN],
    ['kades', 'kepala_desa', GINTANGAN],
    ['stranger', 'kaur_tu', GENTENG],
  ] as const) {
    await web.officer({ name: `Pak ${username}`, username, roles: [{ role, village }] });
    cookies[username] = await web.signIn(username);
  }
});
afterAll(() => web?.drop());

/** A letter of a case, as the road of letters leaves it once its file is made. */
async function aLetter(given: {
  name?: string;
  service?: string;
  isConfidential?: boolean;
  village?: string;
  day?: string;
  state?: 'issued' | 'withdrawn' | 'replaced';
  reason?: string;
  classification?: string;
  isMade?: boolean;
}) {
  const name = given.name ?? 'Siti Aminah';
  const made = await web.case({
    resident: name,
    service: given.service ?? 'usaha',
    isConfidential: given.isConfidential ?? false,
    ...(given.village ? { village: given.village } : {}),
  });
  await web.pool.query(`UPDATE cases SET status = 'signing', step = 'sign' WHERE id = $1`, [made.id]);
  for (const [number, kind] of [
    [2, 'case_verified'],
    [3, 'case_initialled'],
  ] as const)
    await web.pool.query(
      `INSERT INTO case_events (id, case_id, number, kind, data, at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        newId(),
        made.id,
        number,
        kind,
        { step: kind === 'case_verified' ? 'initial' : 'sign' },
        web.clock.now,
      ],
    );
  await web.pool.query('UPDATE cases SET event_count = 3 WHERE id = $1', [made.id]);
  const id = newId();
  sequence += 1;
  const number = `${given.classification ?? '500'}/${String(sequence).padStart(3, '0')}/429.517.06/2026`;
  const state = given.state ?? 'issued';
  await web.pool.query(
    `INSERT INTO letters (id, case_id, village_id, service, title, classification, counter, year, sequence, number, way, state,
       state_reason, signer_name, signer_title, initials, token_hash, private, issued_at, issued_on, made_at)
     VALUES ($1, $2, $3, $4, 'Surat Keterangan Usaha', $5, '', 2026, $6, $7, 'wet', $8, $9, 'Slamet', 'Kepala Desa', 'S. A.', gen_random_uuid()::text, $10,
       $11, $12, $13)`,
    [
      id,
      made.id,
      given.village ?? GINTANGAN,
      given.service ?? 'usaha',
      given.classification ?? '500',
      sequence,
      number,
      state,
      given.reason ?? null,
      web.deps.sealer.seal('letter', id, { token: 't', names: [name], print: {} }),
      web.clock.now,
      given.day ?? '2026-11-25',
      given.isMade === false ? null : web.clock.now,
    ],
  );
  const pdf = await PDFDocument.create();
  pdf.addPage();
  web.files.set(id, { bytes: await pdf.save(), mime: 'application/pdf' });
  return { ...made, letterId: id, number };
}

const get = async (path: string, who = 'operator') => web.app.request(path, withCookie(cookies[who]!));
const text = async (path: string, who = 'operator') => await (await get(path, who)).text();

describe('the register of letters', () => {
  test('has every number of the month with what became of it, and no other village’s', async () => {
    const valid = await aLetter({ name: 'Wayan Sudarma', day: '2026-10-05' });
    const gone = await aLetter({ day: '2026-10-06', state: 'withdrawn', reason: 'Salah alamat' });
    const elsewhere = await aLetter({ village: GENTENG, day: '2026-10-06' });
    const later = await aLetter({ day: '2026-11-02' });
    const october = await text('/console/agenda?bulan=2026-10');
    for (const { number } of [valid, gone]) expect(october).toContain(number);
    for (const { number } of [elsewhere, later]) expect(october).not.toContain(number);
    expect(october).toContain('Wayan Sudarma');
    expect(october).toContain('Ditarik');
    expect(october).toContain('Salah alamat');
    expect(await text('/console/agenda?bulan=2026-10', 'stranger')).toContain(elsewhere.number);
  });

  test('is narrowed by the beginning of a classification code', async () => {
    const one = await aLetter({ day: '2026-09-01', classification: '400.12.2.1' });
    const other = await aLetter({ day: '2026-09-01', classification: '500.2' });
    const narrowed = await text('/console/agenda?bulan=2026-09&klas=400.12');
    expect(narrowed).toContain(one.number);
    expect(narrowed).not.toContain(other.number);
    // What is no code is no filter, and never a pattern.
    expect(await text('/console/agenda?bulan=2026-09&klas=%25')).toContain(other.number);
  });

  test('tells initials alone of a case that the reader may not see', async () => {
    await aLetter({ name: 'Pak Rahasia', service: 'spm', isConfidential: true, day: '2026-08-01' });
    const operator = await text('/console/agenda?bulan=2026-08');
    expect(operator).toContain('S. A.');
    expect(operator).not.toContain('Rahasia');
    expect(await text('/console/agenda?bulan=2026-08', 'kades')).toContain('Pak Rahasia');
  });

  test('is a file as well, in which no name is a formula; who took it is written down', async () => {
    await aLetter({ name: '=HYPERLINK("x")', day: '2026-07-01' });
    const csv = await get('/console/agenda/agenda.csv?bulan=2026-07');
    expect(csv.headers.get('content-disposition')).toContain('agenda-surat-2026-07.csv');
    const lines = await csv.text();
    expect(lines).toContain('HYPERLINK');
    expect(lines).not.toMatch(/(?:^|,)"?=HYPERLINK/mu);
    const xlsx = await get('/console/agenda/agenda.xlsx?bulan=2026-07');
    const rows = await readSheet(Buffer.from(await xlsx.arrayBuffer()));
    expect(rows).toHaveLength(2);
    expect(String(rows[1]![5])).not.toMatch(/^=/u);
    const { rows: audit } = await web.pool.query(
      `SELECT data FROM audit_log WHERE action = 'agenda.exported'`,
    );
    expect(audit).toHaveLength(2);
    expect(audit[0].data).toMatchObject({ month: '2026-07', count: 1 });
  });
});

describe('the print pile', () => {
  test('prints what is ticked in one file, and what is signed is ready for the resident, once', async () => {
    const letters = [await aLetter({}), await aLetter({ name: 'Maria Ulfa' })];
    const codes = new URLSearchParams(letters.map(({ code }) => ['codes', code]));
    const send = (path: string) =>
      web.app.request(path, { ...form({}, cookies['operator']), body: new URLSearchParams(codes) });
    const printed = await send('/console/cetak/berkas');
    expect(printed.headers.get('content-type')).toBe('application/pdf');
    const whole = await PDFDocument.load(await printed.arrayBuffer());
    expect(whole.getPageCount()).toBe(2);
    expect(await text('/console/cetak')).toContain('dicetak');
    const { rows } = await web.pool.query(`SELECT FROM audit_log WHERE action = 'letter.printed'`);
    expect(rows).toHaveLength(2);

    const signed = await send('/console/cetak/ditandatangani');
    expect(signed.headers.get('location')).toBe('/console/cetak?kabar=pile_signed');
    expect(await statuses(letters)).toEqual(['ready', 'ready']);
    // The same page, sent again: the letters are ready still.
    await send('/console/cetak/ditandatangani');
    expect(await statuses(letters)).toEqual(['ready', 'ready']);

    const handed = await web.app.request(
      `/console/cetak/${letters[0]!.code}/diambil`,
      form({ siapa: 'Pak Tono, suaminya' }, cookies['operator']),
    );
    expect(handed.headers.get('location')).toContain('pile_handed_out');
    expect(await statuses(letters)).toEqual(['finished', 'ready']);
    const page = await text(`/console/kasus/${letters[0]!.code}`);
    expect(page).toContain('Pak Tono, suaminya');
  });

  test('asks who fetched it, and does nothing without', async () => {
    const letter = await aLetter({});
    await web.pool.query(`UPDATE cases SET status = 'ready' WHERE id = $1`, [letter.id]);
    const handed = await web.app.request(
      `/console/cetak/${letter.code}/diambil`,
      form({ siapa: '' }, cookies['operator']),
    );
    expect(handed.status).toBe(400);
    expect(await statuses([letter])).toEqual(['ready']);
  });

  test('keeps a scan of the signed paper with the case, drawn anew; what is no picture is refused', async () => {
    const letter = await aLetter({});
    await web.pool.query(`UPDATE cases SET status = 'ready' WHERE id = $1`, [letter.id]);
    const upload = async (bytes: Buffer) => {
      const body = new FormData();
      body.set('berkas', new File([new Uint8Array(bytes)], 'pindai.jpg'));
      return web.app.request(`/console/cetak/${letter.code}/pindai`, {
        method: 'POST',
        body,
        headers: { Origin: 'http://localhost', Host: 'localhost', Cookie: cookies['operator']! },
      });
    };
    expect((await upload(Buffer.from('bukan gambar'))).status).toBe(400);
    const picture = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#fff' } })
      .jpeg()
      .toBuffer();
    expect((await upload(picture)).headers.get('location')).toContain('pile_scanned');
    const { rows } = await web.pool.query(
      'SELECT name, is_restricted AS "isRestricted", state FROM attachments WHERE case_id = $1',
      [letter.id],
    );
    expect(rows).toEqual([{ name: 'surat-bertanda-tangan', isRestricted: true, state: 'stored' }]);
    expect(await text('/console/cetak')).toContain('Ganti hasil pindai');
    // A card that came in the chat, whatever it is called, is erased as the letter is handed out; the scan stays for a while.
    const card = newId();
    await web.pool.query(
      `INSERT INTO attachments (id, case_id, conversation_id, kind, state, name, storage_key, is_restricted)
       SELECT $1::uuid, id, conversation_id, 'photo', 'stored', 'surat-bertanda-tangan', 'card.jpg', true FROM cases WHERE id = $2`,
      [card, letter.id],
    );
    await web.app.request(
      `/console/cetak/${letter.code}/diambil`,
      form({ siapa: 'Siti sendiri' }, cookies['operator']),
    );
    expect(await statuses([letter])).toEqual(['finished']);
    const { rows: kept } = await web.pool.query(
      `SELECT id = $2 AS "isCard", state, is_restricted AS "isRestricted" FROM attachments WHERE case_id = $1 ORDER BY 1`,
      [letter.id, card],
    );
    expect(kept).toEqual([
      { isCard: false, state: 'stored', isRestricted: true },
      { isCard: true, state: 'erased', isRestricted: true },
    ]);
    // Who may open no such file still may not.
    const [{ id: scan }] = (
      await web.pool.query('SELECT id FROM attachments WHERE case_id = $1 AND id <> $2', [letter.id, card])
    ).rows;
    expect((await get(`/console/berkas/${scan}`)).status).toBe(403);
    expect((await get(`/console/berkas/${scan}`, 'stranger')).status).toBe(404);
    expect((await get(`/console/berkas/${scan}`, 'kades')).status).not.toBe(403);
  });

  test('does not print what is still being made, nor another village’s', async () => {
    const letter = await aLetter({ isMade: false });
    const print = async (who: string, code: string) =>
      (await web.app.request('/console/cetak/berkas', form({ codes: code }, cookies[who]))).status;
    expect(await print('operator', letter.code)).toBe(409);
    const mine = await aLetter({});
    expect(await print('stranger', mine.code)).toBe(409);
    expect(await text('/console/cetak', 'stranger')).not.toContain(mine.code);
  });

  test('gives no number where something is missing, and says what', async () => {
    // A village without its office code, letterhead and signer.
    const made = await web.case({});
    await web.pool.query(`UPDATE cases SET status = 'signing', step = 'sign' WHERE id = $1`, [made.id]);
    const issued = await web.app.request(
      '/console/cetak/terbit',
      form({ codes: made.code }, cookies['operator']),
    );
    expect(issued.status).toBe(409);
    expect(await issued.text()).toContain(made.code);
    const { rows } = await web.pool.query('SELECT FROM letters WHERE case_id = $1', [made.id]);
    expect(rows).toHaveLength(0);
  });
});

async function statuses(letters: { id: string }[]): Promise<string[]> {
  const { rows } = await web.pool.query<{ status: string }>(
    `SELECT status FROM cases JOIN unnest($1::uuid[]) WITH ORDINALITY AS l (id, n) USING (id) ORDER BY n`,
    [letters.map(({ id }) => id)],
  );
  return rows.map(({ status }) => status);
}

describe('whoever writes letters in one village and works in another', () => {
  test('finds, prints, issues and hands out none of the other’s', async () => {
    await web.officer({
      name: 'Pak Rangkap',
      username: 'rangkap',
      roles: [
        { role: 'operator', village: GINTANGAN },
        { role: 'kasi_pemerintahan', village: GENTENG },
      ],
    });
    cookies['rangkap'] = await web.signIn('rangkap');
    const own = await aLetter({ name: 'Warga Sini' });
    const other = await aLetter({ name: 'Warga Sana', village: GENTENG });
    const shown = await text('/console/cetak', 'rangkap');
    expect([own.code, other.code].map((code) => shown.includes(code))).toEqual([true, false]);
    const post = async (path: string, fields: { [name: string]: string }) =>
      (await web.app.request(path, form(fields, cookies['rangkap']))).status;
    expect(await post('/console/cetak/berkas', { codes: other.code })).toBe(409);
    expect(await post('/console/cetak/terbit', { codes: other.code })).toBe(404);
    expect(await post('/console/cetak/ditandatangani', { codes: other.code })).toBe(404);
    expect(await post(`/console/cetak/${other.code}/diambil`, { siapa: 'Bu Warga' })).toBe(404);
    const { rows } = await web.pool.query('SELECT status FROM cases WHERE code = $1', [other.code]);
    expect(rows).toEqual([{ status: 'signing' }]);
    expect(await post('/console/cetak/berkas', { codes: own.code })).toBe(200);
  });
});
