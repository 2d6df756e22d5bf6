import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  aContext,
  accessibilityFaults,
  browserTitle,
  hasBrowser,
  shoot,
  testBrowser,
} from '../support/browser.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PASSWORD = 'ketuk tiga kali';

/**
 * The whole program, as `npm start` runs it, and people at its pages: a resident files a request, officers are
 * notified, one of them finishes it at the console, and a farmer's product comes onto the market.
 */
describe.skipIf(!hasBrowser)(`the story ${browserTitle}`, { timeout: 180_000 }, () => {
  let program: Program;
  let browser: Browser;
  let wide: { context: BrowserContext; faults: string[] };
  let simulator: Page;
  let console_: Page;
  /** The request's code. */
  let code: string;

  beforeAll(async () => {
    program = await aProgram();
    browser = await testBrowser();
    wide = await aContext(browser, 1280);
    simulator = await wide.context.newPage();
    console_ = await wide.context.newPage();
    await simulator.goto(`${program.address}/simulator`);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await program?.stop();
  }, 60_000);

  test('the printed link makes the first keeper, who gives an officer an account', async () => {
    await console_.goto(program.setupLink);
    expect(await accessibilityFaults(console_)).toEqual([]);
    await console_.getByLabel('Nama Anda').fill('Ibu Pengelola');
    await console_.getByLabel('Nama pengguna').fill('pengelola');
    await console_.getByLabel('Kata sandi baru').fill(PASSWORD);
    await console_.getByLabel('Sekali lagi').fill(PASSWORD);
    await console_.getByRole('button', { name: 'Buat akun pengelola' }).click();
    await console_.getByText('Akun pengelola siap').waitFor();

    const officer = console_.locator('.person', { hasText: 'Bu Sri (contoh)' });
    await officer.getByText('Buatkan akun ruang petugas').click();
    await officer.getByLabel('Nama pengguna').fill('bu.sri');
    await officer.getByRole('button', { name: 'Buat tautan kata sandi' }).click();
    const link = await console_.locator('.once .secret').innerText();
    await shoot(console_, 'story-officers');
    await console_.getByRole('button', { name: 'Keluar' }).click();

    await console_.goto(link);
    await console_.getByLabel('Kata sandi baru').fill(PASSWORD);
    await console_.getByLabel('Sekali lagi').fill(PASSWORD);
    await console_.getByRole('button', { name: 'Simpan kata sandi' }).click();
    await console_.getByText('Kata sandi disimpan').waitFor();
    await console_.getByLabel('Nama pengguna').fill('bu.sri');
    await console_.getByLabel('Kata sandi', { exact: true }).fill(PASSWORD);
    await console_.getByRole('button', { name: 'Masuk' }).click();
    await console_.getByText('Tidak ada yang menunggu').waitFor();

    // She wants each request told by itself, at any hour; her colleagues keep the board that everybody begins with.
    await console_.goto(`${program.address}/console/akun`);
    await console_.getByLabel('Cara').selectOption('immediate');
    await console_.getByLabel('Jam tenang mulai').fill('00:00');
    await console_.getByLabel('Jam tenang sampai').fill('00:00');
    await console_.locator('form[action$="/akun/kabar"]').getByRole('button', { name: 'Simpan' }).click();
    await console_.waitForURL(/kabar=pace_set/u);
    await console_.goto(`${program.address}/console`);
    await console_.getByText('Tidak ada yang menunggu').waitFor();
  });

  test('a resident files a Surat Keterangan Usaha, and the officer’s phone is told', async () => {
    const siti = phone('siti');
    await says(siti, 'menu', /1\. /u);
    await says(siti, '1', /Surat usaha \(SKU\)/u);
    await says(siti, '1', /warga desa atau kelurahan mana/u);
    await says(siti, 'gintangan', /Atas nama siapa/u);
    await says(siti, 'Siti', /Apa nama usahanya/u);
    await says(siti, 'Warung Sumber Rejeki', /di bidang apa/u);
    await says(siti, '1', /Di mana tempat usahanya/u);
    await says(siti, 'Krajan RT 02 RW 01', /tahun berapa/u);
    await says(siti, '2014', /dipakai untuk apa/u);
    await says(siti, '1', /Kirim foto tempat usaha/u);
    await sendsPhoto(siti, '#7d9a52');
    // With its one photo the checklist is complete, or the bot says how to go on.
    const next = siti.locator('.bubble:not(.mine)').last();
    if (/selesai/u.test(await next.innerText())) await says(siti, 'selesai', /Mohon diperiksa/u);
    await heard(siti, /Mohon diperiksa/u);
    await says(siti, '1', /Diterima\. Nomor/u);
    const receipt = await siti.locator('.bubble', { hasText: 'Diterima. Nomor' }).last().innerText();
    code = /Nomor ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z])/u.exec(receipt)![1]!;
    expect(receipt).toContain('urutan ke-1');

    const told = phone('sri').locator('.bubble', { hasText: `Permohonan baru ${code}` });
    await told.getByRole('button', { name: 'Ambil', exact: true }).waitFor();
    await shoot(simulator, 'story-simulator', false);
    expect(await accessibilityFaults(simulator)).toEqual([]);
  });

  test('it has come onto the officer’s list by itself; she takes it, asks, checks it, and the resident is told', async () => {
    // Nobody reloaded the list: it was open, and empty, all the while.
    await console_.locator('.case', { hasText: code }).waitFor();
    await shoot(console_, 'story-list');
    expect(await accessibilityFaults(console_)).toEqual([]);
    await console_.locator('.case-link', { hasText: code }).click();
    await console_.locator('.answers').getByText('Warung Sumber Rejeki').waitFor();
    const photo = console_.locator('.pages img').first();
    await photo.scrollIntoViewIfNeeded();
    await expect
      .poll(() => photo.evaluate((image) => (image as HTMLImageElement).naturalWidth))
      .toBeGreaterThan(0);

    await console_.getByRole('button', { name: 'Ambil saja' }).click();
    await console_.getByText('Anda yang menangani permohonan ini').waitFor();
    await heard(phone('siti'), /Bu Sri/u);

    // A colleague asks for it a moment later, and reads who has it.
    await says(phone('slamet'), `ambil ${code}`, /Bu Sri/u);

    await console_.getByText('Tambah pertanyaan atau pesan', { exact: true }).click();
    await console_.getByLabel('Pertanyaan', { exact: true }).fill('Apakah warungnya milik sendiri, Bu?');
    await console_.getByRole('button', { name: 'Minta yang dicentang' }).click();
    await console_.getByText('Pertanyaan dikirim').waitFor();
    await heard(phone('siti'), /milik sendiri/u);
    await types(phone('siti'), 'Ya, milik sendiri');
    await console_.locator('.history', { hasText: 'Ya, milik sendiri' }).waitFor();
    await shoot(console_, 'story-case');
    expect(await accessibilityFaults(console_)).toEqual([]);

    await console_.getByRole('button', { name: 'Periksa', exact: true }).click();
    await console_.getByText('Sudah diperiksa.').waitFor();
    await heard(phone('siti'), /tanda ?tangan/iu);
    // Whose turn it is now sees it on their board.
    const board = phone('slamet').locator('.bubble', { hasText: 'Papan kerja' }).filter({ hasText: code });
    await board.getByRole('button', { name: 'Paraf semua' }).waitFor();

    const tracked = await wide.context.newPage();
    await tracked.goto(`${program.address}/lacak/${code}`);
    expect(await tracked.locator('.track').innerText()).toContain('menunggu tanda tangan');
    expect(await tracked.content()).not.toContain('Sumber Rejeki');
    await tracked.close();
  });

  test('a farmer’s product waits for an officer’s tap, and is then on the market with its photo', async () => {
    const untung = phone('untung');
    await says(untung, 'jual', /warga desa atau kelurahan mana/u);
    await says(untung, 'Gintangan', /Apa yang dijual/u);
    await says(untung, 'Buah naga merah segar', /Termasuk apa/u);
    await untung.getByRole('button', { name: 'Hasil tani / kebun' }).click();
    await heard(untung, /Ada berapa/u);
    await says(untung, '50 kg', /Berapa harga/u);
    await says(untung, '12rb', /ada di mana/u);
    await says(untung, 'Dusun Krajan', /Ada keterangan lain/u);
    await says(untung, 'Mutu A, bisa diantar', /Kirim 1 sampai 5 foto/u);
    await sendsPhoto(untung, '#a8324a');
    await says(untung, 'selesai', /Nomor HP berapa/u);
    await says(untung, '0812 3456 7890', /Nama penjual/u);
    await says(untung, 'Untung', /Beginilah dagangan/u);
    await untung.getByRole('button', { name: 'Kirim', exact: true }).first().click();
    await heard(untung, /Petugas melihatnya dulu/u);

    const market = await wide.context.newPage();
    await market.goto(`${program.address}/pasar?cari=naga`);
    expect(await market.locator('.stall').count()).toBe(0);

    await phone('sri').getByRole('button', { name: 'Tampilkan' }).last().click();
    await heard(untung, /sudah tampil/u);
    await market.reload();
    const stall = market.locator('.stall', { hasText: 'Buah naga merah segar' });
    await stall.waitFor();
    expect(await stall.innerText()).toContain('Rp12.000/kg');
    const photo = stall.locator('img');
    await expect
      .poll(() => photo.evaluate((image) => (image as HTMLImageElement).naturalWidth))
      .toBeGreaterThan(0);
    await shoot(market, 'story-market');
    expect(await accessibilityFaults(market)).toEqual([]);
    await stall.getByRole('link').click();
    await market.getByRole('link', { name: 'Telepon 081234567890' }).waitFor();
    await shoot(market, 'story-listing');
    expect(await accessibilityFaults(market)).toEqual([]);
    await market.close();
  });

  test('the same pages serve a phone of 360 px', async () => {
    const narrow = await aContext(browser, 360);
    await narrow.context.addCookies(await wide.context.cookies());
    const page = await narrow.context.newPage();
    const found: { [name: string]: string[] } = {};
    for (const [name, path] of Object.entries({
      simulator: '/simulator',
      list: '/console/cari',
      case: `/console/kasus/${code}`,
      market: '/pasar',
    })) {
      await page.goto(program.address + path);
      found[name] = await accessibilityFaults(page);
      await shoot(page, `story-${name}`, name !== 'simulator');
    }
    expect(found).toEqual({ simulator: [], list: [], case: [], market: [] });
    expect(narrow.faults).toEqual([]);
    await narrow.context.close();
  });

  test('no page complained on the way', () => {
    expect(wide.faults).toEqual([]);
  });

  function phone(id: string): Locator {
    return simulator.locator(`#phone-${id}`);
  }
});

/** Types a message, and sees it on the phone. */
async function types(phone: Locator, text: string): Promise<void> {
  await phone.getByLabel(/^Tulis pesan/u).fill(text);
  await phone.getByRole('button', { name: 'Kirim', exact: true }).last().click();
  await phone.locator('.bubble.mine', { hasText: text }).last().waitFor();
}

/** Types a message, and waits for the answer to it. */
async function says(phone: Locator, text: string, answer: RegExp): Promise<void> {
  await types(phone, text);
  await heard(phone, answer);
}

/** Waits until what the office said last reads so. */
async function heard(phone: Locator, words: RegExp): Promise<void> {
  await expect
    .poll(() => phone.locator('.bubble:not(.mine)').last().innerText(), { timeout: 45_000 })
    .toMatch(words);
}

async function sendsPhoto(phone: Locator, colour: string): Promise<void> {
  const before = await phone.locator('.bubble.mine img').count();
  const buffer = await sharp({ create: { width: 1200, height: 900, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();
  await phone.locator('input[type=file]').setInputFiles({ name: 'foto.jpg', mimeType: 'image/jpeg', buffer });
  await phone.locator('.bubble.mine img').nth(before).waitFor();
}

interface Program {
  address: string;
  setupLink: string;
  stop(): Promise<void>;
}

/** `kentongan start` in a process and a data directory of its own, on a free port of loopback. */
async function aProgram(): Promise<Program> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-story-'));
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'start'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: dataDir,
      PORT: '0',
      HOST: '127.0.0.1',
      SIMULATOR: 'true',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await ended(child);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const printed = await told(child, /console\/setup\/\S+/u);
    return {
      address: /http:\/\/127\.0\.0\.1:\d+/u.exec(printed)![0],
      setupLink: /http\S+\/console\/setup\/\S+/u.exec(printed)![0],
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** What the program printed, once it holds `wanted`. */
async function told(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((done, fail) => {
    let printed = '';
    const hear = (chunk: Buffer) => {
      printed += chunk.toString();
      if (wanted.test(printed)) done(printed);
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('exit', (status) => fail(new Error(`the program ended with ${status}: ${printed}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await exit;
  clearTimeout(late);
}
