import { createHmac } from 'node:crypto';
import { v7 as newId } from 'uuid';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import jsQrModule from 'jsqr';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPrisma } from '../../src/store/prisma.js';
import { createAccount } from '../../src/web/auth/accounts.js';
import { createAuth } from '../../src/web/auth/auth.js';
import type { WebDeps } from '../../src/web/deps.js';
import { until } from '../channels/intake.js';
import { aGateway, VILLAGE, type Gateway } from '../channels/telegram/gateway.js';
import type { Person } from '../standins/botApi.js';
import {
  aContext,
  accessibilityFaults,
  browserTitle,
  hasBrowser,
  shoot,
  testBrowser,
} from '../support/browser.js';
import { pdfReader, type PdfReader } from '../support/pdfPages.js';

// A CommonJS package: what it exports by default lies one deeper.
const jsQR = jsQrModule as unknown as typeof jsQrModule.default;
const PASSWORD = 'ketuk tiga kali';
const PIN = '482915';
const NIK = '3510124708900001';

/**
 * A Surat Keterangan Usaha from the first word to the paper that proves itself: real Chromium for the console and the
 * public page, the real telegraf before a stand-in Bot API, a real Postgres, all roles.
 */
describe.skipIf(!hasBrowser)(`a letter's whole way ${browserTitle}`, { timeout: 180_000 }, () => {
  let gateway: Gateway;
  let browser: Browser;
  let wide: { context: BrowserContext; faults: string[] };
  let narrow: { context: BrowserContext; faults: string[] };
  let reader: PdfReader;
  let [sri, slamet, head]: Person[] = [];
  let code: string;
  let pdf: Uint8Array;
  let verifyAt: string;
  const siti = () => gateway.bot.person(41, 'Siti');

  beforeAll(async () => {
    gateway = await aGateway({ webhook: true });
    await gateway.pool.query(
      `UPDATE villages SET letter_way = 'electronic', office_code = '429.517.06',
         office_address = 'Jalan Raya Gintangan 1' WHERE name = $1`,
      [VILLAGE],
    );
    sri = await gateway.anOfficer(901, 'Bu Sri', 'kasi_pelayanan');
    slamet = await gateway.anOfficer(902, 'Pak Slamet', 'sekretaris');
    head = await gateway.anOfficer(903, 'Pak Suparman', 'kepala_desa');
    await accountFor('bu.sri', 'Bu Sri');
    await accountFor('pak.suparman', 'Pak Suparman');
    browser = await testBrowser();
    wide = await aContext(browser, 1280);
    narrow = await aContext(browser, 360);
    reader = await pdfReader(browser);
  }, 180_000);
  afterAll(async () => {
    await reader?.close();
    await browser?.close();
    await gateway?.stop();
  }, 60_000);

  test('the head of the village makes a PIN at the console', async () => {
    const page = await signedIn(narrow.context, 'pak.suparman');
    await page.goto(`${gateway.address}/console/pin`);
    await page.getByLabel('Kata sandi', { exact: false }).first().fill(PASSWORD);
    await page.getByLabel('PIN baru', { exact: true }).fill(PIN);
    await page.getByLabel('PIN baru, sekali lagi').fill(PIN);
    await page.getByRole('button', { name: 'Buat PIN' }).click();
    await page.getByText('PIN dibuat atau diganti').waitFor();
    await page.close();
  });

  test('a resident asks by chat', async () => {
    const answers: [string, string, 'tap'?][] = [
      ['warga desa atau kelurahan mana', VILLAGE],
      ['Atas nama siapa', 'Siti'],
      ['Apa nama usahanya', 'Warung Bu Siti'],
      ['bidang apa', 'Warung / dagang', 'tap'],
      ['Di mana tempat usahanya', 'Krajan RT 02 RW 01'],
      ['mulai tahun berapa', '2019'],
      ['dipakai untuk apa', 'KUR / pinjaman bank', 'tap'],
    ];
    await siti().writes('surat usaha');
    for (const [question, answer, by] of answers) {
      await siti().waitsFor(question);
      await (by ? siti().taps(answer) : siti().writes(answer));
    }
    await until('all else is passed over, up to the summary', async () => {
      const last = (await siti().messages()).at(-1)!;
      if (last.text.includes('Mohon diperiksa')) return true;
      if (last.from === 'bot' && last.buttons.flat().includes('Lewati')) await siti().taps('Lewati');
      return false;
    });
    await siti().taps('Kirim');
    const receipt = await siti().waitsFor('Diterima. Nomor');
    code = /Nomor (\S+?)[,.] /u.exec(receipt.text)![1]!;
  });

  test('something is missing: it is asked for by ticking it, and comes', async () => {
    await sri!.waitsFor(`Permohonan baru ${code}`);
    await sri!.taps('Minta berkas');
    await sri!.waitsFor('Apa yang kurang?');
    await sri!.taps('foto tempat usaha');
    await sri!.waitsFor('Diminta: foto tempat usaha');
    await sri!.taps('Kirim');
    await sri!.waitsFor('Sudah diminta ke warga');
    const asked = await siti().waitsFor('foto tempat usaha');
    expect(asked.text).toContain(code);
    expect(await statusOf()).toBe('asked');
    await siti().sendsPhoto(await aPhoto());
    await until('the photo is with the case', async () => (await statusOf()) === 'in_hand');
  });

  test('the officer sees it beside the checklist, and types for the letter what the register does not have', async () => {
    const page = await signedIn(wide.context, 'bu.sri');
    await page.goto(`${gateway.address}/console/kasus/${code}`);
    await page.getByText('Warung Bu Siti').first().waitFor();
    await shoot(page, 'fulfil-case');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto(`${gateway.address}/console/kasus/${code}/surat`);
    for (const [field, value] of Object.entries(IDENTITY))
      await page.locator(`[name="f_${field}"]`).fill(value);
    await page.locator('#isian button[type=submit]').first().click();
    await page.waitForURL(/kabar=letter_saved/u);
    const preview = page.locator('.letter-sheet img');
    await preview.scrollIntoViewIfNeeded();
    await expect
      .poll(() => preview.evaluate((image) => (image as HTMLImageElement).naturalWidth), { timeout: 45_000 })
      .toBeGreaterThan(0);
    await shoot(page, 'fulfil-letter');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.close();
  });

  test('it is verified, initialled, and signed by PIN on a keypad in Telegram', async () => {
    await sri!.taps('Lengkap');
    await sri!.waitsFor('Diperiksa: lengkap');
    await slamet!.waitsFor(code);
    await until('the secretary may initial', async () =>
      (await slamet!.messages()).some((m) => m.buttons.flat().includes('Paraf')),
    );
    await slamet!.taps('Paraf');
    await slamet!.waitsFor('Diparaf');
    await until('the head may sign', async () =>
      (await head!.messages()).some((m) => m.buttons.flat().includes('Tanda tangani')),
    );
    await head!.taps('Tanda tangani');
    await head!.waitsFor('Tekan PIN');
    for (const [n, digit] of [...PIN].entries()) {
      await head!.taps(digit);
      await until('the digit shows as a dot', async () =>
        (await head!.messages()).some((m) => m.text.includes('●'.repeat(n + 1))),
      );
    }
    await head!.taps('OK');
    await head!.waitsFor('1 surat ditandatangani');
    expect(await statusOf()).toBe('finished');
  });

  test('the PDF comes into the resident’s chat, with its number and what it says', async () => {
    const sent = await siti().waitsFor('Surat', 60_000);
    await until('a document has come', async () => (await documents()).length > 0);
    expect(sent.text).not.toContain(NIK);
    const [document] = await documents();
    pdf = await download(document!);
    const pages = await reader.pages(pdf);
    expect(pages).toHaveLength(1);
    const text = pages[0]!.text.replaceAll(/\s+/gu, ' ');
    for (const words of [
      'SURAT KETERANGAN USAHA',
      'Siti Aminah',
      'Warung Bu Siti',
      NIK,
      '429.517.06',
      'Pak Suparman',
    ])
      expect(text).toContain(words);
    const { rows } = await gateway.pool.query<{ number: string }>('SELECT number FROM letters');
    expect(text).toContain(rows[0]!.number);
    verifyAt = await qrOf(pages[0]!.png);
    expect(verifyAt).toMatch(new RegExp(`^${gateway.address}/verifikasi/[\\w-]{22,}$`, 'u'));
  });

  test('its code opens the page that proves it; a changed file is told from the one that was issued', async () => {
    const page = await narrow.context.newPage();
    await page.goto(verifyAt);
    const shown = await page.locator('main').innerText();
    expect(shown).toContain('429.517.06');
    expect(shown).not.toContain('Siti Aminah');
    expect(await accessibilityFaults(page)).toEqual([]);
    const file = (bytes: Uint8Array) => ({
      name: 'surat.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from(bytes),
    });
    await page.locator('#berkas').setInputFiles(file(pdf));
    await page.locator('#berkas-hasil.good').waitFor();
    await shoot(page, 'fulfil-verify');
    const changed = Uint8Array.from(pdf);
    changed[Math.floor(changed.length / 2)]! ^= 1;
    await page.locator('#berkas').setInputFiles(file(changed));
    await page.locator('#berkas-hasil.bad').waitFor();
    await page.locator('#nama').fill('Siti Aminah');
    await page.getByRole('button', { name: 'Cocokkan' }).click();
    await page.getByText('Cocok').first().waitFor();
    await page.close();
  });

  test('nobody’s number and no PIN lies in clear in any table', async () => {
    await gateway.rests();
    const { rows: tables } = await gateway.pool.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'bullmq')`,
    );
    for (const { name } of tables) {
      const { rows } = await gateway.pool.query<{ line: string }>(`SELECT t::text AS line FROM ${name} t`);
      for (const { line } of rows) {
        expect(line.includes(NIK), `${name} holds the number`).toBe(false);
        expect(line.includes(PIN), `${name} holds the PIN`).toBe(false);
      }
    }
  });

  test('no page had a fault', () => {
    expect([...wide.faults, ...narrow.faults]).toEqual([]);
  });

  async function accountFor(username: string, name: string): Promise<void> {
    const { runtime, pool } = gateway;
    const auth = await createAuth({
      settings: {
        publicUrl: runtime.config.publicUrl,
        authKeys: runtime.keys.map((key) =>
          createHmac('sha256', key).update('kentongan/console').digest('hex'),
        ),
      },
      log: runtime.log,
      prisma: async () => createPrisma(pool),
    } as Partial<WebDeps> as WebDeps);
    const user = await createAccount(auth, { newId }, { name, username, password: PASSWORD });
    await pool.query('UPDATE officers SET user_id = $2 WHERE name = $1', [name, user]);
  }

  async function signedIn(context: BrowserContext, username: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${gateway.address}/console`);
    await page.getByLabel('Nama pengguna').fill(username);
    await page.getByLabel('Kata sandi', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Masuk' }).click();
    await page.waitForURL(/\/console\/?(?:\?.*)?$/u);
    return page;
  }

  async function statusOf(): Promise<string> {
    const { rows } = await gateway.pool.query<{ status: string }>(
      'SELECT status FROM cases WHERE code = $1',
      [code],
    );
    return rows[0]!.status;
  }

  async function documents(): Promise<string[]> {
    return (await siti().messages()).flatMap(({ raw }) => {
      const document = raw['document'] as { file_id: string } | undefined;
      return document ? [document.file_id] : [];
    });
  }

  async function download(id: string): Promise<Uint8Array> {
    const root = `${gateway.bot.url}/bot${gateway.bot.token}`;
    const found = (await (await fetch(`${root}/getFile?file_id=${id}`)).json()) as {
      result: { file_path: string };
    };
    const file = await fetch(`${gateway.bot.url}/file/bot${gateway.bot.token}/${found.result.file_path}`);
    return new Uint8Array(await file.arrayBuffer());
  }
});

/** What the register would tell. */
const IDENTITY = {
  nama: 'Siti Aminah',
  nik: NIK,
  tempat_lahir: 'Banyuwangi',
  tanggal_lahir: '7 Agustus 1990',
  jenis_kelamin: 'Perempuan',
  agama: 'Islam',
  status_kawin: 'Kawin',
  pekerjaan: 'Pedagang',
  alamat: 'Dusun Krajan RT 002 RW 001',
};

async function aPhoto(): Promise<Uint8Array> {
  return sharp({ create: { width: 640, height: 480, channels: 3, background: '#7d9a52' } })
    .jpeg()
    .toBuffer();
}

/** What the code on a page says. */
async function qrOf(png: Buffer): Promise<string> {
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const read = jsQR(new Uint8ClampedArray(data), info.width, info.height);
  if (!read) throw new Error('there is no code on the page that can be read');
  return read.data;
}
