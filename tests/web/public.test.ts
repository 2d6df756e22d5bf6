import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCaseCode } from '../../src/core/code.js';
import { aWeb, form, from, type Web } from './support.js';

let web: Web;
beforeAll(async () => {
  web = await aWeb();
});
afterAll(() => web?.drop());

describe('what a machine asks', () => {
  test('/healthz answers 200 with its parts, and 503 that names the broken one', async () => {
    const fine = await web.app.request('/healthz');
    expect(fine.status).toBe(200);
    expect(await fine.json()).toMatchObject({ status: 'ok', parts: { postgres: { ok: true } } });

    web.health.ok = false;
    web.health.parts['lines'] = { ok: false, word: 'down', detail: 'connect 10.0.0.7:5432' };
    const broken = await web.app.request('/healthz');
    expect(broken.status).toBe(503);
    expect(await broken.json()).toMatchObject({
      broken: ['lines'],
      parts: { lines: { ok: false, word: 'down' } },
    });
    // What a part says in its own words is for this machine alone.
    expect(await (await web.app.request('/healthz')).text()).not.toContain('10.0.0.7');
    const env = { incoming: { socket: { remoteAddress: '127.0.0.1' } } };
    const local = await web.app.request('http://127.0.0.1/healthz', {}, env);
    expect(await local.text()).toContain('connect 10.0.0.7:5432');
    web.health.ok = true;
    delete web.health.parts['lines'];
  });

  test('/metrics is for this machine only, whatever a proxy says', async () => {
    expect((await web.app.request('/metrics', {}, from('127.0.0.1'))).status).toBe(200);
    expect((await web.app.request('/metrics', {}, from('203.0.113.9'))).status).toBe(403);
    const forwarded = { headers: { 'X-Forwarded-For': '203.0.113.9' } };
    expect((await web.app.request('/metrics', forwarded, from('127.0.0.1'))).status).toBe(403);
    const rebound = { headers: { Host: 'penipu.example' } };
    expect((await web.app.request('/metrics', rebound, from('127.0.0.1'))).status).toBe(403);
  });
});

describe('every answer', () => {
  test('carries the headers that keep strangers out of a page', async () => {
    const { headers } = await web.app.request('/');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });

  test('is Indonesian unless the reader chose English, which is remembered', async () => {
    expect(await (await web.app.request('/')).text()).toContain('lang="id"');
    const chosen = await web.app.request('/?lang=en');
    expect(await chosen.text()).toContain('The village office, by chat');
    const cookie = chosen.headers.getSetCookie()[0]!.split(';')[0]!;
    expect(await (await web.app.request('/pasar', { headers: { Cookie: cookie } })).text()).toContain(
      'Village market',
    );
  });

  test('a page that does not exist says so in Indonesian, with a way back', async () => {
    const response = await web.app.request('/tidak-ada');
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('Tidak ditemukan');
  });

  test('static files are kept for a year under a name that changes with them', async () => {
    const page = await (await web.app.request('/')).text();
    const path = /href="(\/assets\/style\.[0-9a-f]{10}\.css)"/u.exec(page)![1]!;
    const style = await web.app.request(path);
    expect(style.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await style.text()).toContain('--paper');
    expect((await web.app.request('/assets/style.0000000000.css')).status).toBe(404);
  });

  test("a form that another site sends is refused, a page's own is not", async () => {
    const { code } = await web.listing();
    const strange = form({ reason: 'fraud' });
    strange.headers = { Origin: 'https://penipu.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await web.app.request(`/pasar/${code}/lapor`, strange)).status).toBe(403);
    expect((await web.app.request(`/pasar/${code}/lapor`, form({ reason: 'fraud' }))).status).toBe(303);
  });
});

describe('the market', () => {
  test('shows what is published, finds it with a slip of spelling, and nothing that waits', async () => {
    await web.listing({ title: 'Manggis segar' });
    await web.listing({ title: 'Manggis yang menunggu', status: 'waiting' });
    const found = await (await web.app.request('/pasar?cari=mangis')).text();
    expect(found).toContain('Manggis segar');
    expect(found).not.toContain('yang menunggu');
    const none = await (await web.app.request(`/pasar?cari=${encodeURIComponent('%_<script>')}`)).text();
    expect(none).not.toContain('<script>%');
    expect(none).toContain('Tidak ketemu');
  });

  test("a listing's page tells the price and the contact that its seller approved", async () => {
    const { code } = await web.listing({ title: 'Kopi Osing', price: 85_000 });
    const page = await (await web.app.request(`/pasar/${code.toLowerCase()}`)).text();
    expect(page).toContain('Rp85.000/kg');
    expect(page).toContain('tel:+6281234567890');
    expect(page).toContain('https://wa.me/6281234567890');
    const silent = await web.listing({ contact: null });
    expect(await (await web.app.request(`/pasar/${silent.code}`)).text()).not.toContain('wa.me');
  });

  test('a picture can be seen while its listing is on the market, and not before or after', async () => {
    const published = await web.listing();
    const photo = await web.file({ listingId: published.id });
    const seen = await web.app.request(`/pasar/foto/${photo}`);
    expect(seen.status).toBe(200);
    expect(seen.headers.get('content-type')).toBe('image/jpeg');
    await web.pool.query(`UPDATE listings SET status = 'taken_down' WHERE id = $1`, [published.id]);
    expect((await web.app.request(`/pasar/foto/${photo}`)).status).toBe(404);
    expect((await web.app.request(`/pasar/${published.code}`)).status).toBe(404);
    const waiting = await web.listing({ status: 'waiting' });
    expect((await web.app.request(`/pasar/foto/${await web.file({ listingId: waiting.id })}`)).status).toBe(
      404,
    );
  });

  test("a case's picture is never to be had there", async () => {
    const { id } = await web.case();
    expect((await web.app.request(`/pasar/foto/${await web.file({ caseId: id })}`)).status).toBe(404);
  });

  test("one source's reports of a listing count once", async () => {
    const { id, code } = await web.listing({ title: 'Jeruk siam' });
    for (let time = 0; time < 3; time += 1) {
      const response = await web.app.request(
        `/pasar/${code}/lapor`,
        form({ reason: 'fraud', more: 'minta transfer dulu' }),
        from('198.51.100.7'),
      );
      expect(response.headers.get('location')).toBe(`/pasar/${code}?kabar=reported`);
    }
    const { rows } = await web.pool.query('SELECT reason FROM listing_reports WHERE listing_id = $1', [id]);
    expect(rows).toEqual([{ reason: 'fraud: minta transfer dulu' }]);
  });
});

describe('tracking by code', () => {
  test('shows the state and nothing else of the case', async () => {
    const { code } = await web.case({ resident: 'Bu Rahasia', status: 'in_hand' });
    const typed = await web.app.request(`/lacak?kode=${code.toLowerCase().replaceAll('-', ' ')}`);
    expect(typed.headers.get('location')).toBe(`/lacak/${code}`);
    const page = await web.app.request(`/lacak/${code}`);
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    // One sentence: a badge beside it once said the same with another verb.
    const told = /<div class="card track" role="status">.*?<\/div>/su
      .exec(text)![0]
      .replace(/<[^>]+>/gu, '\n');
    expect(told.split('\n').filter((line) => line !== '')).toEqual([
      code,
      'Permohonan ini sedang diperiksa petugas.',
      expect.stringContaining('Demi kerahasiaan'),
    ]);
    for (const secret of ['Bu Rahasia', 'Warung Bu Siti', 'Surat Keterangan Usaha', 'Gintangan'])
      expect(text).not.toContain(secret);
  });

  test('a confidential case reads as one that is not there', async () => {
    const { code } = await web.case({ isConfidential: true });
    const [secret, none] = await Promise.all(
      [code, newCaseCode(web.deps.random)].map(async (one) => {
        const response = await web.app.request(`/lacak/${one}`, {}, from('198.51.100.8'));
        return { status: response.status, text: (await response.text()).replaceAll(one, '') };
      }),
    );
    expect(secret).toEqual(none);
    expect(secret!.status).toBe(404);
  });

  test('a slip is told apart from an unknown code', async () => {
    const response = await web.app.request('/lacak/XXXX-1111-1');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Periksa lagi');
  });

  test('attempts at one code end after twenty within an hour, for everybody', async () => {
    const { code } = await web.case();
    const look = (n: number) => web.app.request(`/lacak/${code}`, {}, from(`198.51.100.${n}`));
    for (let n = 10; n < 30; n += 1) expect((await look(n)).status).toBe(200);
    const refused = await look(30);
    expect(refused.status).toBe(429);
    expect(await refused.text()).not.toContain('class="card track"');
    web.clock.now = new Date(web.clock.now.getTime() + 3_700_000);
    expect((await look(30)).status).toBe(200);
  });
});

test('the page of the official accounts names each line but those of the simulator', async () => {
  await web.resident();
  await web.pool.query(
    `INSERT INTO lines (id, platform, name) VALUES ('sim:telegram', 'simulator', 'Simulator')`,
  );
  const page = await (await web.app.request('/resmi')).text();
  expect(page).toContain('@desa_gintangan_bot');
  expect(page).not.toContain('<strong>Simulator</strong>');
});
