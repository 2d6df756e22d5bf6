import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aContext, browserTitle, hasBrowser, testBrowser } from '../support/browser.js';
import { totp } from '../support/totp.js';
import { aWeb, GINTANGAN, PASSWORD } from './support.js';
import type { Web } from './support.js';

describe.skipIf(!hasBrowser)(`the second factor ${browserTitle}`, () => {
  let web: Web;
  let browser: Browser;
  let server: ReturnType<typeof serve>;
  let base: string;

  beforeAll(async () => {
    web = await aWeb();
    await web.officer({
      name: 'Pak Slamet',
      username: 'slamet',
      roles: [{ role: 'kepala_desa', village: GINTANGAN }],
    });
    server = serve({ fetch: web.app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise<void>((done) => server.once('listening', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await testBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await new Promise((done) => server?.close(done));
    await web?.drop();
  });

  test('a head sets it up from the notice on his page, and from then on signs in with a code of his app', async () => {
    const { context, faults } = await aContext(browser, 360);
    const page = await context.newPage();
    const signIn = async () => {
      await page.goto(`${base}/console/masuk`);
      await page.getByLabel('Nama pengguna').fill('slamet');
      await page.getByLabel('Kata sandi').fill(PASSWORD);
      await page.getByRole('button', { name: 'Masuk' }).click();
      await page.waitForURL((url) => url.pathname !== '/console/masuk');
    };
    await signIn();
    await page.getByRole('link', { name: 'Pasang sekarang' }).click();
    const card = page.locator('section', {
      has: page.getByRole('heading', { name: 'Kode kedua di ponsel' }),
    });
    await card.getByLabel('Kata sandi sekarang').fill(PASSWORD);
    await card.getByRole('button', { name: 'Aktifkan' }).click();
    // What a phone scans, the key to be typed, and the spare codes: once.
    await page.getByRole('figure', { name: 'Kode QR' }).locator('svg').waitFor();
    const spares = await page.locator('.spares li').allTextContents();
    expect(spares.length).toBeGreaterThanOrEqual(5);
    const secret = (await page.locator('.secret').first().textContent())!.replaceAll(/\s/gu, '');
    await page.getByLabel('Kode', { exact: true }).fill(totp(secret));
    await page.getByRole('button', { name: 'Aktifkan' }).click();
    await page.getByRole('status').filter({ hasText: 'Kode kedua aktif' }).waitFor();
    expect(await page.getByText(spares[0]!).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Pasang sekarang' }).count()).toBe(0);
    // His role needs it: there is nothing to turn it off with.
    expect(await page.getByRole('button', { name: 'Matikan' }).count()).toBe(0);

    await page.getByRole('button', { name: 'Keluar' }).click();
    await signIn();
    expect(new URL(page.url()).pathname).toBe('/console/masuk/kode');
    await page.getByLabel('Kode').fill(totp(secret));
    await page.getByRole('button', { name: 'Masuk' }).click();
    await page.waitForURL(`${base}/console`);

    // A phone that is lost: one of the codes on paper, which works once.
    await page.getByRole('button', { name: 'Keluar' }).click();
    await signIn();
    await page.getByLabel('Kode').fill(spares[0]!);
    await page.getByRole('button', { name: 'Masuk' }).click();
    await page.waitForURL(`${base}/console`);
    await context.close();
    expect(faults).toEqual([]);
  }, 120_000);
});
