import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { fillBody, knownFields } from '../../src/core/letterTemplate.js';
import type { LetterTemplate } from '../../src/core/letterTemplate.js';
import { readFlows } from '../../src/flow/load.js';
import { createRenderer } from '../../src/letters/renderer.js';
import type { Renderer } from '../../src/letters/renderer.js';
import { browserTitle, hasBrowser, testBrowser } from '../support/browser.js';
import { pdfReader } from '../support/pdfPages.js';
import type { PdfReader } from '../support/pdfPages.js';

const { flows, faults } = await readFlows('flows');
const letters = Object.entries(flows!.services).flatMap(([id, service]): [string, LetterTemplate][] => {
  const { letter } = service as { letter?: LetterTemplate };
  return letter ? [[id, letter]] : [];
});

/** Where the pictures lie for whoever wants to look at them. */
const PICTURES = join(tmpdir(), 'kentongan-letters');
const at = new Date('2026-11-24T02:00:00Z');

let renderer: Renderer;
beforeAll(() => {
  renderer = createRenderer('flows/letters');
});
afterAll(() => renderer.stop());

function aPrint(
  template: LetterTemplate,
  changed: { [field: string]: string } = {},
  way: 'wet' | 'electronic' = 'wet',
) {
  const samples = Object.fromEntries(
    Object.entries(knownFields(template)).map(([field, { sample }]) => [field, sample]),
  );
  const { blocks, missing } = fillBody(template.body, { ...samples, ...changed });
  expect(missing).toEqual([]);
  return {
    heading: ['PEMERINTAH KABUPATEN BANYUWANGI', 'KECAMATAN GLAGAH', 'DESA KEMIREN'],
    contact: ['Jalan Perkebunan Kalibendo 12 · Kode Pos 68432', 'Telepon 0333-410000'],
    title: template.title,
    number: '500.2.2.4/001/429.517.06/2026',
    blocks,
    place: 'Kemiren',
    date: '24 November 2026',
    signer:
      way === 'wet'
        ? { lines: ['Kepala Desa Kemiren'], name: 'MOHAMAD ARIFIN', number: null }
        : {
            lines: ['a.n. Kepala Desa Kemiren', 'Sekretaris Desa'],
            name: 'SRI WAHYUNI, S.Sos.',
            number: 'NIP 19800101 200501 2 001',
          },
    way,
  };
}

const verifyUrl = 'https://desa.example.id/verifikasi/kM3v9QeT2xLb7RzN0aYwP5sHdUo';

test('every letter of the catalogue has a template, and none has a fault', () => {
  const wanted = Object.entries(flows!.services).flatMap(([id, { kind }]) => (kind === 'letter' ? [id] : []));
  expect(letters.map(([id]) => id).sort()).toEqual(wanted.sort());
  expect(wanted.length).toBe(15);
  expect(faults.filter(({ file }) => file.includes('letters/'))).toEqual([]);
});

test('a letter is set the same each time, to the byte, as PDF/A-2b, with fonts in it', async () => {
  const print = aPrint(letters[0]![1]);
  const setting = { print, verifyUrl, logo: null, isDraft: false, at };
  const first = await renderer.render(setting);
  const other = createRenderer('flows/letters');
  const again = await other.render(setting);
  await other.stop();
  expect(Buffer.from(again.pdf).equals(Buffer.from(first.pdf))).toBe(true);
  const text = Buffer.from(first.pdf).toString('latin1');
  expect(text).toMatch(/pdfaid:part>2</u);
  expect(text).toMatch(/FontFile/u);
});

describe.skipIf(!hasBrowser)(`letters as a reader draws them, ${browserTitle}`, () => {
  let browser: Browser;
  let reader: PdfReader;
  beforeAll(async () => {
    await mkdir(PICTURES, { recursive: true });
    browser = await testBrowser();
    reader = await pdfReader(browser);
  });
  afterAll(async () => {
    await reader.close();
    await browser.close();
  });

  test.each(letters)('%s is one page that holds all its words', async (id, template) => {
    for (const way of ['wet', 'electronic'] as const) {
      const print = aPrint(template, {}, way);
      const { pdf } = await renderer.render({ print, verifyUrl, logo: null, isDraft: false, at });
      const pages = await reader.pages(pdf);
      await writeFile(join(PICTURES, `${id}-${way}.png`), pages[0]!.png);
      expect(pages).toHaveLength(1);
      const text = flat(pages[0]!.text);
      for (const words of [print.number, print.signer.name, 'bukan tanda tangan elektronik tersertifikasi'])
        expect(text).toContain(flat(words));
      for (const block of print.blocks)
        for (const words of block.kind === 'rows' ? block.rows.map(([, value]) => value) : [block.text])
          expect(text).toContain(flat(words));
    }
  });

  test('what a person wrote stands there as it is: it is never read as Typst', async () => {
    const hostile = {
      nama: 'SITI "AMINAH" O’Brien # {nik} $x^2$ \\ @ref <label> *b* _i_ // /* `raw`',
      nama_usaha: '#eval("1+1") #panic() #include "/etc/passwd" ]]} ; --- ~',
      tempat_usaha: 'Ćirić Đorđe ẑ ḥ ā — ½ × “kutip” '.repeat(8).trim(),
    };
    const template = flows!.services['usaha'] as unknown as { letter: LetterTemplate };
    const print = aPrint(template.letter, hostile);
    const { pdf } = await renderer.render({ print, verifyUrl, logo: null, isDraft: false, at });
    const [page] = await reader.pages(pdf);
    await writeFile(join(PICTURES, 'hostile.png'), page!.png);
    const text = flat(page!.text);
    expect(text).toContain(flat('"AMINAH" O’Brien # {nik} $x^2$ \\ @ref <label> *b* _i_'));
    expect(text).toContain(flat('#eval("1+1") #panic() #include "/etc/passwd"'));
  });

  test('a sign that the fonts lack is no reason to refuse a letter', async () => {
    const template = flows!.services['usaha'] as unknown as { letter: LetterTemplate };
    const print = aPrint(template.letter, { nama: 'SITI ꦱꦶꦠꦶ 😀 日本' });
    const { pdf } = await renderer.render({ print, verifyUrl, logo: null, isDraft: false, at });
    const pages = await reader.pages(pdf);
    await writeFile(join(PICTURES, 'signs.png'), pages[0]!.png);
    expect(pages).toHaveLength(1);
  });

  test('a draft says so across the page, and a long one goes on to the next page', async () => {
    const template = flows!.services['usaha'] as unknown as { letter: LetterTemplate };
    const print = aPrint(template.letter, { nama_usaha: 'Usaha yang namanya panjang sekali '.repeat(60) });
    const { pdf } = await renderer.render({ print, verifyUrl: null, logo: null, isDraft: true, at });
    const pages = await reader.pages(pdf);
    await writeFile(join(PICTURES, 'draft-1.png'), pages[0]!.png);
    await writeFile(join(PICTURES, 'draft-2.png'), pages.at(-1)!.png);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.every(({ text }) => text.includes('KONSEP'))).toBe(true);
  });
});

function flat(text: string): string {
  return text.replaceAll(/[\s\u00ad\u2010-]+/gu, '');
}
