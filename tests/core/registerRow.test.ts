import { describe, expect, test } from 'vitest';
import { guessMapping, readRow } from '../../src/core/registerRow.js';
import { readArea, readRt, searchHamlet, searchName } from '../../src/core/registerNames.js';

const TODAY = '2026-11-26';
const mapping = { name: 0, nik: 1, kk: 2, birth_date: 3, sex: 4, hamlet: 5, rt: 6, rw: 7 };
const row = (over: { [n: number]: string } = {}) => {
  const cells = [
    'SITI AMINAH',
    '3510125708800001',
    '3510120101100001',
    '17-08-1980',
    'P',
    'KRAJAN',
    '2',
    '1',
  ];
  for (const [n, cell] of Object.entries(over)) cells[Number(n)] = cell;
  return readRow(cells, mapping, TODAY);
};

describe('columns of a register', () => {
  test("are guessed from OpenSID's headings", () => {
    const columns =
      'alamat,dusun,rw,rt,nama,no_kk,nik,sex,tempatlahir,tanggallahir,agama_id,pekerjaan_id,status_kawin'.split(
        ',',
      );
    const guessed = guessMapping(columns);
    expect(Object.fromEntries(Object.entries(guessed).map(([f, at]) => [f, columns[at]]))).toEqual({
      name: 'nama',
      nik: 'nik',
      kk: 'no_kk',
      birth_date: 'tanggallahir',
      birth_place: 'tempatlahir',
      sex: 'sex',
      hamlet: 'dusun',
      rt: 'rt',
      rw: 'rw',
      address: 'alamat',
      religion: 'agama_id',
      occupation: 'pekerjaan_id',
      marital_status: 'status_kawin',
    });
  });

  test("are guessed from a clerk's own spreadsheet, each once", () => {
    expect(guessMapping(['No', 'Nama Lengkap', 'N I K', 'Nomor KK', 'Jenis Kelamin', 'Tgl. Lahir'])).toEqual({
      name: 1,
      nik: 2,
      kk: 3,
      sex: 4,
      birth_date: 5,
    });
    expect(guessMapping(['a', 'b'])).toEqual({});
  });
});

describe('a row of a register', () => {
  test.each(['3510125708800001', '3510 1257 0880 0001', '3510.1257.0880.0001'])(
    'keeps no number (%s) where a column was taken for another',
    (number) => {
      expect(row({ 5: number }).entry).toMatchObject({ hamlet: null, searchHamlet: null });
      expect(row({ 0: number }).fault).toBe('no_name');
    },
  );

  test('is read into one person', () => {
    expect(row().entry).toMatchObject({
      name: 'SITI AMINAH',
      searchName: 'siti aminah',
      birthDate: '1980-08-17',
      sex: 'P',
      hamlet: 'KRAJAN',
      searchHamlet: 'krajan',
      rt: '002',
      rw: '001',
      nik: '3510125708800001',
      kk: '3510120101100001',
    });
  });

  test.each([
    ['1980-08-17', '1980-08-17'],
    ['17/8/1980', '1980-08-17'],
    ['17 Agustus 1980', '1980-08-17'],
    ['17-Aug-1980', '1980-08-17'],
    ['29450', '1980-08-17'],
    ['1980-08-17 00:00:00', '1980-08-17'],
  ])('takes the birth date %s', (cell, day) => expect(row({ 3: cell }).entry?.birthDate).toBe(day));

  test.each([
    [{ 0: '' }, 'no_name'],
    [{ 0: '3510125708800001' }, 'no_name'],
    [{ 1: '3,51013E+15' }, 'nik_rounded'],
    [{ 1: '3510125708800000' }, 'nik_rounded'],
    [{ 1: '351012570880' }, 'bad_nik'],
    [{ 2: '3.51E+15' }, 'kk_rounded'],
    [{ 2: '12' }, 'bad_kk'],
    [{ 3: '31-02-1980' }, 'bad_birth_date'],
    [{ 3: '17-08-2030' }, 'bad_birth_date'],
    [{ 3: 'lupa' }, 'bad_birth_date'],
    [{ 1: '0', 3: '' }, 'nobody'],
  ])('is not taken where %j', (over, fault) => expect(row(over).fault).toBe(fault));

  test('of a newborn without a NIK is taken by its birth date', () => {
    expect(row({ 1: '0', 3: '01-11-2026' })).toMatchObject({ fault: null, entry: { nik: null } });
  });

  test('keeps a real number whose area or date is odd, with the mark that a spreadsheet puts before it', () => {
    expect(row({ 1: "'3573016512450002" }).entry?.nik).toBe('3573016512450002');
    expect(row({ 1: '3510129902800001' }).entry?.nik).toBe('3510129902800001');
  });
});

describe('names and places', () => {
  test.each([
    ['Hj. SITI AMINAH, S.Pd', 'siti aminah'],
    ['Moh. Soekarno', 'muhamad sukarno'],
    ['MUHAMMAD SUKARNO', 'muhamad sukarno'],
    ["Nur 'Aini", 'nur aini'],
    ['Achmad Sjahrir', 'ahmad sjahrir'],
    ['Pak', 'pak'],
    ['', ''],
  ])('%s is compared as %s', (name, compared) => expect(searchName(name)).toBe(compared));

  test('one hamlet in three spellings is one', () => {
    expect(['Dusun Krajan', 'dsn. KRAJAN', 'krajan RT 02'].map(searchHamlet)).toEqual(
      Array.from({ length: 3 }, () => 'krajan'),
    );
  });

  test.each([
    ['Krajan RT 02 RW 01', { hamlet: 'Krajan', rt: '002', rw: '001' }],
    ['dsn krajan 2/1', { hamlet: 'dsn krajan', rt: '002', rw: '001' }],
    ['RT.003/RW.004 Kedungliwung', { hamlet: 'Kedungliwung', rt: '003', rw: '004' }],
    ['rt 5', { hamlet: null, rt: '005', rw: null }],
    ['Krajan', { hamlet: 'Krajan', rt: null, rw: null }],
    ['👍', { hamlet: null, rt: null, rw: null }],
  ])('%s is an address', (text, area) => expect(readArea(text)).toEqual(area));

  test('RT 0 is none', () => expect([readRt('0'), readRt(''), readRt('RT 12')]).toEqual([null, null, '012']));
});
