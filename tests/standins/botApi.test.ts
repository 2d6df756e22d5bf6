import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../channels/intake.js';
import { aContext, browserTitle, hasBrowser, testBrowser } from '../support/browser.js';
import { connectBotApi, STAND_IN_TOKEN, startBotApi } from './botApi.js';

test('standing in a process of its own, it is driven from outside and keeps a record', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kentongan-bot-api-'));
  const record = join(folder, 'calls.jsonl');
  const script = join(import.meta.dirname, 'botApi.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, '--port', '0', '--record', record], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
      child.once('exit', () => reject(new Error('the stand-in ended')));
    });
    const bot = connectBotApi(url);
    const siti = bot.person(41, 'Siti');
    await siti.writes('halo');
    await siti.sendsPhoto(new Uint8Array([1, 2, 3]));
    expect(await bot.waiting()).toBe(2);
    await call(url, 'sendMessage', {
      chat_id: 41,
      text: 'Benar?',
      reply_markup: { inline_keyboard: [[{ text: 'Ya', callback_data: 'a.k3.0' }]] },
    });
    expect((await siti.waitsFor('Benar?')).buttons).toEqual([['Ya']]);
    await siti.taps('Ya');
    expect(await bot.waiting()).toBe(3);
    const calls = (await readFile(record, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(calls).toMatchObject([
      { method: 'sendMessage', params: { chat_id: 41, text: 'Benar?' }, outcome: 'ok' },
    ]);
  } finally {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    await rm(folder, { recursive: true, force: true });
  }
});

describe.skipIf(!hasBrowser)(`the phone page, ${browserTitle}`, () => {
  test('a resident writes, taps, sends a photo and a place, and reads; so does the office in its group', async () => {
    const bot = await startBotApi();
    const browser = await testBrowser();
    try {
      const { context, faults } = await aContext(browser, 360);
      const page = await context.newPage();
      await page.goto(`${bot.url}/phone`);
      await page.getByLabel('Pesan').fill('lapor jalan');
      await page.getByRole('button', { name: 'Kirim' }).click();
      const siti = bot.person(41, 'Siti');
      await until('it waits for the bot', async () => (await bot.waiting()) === 1);
      const keyboard = { inline_keyboard: [[{ text: 'Jalan', callback_data: 'a.k3.0' }]] };
      await call(bot.url, 'sendMessage', { chat_id: 41, text: 'Apa yang rusak?', reply_markup: keyboard });
      await page.getByRole('button', { name: 'Jalan' }).click();
      await page.getByRole('button', { name: 'Foto contoh' }).click();
      await page.getByRole('button', { name: 'Lokasi' }).click();
      await until('all wait for the bot', async () => (await bot.waiting()) === 4);
      await page.getByText('Lokasi -8.2192').waitFor();
      await page.locator('#chat img').waitFor();
      expect(await page.evaluate("document.querySelector('#chat img').naturalWidth")).toBe(640);
      expect((await siti.messages()).map(({ from }) => from)).toEqual(['person', 'bot', 'person', 'person']);

      await page.getByLabel('Chat').selectOption('group');
      await page.getByLabel('Pesan').fill('/start@desa_uji_bot grp-abc');
      await page.getByRole('button', { name: 'Kirim' }).click();
      await page.getByRole('button', { name: 'Jadikan bot admin' }).click();
      await until('the group waits for the bot', async () => (await bot.waiting()) === 6);

      // A link of the console, pasted.
      await page.getByLabel('Chat').selectOption('private');
      await page.getByLabel('Pesan').fill('https://t.me/desa_uji_bot?start=inv-abc');
      await page.getByRole('button', { name: 'Kirim' }).click();
      await until('the link was followed', async () =>
        (await siti.messages()).some(({ text }) => text === '/start inv-abc'),
      );
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
      await bot.stop();
    }
  }, 60_000);

  test('a page of another place may not move anybody', async () => {
    const bot = await startBotApi();
    const response = await fetch(`${bot.url}/control`, {
      method: 'POST',
      headers: { origin: 'http://elsewhere.example' },
      body: JSON.stringify({ method: 'persons', args: [] }),
    });
    expect(response.status).toBe(403);
    await bot.stop();
  });
});

test('what a bot may not do is refused as the real one refuses it', async () => {
  const bot = await startBotApi();
  await bot.person(41).writes('halo');
  const refusals = await Promise.all([
    call(bot.url, 'sendMessage', { chat_id: 42, text: 'x' }),
    call(bot.url, 'sendMessage', { chat_id: 41, text: ' ' }),
    call(bot.url, 'sendMessage', { chat_id: 41, text: 'x'.repeat(4097) }),
    call(bot.url, 'sendMessage', {
      chat_id: 41,
      text: 'x',
      reply_markup: { inline_keyboard: [[{ text: 'Ya', callback_data: 'x'.repeat(65) }]] },
    }),
    call(bot.url, 'answerCallbackQuery', { callback_query_id: '5' }),
    call(bot.url, 'nonsense', {}),
  ]);
  expect(refusals).toMatchObject([
    { error_code: 400, description: 'Bad Request: chat not found' },
    { error_code: 400, description: 'Bad Request: message text is empty' },
    { error_code: 400, description: 'Bad Request: message is too long' },
    { error_code: 400, description: 'Bad Request: BUTTON_DATA_INVALID' },
    { error_code: 400 },
    { error_code: 404 },
  ]);
  await bot.stop();
});

async function call(url: string, method: string, params: object): Promise<unknown> {
  const response = await fetch(`${url}/bot${STAND_IN_TOKEN}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(params),
  });
  return response.json();
}
