import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
  sidewaysFaults,
  testBrowser,
} from '../support/browser.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { freePort } from '../support/freePort.js';
import { testRedis } from '../support/redis.js';
import type { TestRedis } from '../support/redis.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PASSWORD = 'ketuk tiga kali';
const NIK = '3510124708900001';
const CARD = '3510120102070003';
const NAME = 'Wahyuningtyas Setyorini';
/** Typed in the chat all the same. */
const TYPED = '3510121203850002';

/**
 * The secure form in the whole program, from the link in a chat to the case at the console; and what is to be found of
 * its secrets afterwards: nothing, in no table, no queue, no file and no line of the log.
 */
describe.skipIf(!hasBrowser)(`the secure form ${browserTitle}`, { timeout: 180_000 }, () => {
  let program: Program;
  let browser: Browser;
  let wide: { context: BrowserContext; faults: string[] };
  let narrow: { context: BrowserContext; faults: string[] };
  let simulator: Page;
  let link: string;
  let code: string;

  beforeAll(async () => {
    program = await aProgram();
    browser = await testBrowser();
    wide = await aContext(browser, 1280);
    narrow = await aContext(browser, 360);
    simulator = await wide.context.newPage();
    await simulator.goto(`${program.address}/simulator`);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await program?.stop();
  }, 60_000);

  test('the chat asks for what must not be typed there by a link', async () => {
    const siti = phone('siti');
    await says(siti, 'surat usaha', /warga desa atau kelurahan mana/u);
    await says(siti, 'gintangan', /Atas nama siapa/u);
    await says(siti, 'Siti', /Apa nama usahanya/u);
    await says(siti, `Warung Sumber Rejeki NIK ${TYPED}`, /di bidang apa/u);
    await says(siti, '1', /Di mana tempat usahanya/u);
    await says(siti, 'Krajan RT 02 RW 01', /tahun berapa/u);
    await says(siti, '2014', /dipakai untuk apa/u);
    await says(siti, '1', /halaman aman/u);
    link = await linkOn(siti);
    expect(link).toMatch(/\/isi\/[\w-]{22}$/u);
  });

  test('a link that is looked at by a messenger still works, and is kept by nobody', async () => {
    for (const method of ['GET', 'HEAD', 'GET']) {
      const seen = await fetch(link, { method });
      expect(seen.status).toBe(200);
      expect(seen.headers.get('cache-control')).toBe('no-store');
      expect(seen.headers.get('referrer-policy')).toBe('no-referrer');
      expect(seen.headers.get('x-robots-tag')).toContain('noindex');
      expect(seen.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  test('a form from another site is refused, however well it knows the link', async () => {
    const body = new URLSearchParams({ nik: NIK });
    const foreign = { Origin: 'https://penipu.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await fetch(link, { method: 'POST', body, headers: foreign })).status).toBe(403);
    const old = { Origin: 'https://penipu.example' };
    expect((await fetch(link, { method: 'POST', body, headers: old })).status).toBe(403);
  });

  test('each entry saves itself, wrong ones are told, and the camera may end the browser', async () => {
    const page = await narrow.context.newPage();
    await page.goto(link);
    expect(await page.locator('h1').innerText()).toBe('Isi data dengan aman');
    expect(await page.locator('.form-for').innerText()).toContain('Kantor Desa Gintangan');
    expect(await page.locator('.form-for').innerText()).toContain('Surat Keterangan Usaha');
    expect(await page.content()).not.toContain('Siti');
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'form-empty');

    await page.getByLabel('NIK').fill('35101247089');
    await page.getByLabel('NIK').blur();
    await state(page, 'nik', 'Harus 16 angka; ini 11 angka.');
    await page.getByLabel('NIK').fill('3510124713900001');
    await page.getByLabel('Nomor KK').focus();
    await state(page, 'nik', /Angka tanggal/u);
    await shoot(page, 'form-wrong');
    // As it stands on the card, in groups.
    await page.getByLabel('NIK').fill('3510 1247 0890 0001');
    await state(page, 'nik', /Sudah tersimpan/u);
    await page.getByLabel('Nomor KK').fill(CARD);
    await state(page, 'family_card', /Sudah tersimpan/u);
    // The name is still in the field when the camera comes to the front and the browser is ended.
    await page.close();

    const again = await narrow.context.newPage();
    await again.goto(link);
    await state(again, 'nik', /Sudah tersimpan/u);
    await state(again, 'family_card', /Sudah tersimpan/u);
    const html = await again.content();
    expect(html).not.toContain(NIK);
    expect(html).not.toContain(CARD);
    expect(await again.getByLabel('NIK').inputValue()).toBe('');

    await again.getByLabel('Foto KTP').setInputFiles(aFile('bukan.jpg', Buffer.from('halo')));
    await state(again, 'photo_ktp', /bukan foto/u);
    await again.getByLabel('Foto KTP').setInputFiles(await aPhoto('#5577aa'));
    await state(again, 'photo_ktp', /Foto sudah tersimpan/u);
    await shoot(again, 'form-saved');
    expect(await accessibilityFaults(again)).toEqual([]);

    // Something is missing: it is said, and nothing is lost.
    await again.getByRole('button', { name: 'Kirim' }).click();
    await state(again, 'name', 'Ini belum diisi.');
    await state(again, 'nik', /Sudah tersimpan/u);
    expect(await accessibilityFaults(again)).toEqual([]);
    await again.getByLabel('Nama seperti di KTP').fill(NAME);
    await again.getByRole('button', { name: 'Kirim' }).click();
    await again.getByRole('heading', { name: 'Sudah kami terima' }).waitFor();
    expect(await accessibilityFaults(again)).toEqual([]);
    await shoot(again, 'form-done');
    await again.close();
    // 422 is an error to the browser's console.
    expect(narrow.faults.filter((fault) => !fault.includes('422'))).toEqual([]);
  });

  test('the conversation goes on by itself, to the case', async () => {
    const siti = phone('siti');
    await heard(siti, /Kirim foto tempat usaha|pengantar/u);
    for (let step = 0; step < 4 && !/Mohon diperiksa/u.test(await last(siti)); step++) {
      const before = await siti.locator('.bubble:not(.mine)').count();
      await types(siti, 'lewati');
      await siti.locator('.bubble:not(.mine)').nth(before).waitFor();
    }
    await heard(siti, /Mohon diperiksa/u);
    await says(siti, '1', /Diterima\. Nomor/u);
    const receipt = await siti.locator('.bubble', { hasText: 'Diterima. Nomor' }).last().innerText();
    code = /Nomor ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z])/u.exec(receipt)![1]!;
    const { rows } = await program.database.pool.query(
      `SELECT count(*)::int AS values FROM form_values v JOIN form_uses u ON u.form_id = v.form_id
         JOIN cases c ON c.id = u.case_id WHERE c.code = $1`,
      [code],
    );
    expect(rows[0]).toEqual({ values: 4 });
  });

  test('a link that was used, that has ended, that never was: each says what to do', async () => {
    const page = await narrow.context.newPage();
    expect((await page.goto(link))!.status()).toBe(410);
    expect(await page.locator('main').innerText()).toContain('Tautan ini sudah dipakai');
    expect(await posts(link, { nik: NIK, kirim: '1' })).toBe(410);

    const untung = phone('untung');
    await says(untung, 'surat usaha', /warga desa atau kelurahan mana/u);
    await says(untung, 'gintangan', /Atas nama siapa/u);
    await says(untung, 'Untung', /Apa nama usahanya/u);
    await says(untung, 'Bengkel Untung', /di bidang apa/u);
    await untung.getByRole('button', { name: 'Lainnya' }).last().click();
    await heard(untung, /Usaha apa/u);
    await says(untung, 'Bengkel sepeda', /Di mana tempat usahanya/u);
    await says(untung, 'Krajan RT 02 RW 01', /tahun berapa/u);
    await says(untung, '2014', /dipakai untuk apa/u);
    await untung.getByRole('button', { name: 'KUR / pinjaman bank' }).last().click();
    await heard(untung, /halaman aman/u);
    const first = await linkOn(untung);
    expect(first).not.toBe(link);
    await untung.getByRole('button', { name: 'Link baru' }).last().click();
    await expect.poll(async () => await linkOn(untung)).not.toBe(first);
    const second = await linkOn(untung);
    // The one before ends when a new one is asked for.
    expect((await page.goto(first))!.status()).toBe(404);
    expect(await page.locator('main').innerText()).toContain('link baru');
    expect((await page.goto(second))!.status()).toBe(200);
    await program.database.pool.query(
      `UPDATE forms SET expires_at = created_at - interval '1 second' WHERE state = 'open'`,
    );
    expect((await page.goto(second))!.status()).toBe(410);
    expect(await page.locator('main').innerText()).toContain('link baru');
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, 'form-expired');
    expect(await posts(second, { nik: NIK })).toBe(410);

    expect((await page.goto(`${program.address}/isi/${'x'.repeat(22)}`))!.status()).toBe(404);
    expect((await page.goto(`${program.address}/isi/form-${'0'.repeat(8)}-1`))!.status()).toBe(404);
    await page.close();
  });

  test('the same page on an office’s screen', async () => {
    const budi = phone('untung');
    await types(budi, 'link baru');
    await expect.poll(async () => (await fetch(await linkOn(budi))).status).toBe(200);
    const page = await wide.context.newPage();
    await page.goto(await linkOn(budi));
    expect(await sidewaysFaults(page)).toEqual([]);
    await shoot(page, 'form-empty');
    await page.close();
  });

  test('without a script the buttons save and send', async () => {
    const plain = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 360, height: 740 },
    });
    const page = await plain.newPage();
    await page.goto(await linkOn(phone('untung')));
    await page.getByLabel('NIK').fill('1234');
    await page.getByLabel('Nomor KK').fill(CARD);
    await page.getByLabel('Foto KTP').setInputFiles(await aPhoto('#aa7755'));
    await page.getByRole('button', { name: 'Simpan dulu' }).click();
    await state(page, 'family_card', /Sudah tersimpan/u);
    await state(page, 'photo_ktp', /Foto sudah tersimpan/u);
    await state(page, 'nik', /Harus 16 angka/u);
    expect(await page.content()).not.toContain(CARD);
    await page.getByLabel('NIK').fill(NIK);
    await page.getByLabel('Nama seperti di KTP').fill(NAME);
    await page.getByRole('button', { name: 'Kirim' }).click();
    await page.getByRole('heading', { name: 'Sudah kami terima' }).waitFor();
    await plain.close();
  });

  test('the case shows it masked, each look in clear is written down, and it comes to its end', async () => {
    const page = await wide.context.newPage();
    await signIn(page);
    await page.goto(`${program.address}/console/kasus/${code}`);
    const details = page.locator('.card', { hasText: 'Data diri dari formulir aman' });
    expect(await details.innerText()).toContain('351012******0001');
    expect(await page.content()).not.toContain(NIK);
    expect(await page.content()).not.toContain(NAME);
    await shoot(page, 'form-case');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Lihat NIK' }).click();
    await page.getByText(NIK).waitFor();
    expect(await page.content()).not.toContain(CARD);
    await page.goto(`${program.address}/console/kasus/${code}`);
    const photo = page.getByRole('link', { name: 'Lihat foto' });
    const shown = await page.request.get(`${program.address}${await photo.getAttribute('href')}`);
    expect(shown.headers()['content-type']).toBe('image/jpeg');
    // What a phone writes into a photo, where it was taken among it, is gone.
    expect((await sharp(await shown.body()).metadata()).exif).toBeUndefined();
    const { rows } = await program.database.pool.query<{ action: string }>(
      `SELECT action FROM audit_log WHERE action IN ('form.value_read', 'file.restricted_read') ORDER BY at`,
    );
    expect(rows.map(({ action }) => action)).toEqual(['form.value_read', 'file.restricted_read']);

    await page.getByLabel('Pesan untuk warga', { exact: true }).fill('Ambil besok pukul 9 di balai desa.');
    await page.getByRole('button', { name: 'Kirim ke chat warga' }).click();
    await page.getByText('Terkirim ke').waitFor();
    await heard(phone('siti'), /Ambil besok pukul 9/u);
    await page.close();
  });

  test('neither numbers, name nor links are to be found in clear: not in the database, the queue, the files or the log', async () => {
    const secrets: { [what: string]: string } = {
      nik: NIK,
      card: CARD,
      name: NAME,
      typed: TYPED,
      token: link.split('/isi/')[1]!,
    };
    const found: string[] = [];
    let controls = 0;
    const look = (where: string, text: string): void => {
      for (const [what, secret] of Object.entries(secrets))
        if (text.includes(secret)) found.push(`${what} in ${where}`);
      if (text.includes('Warung Sumber Rejeki')) controls += 1;
    };
    const { pool } = program.database;
    const { rows: tables } = await pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
         AND table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(30);
    for (const { name } of tables) {
      const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`);
      look(`table ${name}`, rows.map(({ row }) => row).join('\n'));
    }
    look('log', program.printed());
    look('queue', program.queue());
    for (const path of await readdir(program.dataDir, { recursive: true })) {
      const bytes = await readFile(join(program.dataDir, path)).catch(() => null);
      if (bytes) look(`file ${path}`, bytes.toString('latin1'));
      // A photo of a form is nobody's to see without the key.
      if (bytes && path.endsWith('.sealed')) expect(bytes.subarray(0, 2).toString('hex')).not.toBe('ffd8');
    }
    expect(found).toEqual([]);
    // The search itself finds what is there: the name of the business stands in the message and in the case.
    expect(controls).toBeGreaterThanOrEqual(2);
    expect(program.printed()).toContain('"/isi/:token"');
    expect(program.queue()).toContain('bull');
  });

  function phone(id: string): Locator {
    return simulator.locator(`#phone-${id}`);
  }

  /** Bu Sri signs in to the console, with an account that the first keeper makes her. */
  async function signIn(page: Page): Promise<void> {
    await page.goto(program.setupLink);
    await page.getByLabel('Nama Anda').fill('Ibu Pengelola');
    await page.getByLabel('Nama pengguna').fill('pengelola');
    await page.getByLabel('Kata sandi baru').fill(PASSWORD);
    await page.getByLabel('Sekali lagi').fill(PASSWORD);
    await page.getByRole('button', { name: 'Buat akun pengelola' }).click();
    await page.getByText('Akun pengelola siap').waitFor();
    const officer = page.locator('.person', { hasText: 'Bu Sri (contoh)' });
    await officer.getByText('Buatkan akun ruang petugas').click();
    await officer.getByLabel('Nama pengguna').fill('bu.sri');
    await officer.getByRole('button', { name: 'Buat tautan kata sandi' }).click();
    const setup = await page.locator('.once .secret').innerText();
    await page.getByRole('button', { name: 'Keluar' }).click();
    await page.goto(setup);
    await page.getByLabel('Kata sandi baru').fill(PASSWORD);
    await page.getByLabel('Sekali lagi').fill(PASSWORD);
    await page.getByRole('button', { name: 'Simpan kata sandi' }).click();
    await page.getByText('Kata sandi disimpan').waitFor();
    await page.getByLabel('Nama pengguna').fill('bu.sri');
    await page.getByLabel('Kata sandi', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Masuk' }).click();
    await page.waitForURL(`${program.address}/console`);
  }
});

/** As the page's own form does. */
async function posts(link: string, fields: { [field: string]: string }): Promise<number> {
  const headers = { Origin: new URL(link).origin };
  return (await fetch(link, { method: 'POST', body: new URLSearchParams(fields), headers })).status;
}

async function last(phone: Locator): Promise<string> {
  return await phone.locator('.bubble:not(.mine)').last().innerText();
}

/** The newest link on a phone. */
async function linkOn(phone: Locator): Promise<string> {
  const texts = await phone.locator('.bubble:not(.mine)').allInnerTexts();
  const links = texts.flatMap((text) => text.match(/http\S+\/isi\/\S+/gu) ?? []);
  return links.at(-1)!;
}

async function state(page: Page, field: string, text: string | RegExp): Promise<void> {
  await expect.poll(() => page.locator(`#${field}-state`).innerText(), { timeout: 20_000 }).toMatch(text);
}

/** Types a message, and sees it on the phone. */
async function types(phone: Locator, text: string): Promise<void> {
  const before = await phone.locator('.bubble.mine').count();
  await phone.getByLabel(/^Tulis pesan/u).fill(text);
  await phone.getByRole('button', { name: 'Kirim', exact: true }).last().click();
  await phone.locator('.bubble.mine').nth(before).waitFor();
}

async function says(phone: Locator, text: string, answer: RegExp): Promise<void> {
  await types(phone, text);
  await heard(phone, answer);
}

async function heard(phone: Locator, words: RegExp): Promise<void> {
  await expect.poll(() => last(phone), { timeout: 45_000 }).toMatch(words);
}

function aFile(name: string, buffer: Buffer) {
  return { name, mimeType: 'image/jpeg', buffer };
}

/** A photo as a phone takes it: with the place in it. */
async function aPhoto(colour: string) {
  const buffer = await sharp({ create: { width: 1600, height: 1000, channels: 3, background: colour } })
    .withExif({ IFD0: { Make: 'Ponsel' }, IFD3: { GPSLatitudeRef: 'S', GPSLatitude: '8/1 18/1 0/1' } })
    .jpeg()
    .toBuffer();
  return aFile('ktp.jpg', buffer);
}

interface Program {
  address: string;
  setupLink: string;
  dataDir: string;
  database: TestDatabase;
  /** All that it wrote, its log at the most talkative. */
  printed(): string;
  /** All that was ever sent to Redis. */
  queue(): string;
  stop(): Promise<void>;
}

/** `kentongan start` on a database and a queue of its own, which tell all. */
async function aProgram(): Promise<Program> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-form-'));
  const database = await testDatabase();
  const redis = await testRedis();
  const heard = redis ? await overhear(redis) : null;
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'start'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      ...(redis ? { REDIS_URL: redis.url } : {}),
      SECRET_KEY: randomBytes(32).toString('hex'),
      PORT: String(port),
      HOST: '127.0.0.1',
      PUBLIC_URL: address,
      SIMULATOR: 'true',
      LOG_LEVEL: 'trace',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const stop = async () => {
    await ended(child);
    heard?.socket.destroy();
    await redis?.stop();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await until(() => /console\/setup\/\S+\s/u.test(text) || child.exitCode !== null);
    if (child.exitCode !== null) throw new Error(`the program ended: ${text}`);
    const setupLink = /http\S+\/console\/setup\/\S+/u.exec(text)![0];
    // Where no Redis is installed the queue lies in the database, which is looked through as well.
    const queue = () => heard?.text() ?? 'bull: in the database';
    return { address, setupLink, dataDir, database, printed: () => text, queue, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Hears every command that a Redis is given. */
async function overhear(redis: TestRedis): Promise<{ socket: Socket; text: () => string }> {
  const { hostname, port } = new URL(redis.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  socket.on('error', () => {});
  await new Promise<void>((done) => socket.once('connect', () => done()));
  socket.write('MONITOR\r\n');
  await until(() => text.includes('+OK'));
  return { socket, text: () => text };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(50);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await exit;
  clearTimeout(late);
}
