import { withoutToken } from '../../src/core/inviteToken.js';
import { serve } from '@hono/node-server';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSimulatedPlatform } from '../../src/channels/simulator/platform.js';
import type { SimulatedPlatform } from '../../src/channels/simulator/platform.js';
import type { Content } from '../../src/core/content.js';
import { SIMULATOR_LINES } from '../../src/core/simulator.js';
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
import { aWeb, form, from } from './support.js';
import type { Web } from './support.js';

/** The page on the real simulated platform; the lines' other end is this test. */
let web: Web;
let platform: SimulatedPlatform;
let dir: string;
let heard: { chatId: string; content: Content }[];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kentongan-simulator-'));
  platform = createSimulatedPlatform({ now: () => new Date(), newId, dir });
  for (const line of Object.values(SIMULATOR_LINES))
    platform.connect(line, async ({ chatId, content }) => void heard.push({ chatId, content }));
  web = await aWeb({ simulator: platform });
});
beforeEach(() => (heard = []));
afterAll(async () => {
  await web.drop();
  await rm(dir, { recursive: true, force: true });
});

const here = from('127.0.0.1');

describe('who may open it', () => {
  test('this machine, and nobody else: not by a proxy, not by a name that was bent to it', async () => {
    expect((await web.app.request('/simulator', {}, here)).status).toBe(200);
    expect((await web.app.request('/simulator', {}, from('192.168.1.9'))).status).toBe(403);
    expect(
      (await web.app.request('/simulator', { headers: { 'X-Forwarded-For': '203.0.113.1' } }, here)).status,
    ).toBe(403);
    expect((await web.app.request('/simulator', { headers: { Host: 'penipu.example' } }, here)).status).toBe(
      403,
    );
    const strange = { ...form({ text: 'menu' }), headers: { Origin: 'https://penipu.example' } };
    expect((await web.app.request('/simulator/siti/tulis', strange, here)).status).toBe(403);
    expect(heard).toEqual([]);
  });

  test('where it is off it is not there', async () => {
    const plain = await aWeb();
    expect((await plain.app.request('/simulator', {}, here)).status).toBe(404);
    await plain.drop();
  });
});

describe('what a phone sends', () => {
  test('goes to its line as the platform would bring it', async () => {
    const post = (path: string, fields: { [name: string]: string } = {}) =>
      web.app.request(`/simulator/${path}`, form(fields), here);
    expect((await post('siti/tulis', { text: 'menu' })).status).toBe(204);
    expect((await post('sri/tulis', { text: '/start inv-abc_123' })).status).toBe(204);
    expect((await post('sri/kontak')).status).toBe(204);
    expect((await post('siti/lokasi')).status).toBe(204);
    expect(heard.map(({ chatId, content }) => [chatId, content.kind])).toEqual([
      ['siti', 'text'],
      ['sri', 'start'],
      ['sri', 'contact'],
      ['siti', 'location'],
    ]);
    expect(heard[1]!.content).toEqual({ kind: 'start', payload: withoutToken('inv-abc_123') });
    expect(heard[2]!.content).toMatchObject({ isOwn: true });
    expect((await post('tidak-ada/tulis', { text: 'x' })).status).toBe(404);
  });

  test('a photo is kept for the road to fetch; what is no picture is refused', async () => {
    const send = (type: string, bytes: Uint8Array) => {
      const body = new FormData();
      body.set('photo', new File([new Uint8Array(bytes)], 'foto', { type }));
      return web.app.request(
        '/simulator/untung/foto',
        { method: 'POST', body, headers: { Origin: 'http://localhost' } },
        here,
      );
    };
    expect((await send('image/jpeg', await picture())).status).toBe(204);
    expect(heard[0]!.content).toMatchObject({ kind: 'photo', file: { mime: 'image/jpeg' } });
    expect((await send('text/html', Buffer.from('<script>'))).status).toBe(400);
    expect((await send('image/jpeg', new Uint8Array(13 * 1024 * 1024))).status).toBe(413);
  });
});

describe.skipIf(!hasBrowser)(`the phones ${browserTitle}`, () => {
  let browser: Browser;
  let server: ReturnType<typeof serve>;
  let base: string;
  beforeAll(async () => {
    server = serve({ fetch: web.app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise<void>((done) => server.once('listening', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await testBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await new Promise((done) => {
      server.close(done);
      (server as { closeAllConnections?: () => void }).closeAllConnections?.();
    });
  });

  for (const width of Object.keys(WIDTHS).map(Number) as Width[]) {
    test(`show what comes, without reloading, and send what is typed and tapped, at ${width} px`, async () => {
      const { context, faults } = await aContext(browser, width);
      const page = await context.newPage();
      await page.goto(`${base}/simulator`);

      const siti = await phone(page, 'siti', width);
      await siti.getByLabel(/^Tulis pesan/u).fill(`menu ${width}`);
      await siti.getByRole('button', { name: 'Kirim' }).click();
      await siti
        .locator('.bubble.mine', { hasText: `menu ${width}` })
        .last()
        .waitFor();
      expect(await siti.getByLabel(/^Tulis pesan/u).inputValue()).toBe('');
      platform.show(SIMULATOR_LINES.numbers, 'siti', {
        text: `Selamat datang ${width}.\n1. Surat\n2. Kesehatan`,
      });
      await siti
        .locator('.bubble', { hasText: `Selamat datang ${width}` })
        .last()
        .waitFor();

      const untung = await phone(page, 'untung', width);
      await untung.locator('input[type=file]').setInputFiles({
        name: 'naga.jpg',
        mimeType: 'image/jpeg',
        buffer: Buffer.from(await picture()),
      });
      await untung.locator('.bubble.mine img').last().waitFor();

      const sri = await phone(page, 'sri', width);
      platform.show(SIMULATOR_LINES.buttons, 'sri', {
        text: 'Permohonan baru: Surat Keterangan Usaha',
        choices: [
          { label: 'Ambil', payload: 'f.officer-take.K7QF-2M9P-X' },
          { label: 'Tanya warga', payload: 'f.officer-ask.K7QF-2M9P-X' },
        ],
      });
      await sri.getByRole('button', { name: 'Ambil' }).last().click();
      await expect
        .poll(() => heard.at(-1)?.content)
        .toMatchObject({ kind: 'tap', payload: 'f.officer-take.K7QF-2M9P-X', label: 'Ambil' });

      // A message is in sight once it came: the chat is scrolled to its end.
      expect(
        await sri.locator('.chat').evaluate((chat) => chat.scrollHeight - chat.scrollTop - chat.clientHeight),
      ).toBeLessThan(4);
      expect(await accessibilityFaults(page)).toEqual([]);
      await shoot(page, 'simulator', false);
      await context.close();
      expect(faults).toEqual([]);
    });
  }
});

/** The phone, brought into sight by its tab where it is not. */
async function phone(page: Page, id: string, width: Width) {
  if (width === 360) await page.locator(`[data-phone=${id}]`).click();
  const found = page.locator(`#phone-${id}`);
  await found.waitFor();
  return found;
}

async function picture(): Promise<Uint8Array> {
  return sharp({ create: { width: 640, height: 480, channels: 3, background: '#a8324a' } })
    .jpeg()
    .toBuffer();
}
