import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../channels/intake.js';
import { browserTitle, hasBrowser, testBrowser, WIDTHS } from '../support/browser.js';
import { connectGraphApi, STAND_IN, startGraphApi, type GraphApi } from './graphApi.js';

test('standing in a process of its own, it is driven from outside and keeps a record', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kentongan-graph-api-'));
  const record = join(folder, 'calls.jsonl');
  const script = join(import.meta.dirname, 'graphApi.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, '--port', '0', '--record', record], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
      child.once('exit', () => reject(new Error('the stand-in ended')));
    });
    const meta = connectGraphApi(url);
    const siti = meta.person('6281200000041', 'Siti');
    await siti.writes('halo');
    await siti.sendsPhoto(new Uint8Array([1, 2, 3]));
    expect(await meta.waiting()).toBe(2);
    await send(meta, { to: siti.key, type: 'interactive', interactive: buttons('Ya') });
    expect((await siti.waitsFor('Benar?')).buttons).toEqual([{ id: 'a.0', title: 'Ya' }]);
    await siti.taps('Ya');
    // Two of hers, the tap, and what is reported of ours: sent, delivered.
    expect(await meta.waiting()).toBe(5);
    const calls = (await readFile(record, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(calls).toMatchObject([{ what: 'messages', body: { to: siti.key }, outcome: 'ok' }]);
  } finally {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    await rm(folder, { recursive: true, force: true });
  }
});

test('what may not be sent is refused as Meta refuses it', async () => {
  const meta = await startGraphApi({ isReporting: false });
  const siti = meta.person('6281200000041', 'Siti');
  await siti.writes('halo');
  const to = siti.key;
  const text = (body: string) => ({ to, type: 'text', text: { body } });
  const list = (rows: number) => ({
    to,
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: 'x' },
      action: {
        button: 'Pilih',
        sections: [{ rows: Array.from({ length: rows }, (_, n) => ({ id: `a.${n}`, title: `Baris ${n}` })) }],
      },
    },
  });
  const refusals: [object, number][] = [
    [text(' '), 131008],
    [text('x'.repeat(4097)), 100],
    [{ ...text('x'), to: undefined }, 100],
    [{ to, type: 'interactive', interactive: buttons('a', 'b', 'c', 'd') }, 131009],
    [{ to, type: 'interactive', interactive: buttons('a', 'a') }, 131009],
    [{ to, type: 'interactive', interactive: buttons('x'.repeat(21)) }, 100],
    [list(11), 131009],
    [{ to, type: 'image', image: { id: 'none' } }, 131009],
    [{ to, type: 'template', template: { name: 'kabar_layanan', language: { code: 'jv' } } }, 132001],
  ];
  for (const [body, code] of refusals) expect(await send(meta, body)).toMatchObject({ error: { code } });
  await siti.wroteLast(25 * 60 * 60_000);
  expect(await send(meta, text('kabar'))).toMatchObject({ error: { code: 131047 } });
  expect(await send(meta, text('x'), 'another')).toMatchObject({ error: { code: 190 } });
  // Meta takes what goes to a number that is not on WhatsApp, and reports afterwards.
  expect(await send(meta, { ...text('x'), to: '6281299999999' })).toMatchObject({ messages: [{}] });
  expect(await siti.ours()).toEqual([]);
  await meta.stop();
});

describe.skipIf(!hasBrowser)(`a phone for a newcomer, ${browserTitle}`, () => {
  test('types, taps, sends a photo and a place, and reads', async () => {
    const meta = await startGraphApi();
    const browser = await testBrowser();
    try {
      const page = await browser.newPage({ viewport: WIDTHS[360] });
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('response', (response) => void (response.status() >= 400 && faults.push(response.url())));
      await page.goto(`${meta.url}/phone?as=6281200000041`);
      const siti = meta.person('6281200000041', 'Siti');
      await page.getByLabel('Pesan').fill('lapor jalan');
      await page.getByRole('button', { name: 'Kirim', exact: true }).click();
      await until('it waits', async () => (await meta.waiting()) === 1);
      await send(meta, { to: siti.key, type: 'interactive', interactive: buttons('Jalan', 'Jembatan') });
      await page.getByRole('button', { name: 'Jalan' }).click();
      await page.getByRole('button', { name: 'Foto contoh' }).click();
      const picture = page.locator('#chat img');
      await picture.waitFor();
      await page.getByRole('button', { name: 'Lokasi' }).click();
      await page.getByText('Lokasi -8.2192').waitFor();
      expect(await page.evaluate("document.querySelector('#chat img').naturalWidth")).toBe(640);
      expect((await siti.messages()).map(({ from, kind }) => `${from} ${kind}`)).toEqual([
        'person text',
        'us interactive',
        'person interactive',
        'person image',
        'person location',
      ]);
      await until('ours is read', async () => (await siti.ours())[0]!.status === 'read');
      await page.getByLabel('Orang').selectOption('budi');
      await page.getByLabel('Pesan').fill('halo');
      await page.getByRole('button', { name: 'Kirim', exact: true }).click();
      await until('he wrote, too', async () => (await meta.person('budi').messages()).length === 1);
      // A link of the console, pasted.
      await page.getByLabel('Pesan').fill('https://wa.me/6281100000001?text=%2Fstart%20inv-abc');
      await page.getByRole('button', { name: 'Kirim', exact: true }).click();
      await until('the link was followed', async () =>
        (await meta.person('budi').messages()).some(({ text }) => text === '/start inv-abc'),
      );
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
      await meta.stop();
    }
  }, 60_000);

  test('a page of another place may not move anybody', async () => {
    const meta = await startGraphApi();
    const response = await fetch(`${meta.url}/control`, {
      method: 'POST',
      headers: { origin: 'http://elsewhere.example' },
      body: JSON.stringify({ method: 'waiting', args: [] }),
    });
    expect(response.status).toBe(403);
    await meta.stop();
  });
});

function buttons(...titles: string[]): object {
  const all = titles.map((title, n) => ({ type: 'reply', reply: { id: `a.${n}`, title } }));
  return { type: 'button', body: { text: 'Benar?' }, action: { buttons: all } };
}

async function send(meta: GraphApi, body: object, token = STAND_IN.token): Promise<unknown> {
  const response = await fetch(`${meta.url}/v25.0/${STAND_IN.phoneNumberId}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messaging_product: 'whatsapp', ...body }),
  });
  return response.json();
}
