import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
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
import { GINTANGAN, PASSWORD, aWeb } from './support.js';
import type { Web } from './support.js';

const HOUR = 3_600_000;

/** What officers do all day, in a real browser: their work, the board, the search, a case, several at once, by keys. */
describe.skipIf(!hasBrowser)(`the desk ${browserTitle}`, { timeout: 120_000 }, () => {
  let web: Web;
  let browser: Browser;
  let base: string;
  let server: ReturnType<typeof serve>;
  let made: Awaited<ReturnType<typeof furnish>>;
  let wide: { context: BrowserContext; faults: string[] };
  let page: Page;

  beforeAll(async () => {
    web = await aWeb();
    // The receipt's QR leads to a page that residents reach.
    web.deps.settings.publicUrl = 'http://desa.example';
    made = await furnish(web);
    server = serve({ fetch: web.app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise<void>((done) => server.once('listening', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await testBrowser();
    wide = await aContext(browser, 1280);
    page = await wide.context.newPage();
    await signIn(page, 'ratna');
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
    await on.waitForURL(`${base}/console`);
  };
  const statusOf = async (code: string) =>
    (
      await web.pool.query<{ status: string; step: string | null }>(
        'SELECT status, step FROM cases WHERE code = $1',
        [code],
      )
    ).rows[0]!;

  for (const width of Object.keys(WIDTHS).map(Number) as Width[])
    test(`every page of it at ${width} px, with nothing that axe finds`, async () => {
      const { context, faults } = await aContext(browser, width);
      await context.addCookies(await wide.context.cookies());
      const looked = await context.newPage();
      const found: { [name: string]: string[] } = {};
      const PAGES: { [name: string]: string } = {
        'desk-work': '/console',
        'desk-board': '/console/papan',
        'desk-search': '/console/cari?q=sumber',
        'desk-case': `/console/kasus/${made.late}`,
        'desk-case-signing': `/console/kasus/${made.signing}`,
        'desk-replies': '/console/balasan',
        'desk-counter': '/console/loket',
        'desk-counter-form': '/console/loket?layanan=usaha',
      };
      for (const [name, path] of Object.entries(PAGES)) {
        await looked.goto(base + path);
        await shoot(looked, name);
        await looked.evaluate(() => {
          for (const closed of document.querySelectorAll<HTMLDetailsElement>('main details'))
            closed.open = true;
        });
        found[name] = await accessibilityFaults(looked);
      }
      expect(found).toEqual(Object.fromEntries(Object.keys(PAGES).map((name) => [name, []])));
      expect(faults).toEqual([]);
      await context.close();
    });

  test('what is missing is ticked and asked for with one click, and the resident is asked for exactly that', async () => {
    await page.goto(`${base}/console/kasus/${made.late}`);
    await page.getByRole('checkbox', { name: /surat pengantar RT\/RW/u }).check();
    await page.getByRole('checkbox', { name: /KTP asli/u }).check();
    await page.getByRole('button', { name: 'Minta yang dicentang' }).click();
    await page.getByText('Pertanyaan dikirim').waitFor();
    const { rows } = await web.pool.query<{ missing: string[] }>(
      'SELECT missing FROM cases WHERE code = $1',
      [made.late],
    );
    expect(rows[0]!.missing.toSorted()).toEqual(['ktp', 'pengantar']);
    expect(await page.locator('.bubble.mine').last().innerText()).toContain('surat pengantar RT/RW');
  });

  test('a message goes to the chat of the resident, who is named before and after', async () => {
    expect(await page.locator('.to-whom').innerText()).toContain(`Ke: Siti Aminah (${made.late})`);
    await page.locator('#chat summary').click();
    await page.getByRole('button', { name: 'Datang ke balai desa' }).click();
    expect(await page.getByLabel('Pesan untuk warga', { exact: true }).inputValue()).toContain(
      `Bapak/Ibu Siti Aminah, silakan datang ke balai desa pada jam kerja untuk permohonan ${made.late}`,
    );
    await page.getByRole('button', { name: 'Kirim ke chat warga' }).click();
    await page.getByText(`Terkirim ke Siti Aminah (${made.late}).`).waitFor();
    expect(await page.locator('.bubble.mine').last().innerText()).toContain('silakan datang ke balai desa');
    const { rows } = await web.pool.query<{ text: string; by: string }>(
      `SELECT body->'vars'->>'text' AS text, body->'vars'->>'by' AS by FROM inbound_messages
       WHERE body->>'flow' = 'officer-message' AND conversation_id = $1`,
      [made.conversationId],
    );
    expect(rows).toEqual([{ text: expect.stringContaining('silakan datang'), by: 'Ratna' }]);
    expect((await statusOf(made.late)).status).toBe('asked');
  });

  test('what the resident answers stands in the chat by itself', async () => {
    await page.goto(`${base}/console/kasus/${made.late}`);
    await page.getByLabel('Pesan untuk warga', { exact: true }).fill('Sedang saya tulis');
    await web.pool.query(
      `WITH c AS (UPDATE cases SET event_count = event_count + 1 WHERE code = $1 RETURNING id, event_count)
       INSERT INTO case_events (id, case_id, number, kind, data, at)
       SELECT $2, id, event_count, 'case_answered', '{"text": "Nggih Bu, kula bekta."}', now() FROM c`,
      [made.late, web.deps.newId()],
    );
    await page.locator('.bubbles').getByText('Nggih Bu, kula bekta.').waitFor();
    expect(await page.locator('[id=bubbles]').count()).toBe(1);
    // What was being typed is still there.
    expect(await page.getByLabel('Pesan untuk warga', { exact: true }).inputValue()).toBe(
      'Sedang saya tulis',
    );
    await page.getByLabel('Pesan untuk warga', { exact: true }).fill('');
  });

  test('one button does all steps in a row of whoever looks, and is undone', async () => {
    await page.goto(`${base}/console/kasus/${made.plain}`);
    await page.getByRole('button', { name: 'Periksa dan paraf' }).click();
    await page.getByText('Sudah diperiksa.').waitFor();
    expect(await statusOf(made.plain)).toEqual({ status: 'signing', step: 'sign' });
    expect(await page.locator('.next-step').innerText()).toContain('Pak Kades');
    await page.getByRole('button', { name: 'Urungkan tindakan terakhir' }).click();
    await page.getByText('Diurungkan.').waitFor();
    expect((await statusOf(made.plain)).step).toBe('verify');
  });

  test('several are taken at once, and what became of each is told', async () => {
    const [budi] = made.others;
    await web.deps.perform(budi!, [{ kind: 'act_on_case', code: made.bulk[2]!, act: 'take' }]);
    await page.goto(`${base}/console/papan`);
    await web.deps.perform(budi!, [{ kind: 'act_on_case', code: made.bulk[0]!, act: 'take' }]);
    for (const code of made.bulk) await page.getByRole('checkbox', { name: new RegExp(code, 'u') }).check();
    await page.getByText('3 dicentang:').waitFor();
    await page.getByRole('button', { name: 'Ambil', exact: true }).click();
    const told = page.locator('.notice[role=status]');
    await told.waitFor();
    expect(await told.innerText()).toBe('1 diambil, 2 sudah diambil oleh Budi Santoso.');
    await shoot(page, 'desk-bulk');
  });

  test('ticks outlive a list that changes by itself', async () => {
    await page.goto(`${base}/console`);
    const first = page.locator('.case.ticks').first();
    const code = (await first.getAttribute('data-code'))!;
    await first.getByRole('checkbox').check();
    const { code: fresh } = await web.case({ resident: 'Baru Datang', service: 'kematian' });
    await page.locator(`.case[data-code="${fresh}"]`).waitFor();
    expect(await page.locator(`.case[data-code="${code}"]`).getByRole('checkbox').isChecked()).toBe(true);
    expect(await page.locator('.bulk-count').innerText()).toBe('1 dicentang:');
  });

  test('a list is walked through and a case is opened, taken and left by keys alone', async () => {
    await page.goto(`${base}/console`);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const code = (await page.locator('.case.here').getAttribute('data-code'))!;
    expect(code).toBe(await page.locator('.case').first().getAttribute('data-code'));
    await page.keyboard.press('Enter');
    await page.waitForURL(`${base}/console/kasus/${code}`);
    await page.keyboard.press('b');
    await page.waitForURL(`${base}/console`);
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('cari');
    // What is typed in a field is text, not a command.
    await page.keyboard.type('jk?');
    expect(await page.locator('#cari').inputValue()).toBe('jk?');
    await page.locator('h1').click();
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Tombol cepat' }).waitFor();
    await shoot(page, 'desk-keys', false);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Tombol cepat menyala').uncheck();
    await page.getByRole('button', { name: 'Tutup' }).click();
    await page.keyboard.press('j');
    expect(await page.locator('.case.here').count()).toBe(0);
    await page.keyboard.press('?');
    await page.getByLabel('Tombol cepat menyala').check();
    await page.getByRole('button', { name: 'Tutup' }).click();
  });

  test('a field is copied with one tap, in the order of OpenSID’s form', async () => {
    await wide.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: base });
    await page.goto(`${base}/console/kasus/${made.late}`);
    await page.locator('#opensid summary').click();
    expect(await page.locator('.copy-label').allInnerTexts()).toEqual([
      'Nama',
      'Nama usaha',
      'Keperluan',
      'Bidang usaha',
      'Tempat usaha',
      'Mulai tahun',
    ]);
    await page.getByRole('button', { name: 'Salin Nama usaha' }).click();
    await page.getByText('Disalin', { exact: true }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Warung Sumber Rejeki');
  });

  test('a picture is made large within its frame, and the words of a resident show what would turn them around', async () => {
    const picture = page.locator('.zoom').first();
    await picture.scrollIntoViewIfNeeded();
    await picture.click();
    expect(await picture.getAttribute('aria-pressed')).toBe('true');
    expect(page.url()).toBe(`${base}/console/kasus/${made.late}`);
    await shoot(page, 'desk-zoom', false);
    await page.goto(`${base}/console/kasus/${made.turned}`);
    expect(await page.locator('.case-main').innerText()).toContain('⟦RLO⟧');
    expect(await page.locator('.case-main script').count()).toBe(0);
  });

  test('somebody at the counter has a request and a receipt in one short page', async () => {
    await page.goto(`${base}/console`);
    await page.getByRole('link', { name: 'Warga di loket' }).click();
    await page.getByRole('link', { name: 'Surat Keterangan Usaha', exact: true }).click();
    await page.getByLabel('Nama warga').fill('Mbah Karto');
    await page.getByLabel('Nama usaha').fill('Warung Kopi');
    await page.getByLabel('Bidang usaha').selectOption({ label: 'Makanan / minuman' });
    await page.getByRole('textbox', { name: 'Tempat usaha' }).fill('Dusun Krajan RT 02 RW 01');
    await page.getByLabel('Keperluan', { exact: true }).selectOption({ label: 'KUR / pinjaman bank' });
    await page.getByRole('checkbox', { name: 'KTP asli' }).check();
    await page.getByRole('checkbox', { name: 'Kartu Keluarga' }).check();
    await page.getByRole('button', { name: 'Simpan permohonan' }).click();
    await page.waitForURL(/\/console\/loket\/[0-9A-Z-]{11}$/u);
    const code = page.url().split('/').at(-1)!;
    const receipt = await page.locator('.receipt').innerText();
    expect(receipt).toContain(code);
    expect(receipt).toContain('Mbah Karto');
    expect(receipt).toContain('desa.example/lacak');
    expect(receipt).toContain('Gratis');
    expect(receipt).toContain('surat pengantar RT/RW');
    expect(receipt).not.toContain('KTP asli');
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'desk-receipt');
    const { rows } = await web.pool.query(
      `SELECT origin, conversation_id, answers FROM cases WHERE code = $1`,
      [code],
    );
    expect(rows).toEqual([
      {
        origin: 'counter',
        conversation_id: null,
        answers: {
          name: 'Mbah Karto',
          business_name: 'Warung Kopi',
          business_kind: 'food',
          business_address: 'Dusun Krajan RT 02 RW 01',
          purpose: 'kur',
        },
      },
    ]);
    await page.getByRole('link', { name: 'Buka permohonan' }).click();
    await page.getByText('tanpa chat').waitFor();
  });

  test('what does not fit at the counter is told beside its field, and what was typed stays', async () => {
    await page.goto(`${base}/console/loket?layanan=usaha`);
    await page.getByLabel('Nama warga').fill('Mbah Karto');
    await page.getByLabel('Nama usaha').fill('Warung Kopi');
    await page.getByLabel('Mulai tahun').fill('tahun kemarin dulu');
    await page.evaluate(() =>
      document.querySelector<HTMLFormElement>('form.counter')!.setAttribute('novalidate', ''),
    );
    await page.getByRole('button', { name: 'Simpan permohonan' }).click();
    await page.getByText('Tulis tahunnya dengan angka').waitFor();
    expect(await page.getByLabel('Nama usaha').inputValue()).toBe('Warung Kopi');
    await shoot(page, 'desk-counter-wrong');
    // The browser tells of the answer 400 as an error of the page.
    expect(wide.faults.splice(0)).toEqual([expect.stringContaining('400')]);
  });

  test('all of it works without a script: ticked rows are taken, and told', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: WIDTHS[360] });
    await context.addCookies(await wide.context.cookies());
    const plain = await context.newPage();
    await plain.goto(`${base}/console/papan`);
    await plain.locator('.case.ticks').first().locator('input').check();
    await plain.getByRole('button', { name: 'Ambil', exact: true }).click();
    await plain.locator('.notice[role=status]').waitFor();
    await context.close();
  });

  test('no page complained on the way', () => {
    expect(wide.faults).toEqual([]);
  });
});

/** A village at work, as Bu Ratna finds it in the morning. */
async function furnish(web: Web) {
  const now = web.clock.now.getTime();
  const at = (hours: number) => new Date(now + hours * HOUR);
  const roles = (role: string) => [{ role, village: GINTANGAN }];
  await web.pool.query(`UPDATE villages SET state = 'active' WHERE id = $1`, [GINTANGAN]);
  const ratna = await web.officer({
    name: 'Ratna Dewi',
    username: 'ratna',
    roles: [...roles('operator'), ...roles('sekretaris')],
  });
  const budi = await web.officer({ name: 'Budi Santoso', roles: roles('kasi_pelayanan') });
  const kades = await web.officer({ name: 'Pak Kades', roles: roles('kepala_desa') });
  const late = await web.case({
    resident: 'Siti Aminah',
    openedAt: at(-30),
    dueAt: at(-5),
    answers: {
      business_name: 'Warung Sumber Rejeki',
      business_kind: 'trade',
      since: 2014,
      business_address: 'Dusun Krajan RT 02 RW 01',
      purpose: 'kur',
    },
  });
  await web.file({ caseId: late.id, bytes: await picture('#7d9a52'), mime: 'image/jpeg' });
  await web.file({ caseId: late.id, bytes: await picture('#b8a07a'), mime: 'image/jpeg' });
  await web.file({ caseId: late.id, isRestricted: true });
  const twin = await web.case({ resident: 'Siti Aminah', openedAt: at(-2) });
  await web.pool.query('UPDATE cases SET resident_id = $2 WHERE id = $1', [twin.id, late.residentId]);
  const urgent = await web.case({
    resident: 'Pak Slamet',
    service: 'kematian',
    openedAt: at(-1),
    dueAt: at(7),
  });
  await web.pool.query('UPDATE cases SET is_urgent = true WHERE id = $1', [urgent.id]);
  const plain = await web.case({
    resident: 'Wayan Sudarma',
    service: 'domisili',
    openedAt: at(-3),
    dueAt: at(3),
  });
  const answered = await web.case({ resident: 'Maria Ulfa', openedAt: at(-9), dueAt: at(2) });
  const signing = await web.case({ resident: 'Agus Prasetyo', openedAt: at(-12), dueAt: at(1) });
  const ready = await web.case({ resident: 'Endang Lestari', openedAt: at(-26) });
  const closed = await web.case({ resident: 'Untung Riyadi', service: 'spm', openedAt: at(-50) });
  const turned = await web.case({ resident: 'Joko', answers: { business_name: 'Toko \u202egnpj.exe' } });
  const bulk = [];
  for (const name of ['Hadi', 'Sri Rahayu', 'Nur Aini'])
    bulk.push((await web.case({ resident: name, service: 'sktm', openedAt: at(-4), dueAt: at(6) })).code);
  await web.deps.perform(ratna, [
    { kind: 'act_on_case', code: answered.code, act: 'ask', text: 'Usahanya di dusun mana, Bu?' },
    { kind: 'act_on_case', code: signing.code, act: 'verify' },
    { kind: 'act_on_case', code: ready.code, act: 'verify' },
  ]);
  await web.pool.query(
    `WITH c AS (UPDATE cases SET status = 'in_hand', event_count = event_count + 1 WHERE id = $1 RETURNING id, event_count)
     INSERT INTO case_events (id, case_id, number, kind, data, at)
     SELECT gen_random_uuid(), id, event_count, 'case_answered', '{"text": "Dusun Krajan, Bu. Dekat masjid."}', now() FROM c`,
    [answered.id],
  );
  await web.deps.perform(kades, [
    { kind: 'act_on_case', code: ready.code, act: 'ready', to: '470/9/GTG/2026' },
  ]);
  await web.deps.perform(kades, [
    { kind: 'act_on_case', code: closed.code, act: 'finish', text: 'Sudah diterima Dinsos.' },
  ]);
  return {
    late: late.code,
    conversationId: late.conversationId,
    plain: plain.code,
    signing: signing.code,
    turned: turned.code,
    bulk,
    others: [budi, kades],
  };
}

async function picture(colour: string): Promise<Uint8Array> {
  return sharp({ create: { width: 640, height: 480, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();
}
