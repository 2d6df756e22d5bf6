import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSetupLink } from '../../src/web/auth/setup.js';
import {
  WIDTHS,
  aContext,
  accessibilityFaults,
  sidewaysFaults,
  browserTitle,
  hasBrowser,
  shoot,
  testBrowser,
} from '../support/browser.js';
import type { Width } from '../support/browser.js';
import { furnish } from './furnish.js';
import { PASSWORD, aWeb } from './support.js';
import type { Web } from './support.js';

/** Every page with something on it, at both widths: nothing that axe-core finds, nothing to scroll sideways. What axe-core finds does not change with the width: it looks once, and the story's test looks at the wide pages. */
describe.skipIf(!hasBrowser)(`the pages ${browserTitle}`, () => {
  let web: Web;
  let browser: Browser;
  let base: string;
  let server: ReturnType<typeof serve>;
  let setup: string;
  let code: string;
  let listing: string;

  beforeAll(async () => {
    web = await aWeb();
    setup = (await createSetupLink(web.deps))!;
    ({ code, listing } = await furnish(web));
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

  const PUBLIC: { [name: string]: () => string } = {
    home: () => '/',
    market: () => '/pasar',
    'market-none': () => '/pasar?cari=zzzz',
    listing: () => `/pasar/${listing}`,
    track: () => '/lacak',
    'track-state': () => `/lacak/${code}`,
    official: () => '/resmi',
    'not-found': () => '/tidak-ada',
    'sign-in': () => '/console/masuk',
    // The last: the choice is remembered.
    'home-en': () => '/?lang=en',
  };
  const CONSOLE: { [name: string]: () => string } = {
    'console-list': () => '/console',
    'console-all': () => '/console/cari',
    'console-case': () => `/console/kasus/${code}`,
    'console-calls': () => '/console/percakapan',
    'console-listings': () => '/console/lapak',
    'console-officers': () => '/console/petugas',
    'console-lines': () => '/console/jalur',
    'console-line-kinds': () => '/console/jalur/tambah',
    'console-line-telegram': () => '/console/jalur/tambah?jenis=telegram',
    'console-line-web': () => '/console/jalur/tambah?jenis=whatsapp-web',
    'console-line-cloud': () => '/console/jalur/tambah?jenis=whatsapp-cloud',
    'console-line-restart': () => '/console/jalur/whatsapp-web%3Akantor/mulai-ulang',
    'console-line-villages': () => '/console/jalur/whatsapp-web%3Akantor/desa',
    'console-line-remove': () => '/console/jalur/whatsapp-cloud%3A10650/hapus',
    'console-account': () => '/console/akun',
  };

  for (const width of Object.keys(WIDTHS).map(Number) as Width[]) {
    test(`public pages at ${width} px`, async () => {
      const { context, faults } = await aContext(browser, width);
      const page = await context.newPage();
      const found: { [name: string]: string[] } = {};
      for (const [name, path] of Object.entries(PUBLIC)) {
        await page.goto(base + path());
        found[name] = width === 360 ? await accessibilityFaults(page) : await sidewaysFaults(page);
        await shoot(page, name);
      }
      await context.close();
      expect(found).toEqual(Object.fromEntries(Object.keys(PUBLIC).map((name) => [name, []])));
      // A page that is not there is an error to the browser, and the only one.
      expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
    }, 120_000);

    test(`the console at ${width} px`, async () => {
      const { context, faults } = await aContext(browser, width);
      const page = await context.newPage();
      await page.goto(`${base}/console/masuk`);
      await page.getByLabel('Nama pengguna').fill('ratna');
      await page.getByLabel('Kata sandi').fill(PASSWORD);
      await page.getByRole('button', { name: 'Masuk' }).click();
      await page.waitForURL(`${base}/console`);
      const found: { [name: string]: string[] } = {};
      for (const [name, path] of Object.entries(CONSOLE)) {
        await page.goto(base + path());
        // What can be opened is looked at opened.
        await page.evaluate(() => {
          for (const closed of document.querySelectorAll('details')) closed.open = true;
        });
        found[name] = width === 360 ? await accessibilityFaults(page) : await sidewaysFaults(page);
        await page.evaluate(() => {
          for (const open of document.querySelectorAll('details:not(.a-finish)'))
            open.removeAttribute('open');
        });
        await shoot(page, name);
      }
      await context.close();
      expect(found).toEqual(Object.fromEntries(Object.keys(CONSOLE).map((name) => [name, []])));
      expect(faults).toEqual([]);
    }, 120_000);
  }

  test('the set-up page, before anybody has an account', async () => {
    const { context } = await aContext(browser, 360);
    const page = await context.newPage();
    await web.pool.query('UPDATE officers SET is_active = false');
    await page.goto(base + setup);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'setup');
    await web.pool.query('UPDATE officers SET is_active = true');
    await context.close();
  });
});
