import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  aContext,
  accessibilityFaults,
  browserTitle,
  hasBrowser,
  shoot,
  sidewaysFaults,
  testBrowser,
  WIDTHS,
  type Width,
} from '../support/browser.js';
import { aWeb, form, GINTANGAN, PASSWORD, withCookie, type Web } from './support.js';

const QUESTION = 'Apa nama usahanya?';
const FLOW = '/console/alur/business-letter';

let web: Web;
beforeAll(async () => {
  web = await aWeb();
  await web.officer({ name: 'Wayan', username: 'wayan', roles: [{ role: 'admin', village: null }] });
  await web.officer({ name: 'Sri', username: 'sri', roles: [{ role: 'admin', village: null }] });
  await web.officer({
    name: 'Slamet',
    username: 'slamet',
    roles: [{ role: 'operator', village: GINTANGAN }],
  });
  await web.officer({ name: 'Nur', username: 'nur', roles: [{ role: 'kader', village: GINTANGAN }] });
}, 120_000);
afterAll(() => web?.drop());

const text = async (path: string) => (await web.deps.flowDesk.readFile(path))!;
const asked = () => {
  const step = web.deps.flowDesk
    .flows()
    .byId.get('business-letter')!
    .steps.find(({ id }) => id === 'business_name');
  return step?.type === 'ask' ? step.text.id!.source : '';
};

async function propose(cookie: string, to: string, more: { [field: string]: string } = {}) {
  const file = 'services/business-letter.yaml';
  const changed = (await text(file)).replace(QUESTION, to).replaceAll('\n', '\r\n');
  return web.app.request(
    `${FLOW}/ubah`,
    form({ [`teks:${file}`]: changed, catatan: 'Kata yang lebih jelas', ...more }, cookie),
  );
}

test('who may look, propose and publish', async () => {
  const [wayan, slamet, nur] = [
    await web.signIn('wayan'),
    await web.signIn('slamet'),
    await web.signIn('nur'),
  ];
  const status = async (path: string, cookie: string) =>
    (await web.app.request(path, withCookie(cookie))).status;
  for (const path of ['/console/alur', FLOW, `${FLOW}/ubah`]) {
    expect([path, await status(path, wayan)]).toEqual([path, 200]);
    expect([path, await status(path, slamet)]).toEqual([path, 200]);
    expect([path, await status(path, nur)]).toEqual([path, 403]);
  }
  expect(await status('/console/alur/no-such-flow', wayan)).toBe(404);
  expect((await propose(nur, 'Siapa nama usahanya?')).status).toBe(403);
  // A village's clerk proposes; what all villages read is for the keepers to agree on.
  const proposed = await propose(slamet, 'Siapa nama usahanya?');
  const at = proposed.headers.get('location')!.split('?')[0]!;
  expect((await web.app.request(`${at}/setuju`, form({}, slamet))).status).toBe(403);
  expect((await web.app.request('/console/alur/terbitan/kembali', form({ ke: 'asli' }, slamet))).status).toBe(
    403,
  );
  expect((await web.app.request(`${at}/tolak`, form({}, wayan))).headers.get('location')).toContain(
    'publish_refused',
  );
  expect(asked()).toContain(QUESTION);
}, 120_000);

test('a fault is told with its line and cure, and nothing is proposed', async () => {
  const wayan = await web.signIn('wayan');
  const response = await propose(wayan, 'Apa nama usahanya, {nobody}?');
  expect(response.status).toBe(400);
  const page = await response.text();
  expect(page).toContain('Belum bisa diusulkan');
  expect(page).toContain('nothing fills {nobody}');
  expect(page).toMatch(/flows\/services\/business-letter\.yaml:\d+/u);
}, 120_000);

test('what is unchanged, or has no reason, is not proposed', async () => {
  const wayan = await web.signIn('wayan');
  expect(await (await propose(wayan, QUESTION)).text()).toContain('Tidak ada yang berubah');
  expect(await (await propose(wayan, 'Siapa nama usahanya?', { catatan: '' })).text()).toContain(
    'Tulis apa yang diubah',
  );
}, 120_000);

test('conversations that go another way have to be meant, each by itself', async () => {
  const wayan = await web.signIn('wayan');
  const file = 'services/business-letter.yaml';
  const shorter = (await text(file)).replace(/ {2}- do: remember_name\n(?: {4}.*\n)+/u, '');
  const fields = { [`teks:${file}`]: shorter, catatan: 'Nama tidak perlu diingat' };
  const refused = await web.app.request(`${FLOW}/ubah`, form(fields, wayan));
  expect(refused.status).toBe(400);
  const page = await refused.text();
  const chats = [...page.matchAll(/name="berubah:([^"]+)"/gu)].map(([, path]) => path!);
  expect(chats).toEqual(expect.arrayContaining([expect.stringContaining('services/business-letter/')]));
  const meant = Object.fromEntries(chats.map((path) => [`berubah:${path}`, 'ya']));
  const taken = await web.app.request(`${FLOW}/ubah`, form({ ...fields, ...meant }, wayan));
  expect(taken.status).toBe(303);
  const at = taken.headers.get('location')!.split('?')[0]!;
  const proposal = await (await web.app.request(at, withCookie(wayan))).text();
  for (const path of chats) expect(proposal).toContain(path);
  await web.app.request(`${at}/tolak`, form({}, wayan));
}, 120_000);

describe.skipIf(!hasBrowser)(`the pages of flows ${browserTitle}`, () => {
  let browser: Browser;
  let base: string;
  let server: ReturnType<typeof serve>;

  beforeAll(async () => {
    server = serve({ fetch: web.app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise<void>((done) => server.once('listening', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await testBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await new Promise((done) => server?.close(done));
  });

  async function signedIn(username: string, width: Width) {
    const { context, faults } = await aContext(browser, width);
    const page = await context.newPage();
    await page.goto(`${base}/console/masuk`);
    await page.getByLabel('Nama pengguna').fill(username);
    await page.getByLabel('Kata sandi').fill(PASSWORD);
    await page.getByRole('button', { name: 'Masuk' }).click();
    await page.waitForURL(`${base}/console`);
    return { context, page, faults };
  }

  const look = async (page: Page, width: Width) =>
    width === 360 ? await accessibilityFaults(page) : await sidewaysFaults(page);

  for (const width of Object.keys(WIDTHS).map(Number) as Width[])
    test(`drawn and played, ${width} px`, async () => {
      const { context, page, faults } = await signedIn('wayan', width);
      await page.goto(`${base}/console/alur`);
      expect(await look(page, width)).toEqual([]);
      await shoot(page, 'flows');
      await page.goto(base + FLOW);
      await page.locator('.drawing .here').waitFor();
      const say = async (words: string) => {
        await page.getByLabel('Kata warga').fill(words);
        await page.getByRole('button', { name: 'Kirim', exact: true }).last().click();
      };
      await say('Warung Bu Siti');
      await page.locator('.drawing .here', { hasText: 'business_kind' }).waitFor();
      await page.getByRole('button', { name: 'Tani / kebun' }).click();
      await page.locator('.drawing .here', { hasText: 'business_address' }).waitFor();
      expect(await page.locator('.play-chat .mine').allTextContents()).toEqual([
        'Warung Bu Siti',
        '[tap: Tani / kebun]',
      ]);
      expect(await page.locator('.drawing .visited').count()).toBeGreaterThan(1);
      expect(await look(page, width)).toEqual([]);
      await shoot(page, 'flow');
      await context.close();
      expect(faults).toEqual([]);
    }, 120_000);

  test('proposed by one, agreed to by another, in use at once, and taken back', async () => {
    const one = await signedIn('wayan', 1280);
    await one.page.goto(`${base}${FLOW}/ubah`);
    const area = one.page.locator('textarea').first();
    const before = await area.inputValue();
    expect(before).toBe(await text('services/business-letter.yaml'));
    await area.fill(before.replace(QUESTION, 'Usahanya bernama apa?'));
    await one.page.getByLabel('Apa yang diubah, dan mengapa').fill('Kata yang lebih jelas');
    await one.page.getByRole('button', { name: 'Periksa dan usulkan' }).click({ timeout: 120_000 });
    await one.page.waitForURL(/terbitan/u, { timeout: 120_000 });
    expect(await one.page.getByText('Yang mengusulkan tidak bisa menyetujui sendiri').count()).toBe(1);
    expect(await one.page.getByRole('button', { name: 'Setuju' }).count()).toBe(0);
    expect(asked()).toContain(QUESTION);
    expect(await accessibilityFaults(one.page)).toEqual([]);
    const at = one.page.url().split('?')[0]!;

    const two = await signedIn('sri', 360);
    await two.page.goto(at);
    expect(await accessibilityFaults(two.page)).toEqual([]);
    await shoot(two.page, 'flow-proposal');
    await two.page.getByRole('button', { name: 'Setuju, pakai sekarang' }).click();
    await two.page.getByText('Diterbitkan.').waitFor();
    expect(asked()).toContain('Usahanya bernama apa?');

    await one.page.goto(`${base}/console/alur`);
    await one.page.getByText('dipakai sekarang', { exact: true }).waitFor();
    await shoot(one.page, 'flows-published');
    await one.page.getByRole('button', { name: 'Kembali ke alur asli' }).click();
    await one.page.getByText('Sudah kembali.').waitFor();
    expect(asked()).toContain(QUESTION);
    expect([...one.faults, ...two.faults]).toEqual([]);
    await one.context.close();
    await two.context.close();
  }, 120_000);
});
