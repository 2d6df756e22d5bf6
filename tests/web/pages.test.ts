import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
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
import { GINTANGAN, PASSWORD, aWeb } from './support.js';
import type { Web } from './support.js';

const HOUR = 3_600_000;

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
    'console-all': () => '/console?saring=all',
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

/** A village at work. */
async function furnish(web: Web): Promise<{ code: string; listing: string }> {
  const now = web.clock.now.getTime();
  const roles = [
    { role: 'admin', village: null },
    { role: 'sekretaris', village: GINTANGAN },
  ];
  const ratna = await web.officer({ name: 'Ratna Dewi', username: 'ratna', roles, phone: '6281234560001' });
  await web.officer({ name: 'Budi Santoso', phone: '6281234560002' });
  const invited = await web.officer({
    name: 'Bidan Ayu',
    phone: '6281234560003',
    roles: [{ role: 'bidan', village: GINTANGAN }],
  });
  await web.pool.query(
    `INSERT INTO invites (id, officer_id, token_hash, phone, invited_by, expires_at, accepted_at)
     VALUES ($1, $2, 'a', '6281234560003', $3, now() + interval '1 day', now())`,
    [web.deps.newId(), invited.id, ratna.id],
  );
  const late = await web.case({
    resident: 'Siti Aminah',
    openedAt: new Date(now - 30 * HOUR),
    dueAt: new Date(now - 5 * HOUR),
    answers: {
      business_name: 'Warung Sumber Rejeki',
      business_kind: 'trade',
      since: 2014,
      business_address: 'Dusun Krajan RT 02 RW 01',
      purpose: 'kur',
    },
    private: { income: 900_000 },
  });
  const photo = await picture('#7d9a52');
  await web.file({ caseId: late.id, bytes: photo, mime: 'image/jpeg' });
  await web.file({ caseId: late.id, bytes: await picture('#b8a07a'), mime: 'image/jpeg' });
  await web.file({ caseId: late.id, isRestricted: true });
  await web.case({
    resident: 'Wayan Sudarma',
    service: 'sktm',
    openedAt: new Date(now - 3 * HOUR),
    dueAt: new Date(now + 2 * HOUR),
  });
  await web.case({
    resident: 'Maria Ulfa',
    service: 'domisili',
    openedAt: new Date(now - HOUR),
    dueAt: new Date(now + 30 * HOUR),
  });
  await web.case({
    resident: 'Pak Rahasia',
    service: 'infrastruktur',
    isConfidential: true,
    openedAt: new Date(now - HOUR / 2),
  });
  const { code } = late;
  await web.pool.query(`UPDATE conversations SET handed_over_at = now() WHERE id = $1`, [
    late.conversationId,
  ]);
  await web.pool.query(
    `INSERT INTO notifications (id, officer_id, kind, subject_id, number, vars)
     VALUES ($1, $2, 'officer-hand-over', $3, 1, '{"reason": "asked", "text": "Pak, kapan saya bisa ambil suratnya?"}')`,
    [web.deps.newId(), ratna.id, late.conversationId],
  );
  await web.deps.perform(ratna, [
    { kind: 'act_on_case', code, act: 'ask', text: 'Usahanya di dusun mana, Bu?' },
    { kind: 'act_on_case', code, act: 'note', text: 'Pernah datang ke balai desa bulan lalu.' },
  ]);
  const listings = [
    await web.listing({ title: 'Buah naga merah, petik pagi', price: 12_000 }),
    await web.listing({ title: 'Kopi Osing sangrai', price: 85_000 }),
    await web.listing({ title: 'Ikan asin layang', price: null }),
    await web.listing({ title: 'Anyaman bambu Gintangan: tampah, tudung saji dan keranjang', price: 45_000 }),
  ];
  for (const [index, { id }] of listings.entries())
    if (index !== 2)
      await web.file({ listingId: id, bytes: await picture(['#a8324a', '#5b3a22', '', '#c2a25c'][index]!) });
  const waiting = await web.listing({ title: 'Manggis segar', status: 'waiting', price: 60_000 });
  await web.pool.query(
    `UPDATE listings SET flags = '{first,price}', description = 'Panen minggu ini, bisa diantar.' WHERE id = $1`,
    [waiting.id],
  );
  await web.file({ listingId: waiting.id, bytes: photo });
  await web.pool.query(
    `UPDATE lines SET state = 'up', state_at = now(), last_received_at = now(), last_sent_at = now(),
       lease_owner = 'x', lease_until = now() + interval '1 day'`,
  );
  await web.pool.query(
    `INSERT INTO lines (id, platform, name, village_id, state, state_at, state_reason, linking, linking_at, lease_owner,
       lease_until, settings)
     VALUES ('whatsapp-web:kantor', 'whatsapp', 'whatsapp-web:kantor', $1, 'degraded', now(), 'waits to be linked',
       $2, now(), 'x', now() + interval '1 day', 'x')`,
    [GINTANGAN, `2@${'aB3x'.repeat(50)},${'k9Z'.repeat(14)},${'Pq7'.repeat(14)}`],
  );
  await web.pool.query(
    `INSERT INTO lines (id, platform, name, state, state_at, state_reason, last_error, last_error_at, lease_owner,
       lease_until, settings)
     VALUES ('whatsapp-cloud:10650', 'whatsapp', '628123456789', 'down', now(), 'code 190: the token has expired',
       'code 190: the token has expired', now(), 'x', now() + interval '1 day', 'x')`,
  );
  await web.pool.query(
    `INSERT INTO outbound_messages (conversation_id, line_id, body, created_at)
     SELECT id, 'whatsapp-cloud:10650', '{"text":"Halo"}', now() - interval '3 hours' FROM conversations LIMIT 1`,
  );
  await web.pool.query(
    `INSERT INTO incidents (id, kind, village_id, detail) VALUES ($1, 'late_emergency', $2, '{"minutes": 45}')`,
    [web.deps.newId(), GINTANGAN],
  );
  await web.pool.query(
    `INSERT INTO incidents (id, kind, line_id, detail) VALUES
       ($1, 'line_down', 'whatsapp-cloud:10650', '{"line": "whatsapp-cloud:10650", "reason": "code 190: the token has expired"}'),
       ($2, 'possible_gap', 'telegram:1', '{"line": "telegram:1", "from": "2026-11-24T01:00:00Z", "to": "2026-11-25T09:30:00Z"}')`,
    [web.deps.newId(), web.deps.newId()],
  );
  return { code, listing: listings[0]!.code };
}

async function picture(colour: string): Promise<Uint8Array> {
  return sharp({ create: { width: 640, height: 480, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();
}
