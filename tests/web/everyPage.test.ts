import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Browser, Page } from 'playwright-core';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRenderer } from '../../src/letters/renderer.js';
import type { Renderer } from '../../src/letters/renderer.js';
import { refreshFigures } from '../../src/store/caseFigures.js';
import {
  aContext,
  accessibilityFaults,
  browserTitle,
  hasBrowser,
  sidewaysFaults,
  testBrowser,
} from '../support/browser.js';
import { aLetter } from './aLetter.js';
import { furnish, picture } from './furnish.js';
import { aWeb, form, GINTANGAN, PASSWORD, withCookie } from './support.js';
import type { Web } from './support.js';

/**
 * Every page that there is, by the routes themselves: one that is added and has no place here fails the test. Each is looked at
 * signed in as somebody who may see all, with a village at work behind it: nothing that axe-core finds at 360 and 1280 px, and
 * nothing to scroll sideways at 360, 768 and 1280. With PAGES_DIR a picture of each is left there.
 */
const WIDTHS = [360, 768, 1280] as const;
const AXE_AT: readonly number[] = [360, 1280];

/** Routes that answer with something else than a page. */
const NO_PAGES = [
  '/healthz',
  '/metrics',
  '/assets/',
  /\/live$/u,
  /\.(?:svg|png|pem|csv|xlsx|po)/u,
  /\(\?:csv\|xlsx\)/u,
  /\(\?:xlsx\|po\)/u,
  /\/(?:berkas|foto|bukti|gambar)(?:\/|$)/u,
  /^\/simulator/u,
  // The public keys, as a program reads them.
  /^\/verifikasi\/kunci$/u,
];

describe.skipIf(!hasBrowser)(`every page ${browserTitle}`, () => {
  let web: Web;
  let browser: Browser;
  let renderer: Renderer;
  let server: ReturnType<typeof serve>;
  let base: string;
  /** What stands for each parameter, by the route it stands in. */
  let places: { [route: string]: string | string[] };

  beforeAll(async () => {
    web = await aWeb();
    renderer = createRenderer('flows/letters');
    const { code, listing, ratna } = await furnish(web);
    places = await placesOf(web, renderer, { code, listing, ratna });
    server = serve({ fetch: web.app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise<void>((done) => server.once('listening', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await testBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await new Promise((done) => server?.close(done));
    await renderer?.stop();
    await web?.drop();
  });

  test('has an address here', () => {
    expect(routes(web).filter((route) => /[:{*]/u.test(route) && !(route in places))).toEqual([]);
  });

  test(`holds at ${WIDTHS.join(', ')} px`, async () => {
    const { context, faults } = await aContext(browser, 360);
    const page = await context.newPage();
    await signIn(page, base);
    const found: { [path: string]: string[] } = {};
    for (const path of routes(web).flatMap((route) => places[route] ?? [route])) {
      await resize(page, WIDTHS[0]);
      const response = await page.goto(base + path);
      const status = response?.status() ?? 0;
      // A page that says why it does not open is no page of this route.
      const wrong = status === 200 ? [] : [`answered ${status}`];
      await page.evaluate(() => {
        for (const closed of document.querySelectorAll<HTMLDetailsElement>('main details'))
          closed.open = true;
      });
      for (const width of WIDTHS) {
        await resize(page, width);
        const said = AXE_AT.includes(width) ? await accessibilityFaults(page) : await sidewaysFaults(page);
        wrong.push(...[...said, ...(await layoutFaults(page))].map((fault) => `${width} px: ${fault}`));
        await shoot(page, path, width);
      }
      if (wrong.length > 0) found[path] = wrong;
    }
    await context.close();
    expect(found).toEqual({});
    expect(faults).toEqual([]);
  }, 900_000);
});

async function resize(page: Page, width: (typeof WIDTHS)[number]): Promise<void> {
  await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
}

/**
 * What axe does not tell: something to tap that is smaller than 24 px (WCAG 2.5.8; links within a sentence may be), and text
 * that its box cuts off (what is typed into a field scrolls in it).
 */
async function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const nameOf = (one: Element) =>
      `${one.tagName.toLowerCase()}.${one.className || '-'} "${(one.textContent ?? '').trim().slice(0, 40)}"`;
    for (const one of document.querySelectorAll<HTMLElement>(
      'a[href], button, summary, select, input, textarea',
    )) {
      const { width, height } = one.getBoundingClientRect();
      if (!one.checkVisibility() || width === 0 || height === 0 || one.closest('.hidden, .skip')) continue;
      // A link that lies over its whole card.
      if (getComputedStyle(one, '::after').position === 'absolute') continue;
      const isInText =
        getComputedStyle(one).display === 'inline' &&
        [...(one.parentElement?.childNodes ?? [])].some(
          (node) => node !== one && (node.textContent ?? '').trim() !== '',
        );
      // A box with its label is tapped on both.
      const isLabelled = one.matches('[type=checkbox], [type=radio]');
      if (!isInText && !isLabelled && (Math.round(height) < 24 || Math.round(width) < 24))
        faults.push(`too small to tap: ${nameOf(one)} ${Math.round(width)}×${Math.round(height)}`);
    }
    for (const one of document.querySelectorAll<HTMLElement>('main *, header *')) {
      const { overflowX, textOverflow } = getComputedStyle(one);
      if (overflowX !== 'hidden' && overflowX !== 'clip') continue;
      if (textOverflow === 'ellipsis' || one.closest('.hidden, svg, input')) continue;
      if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1)
        faults.push(`cut off: ${nameOf(one)}`);
    }
    return faults;
  });
}

/** Every address that a GET opens, one-time doors left out. */
function routes(web: Web): string[] {
  const all = web.app.routes
    .filter(({ method, path }) => method === 'GET' && !path.endsWith('*'))
    .map(({ path }) => path);
  return [...new Set(all)].filter(
    (path) => !NO_PAGES.some((one) => (typeof one === 'string' ? path.startsWith(one) : one.test(path))),
  );
}

async function signIn(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/console/masuk`);
  await page.getByLabel('Nama pengguna').fill('semua');
  await page.getByLabel('Kata sandi').fill(PASSWORD);
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.waitForURL((url) => url.pathname !== '/console/masuk');
}

async function shoot(page: Page, path: string, width: number): Promise<void> {
  const folder = process.env['PAGES_DIR'];
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  const name =
    path
      .replace(/[^\w]+/gu, '-')
      .replace(/^-|-$/gu, '')
      .slice(0, 80) || 'home';
  await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true, animations: 'disabled' });
}

/** Fills the village, and says what stands for the parameters of each route. */
async function placesOf(
  web: Web,
  renderer: Renderer,
  { code, listing, ratna }: { code: string; listing: string; ratna: { id: string; name: string } },
): Promise<{ [route: string]: string | string[] }> {
  const everything = await web.officer({
    name: 'Ibu Semua',
    username: 'semua',
    phone: '6281234560099',
    roles: [
      { role: 'admin', village: null },
      ...['kepala_desa', 'sekretaris', 'kaur_tu', 'operator', 'bidan', 'kecamatan'].map((role) => ({
        role,
        village: GINTANGAN,
      })),
    ],
  });
  const { pool, clock } = web;
  await pool.query(
    `UPDATE villages SET state = 'active', office_address = 'Jl. Raya Gintangan 1', office_phone = '0333 123456', office_code = '429.517.06',
       signer_title = 'Kepala Desa', letter_way = 'wet' WHERE id = $1`,
    [GINTANGAN],
  );
  const letter = await aLetter(web, renderer, everything);
  const ready = await aLetter(web, renderer, everything);
  await pool.query(`UPDATE cases SET status = 'ready' WHERE code = $1`, [ready.code]);
  const escalated = await web.case({ dueAt: new Date(clock.now.getTime() - 5 * 86_400_000) });
  await pool.query(
    `INSERT INTO case_events (id, case_id, number, kind, data, at) VALUES ($1, $2, 2, 'case_escalated', '{"to": "kecamatan"}', $3)`,
    [newId(), escalated.id, clock.now],
  );
  for (let n = 0; n < 40; n += 1) {
    const openedAt = new Date(clock.now.getTime() - (n + 1) * 5 * 86_400_000);
    const made = await web.case({
      openedAt,
      dueAt: new Date(openedAt.getTime() + 2 * 86_400_000),
      status: 'finished',
    });
    await pool.query('UPDATE cases SET closed_at = $2 WHERE id = $1', [
      made.id,
      new Date(openedAt.getTime() + ((n % 7) + 1) * 12 * 3_600_000),
    ]);
  }
  await refreshFigures(pool, clock.now);
  const office = withCookie(await web.signIn('semua'));
  const cookie = (office.headers as { Cookie: string }).Cookie;
  const post = (path: string, fields: { [name: string]: string }) =>
    web.app.request(path, form(fields, cookie));
  await post(`/console/jam/${GINTANGAN}/libur`, { day: '2027-01-05', name: 'Bersih desa' });
  await post(`/console/jam/${GINTANGAN}/khusus`, {
    from: '2027-02-08',
    to: '2027-03-09',
    name: 'Ramadan',
    'opens-1': '08:00',
    'closes-1': '14:00',
  });
  await post(`/console/layanan/${GINTANGAN}/keramaian`, {
    offered: 'tidak',
    reason: 'Petugasnya cuti sampai 1 Desember.',
    hours: '',
    classification: '',
    counter: '',
  });
  await pool.query(
    `INSERT INTO outages (id, village_id, kind, from_at, note, recorded_by, created_at)
     VALUES ($1, $2, 'power', $3, 'Gardu terbakar', $4, $3)`,
    [newId(), GINTANGAN, new Date(clock.now.getTime() - 3_600_000), everything.id],
  );
  const upload = newId();
  await pool.query(
    `INSERT INTO register_imports (id, village_id, officer_id, state, columns, row_count, created_at)
     VALUES ($1, $2, $3, 'uploaded', '{nama,nik}', 0, now())`,
    [upload, GINTANGAN, everything.id],
  );
  const proposal = newId();
  await pool.query(
    `INSERT INTO flow_publications (id, files, chats, note, proposed_by, proposed_at)
     VALUES ($1, '{}', '{}', 'Kata yang lebih ramah', $2, now())`,
    [proposal, ratna.id],
  );
  const walkIn = await web.case({ resident: 'Mbah Painem' });
  await pool.query(`UPDATE cases SET origin = 'counter' WHERE id = $1`, [walkIn.id]);
  const secure = await web.form({});
  const lines = '/console/jalur/whatsapp-web%3Akantor';
  await web.file({ caseId: walkIn.id, bytes: await picture('#999999') });
  return {
    '/console': ['/console', '/console?kabar=case_done'],
    '/console/masuk': [],
    '/console/masuk/kode': [],
    '/console/setup/:token': [],
    '/console/kata-sandi/:token': [],
    '/console/papan': ['/console/papan', `/console/papan?desa=${GINTANGAN}`],
    '/console/cari': ['/console/cari', '/console/cari?q=siti'],
    '/console/kasus/:code': [`/console/kasus/${code}`, `/console/kasus/${letter.code}`],
    '/console/kasus/:code/surat': `/console/kasus/${letter.code}/surat`,
    '/console/kasus/:code/opensid': `/console/kasus/${letter.code}/opensid`,
    '/console/loket': ['/console/loket', '/console/loket?layanan=usaha'],
    '/console/loket/:code': `/console/loket/${walkIn.code}`,
    '/console/jalur/tambah': ['telegram', 'whatsapp-web', 'whatsapp-cloud'].map(
      (kind) => `/console/jalur/tambah?jenis=${kind}`,
    ),
    '/console/jalur/:id/:change{mulai-ulang|desa|hapus}': ['mulai-ulang', 'desa', 'hapus'].map(
      (change) => `${lines}/${change}`,
    ),
    '/console/desa/:village{[\\d.]+}': `/console/desa/${GINTANGAN}`,
    '/console/jam/:village{[\\d.]+}': `/console/jam/${GINTANGAN}`,
    '/console/layanan/:village{[\\d.]+}': `/console/layanan/${GINTANGAN}`,
    '/console/petugas/:id{[0-9a-f-]{36}}': [
      `/console/petugas/${everything.id}`,
      `/console/petugas/${ratna.id}`,
    ],
    '/console/kabupaten': [
      '/console/kabupaten',
      '/console/kabupaten?kecamatan=35.10.25',
      '/console/kabupaten?layanan=usaha',
    ],
    '/console/templat/:village/kop': `/console/templat/${GINTANGAN}/kop`,
    '/console/templat/:village/surat/:service': `/console/templat/${GINTANGAN}/surat/usaha`,
    '/console/tanda-tangan/:token': [],
    '/console/register/impor/:id': `/console/register/impor/${upload}`,
    '/console/alur/:flow': '/console/alur/business-letter',
    '/console/alur/:flow/ubah': '/console/alur/business-letter/ubah',
    '/console/alur/terbitan/:id': `/console/alur/terbitan/${proposal}`,
    '/pasar/:code': `/pasar/${listing}`,
    '/lacak/:code': `/lacak/${code}`,
    '/isi/:token': secure.path,
    '/verifikasi/:token': letter.path,
  };
}
