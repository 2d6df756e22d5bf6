import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  WIDTHS,
  aContext,
  accessibilityFaults,
  browserTitle,
  hasBrowser,
  shoot,
  sidewaysFaults,
  testBrowser,
} from '../support/browser.js';
import type { Width } from '../support/browser.js';
import { GENTENG, GINTANGAN, PASSWORD, aWeb, form, withCookie } from './support.js';
import type { Web } from './support.js';

const CSV = `No;Nama Lengkap;NIK;No KK;Tgl Lahir;JK;Dusun;RT;RW
1;SITI AMINAH;3510125708800001;3510120101100001;17-08-1980;P;Krajan;2;1
2;SITI AMANAH;3510125708800003;3510120101100004;17-08-1980;P;Kedung;7;3
3;BUDI SANTOSO;3510121203750002;3510120101100001;12-03-1975;L;Krajan;2;1
4;RUSAK;3,51013E+15;;01-01-1990;L;Krajan;2;1
5;;3510120101900009;;01-01-1990;L;Krajan;2;1
`;
const NUMBERS = /3510125708800001|3510120101100001|3510121203750002/u;

describe('the register, over http', () => {
  let web: Web;
  let cookie: string;
  let stranger: string;
  beforeAll(async () => {
    web = await aWeb();
    const roles = (village: string) => [{ role: 'operator', village }];
    await web.officer({ name: 'Budi', username: 'budi', roles: roles(GINTANGAN) });
    await web.officer({ name: 'Lain', username: 'lain', roles: roles(GENTENG) });
    cookie = await web.signIn('budi');
    stranger = await web.signIn('lain');
  });
  afterAll(() => web?.drop());

  const upload = async (file: Blob, village = GINTANGAN) => {
    const body = new FormData();
    body.set('village', village);
    body.set('berkas', file, 'penduduk.csv');
    const { headers } = form({}, cookie);
    return await web.app.request('/console/register/unggah', { method: 'POST', body, headers });
  };
  const post = (path: string, fields: { [name: string]: string } = {}, as = cookie) =>
    web.app.request(path, form(fields, as));
  const audited = async (action: string) =>
    (
      await web.pool.query<{ data: { [name: string]: unknown } }>(
        'SELECT data FROM audit_log WHERE action = $1 ORDER BY at, id',
        [action],
      )
    ).rows.map(({ data }) => data);

  test('is uploaded, looked at and taken over; nobody of another village comes near; each step is written down', async () => {
    const uploaded = await upload(new Blob([CSV]));
    expect(uploaded.status).toBe(303);
    const path = uploaded.headers.get('location')!;
    const mapped = await (await web.app.request(path, withCookie(cookie))).text();
    expect(mapped).toContain('5 baris');
    expect(mapped).toMatch(/<option value="1" selected[^>]*>Nama Lengkap/u);
    expect((await web.app.request(path, withCookie(stranger))).status).toBe(404);
    for (const act of ['periksa', 'terapkan', 'buang'])
      expect((await post(`${path}/${act}`, { name: '1', nik: '2' }, stranger)).status, act).toBe(404);
    // Not before it was looked at.
    expect((await post(`${path}/terapkan`)).status).toBe(400);
    const columns = {
      name: '1',
      nik: '2',
      kk: '3',
      birth_date: '4',
      sex: '5',
      hamlet: '6',
      rt: '7',
      rw: '8',
    };
    expect((await post(`${path}/periksa`, { ...columns, name: '' })).status).toBe(400);
    expect((await post(`${path}/periksa`, { ...columns, kk: '2' })).status).toBe(400);
    expect((await post(`${path}/periksa`, columns)).status).toBe(303);
    const checked = await (await web.app.request(path, withCookie(cookie))).text();
    expect(checked).toContain('Baris 5: NIK dibulatkan oleh Excel');
    expect(checked).toContain('Baris 6: nama kosong');
    expect(checked).not.toMatch(NUMBERS);
    expect((await post(`${path}/terapkan`, { hilang: 'ya' })).status).toBe(303);
    expect((await post(`${path}/terapkan`)).status).toBe(400);
    expect(await audited('register.apply')).toEqual([
      expect.objectContaining({ new: 3, faulty: 2, marks_gone: true, village: GINTANGAN }),
    ]);
    expect(await audited('register.upload')).toHaveLength(1);
  });

  test('answers a search only for a case or a reason, numbers masked, and writes down who was found', async () => {
    const search = (fields: { [name: string]: string }, as = cookie) =>
      post('/console/register/cari', fields, as);
    expect((await search({ cari: 'siti aminah' })).status).toBe(400);
    expect((await search({ cari: 'siti aminah', alasan: 'ingin' })).status).toBe(400);
    const elsewhere = await web.case({ village: GENTENG });
    expect((await search({ cari: 'siti aminah', kasus: elsewhere.code })).status).toBe(400);
    expect(await audited('register.search')).toEqual([]);
    const { code } = await web.case();
    const page = await (await search({ cari: 'siti aminah', kasus: code })).text();
    expect(page).toContain('SITI AMINAH');
    expect(page).toContain('351012******0001');
    expect(page).not.toMatch(NUMBERS);
    const byNumber = await (
      await search({ cari: '3510121203750002', alasan: 'Bertanya di loket 3510121203750002' })
    ).text();
    expect(byNumber).toContain('BUDI SANTOSO');
    const none = await (await search({ cari: 'siti aminah', alasan: 'Bertanya di loket' }, stranger)).text();
    expect(none).not.toContain('SITI AMINAH');
    const log = await audited('register.search');
    expect(log.map((entry) => (entry['found'] as string[]).length)).toEqual([2, 1, 0]);
    expect(log[0]).toMatchObject({ code });
    expect(JSON.stringify(log)).not.toMatch(NUMBERS);
  });

  test.each([
    ['no file', new Blob([]), 'Berkasnya kosong'],
    ['a photo', new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0, 1, 2])]), 'bukan CSV'],
    ['too many rows', new Blob(['nama,nik\n', 'Siti,1\n'.repeat(50_001)]), '50.000 baris'],
  ])('%s is refused with a word why, and leaves nothing', async (_, file, words) => {
    const before = await web.pool.query('SELECT FROM register_imports');
    const refused = await upload(file);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain(words);
    expect((await web.pool.query('SELECT FROM register_imports')).rowCount).toBe(before.rowCount);
  });

  test('a file over 20 MB is refused at the door', async () => {
    const refused = await upload(new Blob([new Uint8Array(22 * 1024 * 1024)]));
    expect(refused.status).toBe(413);
  });

  test('is for no village but the own', async () => {
    expect((await upload(new Blob([CSV]), GENTENG)).status).toBe(404);
  });
});

describe.skipIf(!hasBrowser)(`the people of a village ${browserTitle}`, () => {
  let web: Web;
  let browser: Browser;
  let base: string;
  let server: ReturnType<typeof serve>;
  beforeAll(async () => {
    web = await aWeb();
    const roles = [
      { role: 'sekretaris', village: GINTANGAN },
      { role: 'kader', village: GINTANGAN },
    ];
    await web.officer({ name: 'Ratna Dewi', username: 'ratna', roles });
    server = serve({ fetch: web.app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise<void>((done) => server.once('listening', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await testBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await new Promise((done) => server.close(done));
    await web.drop();
  });

  /** Nothing that axe-core finds, nothing to scroll sideways; and a picture. */
  async function looksRight(page: Page, name: string): Promise<void> {
    expect([await accessibilityFaults(page), await sidewaysFaults(page)], name).toEqual([[], []]);
    await shoot(page, name);
  }

  async function openAll(page: Page): Promise<void> {
    await page.evaluate(() => {
      for (const closed of document.querySelectorAll('details')) closed.open = true;
    });
  }

  for (const width of Object.keys(WIDTHS).map(Number) as Width[])
    test(`at ${width} px: from a file to a person confirmed, an RT head, a setting and a date`, async () => {
      const { context, faults } = await aContext(browser, width);
      const page = await context.newPage();
      await page.goto(`${base}/console/masuk`);
      await page.getByLabel('Nama pengguna').fill('ratna');
      await page.getByLabel('Kata sandi').fill(PASSWORD);
      await page.getByRole('button', { name: 'Masuk' }).click();
      await page.waitForURL(`${base}/console`);

      await page.goto(`${base}/console/register`);
      await page.getByText('Unggah data penduduk').click();
      await page
        .getByLabel('Berkas CSV')
        .setInputFiles({ name: 'penduduk.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
      await page.getByRole('button', { name: 'Unggah', exact: true }).click();
      await page.waitForURL(/impor/u);
      await looksRight(page, 'register-mapping');
      await page.getByRole('button', { name: 'Periksa berkas' }).click();
      await page.getByText('Hasil pemeriksaan').waitFor();
      await page.getByText('2 baris tidak dipakai').click();
      await looksRight(page, 'register-checked');
      await page.getByRole('button', { name: 'Pakai data ini' }).click();
      await page.getByText('Data penduduk dipakai.').waitFor();
      await page.getByLabel('Nama, NIK').fill('siti aminah');
      await page.getByLabel('Alasan').fill('Bertanya di loket');
      await page.getByRole('button', { name: 'Cari' }).click();
      await page.getByText('SITI AMINAH').waitFor();
      await looksRight(page, 'register-found');

      const { code } = await aCaseToMatch(web);
      await page.goto(`${base}/console/kasus/${code}`);
      await looksRight(page, 'case-people');
      await page.getByRole('button', { name: 'Ini orangnya: SITI AMINAH' }).click();
      await page.getByText('Disimpan: itu orangnya.').waitFor();
      await page.getByText('Dipastikan oleh Ratna Dewi.').waitFor();
      expect(await page.content()).not.toMatch(NUMBERS);
      await page.getByRole('button', { name: 'Lihat NIK dan No. KK' }).click();
      await page.getByText('NIK 3510125708800001').waitFor();
      const looks = await web.pool.query(
        `SELECT FROM audit_log WHERE action = 'register.read' AND data->>'code' = $1`,
        [code],
      );
      expect(looks.rowCount).toBe(1);
      await looksRight(page, 'case-confirmed');

      await page.goto(`${base}/console/desa/${GINTANGAN}`);
      await page.getByLabel('Ketua RT menjawab di chat').check();
      await page.getByRole('button', { name: 'Simpan' }).click();
      await page.getByText('Pengaturan desa disimpan.').waitFor();
      expect(await page.getByLabel('Ketua RT menjawab di chat').isChecked()).toBe(true);
      await looksRight(page, 'village-settings');

      await page.goto(`${base}/console/rt`);
      await openAll(page);
      await page.locator('#name').fill(`Pak Karto ${width}`);
      await page.locator('#phone').fill(`081234${width}`.padEnd(12, '0'));
      await page.locator('#hamlet').fill('Krajan');
      await page.getByLabel('RT', { exact: true }).fill('2');
      await page.getByLabel('RW', { exact: true }).fill('1');
      await page.getByRole('button', { name: 'Tambah', exact: true }).click();
      await page.getByText('Ketua RT ditambahkan').waitFor();
      await page.getByRole('button', { name: 'Undang' }).first().click();
      await page.getByText('https://t.me/contoh_bot?start=inv-').waitFor();
      await looksRight(page, 'rt-heads');

      await page.goto(`${base}/console/posyandu`);
      const already = await page.getByText('Balai dusun Krajan').count();
      await openAll(page);
      await page.locator('#hamlet').fill('Krajan');
      await page.locator('#place').fill('Balai dusun Krajan');
      await page.locator('#date').fill('2026-12-08');
      await page.getByLabel('Ulangi').selectOption('weekday');
      await page.getByLabel('Berapa kali').fill('3');
      await page.getByRole('button', { name: 'Simpan jadwal' }).click();
      await page.getByText('Jadwal disimpan.').waitFor();
      expect(await page.getByText('Balai dusun Krajan').count()).toBe(already + 3);
      await looksRight(page, 'posyandu');
      await page
        .getByRole('button', { name: /^Batalkan 8 Des/u })
        .first()
        .click();
      await page.getByText('Jadwal dibatalkan.').waitFor();

      expect(faults).toEqual([]);
      await context.close();
    }, 180_000);
});

/** A case for somebody else, with an RT head who was asked, and two candidates of the register. */
async function aCaseToMatch(web: Web): Promise<{ code: string }> {
  const made = await web.case({ resident: 'Rina' });
  const { rows } = await web.pool.query<{ id: string }>(
    `SELECT id FROM residents_register WHERE name LIKE 'SITI%' ORDER BY name`,
  );
  const id = v7();
  const said = { name: 'Siti Aminah', birth_date: '1980-08-17', address: 'Krajan RT 02' };
  await web.pool.query(
    `INSERT INTO register_matches (id, draft_id, conversation_id, resident_id, village_id, said, outcome, candidates,
       case_id, created_at) VALUES ($1, $1, $2, $3, $4, $5, 'doubtful', $6::uuid[], $7, now())`,
    [
      id,
      made.conversationId,
      made.residentId,
      GINTANGAN,
      web.deps.sealer.seal('register', id, said),
      rows.map((row) => row.id),
      made.id,
    ],
  );
  const head = await web.officer({ name: 'Pak Karto', roles: [] });
  await web.pool.query(
    `INSERT INTO introductions (id, draft_id, conversation_id, village_id, way, rt, rw, officer_id, case_id, created_at,
       answer) VALUES ($1, $1, $2, $3, 'rt_tap', '002', '001', $4, $5, now(), 'mine')`,
    [v7(), made.conversationId, GINTANGAN, head.id, made.id],
  );
  await web.pool.query(
    `INSERT INTO beneficiaries (id, case_id, name, relation, created_at) VALUES ($1, $2, 'Mbah Siti', 'parent', now())`,
    [v7(), made.id],
  );
  return { code: made.code };
}
