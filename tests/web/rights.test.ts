import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { officialCode } from '../../src/core/officialCode.js';
import { officialLines } from '../../src/store/lookUps/officialLines.js';
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
import { GINTANGAN, PASSWORD, aWeb, form } from './support.js';
import type { Web } from './support.js';

let web: Web;
let secretary: string;
beforeAll(async () => {
  web = await aWeb();
  await web.officer({
    name: 'Ratna Dewi',
    username: 'ratna',
    roles: [{ role: 'sekretaris', village: GINTANGAN }],
  });
  secretary = await web.signIn('ratna');
});
afterAll(() => web.drop());

const anErasure = () =>
  web.case({ service: 'data.hapus', isConfidential: true, answers: { sure: true }, resident: 'Mbah Karto' });

describe('hapus data in the console', () => {
  test('is not done without the tick, and is with it', async () => {
    const { code, residentId, conversationId } = await anErasure();
    const finish = (fields: { [name: string]: string }) =>
      web.app.request(`/console/kasus/${code}/finish`, form(fields, secretary));
    expect((await finish({})).headers.get('location')).toBe(
      `/console/kasus/${code}?kabar=case_not_sure#tindakan`,
    );
    const name = async () =>
      (await web.pool.query('SELECT name FROM residents WHERE id = $1', [residentId])).rows[0];
    expect(await name()).toEqual({ name: 'Mbah Karto' });
    expect((await finish({ sure: 'yes' })).headers.get('location')).toBe(
      `/console/kasus/${code}?kabar=case_finish`,
    );
    expect(await name()).toEqual({ name: null });
    const { rows } = await web.pool.query(
      `SELECT body->>'flow' AS flow FROM inbound_messages WHERE conversation_id = $1`,
      [conversationId],
    );
    expect(rows).toEqual([{ flow: 'data-erased' }]);
  });
});

describe('the code of the day', () => {
  test('is the same on the page, in the console and in a chat, and another one tomorrow', async () => {
    const code = officialCode(web.deps.sealer, web.clock.now);
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/u);
    const page = await web.app.request('/resmi');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(await page.text()).toContain(code);
    const list = await web.app.request('/console', { headers: { Cookie: secretary } });
    expect(await list.text()).toContain(code);
    const context = { ...web.deps, now: web.clock.now };
    const asker = { villageId: GINTANGAN } as never;
    const [told] = await officialLines(web.pool, [{ asker, args: {} }], context);
    expect(told?.code).toBe(code);
    const tomorrow = new Date(web.clock.now.getTime() + 24 * 3_600_000);
    expect(officialCode(web.deps.sealer, tomorrow)).not.toBe(code);
  });

  test('changes at midnight of the village, not of London', () => {
    const at = (time: string) => officialCode(web.deps.sealer, new Date(time));
    expect(at('2026-11-26T16:59:59Z')).toBe(at('2026-11-26T00:00:00Z'));
    expect(at('2026-11-26T17:00:00Z')).not.toBe(at('2026-11-26T16:59:59Z'));
  });

  test('comes with the lines that serve the village, by their names', async () => {
    await web.resident();
    const asker = { villageId: GINTANGAN } as never;
    const [told] = await officialLines(web.pool, [{ asker, args: {} }], { ...web.deps, now: web.clock.now });
    expect(told?.lines).toBe('Telegram @desa_gintangan_bot');
    expect(await (await web.app.request('/resmi')).text()).toContain('@desa_gintangan_bot');
  });

  test('stands on a page that leads nowhere but to our own pages', async () => {
    const text = await (await web.app.request('/resmi')).text();
    const links = [...text.matchAll(/<a [^>]*href="([^"]+)"/gu)].map(([, href]) => href!);
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter((href) => !/^[/#?]/u.test(href))).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)(`what rights and complaints look like ${browserTitle}`, () => {
  let browser: Browser;
  let base: string;
  let server: ReturnType<typeof serve>;
  let erasure: string;
  let complaint: string;

  beforeAll(async () => {
    erasure = (await anErasure()).code;
    const made = await web.case({
      service: 'keluhan.pungli',
      isConfidential: true,
      answers: {},
      private: { what: 'Diminta lima puluh ribu' },
    });
    complaint = made.code;
    await web.pool.query(
      `UPDATE cases SET receiver_role = 'sekretaris', receiver_ids = (SELECT array_agg(id) FROM officers) WHERE id = $1`,
      [made.id],
    );
    server = serve({ fetch: web.app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise<void>((done) => server.once('listening', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await testBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await new Promise((done) => server.close(done));
  });

  for (const width of Object.keys(WIDTHS).map(Number) as Width[])
    test(`at ${width} px`, async () => {
      const { context, faults } = await aContext(browser, width);
      const page = await context.newPage();
      const found: { [name: string]: string[] } = {};
      const look = async (name: string) => {
        found[name] = width === 360 ? await accessibilityFaults(page) : await sidewaysFaults(page);
        await shoot(page, name);
      };
      await page.goto(`${base}/resmi`);
      await look('official');
      await page.goto(`${base}/resmi?lang=en`);
      await look('official-en');
      await page.goto(`${base}/resmi?lang=id`);
      await page.goto(`${base}/console/masuk`);
      await page.getByLabel('Nama pengguna').fill('ratna');
      await page.getByLabel('Kata sandi').fill(PASSWORD);
      await page.getByRole('button', { name: 'Masuk' }).click();
      await page.waitForURL(`${base}/console`);
      await look('console-list-official');
      await page.goto(`${base}/console/kasus/${erasure}`);
      await page.getByText('Hapus data warga ini').click();
      await look('console-erase');
      await page.goto(`${base}/console/kasus/${complaint}`);
      await page.getByRole('button', { name: /segel/iu }).click();
      await page.getByText('Diminta lima puluh ribu').waitFor();
      await look('console-complaint');
      await context.close();
      expect(Object.values(found).flat()).toEqual([]);
      expect(faults).toEqual([]);
    }, 120_000);
});
