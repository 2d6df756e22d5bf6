import { serve } from '@hono/node-server';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRenderer } from '../../src/letters/renderer.js';
import type { Renderer } from '../../src/letters/renderer.js';
import { withdrawLetter } from '../../src/effects/letterActs.js';
import { consoleAsker } from '../../src/core/asker.js';
import { inTransaction } from '../../src/store/sql.js';
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
import { aLetter, aLetterCase } from './aLetter.js';
import { GINTANGAN, PASSWORD, aWeb } from './support.js';
import type { Web } from './support.js';

describe.skipIf(!hasBrowser)(`the pages of letters ${browserTitle}`, { timeout: 120_000 }, () => {
  let web: Web;
  let browser: Browser;
  let renderer: Renderer;
  let base: string;
  let server: ReturnType<typeof serve>;
  let folder: string;
  let letter: Awaited<ReturnType<typeof aLetter>>;
  let gone: typeof letter;
  let waiting: string;

  beforeAll(async () => {
    web = await aWeb();
    renderer = createRenderer('flows/letters');
    await web.pool.query(`UPDATE villages SET office_code = '429.517.06' WHERE id = $1`, [GINTANGAN]);
    const head = await web.officer({
      name: 'Pak Arifin',
      roles: [{ role: 'kepala_desa', village: GINTANGAN }],
    });
    await web.officer({
      name: 'Sri Wahyuni',
      username: 'sekdes',
      roles: [{ role: 'sekretaris', village: GINTANGAN }],
    });
    letter = await aLetter(web, renderer, head);
    gone = await aLetter(web, renderer, head);
    const nudges = { converse: false, notify: false, send: new Set<string>() };
    await inTransaction(web.pool, (sql) =>
      withdrawLetter(
        sql,
        [
          {
            asker: consoleAsker(head),
            effect: { kind: 'withdraw_letter', letter: gone.id, reason: 'Nama usaha salah' },
          },
        ],
        { ...web.deps, now: web.clock.now, nudges },
      ),
    );
    waiting = (await aLetterCase(web)).code;
    folder = await mkdtemp(join(tmpdir(), 'kentongan-letter-'));
    server = serve({ fetch: web.app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise<void>((done) => server.once('listening', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await testBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await new Promise((done) => server.close(done));
    await renderer.stop();
    await web.drop();
    await rm(folder, { recursive: true, force: true });
  });

  test('a file is told to be the very one that was issued, or another, without leaving the browser', async () => {
    const { context, faults } = await aContext(browser, 360);
    const page = await context.newPage();
    const sent: string[] = [];
    page.on('request', (request) => {
      // The icon may come late; nothing else is asked for.
      if (!request.url().includes('/assets/')) sent.push(request.url());
    });
    await page.goto(base + letter.path);
    const bytes = Buffer.from(web.files.get(letter.id)!.bytes);
    const same = join(folder, 'surat.pdf');
    await writeFile(same, bytes);
    // One sign of the letter, as somebody who changes an amount would.
    const changed = join(folder, 'diubah.pdf');
    const other = Buffer.from(bytes);
    other[Math.floor(other.length / 2)]! ^= 1;
    await writeFile(changed, other);
    sent.length = 0;
    await page.setInputFiles('#berkas', same);
    await page.getByText('Sama persis dengan berkas yang dikeluarkan.').waitFor();
    await page.setInputFiles('#berkas', changed);
    await page.getByText('BERBEDA dari berkas yang dikeluarkan').waitFor();
    await shoot(page, 'verify-changed');
    // Dropped into the box.
    await page.evaluate(
      (data) => {
        const files = new DataTransfer();
        files.items.add(new File([Uint8Array.from(data)], 'surat.pdf', { type: 'application/pdf' }));
        document
          .getElementById('berkas-kotak')!
          .dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
      },
      [...bytes],
    );
    await page.getByText('Sama persis dengan berkas yang dikeluarkan.').waitFor();
    expect(sent).toEqual([]);
    await page.getByLabel('Nama seperti tertulis di surat').fill('Siti Aminah');
    await page.getByRole('button', { name: 'Cocokkan' }).click();
    await page.getByText('Cocok dengan nama').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  const PAGES = (): { [name: string]: string } => ({
    'verify-start': '/verifikasi',
    verify: letter.path,
    'verify-withdrawn': gone.path,
    'verify-unknown': '/verifikasi/kM3v9QeT2xLb7RzN0aYwP5sHdUo',
    'letter-missing': `/console/kasus/${waiting}/surat`,
    'letter-issued': `/console/kasus/${letter.code}/surat`,
    templates: '/console/templat',
    'template-head': `/console/templat/${GINTANGAN}/kop`,
    'template-letter': `/console/templat/${GINTANGAN}/surat/usaha`,
  });

  for (const width of Object.keys(WIDTHS).map(Number) as Width[])
    test(`nothing stands in anybody's way at ${width} px`, async () => {
      const { context } = await aContext(browser, width);
      const page = await context.newPage();
      await page.goto(`${base}/console/masuk`);
      await page.locator('[name=username]').fill('sekdes');
      await page.locator('[name=password]').fill(PASSWORD);
      await page.locator('main button[type=submit]').click();
      await page.waitForURL(`${base}/console`);
      const found: { [name: string]: string[] } = {};
      for (const [name, path] of Object.entries(PAGES())) {
        await page.goto(base + path);
        // What is below the fold would wait for somebody to scroll.
        await page.evaluate(() => {
          for (const image of document.images) image.loading = 'eager';
        });
        await page.waitForFunction(() => [...document.images].every((image) => image.complete));
        found[name] = width === 360 ? await accessibilityFaults(page) : await sidewaysFaults(page);
        await shoot(page, name);
      }
      expect(found).toEqual(Object.fromEntries(Object.keys(PAGES()).map((name) => [name, []])));
      await context.close();
    });
});
