import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import readExcelFile from 'read-excel-file/node';
import writeExcelFile from 'write-excel-file/node';
import { readPublication } from '../../src/store/publications.js';
import {
  aContext,
  accessibilityFaults,
  browserTitle,
  hasBrowser,
  shoot,
  sidewaysFaults,
  testBrowser,
} from '../support/browser.js';
import { talkWith } from '../flow/support.js';
import { aWeb, form, GINTANGAN, PASSWORD, withCookie, type Web } from './support.js';

const PAGE = '/console/alur/kata';

let web: Web;
beforeAll(async () => {
  web = await aWeb();
  await web.officer({ name: 'Wayan', username: 'wayan', roles: [{ role: 'admin', village: null }] });
  await web.officer({ name: 'Sri', username: 'sri', roles: [{ role: 'admin', village: null }] });
  await web.officer({ name: 'Nur', username: 'nur', roles: [{ role: 'kader', village: GINTANGAN }] });
}, 120_000);
afterAll(() => web?.drop());

test('the page of words tells how much of each language there is, and to whom it is offered', async () => {
  const page = await web.app.request(PAGE, withCookie(await web.signIn('wayan')));
  const html = await page.text();
  for (const { name, offered } of await web.deps.flowDesk.coverage()) {
    const line = html.split('<li>').find((one) => one.includes(`>${name}</strong>`))!;
    expect(line).toContain(offered ? 'ditawarkan kepada warga' : 'belum ditawarkan');
  }
  const osing = html.split('<li>').find((one) => one.includes('>Basa Osing</strong>'))!;
  expect(osing).toMatch(/\d+ % ada, \d+ kalimat belum; belum ditawarkan; menunggu persetujuan penutur asli/u);
  expect(html).toContain('href="/console/alur/kata/jv.xlsx"');
});

test('who may not propose sees neither the page nor the files', async () => {
  const nur = withCookie(await web.signIn('nur'));
  for (const path of [PAGE, `${PAGE}/id.xlsx`, `${PAGE}/jv.po`])
    expect((await web.app.request(path, nur)).status).toBe(403);
  expect((await web.app.request(`${PAGE}/xx.xlsx`, withCookie(await web.signIn('wayan')))).status).toBe(404);
});

// Every transcript is run with the new words, and with the old ones where it differs.
test('a clerk takes the workbook home and changes a word; a second person publishes it, and a running conversation goes on', async () => {
  const talk = talkWith(web.deps.flowDesk.flows());
  talk.play('surat usaha');
  talk.play('Warung Bu Siti');
  const cookie = await web.signIn('wayan');
  const bytes = await (await web.app.request(`${PAGE}/id.xlsx`, withCookie(cookie))).arrayBuffer();
  const [sheet] = await readExcelFile(Buffer.from(bytes), { trim: false });
  const place = 'business-letter · business_address · text';
  const words = 'Tempat usahanya di mana? Dusun, RT dan RW, misalnya Krajan RT 02 RW 01.';
  const rows = sheet!.data.map((row) =>
    row[0] === place ? row.map((cell, i) => (i === 4 ? words : cell)) : row,
  );
  const upload = async (file: Buffer, note = 'Lebih pendek') => {
    const body = new FormData();
    body.set('berkas', new File([new Uint8Array(file)], 'kata.xlsx'));
    body.set('catatan', note);
    const headers = { Origin: 'http://localhost', Host: 'localhost', Cookie: cookie };
    return web.app.request(PAGE, { method: 'POST', body, headers });
  };
  const unchanged = await upload(Buffer.from(bytes));
  expect(unchanged.status).toBe(400);
  const done = await upload(await writeExcelFile(rows as never, { sheet: sheet!.sheet }).toBuffer());
  expect(done.status, await done.clone().text()).toBe(303);
  const id = /terbitan\/([0-9a-f-]{36})/u.exec(done.headers.get('Location')!)![1]!;
  const { files } = (await readPublication(web.deps.pool, id))!;
  expect(Object.keys(files)).toEqual(['services/business-letter.yaml']);
  expect(files['services/business-letter.yaml']!.text).toContain(words);

  const agree = `/console/alur/terbitan/${id}/setuju`;
  const own = await web.app.request(agree, form({}, cookie));
  expect(own.headers.get('Location')).toContain('publish_own');
  const other = await web.app.request(agree, form({}, await web.signIn('sri')));
  expect(other.headers.get('Location')).toContain('publish_done');
  const later = talkWith(web.deps.flowDesk.flows());
  later.session = talk.session;
  // A choice of a flow that changed is shown again before it counts; the name that was given is kept.
  later.play('Warung / dagang');
  expect(later.play('Warung / dagang').join('\n')).toContain(words);
  expect(later.play('kembali').join('\n')).toContain('[Warung / dagang]');
}, 120_000);

test.skipIf(!hasBrowser)(
  `the page of words on a small phone ${browserTitle}`,
  async () => {
    const server = serve({ fetch: web.app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise<void>((done) => server.once('listening', done));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const browser = await testBrowser();
    try {
      const { context, faults } = await aContext(browser, 360);
      const page = await context.newPage();
      await page.goto(`${base}/console/masuk`);
      await page.getByLabel('Nama pengguna').fill('wayan');
      await page.getByLabel('Kata sandi').fill(PASSWORD);
      await page.getByRole('button', { name: 'Masuk' }).click();
      await page.waitForURL(`${base}/console`);
      await page.goto(base + PAGE);
      await page.getByRole('link', { name: 'XLSX, Basa Jawa' }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await sidewaysFaults(page)).toEqual([]);
      await shoot(page, 'flow-words');
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
      await new Promise((done) => server.close(done));
    }
  },
  120_000,
);
