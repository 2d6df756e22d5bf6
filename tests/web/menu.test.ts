import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  WIDTHS,
  aContext,
  accessibilityFaults,
  browserTitle,
  hasBrowser,
  shoot,
  testBrowser,
} from '../support/browser.js';
import type { Width } from '../support/browser.js';
import { aWeb, GINTANGAN, PASSWORD, withCookie } from './support.js';
import type { Web } from './support.js';

const DAILY = ['Pekerjaan', 'Papan', 'Cari', 'Loket'];

/** The console's menu: few things in sight, the rest one tap away. */
describe.skipIf(!hasBrowser)(`the menu ${browserTitle}`, { timeout: 120_000 }, () => {
  let web: Web;
  let browser: Browser;
  let base: string;
  let server: ReturnType<typeof serve>;

  beforeAll(async () => {
    web = await aWeb();
    const at = (role: string) => ({ role, village: GINTANGAN });
    await web.officer({ name: 'Sri Wahyuni', username: 'sekretaris', roles: [at('sekretaris')] });
    await web.officer({ name: 'Bu Kader', username: 'kader', roles: [at('kader')] });
    await web.officer({
      name: 'Bu Camat',
      username: 'kabupaten',
      roles: [{ role: 'kabupaten', village: null }],
    });
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

  const signIn = async (on: Page, username: string) => {
    await on.goto(`${base}/console/masuk`);
    await on.getByLabel('Nama pengguna').fill(username);
    await on.getByLabel('Kata sandi').fill(PASSWORD);
    await on.getByRole('button', { name: 'Masuk' }).click();
    await on.waitForURL((url) => url.pathname !== '/console/masuk');
  };
  const inSight = (page: Page) => page.locator('.menu-row a:visible').allInnerTexts();

  for (const width of Object.keys(WIDTHS).map(Number) as Width[])
    test(`shows the daily pages, and the rest by one tap, at ${width} px`, async () => {
      const { context, faults } = await aContext(browser, width);
      const page = await context.newPage();
      await signIn(page, 'sekretaris');
      expect(await inSight(page)).toEqual(width < 960 ? DAILY : [...DAILY, 'Percakapan', 'Cetak surat']);
      // One row of a phone, each as high as a thumb.
      const boxes = await page.locator('.menu-row a:visible, .menu-rest summary').evaluateAll((all) =>
        all.map((one) => {
          const { top, height, left, right } = one.getBoundingClientRect();
          return { middle: top + height / 2, height, left, right };
        }),
      );
      const middles = boxes.map(({ middle }) => middle);
      expect(Math.max(...middles) - Math.min(...middles)).toBeLessThan(8);
      for (const { height, left, right } of boxes) {
        expect(height).toBeGreaterThanOrEqual(40);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(width);
      }
      await page.getByText('Menu', { exact: true }).click();
      const groups = page.locator('.menu-groups ul:visible');
      expect(
        await groups.evaluateAll((lists) => lists.map((list) => list.getAttribute('aria-labelledby'))),
      ).toEqual(['menu-work', 'menu-letters', 'menu-village', 'menu-settings']);
      // No page stands there twice.
      const links = await page
        .locator('nav.menu a:visible')
        .evaluateAll((all) => all.map((a) => a.getAttribute('href')));
      expect(links.length).toBeGreaterThan(15);
      expect(new Set(links).size).toBe(links.length);
      for (const box of await page.locator('.menu-groups a:visible').all())
        expect((await box.boundingBox())!.height).toBeGreaterThanOrEqual(40);
      expect(await accessibilityFaults(page)).toEqual([]);
      await shoot(page, 'menu', false);
      await page.getByRole('link', { name: 'Agenda surat' }).click();
      await page.waitForURL(`${base}/console/agenda`);
      expect(await page.locator('.menu-rest').getAttribute('open')).toBeNull();
      expect(await page.locator('.menu-rest summary.inside').count()).toBe(1);
      expect(await page.locator('nav.menu [aria-current=page]').allTextContents()).toEqual(['Agenda surat']);
      expect(faults).toEqual([]);
      await context.close();
    });

  test('opens, is walked through and closed by keys, the focus back where it was', async () => {
    const { context } = await aContext(browser, 1280);
    const page = await context.newPage();
    await signIn(page, 'sekretaris');
    await page.locator('.menu-rest summary').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.menu-groups').isVisible()).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Lapak');
    await page.keyboard.press('Escape');
    expect(await page.locator('.menu-groups').isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Menu');
    await page.keyboard.press('Enter');
    await page.locator('.foot').click();
    expect(await page.locator('.menu-groups').isVisible()).toBe(false);
    await context.close();
  });

  test('needs no script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: WIDTHS[360] });
    const page = await context.newPage();
    await signIn(page, 'sekretaris');
    await page.locator('.menu-rest summary').click();
    await page.getByRole('link', { name: 'Ketua RT' }).click();
    await page.waitForURL(`${base}/console/rt`);
    await context.close();
  });

  test('holds what each may open: few pages stand in sight, and nothing is hidden behind a button', async () => {
    const menuOf = async (username: string, path: string) => {
      const html = await (await web.app.request(path, withCookie(await web.signIn(username)))).text();
      return {
        isHidden: html.includes('menu-rest'),
        links: [...html.matchAll(/<nav class="menu".*?<\/nav>/gsu)],
      };
    };
    const kader = await menuOf('kader', '/console/posyandu');
    expect(kader.isHidden).toBe(false);
    expect(kader.links[0]![0]).toContain('/console/posyandu');
    expect(kader.links[0]![0]).not.toContain('/console/papan');
    const regency = await menuOf('kabupaten', '/console/kabupaten');
    expect(regency.links[0]![0]).toContain('/console/kabupaten');
    expect(regency.links[0]![0]).not.toContain('/console/audit');
  });
});
