import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { bodyFaults, fillBody, readBody } from '../../src/core/letterTemplate.js';
import { formatFaults, letterNumber } from '../../src/core/letterNumber.js';
import { initialsOf, letterValues } from '../../src/core/letterValues.js';
import { readFlows } from '../../src/flow/load.js';
import type { FlowFault } from '../../src/flow/load.js';
import type { Files } from '../../src/flow/load/files.js';
import { readLetters } from '../../src/flow/load/letters.js';
import { readYaml } from '../../src/flow/yamlFile.js';

const usaha = await readFile('flows/letters/usaha.yaml', 'utf8');
const { flows } = await readFlows('flows');

/** What the checker says of the letters of a catalogue with one service, whose template this is. */
function told(text: string | null): string[] {
  const files: Files = new Map();
  for (const [name, content] of [
    ['letters/usaha.yaml', text],
    ['letters/skck.yaml', 'title: Surat Pengantar SKCK\nbody: Menerangkan bahwa {nama}.'],
  ] as const)
    if (content !== null) files.set(name, readYaml(`flows/${name}`, content).yaml);
  const { usaha: one, skck } = flows!.services;
  const faults: FlowFault[] = [];
  const catalogue = { file: 'flows/services.yaml', lineOf: () => 1 };
  readLetters(files, { usaha: one!, skck: skck! }, [...flows!.byId.values()], catalogue, faults);
  return faults.map(({ file, line, what }) => `${file}:${line} ${what}`);
}

test('the checker names a field that no letter of the service knows, with its line', () => {
  expect(told(usaha)).toEqual([]);
  expect(told(usaha.replace('{nama_usaha}', '{nama_toko}'))).toEqual([
    'flows/letters/usaha.yaml:2 {nama_toko} is no field of this letter',
  ]);
  expect(told(usaha.replace('[Berdiri', 'Berdiri'))).toEqual([
    expect.stringContaining('a brace or a bracket has no other half'),
  ]);
  expect(told(usaha.replace('answer: business_name', 'answer: shop_name'))).toEqual([
    expect.stringContaining('no flow of "usaha" asks "shop_name"'),
  ]);
  expect(told(null)).toEqual([expect.stringContaining('"usaha" writes a letter and has no template')]);
});

test('a body is paragraphs and tables; what is in brackets goes where its data are not known', () => {
  const body = 'Satu\ndua {a}.\n\nNama : {b}\n[Sejak : tahun {c}]\n\nTiga[ dan {c}][ {a}].';
  expect(readBody(body).map(({ kind }) => kind)).toEqual(['paragraph', 'rows', 'paragraph']);
  expect(fillBody(body, { a: 'A', b: '$& {a}' })).toEqual({
    blocks: [
      { kind: 'paragraph', text: 'Satu dua A.' },
      { kind: 'rows', rows: [['Nama', '$& {a}']] },
      { kind: 'paragraph', text: 'Tiga A.' },
    ],
    missing: [],
  });
  expect(fillBody(body, {}).missing).toEqual(['a', 'b']);
  // A table of which nothing is known says nothing at all.
  expect(fillBody('[Ayah : {d}]\n[Ibu : {e}]', {}).missing).toEqual(['d', 'e']);
  expect(bodyFaults('{a} {b} [x', ['a'])).toEqual({ unknown: ['b'], isUneven: true });
});

test('a number has what keeps two letters apart', () => {
  const of = { classification: '470', sequence: 7, officeCode: '429.517.06', day: '2026-09-01' };
  expect(letterNumber('{klas}/{no:03}/{office_code}/{month_roman}/{year}', of)).toBe(
    '470/007/429.517.06/IX/2026',
  );
  expect(letterNumber('{no}/{klas}', { ...of, sequence: null })).toBe('…/470');
  expect(formatFaults('{klas}/{no:03}/{year}', 'code')).toEqual({ unknown: [], lacking: [] });
  expect(formatFaults('{no}/{year}', 'code').lacking).toEqual(['klas']);
  expect(formatFaults('{no}/{tahun}', 'village')).toEqual({ unknown: ['tahun'], lacking: ['year'] });
  expect(formatFaults('{no:3}/{year}', 'village').unknown).toEqual(['no:3']);
});

test('values come from what was typed, the form, the register, the answers, in this order', () => {
  const wording = {
    date: (iso: string) => `d${iso}`,
    month: (iso: string) => `m${iso}`,
    money: (n: number) => `Rp${n}`,
    number: String,
  };
  const values = letterValues(
    {
      template: {
        fields: {
          purpose: {
            label: 'x',
            answer: 'purpose',
            other: 'purpose_other',
            words: { kur: 'KUR' },
            type: 'text',
            sample: 'x',
          },
          mother: { label: 'x', answer: 'mother_name', fallback: 'nama', type: 'text', sample: 'x' },
          income: { label: 'x', answer: 'income', type: 'money', sample: 'x' },
        },
        valid_months: 1,
      },
      typed: { agama: ' Hindu\u202e ' },
      form: { name: 'SITI AMINAH' },
      person: {
        name: 'SITI',
        birthDate: '1985-07-05',
        sex: 'P',
        hamlet: 'KRAJAN',
        rt: '002',
        rw: null,
        nik: '3510014507850001',
        kk: null,
        more: { religion: 'ISLAM', occupation: 'KARYAWAN SWASTA' },
      },
      answers: { purpose: 'other', purpose_other: 'sewa kios', income: 5 },
      village: { name: 'Gintangan', type: 'desa', district: 'Blimbingsari', officeAddress: null },
      day: '2026-01-31',
    },
    wording,
  );
  expect(values).toMatchObject({
    nama: 'SITI AMINAH',
    agama: 'Hindu',
    pekerjaan: 'Karyawan Swasta',
    alamat: 'Dusun Krajan RT 002',
    purpose: 'sewa kios',
    mother: 'SITI AMINAH',
    income: 'Rp5',
    berlaku_sampai: 'd2026-02-28',
  });
  expect(values).not.toHaveProperty('no_kk');
  expect(initialsOf('SITI AMINAH, S.Pd.')).toBe('S.A.');
});
