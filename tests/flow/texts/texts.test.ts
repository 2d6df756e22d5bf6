import { deflateRawSync } from 'node:zlib';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import readExcelFile from 'read-excel-file/node';
import { afterEach, describe, expect, test } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { FLOWS_FOLDER } from '../../../src/commands/flowsFolder.js';
import { loadFlows, readFlows, versionsOf, withHistory } from '../../../src/flow/load.js';
import { importRows, readSeen, seenFile } from '../../../src/flow/texts/apply.js';
import { changedSince, exportTexts, importTexts, noteTexts } from '../../../src/flow/texts/folder.js';
import type { ImportResult } from '../../../src/flow/texts/folder.js';
import { readPo, writePo } from '../../../src/flow/texts/po.js';
import { rowsOf } from '../../../src/flow/texts/rows.js';
import { readSheet, SheetError, writeSheet } from '../../../src/flow/texts/xlsx.js';
import { flowFolder, talkWith } from '../support.js';

const REQUEST_YAML = `# A clerk's own remark.
flow: request
intent: surat.usaha
title: Surat usaha # in lists
service: usaha
understands: [surat usaha, sku]
steps:
  - ask: name
    text: Nama usaha?
    label: Nama
    answer: { type: text, min: 3, max: 40 }
  - ask: kind
    text: 'Bidang apa, {resident}?'
    label: Bidang
    answer: { type: choice, options: [{ value: trade, text: Dagang }, { value: other, text: Lainnya }] }
  - confirm: summary
    text: Sudah benar?
  - do: open_case
  - end: received
    text: |-
      Diterima, nomor {case_code}.
      {has_case_due, select, yes {Siap {case_due}.} other {}}
`;
const OVERLAY_YAML = `# Javanese, as it is spoken.
title: Layang usaha
name:
  text: Asmanipun usaha?   # polite
  label: Asma
`;
const FILES = { 'services/request.yaml': REQUEST_YAML, 'text/jv/request.yaml': OVERLAY_YAML };

let remove: (() => void) | undefined;
afterEach(() => {
  remove?.();
  remove = undefined;
});

function folder(files: { [path: string]: string } = FILES): string {
  const made = flowFolder(files);
  remove = made.remove;
  return made.dir;
}

/** What a translator does: opens the workbook, writes into cells, saves. A cell is a text or a whole cell of the writer. */
async function filled(bytes: Buffer, cells: { [place: string]: unknown }, column = 4): Promise<Buffer> {
  const [sheet] = await readExcelFile(bytes, { trim: false });
  const rows = sheet!.data.map((row) => {
    const place = String(row[0]);
    return row.map((value, i) => (i === column && place in cells ? cells[place] : value));
  });
  return writeExcelFile(rows as never, { sheet: sheet!.sheet }).toBuffer();
}

async function edited(
  dir: string,
  language: string,
  cells: { [place: string]: unknown },
): Promise<ImportResult> {
  return importTexts({ dir }, await filled(await exportTexts({ dir }, language, 'xlsx'), cells));
}

function put(dir: string, files: { [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(dir, path), text);
}

describe('an export', () => {
  test('tells the place, what comes before, limits, and arguments with a sample', async () => {
    const { texts } = await readFlows(folder());
    const rows = rowsOf(texts, 'jv');
    const row = (place: string) => rows.find((one) => one.place === place)!;
    expect(row('request · name · text')).toMatchObject({
      source: 'Nama usaha?',
      words: 'Asmanipun usaha?',
      state: 'same',
    });
    expect(row('request · kind · text').state).toBe('missing');
    expect(row('request · kind · text').context).toContain('Nama usaha?');
    expect(row('request · kind · text').context).toContain('{resident} misalnya Siti');
    expect(row('request · kind · options.trade').context).toContain('Paling banyak 20 huruf');
    expect(row('request · received · text').context).toContain(
      '{has_case_due, select, …} dengan pilihan yes/other',
    );
    expect(new Set(rows.map(({ place }) => place)).size).toBe(rows.length);
  });

  test('of the project’s own flows comes back without changing a byte, in both forms and every language', async () => {
    const { texts, coverage } = await readFlows(FLOWS_FOLDER);
    const rows = rowsOf(texts, 'id');
    expect(new Set(rows.map(({ place }) => place)).size).toBe(rows.length);
    // What export and import do, with the flows read once for all of it.
    const read = (path: string): string | null =>
      existsSync(join(FLOWS_FOLDER, path)) ? readFileSync(join(FLOWS_FOLDER, path), 'utf8') : null;
    for (const { language: code, name } of [{ language: 'id', name: 'Bahasa Indonesia' }, ...coverage]) {
      const out = rowsOf(texts, code, readSeen(read(seenFile(code))));
      for (const back of [
        await readSheet(await writeSheet(out, { code, name })),
        readPo(writePo(out, code)),
      ]) {
        expect(back.language).toBe(code);
        expect(back.rows.length).toBe(rows.length);
        expect(importRows(texts, code, back.rows, read)).toEqual({ files: {}, faults: [], changes: [] });
      }
    }
  }, 60_000);

  test('of a language that is not there is refused', async () => {
    await expect(exportTexts({ dir: folder() }, 'xx', 'xlsx')).rejects.toThrow(SheetError);
  });
});

describe('an import', () => {
  test('puts words into the overlay, keeps its remarks, and does nothing the second time', async () => {
    const dir = folder();
    const bytes = await filled(await exportTexts({ dir }, 'jv', 'xlsx'), {
      'request · name · text': 'Asmane usaha?',
      'request · kind · options.trade': 'Dodolan',
      'request · received · text':
        'Ditampi, nomer {case_code}.\n{has_case_due, select, yes {Siyap {case_due}.} other {}}',
      'system · yes': 'Nggih',
    });
    const first = await importTexts({ dir }, bytes);
    expect(first.faults).toEqual([]);
    expect(Object.keys(first.files).sort()).toEqual([
      'text/jv-seen.yaml',
      'text/jv/request.yaml',
      'text/jv/system.yaml',
    ]);
    expect(first.files['text/jv/request.yaml']).toBe(`# Javanese, as it is spoken.
title: Layang usaha
name:
  text: Asmane usaha?   # polite
  label: Asma
kind:
  options:
    trade: Dodolan
received:
  text: |-
    Ditampi, nomer {case_code}.
    {has_case_due, select, yes {Siyap {case_due}.} other {}}
`);
    put(dir, first.files);
    const { texts, faults } = await readFlows(dir);
    expect(faults.filter(({ warning }) => !warning)).toEqual([]);
    expect(rowsOf(texts, 'jv').find(({ place }) => place === 'system · yes')!.words).toBe('Nggih');
    expect(await importTexts({ dir }, bytes)).toMatchObject({ files: {}, faults: [], changes: [] });
  });

  test('puts a clerk’s Indonesian words into the flow itself, its remarks and layout kept', async () => {
    const dir = folder();
    const { files, faults } = await edited(dir, 'id', {
      'request · title': 'Surat Keterangan Usaha',
      'request · kind · options.trade': 'Jualan: toko',
    });
    expect(faults).toEqual([]);
    expect(Object.keys(files)).toEqual(['services/request.yaml']);
    expect(files['services/request.yaml']).toBe(
      REQUEST_YAML.replace('title: Surat usaha #', 'title: Surat Keterangan Usaha #').replace(
        'text: Dagang }',
        "text: 'Jualan: toko' }",
      ),
    );
  });

  test.each<[what: string, place: string, cell: unknown, said: string]>([
    ['a lost argument', 'request · kind · text', 'Bidang punapa?', '{resident} is lost'],
    ['an unknown argument', 'request · name · text', 'Asma {nama}?', '{nama} is not known here'],
    [
      'another case of a select',
      'request · received · text',
      'Nomer {case_code}. {has_case_due, select, ya {Siyap {case_due}.} other {}}',
      '{has_case_due: yes} is lost',
    ],
    ['words that are not ICU', 'request · kind · text', 'Bidang {resident', 'cannot be read'],
    [
      'a label that is too long',
      'request · kind · options.trade',
      'Dodolan barang lan jajanan',
      'characters',
    ],
    ['a text that looks like a formula', 'request · name · text', '=1+1', 'a formula is no text'],
    [
      'a formula',
      'request · name · text',
      { type: 'Formula', value: '=CONCATENATE("a","b")' },
      'a formula is no text',
    ],
    ['a truth value', 'request · name · text', true, 'a date or a truth value'],
    ['words that are gone', 'request · name · text', null, 'the words are gone'],
  ])('refuses %s, with its line, and changes nothing', async (_what, place, cell, said) => {
    const dir = folder();
    const result = await edited(dir, 'jv', { [place]: cell, 'request · name · label': 'Asmane' });
    expect(result.files).toEqual({});
    expect(result.changes).toEqual([]);
    expect(result.faults).toHaveLength(1);
    expect(result.faults[0]).toMatchObject({ place });
    expect(result.faults[0]!.what).toContain(said);
    expect(result.faults[0]!.cure).not.toBe('');
    const [sheet] = await readExcelFile(await exportTexts({ dir }, 'jv', 'xlsx'));
    expect(sheet!.data[result.faults[0]!.row - 1]![0]).toBe(place);
  });

  test('takes the line beside whose empty words a translator counts by a formula', async () => {
    const dir = folder();
    const bytes = await filled(
      await exportTexts({ dir }, 'jv', 'xlsx'),
      { 'request · kind · options.other': { type: 'Formula', value: '=LEN(E2)' } },
      5,
    );
    expect(await importTexts({ dir }, bytes)).toMatchObject({ faults: [], changes: [] });
  });

  test('refuses a place that is not there, and one that stands twice', async () => {
    const dir = folder();
    const bytes = await exportTexts({ dir }, 'jv', 'xlsx');
    const { faults } = await importTexts(
      { dir },
      await filled(bytes, { 'request · name · label': 'request · nothing · text' }, 0),
    );
    expect(faults.map(({ what }) => what)).toEqual(['there is no text at this place']);
    const twice = await importTexts(
      { dir },
      await filled(bytes, { 'request · name · label': 'request · name · text' }, 0),
    );
    expect(twice.faults.map(({ what }) => what)).toContain('this place stands in two lines');
  });

  test('refuses words whose Indonesian ones, or which themselves, have changed since the export', async () => {
    const dir = folder();
    const bytes = await filled(await exportTexts({ dir }, 'jv', 'xlsx'), {
      'request · name · text': 'Asmane usaha?',
      'request · name · label': 'Asmane',
    });
    put(dir, {
      'services/request.yaml': REQUEST_YAML.replace('Nama usaha?', 'Apa nama usahanya?'),
      'text/jv/request.yaml': OVERLAY_YAML.replace('label: Asma', 'label: Jeneng'),
    });
    const { faults, files } = await importTexts({ dir }, bytes);
    expect(files).toEqual({});
    expect(faults.map(({ place, what }) => [place, what])).toEqual([
      ['request · name · text', 'the Indonesian words have changed since this file was exported'],
      ['request · name · label', 'somebody else has changed these words since this file was exported'],
    ]);
  });

  test('leaves lines alone that the translator left alone, though they have changed here since', async () => {
    const dir = folder();
    const bytes = await filled(await exportTexts({ dir }, 'jv', 'xlsx'), {
      'request · kind · options.other': 'Sanes',
    });
    put(dir, { 'text/jv/request.yaml': OVERLAY_YAML.replace('label: Asma', 'label: Jeneng') });
    const { faults, changes } = await importTexts({ dir }, bytes);
    expect(faults).toEqual([]);
    expect(changes.map(({ place }) => place)).toEqual(['request · kind · options.other']);
  });

  test('notes what was translated from what: later changes of the Indonesian words are told, until confirmed', async () => {
    const dir = folder();
    const place = 'request · kind · options.other';
    put(dir, (await edited(dir, 'jv', { [place]: 'Sanes' })).files);
    const stateOf = async () => {
      const [sheet] = await readExcelFile(await exportTexts({ dir }, 'jv', 'xlsx'));
      return sheet!.data.find((row) => row[0] === place)![5];
    };
    expect(await stateOf()).toBe('sudah ada');
    put(dir, { 'services/request.yaml': REQUEST_YAML.replace('text: Lainnya', 'text: Lain-lain') });
    expect(await stateOf()).toBe('Indonesia berubah, periksa lagi');
    const po = (await exportTexts({ dir }, 'jv', 'po')).toString();
    expect(po.match(/#, fuzzy/gu)).toHaveLength(1);
    expect((await importTexts({ dir }, Buffer.from(po))).files).toEqual({});
    const confirmed = await importTexts({ dir }, Buffer.from(po.replace('#, fuzzy\n', '')));
    expect(Object.keys(confirmed.files)).toEqual(['text/jv-seen.yaml']);
    put(dir, confirmed.files);
    expect(await stateOf()).toBe('sudah ada');
  });

  test('knows what changed since words that were written by hand, once that they fit was noted', async () => {
    const dir = folder();
    put(dir, await noteTexts({ dir }, 'jv'));
    const changed = async () => changedSince({ dir }, (await readFlows(dir)).texts, 'jv');
    expect(await changed()).toEqual([]);
    put(dir, { 'services/request.yaml': REQUEST_YAML.replace('Nama usaha?', 'Apa nama usahanya?') });
    expect(await changed()).toEqual(['request · name · text']);
    // Whoever changes the translation as well has seen it.
    put(dir, { 'text/jv/request.yaml': OVERLAY_YAML.replace('Asmanipun', 'Asmane') });
    expect(await changed()).toEqual([]);
  });

  test('takes a PO file that a translation program has folded anew', async () => {
    const dir = folder();
    const po = (await exportTexts({ dir }, 'jv', 'po')).toString();
    const done = po
      .replace(
        'msgid "Sudah benar?"\nmsgstr ""',
        'msgid ""\n"Sudah "\n"benar?"\nmsgstr ""\n"Sampun "\n"leres?"',
      )
      .replaceAll('\n', '\r\n');
    const { faults, files } = await importTexts({ dir }, Buffer.from(done));
    expect(faults).toEqual([]);
    expect(files['text/jv/request.yaml']).toContain('summary:\n  text: Sampun leres?\n');
  });

  test('refuses a file that is none of ours', async () => {
    const dir = folder();
    await expect(importTexts({ dir }, Buffer.from('PK\u0003\u0004 nothing'))).rejects.toThrow(SheetError);
    await expect(importTexts({ dir }, Buffer.from('msgid "x'))).rejects.toThrow(SheetError);
    const other = await writeExcelFile([['a', 'b']]).toBuffer();
    await expect(importTexts({ dir }, other)).rejects.toThrow('keep the first line');
    const jv = await exportTexts({ dir }, 'jv', 'xlsx');
    await expect(importTexts({ dir }, jv, 'en')).rejects.toThrow('of the language "jv"');
    await expect(readSheet(Buffer.alloc(11 * 1024 * 1024))).rejects.toThrow('10 MB');
  });

  test('refuses a workbook that unpacks to more than it says', async () => {
    const bytes = await exportTexts({ dir: folder() }, 'jv', 'xlsx');
    const entry = bytes.lastIndexOf(Buffer.from('xl/worksheets/sheet1.xml'));
    bytes.writeUInt32LE(100, entry - 46 + 24);
    await expect(readSheet(bytes)).rejects.toThrow('damaged');
  });

  test.each([
    [
      'says another size at its head',
      (bytes: Buffer, at: number) => bytes.writeUInt32LE(0x7fff_0000, at + 22),
    ],
    ['is packed in another way', (bytes: Buffer, at: number) => bytes.writeUInt16LE(0, at + 8)],
  ])('refuses a workbook of which a file %s', async (_, spoil) => {
    const bytes = await exportTexts({ dir: folder() }, 'jv', 'xlsx');
    const at = bytes.indexOf(Buffer.from('xl/worksheets/sheet1.xml')) - 30;
    bytes.writeUInt32LE(Math.max(1, bytes.readUInt32LE(at + 18)), at + 18);
    spoil(bytes, at);
    await expect(readSheet(bytes)).rejects.toThrow('damaged');
  });

  test('refuses a workbook with a file that its directory does not name', async () => {
    const bytes = await exportTexts({ dir: folder() }, 'jv', 'xlsx');
    const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    const directory = bytes.readUInt32LE(end + 16);
    const first = bytes.subarray(0, bytes.indexOf(Buffer.from([0x50, 0x4b, 3, 4]), 4));
    const hidden = Buffer.concat([bytes.subarray(0, directory), first, bytes.subarray(directory)]);
    hidden.writeUInt32LE(directory + first.length, end + first.length + 16);
    await expect(readSheet(hidden)).rejects.toThrow('damaged');
  });

  test('looks once over a workbook, however its cells are written', async () => {
    const cells = '<c r="E2"'.repeat(200_000);
    const sheet = deflateRawSync(Buffer.from(cells));
    const bytes = archive('xl/worksheets/sheet1.xml', sheet, cells.length);
    await expect(readSheet(bytes)).rejects.toThrow(SheetError);
  }, 20_000);
});

/** An archive of one packed file (APPNOTE.TXT 4.3). */
function archive(name: string, packed: Buffer, size: number): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(8, 8);
  head.writeUInt32LE(packed.length, 18);
  head.writeUInt32LE(size, 22);
  head.writeUInt16LE(name.length, 26);
  const listed = Buffer.alloc(46);
  listed.writeUInt32LE(0x02014b50, 0);
  listed.writeUInt16LE(8, 10);
  listed.writeUInt32LE(packed.length, 20);
  listed.writeUInt32LE(size, 24);
  listed.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(head.length + name.length + packed.length, 16);
  return Buffer.concat([head, Buffer.from(name), packed, listed, Buffer.from(name), end]);
}

test('a clerk changes a word in the workbook, and a running conversation goes on with it', async () => {
  const dir = folder({ ...FILES });
  const before = await loadFlows(dir);
  const talk = talkWith(before);
  talk.play('surat usaha');
  expect(talk.play('Warung Siti').join('\n')).toContain('[Dagang]');
  const { files, faults, broken } = await edited(dir, 'id', {
    'request · summary · text': 'Sudah cocok semua, Bapak/Ibu?',
    'request · kind · options.trade': 'Jualan',
  });
  expect([faults, broken]).toEqual([[], []]);
  put(dir, files);
  const after = withHistory(await loadFlows(dir), versionsOf(before));
  expect(after.byId.get('request')!.hash).not.toBe(before.byId.get('request')!.hash);
  const later = talkWith(after);
  later.session = talk.session;
  // A choice whose options have changed is shown again before it counts; the answer before it is kept.
  expect(later.play('dagang').join('\n')).toContain('[Jualan]');
  expect(later.play('jualan').join('\n')).toContain('Sudah cocok semua, Bapak/Ibu?');
  expect(later.play('kirim').join('\n')).toContain('"name":"Warung Siti","kind":"trade"');
  expect(readFileSync(join(dir, 'services/request.yaml'), 'utf8')).toContain("# A clerk's own remark.");
});
