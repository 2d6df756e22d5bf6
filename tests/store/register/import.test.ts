import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Asker } from '../../../src/core/asker.js';
import { guessMapping } from '../../../src/core/registerRow.js';
import { runImport } from '../../../src/store/register/applyImport.js';
import { importInScope, saveImport, stageImport } from '../../../src/store/register/imports.js';
import { CsvError, readCsv } from '../../../src/store/register/readCsv.js';
import { searchRegister } from '../../../src/store/register/search.js';
import { inTransaction } from '../../../src/store/sql.js';
import { aStage, ELSEWHERE, HERE, type Stage } from '../../effects/stage.js';

let stage: Stage;
let clerk: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  clerk = await stage.anOfficer('Bu Sri', [{ role: 'sekretaris', village: HERE }]);
});
afterAll(() => stage.close());

const HEAD = 'nama,nik,no_kk,tanggallahir,sex,dusun,rt,rw,pekerjaan';
const SITI = 'SITI AMINAH,3510125708800001,3510120101100001,1980-08-17,2,KRAJAN,2,1,Petani';
const BUDI = 'BUDI SANTOSO,3510121203750002,3510120101100001,1975-03-12,1,KRAJAN,2,1,Nelayan';
const bytes = (...lines: string[]) => Buffer.from([HEAD, ...lines].join('\n'));

async function upload(file: Uint8Array, village = HERE): Promise<string> {
  const given = { villageId: village, officerId: clerk.officer!.id, bytes: file };
  return await inTransaction(stage.pool, (sql) => stageImport(sql, given, stage.context()));
}

/** Runs an upload through, as the console does. */
async function run(id: string, isApplied: boolean, isWhole = true) {
  return await inTransaction(stage.pool, async (sql) => {
    const found = (await importInScope(sql, { villages: [HERE] }, id, true))!;
    const options = { isApplied, isWhole, today: '2026-08-10', now: stage.now };
    const done = await runImport(sql, found, found.mapping, options, stage.context());
    if (isApplied)
      await saveImport(sql, id, { state: 'applied', mapping: found.mapping, ...done, isWhole }, stage.now);
    return done;
  });
}

const take = async (...lines: string[]) => await run(await upload(bytes(...lines)), true);
const names = async () =>
  (await stage.rows<{ name: string }>('SELECT name FROM residents_register WHERE removed_at IS NULL')).map(
    (row) => row.name,
  );

describe('a file of the register', () => {
  test('is told apart from the sign between its cells, and its letters from their bytes', async () => {
    const read = async (file: Uint8Array) => {
      const pieces = [];
      for await (const piece of readCsv(file)) pieces.push(piece);
      return pieces;
    };
    const wanted = [{ columns: ['nama', 'dusun'] }, { rows: [[2, ['Jamilé', 'Krajan']]] }];
    expect(await read(Buffer.from('nama,dusun\nJamilé,Krajan\n'))).toEqual(wanted);
    expect(await read(Buffer.from('\ufeffnama;dusun\r\nJamilé;Krajan\r\n'))).toEqual(wanted);
    expect(await read(Buffer.from('nama\tdusun\nJamilé\tKrajan', 'latin1'))).toEqual(wanted);
    expect(await read(Buffer.from('\ufeffnama|dusun\nJamilé|Krajan', 'utf16le'))).toEqual(wanted);
    const [, rows] = await read(Buffer.from('sep=;\nnama;dusun\n"Siti, binti\nAli";"Kr""ajan"\n'));
    expect(rows).toEqual({ rows: [[3, ['Siti, binti\nAli', 'Kr"ajan']]] });
  });

  test.each([
    ['nothing at all', '', 'empty'],
    ['headings alone', 'nama,nik\n', 'empty'],
    ['a spreadsheet', 'PK\u0003\u0004xl/workbook.xml,1\n2,3', 'not_csv'],
    ['one column', 'nama\nSiti\n', 'not_csv'],
  ])('with %s is refused', async (_, text, fault) => {
    await expect(upload(Buffer.from(text))).rejects.toEqual(new CsvError(fault as 'empty'));
    expect(await stage.rows('SELECT FROM register_imports')).toEqual([]);
  });

  test('keeps no number of whoever stands in the place of headings', async () => {
    await upload(Buffer.from(`${SITI}\n${BUDI}\n`));
    const kept = JSON.stringify(await stage.rows('SELECT * FROM register_imports'));
    expect(kept).not.toMatch(/3510125708800001|3510120101100001/u);
  });

  test('lies nowhere in clear, neither before nor after it is taken over', async () => {
    const id = await upload(bytes(SITI));
    const dump = async () =>
      JSON.stringify(
        await stage.rows('SELECT i.*, c.* FROM register_imports i LEFT JOIN register_chunks c ON true'),
      );
    expect(await dump()).not.toMatch(/3510125708800001|3510120101100001|SITI/u);
    await run(id, true);
    const kept = JSON.stringify(await stage.rows('SELECT * FROM residents_register'));
    expect(kept).not.toMatch(/3510125708800001|3510120101100001|Petani/u);
    expect(await stage.rows('SELECT FROM register_chunks')).toEqual([]);
  });
});

describe('a dry run', () => {
  test('counts and names faults by their rows, and writes nothing', async () => {
    await take(SITI, BUDI);
    const id = await upload(
      bytes(
        SITI,
        'ANI,3510124101990003,,1999-01-01,2,KRAJAN,3,1,',
        'RUSAK,3.51013E+15,,1999-01-01,2,KRAJAN,3,1,',
        ',,,,,,,,',
        SITI,
      ),
    );
    expect(await run(id, false)).toEqual({
      counts: { new: 1, changed: 0, same: 1, gone: 1, faulty: 2 },
      faults: [
        { line: 4, fault: 'nik_rounded' },
        { line: 6, fault: 'nik_twice' },
      ],
    });
    expect((await names()).sort()).toEqual(['BUDI SANTOSO', 'SITI AMINAH']);
  });
});

describe('a second file', () => {
  test('changes who changed, marks who vanished, and brings back who is there again', async () => {
    await take(SITI, BUDI);
    const [before] = await stage.rows<{ id: string }>(
      `SELECT id FROM residents_register WHERE name LIKE 'SITI%'`,
    );
    const { counts } = await take(SITI.replace('KRAJAN,2', 'KEDUNG,4'));
    expect(counts).toMatchObject({ new: 0, changed: 1, same: 0, gone: 1 });
    expect(
      await stage.rows(`SELECT id, hamlet, rt FROM residents_register WHERE removed_at IS NULL`),
    ).toEqual([{ id: before!.id, hamlet: 'KEDUNG', rt: '004' }]);
    expect((await take(SITI.replace('KRAJAN,2', 'KEDUNG,4'), BUDI)).counts).toMatchObject({
      changed: 1,
      same: 1,
      gone: 0,
    });
    expect((await names()).sort()).toEqual(['BUDI SANTOSO', 'SITI AMINAH']);
  });

  test('that holds a part of the village marks nobody, and a faulty row is nobody who vanished', async () => {
    await take(SITI, BUDI);
    await run(await upload(bytes(SITI)), true, false);
    expect(await names()).toHaveLength(2);
    const { counts } = await take(SITI, BUDI.replace('1975-03-12', '31-02-1975'));
    expect(counts).toMatchObject({ faulty: 1, gone: 0 });
    expect(await names()).toHaveLength(2);
  });

  test('knows a newborn without a number, and again once there is one', async () => {
    const baby = (nik: string) => `ADI,${nik},3510120101100001,2026-07-01,1,KRAJAN,2,1,`;
    await take(baby('0'));
    expect((await take(baby('0'))).counts).toMatchObject({ same: 1, new: 0 });
    expect((await take(baby('3510120107260001'))).counts).toMatchObject({ changed: 1, new: 0, gone: 0 });
    expect(await names()).toEqual(['ADI']);
  });
});

describe('the villages', () => {
  test('do not see one another, and the same number may stand in two', async () => {
    await take(SITI);
    const id = await upload(bytes(SITI), ELSEWHERE);
    expect(await importInScope(stage.pool, { villages: [HERE] }, id)).toBeNull();
    const { sealer } = stage.context();
    expect(await searchRegister(stage.pool, { villages: [ELSEWHERE] }, 'siti aminah', sealer)).toEqual([]);
    const [found] = await searchRegister(stage.pool, { villages: [HERE] }, '3510 1257 0880 0001', sealer);
    expect(found).toMatchObject({ name: 'SITI AMINAH', nik: '351012******0001', kk: '351012******0001' });
    const byName = await searchRegister(stage.pool, { villages: [HERE] }, 'sitti amina', sealer);
    expect(byName.map(({ name }) => name)).toEqual(['SITI AMINAH']);
  });

  test('take over some thousand people, guessed from their headings', async () => {
    const rows = Array.from(
      { length: 3000 },
      (_, n) => `WARGA ${n},351012010180${String(n + 1).padStart(4, '0')},,1990-01-01,1,KRAJAN,1,1,`,
    );
    const { counts, faults } = await take(...rows);
    expect(faults).toEqual([]);
    expect(counts).toEqual({ new: 3000, changed: 0, same: 0, gone: 0, faulty: 0 });
    expect(guessMapping(HEAD.split(','))).toMatchObject({ name: 0, nik: 1, kk: 2, occupation: 8 });
  });
});
