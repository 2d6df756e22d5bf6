import { fileURLToPath } from 'node:url';
import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadFlows } from '../../src/flow/load.js';
import { createEngine } from '../../src/pipeline/engine.js';
import { runImport } from '../../src/store/register/applyImport.js';
import { importInScope, stageImport } from '../../src/store/register/imports.js';
import { DEMONSTRATION_VILLAGE as VILLAGE } from '../../src/store/seedDemonstration.js';
import { inTransaction } from '../../src/store/sql.js';
import { aWorld, type World } from '../support/world.js';

/** The whole road with the real flows: a letter with its pengantar, its register and somebody to help. */
const flows = await loadFlows(fileURLToPath(new URL('../../flows', import.meta.url)));

let world: World;
beforeEach(async () => {
  world = await aWorld({ engine: createEngine(flows), services: flows.services });
  await world.aVillage();
});
afterEach(() => world.stop());

type Person = ReturnType<World['aPerson']>;

/** Somebody of the village, with a name, whose first card has been shown. */
async function aResident(name: string, phone?: string): Promise<Person> {
  const person = world.aPerson({ name });
  await person.says('menu');
  await world.settles();
  await world.pool.query(
    `UPDATE residents r SET village_id = $2, name = $3 FROM conversations c JOIN addresses a ON a.id = c.address_id
     WHERE c.id = $1 AND r.id = a.resident_id`,
    [await person.conversation(), VILLAGE, name],
  );
  if (phone)
    await world.pool.query(
      'UPDATE addresses SET phone = $2 WHERE id = (SELECT address_id FROM conversations WHERE id = $1)',
      [await person.conversation(), phone],
    );
  return person;
}

/** The head of RT 002 RW 001, linked to a chat. */
async function anRtHead(): Promise<Person> {
  const head = await aResident('Pak Karto');
  const id = v7();
  await world.pool.query(`INSERT INTO officers (id, name, phone) VALUES ($1, 'Pak Karto', '6281200000099')`, [
    id,
  ]);
  await world.pool.query(
    `INSERT INTO officer_roles (id, officer_id, village_id, role, rt, rw) VALUES ($1, $2, $3, 'ketua_rt', '002', '001')`,
    [v7(), id, VILLAGE],
  );
  await world.pool.query(
    'UPDATE addresses SET officer_id = $2 WHERE id = (SELECT address_id FROM conversations WHERE id = $1)',
    [await head.conversation(), id],
  );
  return head;
}

async function aRegister(): Promise<void> {
  const context = { newId: v7, sealer: world.sealer, now: new Date() };
  const bytes = Buffer.from(
    'nama,nik,tanggallahir,dusun,rt,rw\nSITI AMINAH,3510125708800001,1980-08-17,Krajan,2,1',
  );
  await inTransaction(world.pool, async (sql) => {
    const { rows } = await sql.query<{ id: string }>('SELECT id FROM officers LIMIT 1');
    const id = await stageImport(sql, { villageId: VILLAGE, officerId: rows[0]!.id, bytes }, context);
    const found = (await importInScope(sql, { villages: null }, id))!;
    const options = { isApplied: true, isWhole: true, today: '2026-11-26', now: context.now };
    await runImport(sql, found, found.mapping, options, context);
  });
}

async function says(person: Person, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await person.says(text);
    await world.settles();
  }
}

async function taps(person: Person, label: string): Promise<void> {
  const choice = person.last()?.choices?.find((one) => one.label === label);
  if (!choice) throw new Error(`no button ${label}: ${person.last()?.text}`);
  await person.taps(choice.payload);
  await world.settles();
}

const LETTER = ['surat usaha', 'Warung Bu Siti', 'dagang', 'Krajan RT 02 RW 01', '2015', 'kur'];
const facts = async () =>
  (
    await world.pool.query<{ kind: string; data: object }>(
      `SELECT kind, data FROM case_events WHERE kind <> 'case_opened' ORDER BY at, number`,
    )
  ).rows;

test('a village that wants no pengantar and keeps no register asks nothing more', async () => {
  await world.pool.query(`UPDATE villages SET introduction = 'none' WHERE id = $1`, [VILLAGE]);
  const siti = await aResident('Siti');
  await says(siti, ...LETTER, 'lewati');
  expect(siti.last()?.text).toContain('Mohon diperiksa');
  await says(siti, 'kirim');
  expect(siti.last()?.text).toContain('Diterima');
  expect(siti.last()?.text).not.toContain('pengantar');
});

test('the register is asked without a NIK, its answer told to nobody, and the RT head introduces with one tap', async () => {
  await world.pool.query(`UPDATE villages SET introduction = 'rt_tap' WHERE id = $1`, [VILLAGE]);
  await aRegister();
  const head = await anRtHead();
  const siti = await aResident('Siti');
  const stranger = await aResident('Joko');
  const answers: string[] = [];
  for (const [person, name] of [
    [siti, 'Siti Aminah'],
    [stranger, 'Joko Nugroho'],
  ] as const) {
    await says(person, ...LETTER, name, '17-8-1980');
    const before = person.heard().length;
    await says(person, 'Krajan RT 02 RW 01');
    answers.push(person.heard().slice(before).join('\n'));
  }
  // Whether it matched or not, the words are the same.
  expect(answers[0]).toBe(answers[1]);
  await says(siti, 'lewati', 'kirim');
  expect(siti.last()?.text).toContain('Diterima');
  expect(siti.last()?.text).not.toContain('pengantar RT/RW');
  expect(head.last()?.text).toMatch(/^Pengantar RT 002 RW 001, /u);
  await taps(head, 'Warga saya');
  expect(head.last()?.text).toContain('Dicatat sebagai pengantar RT');
  expect(await facts()).toEqual([{ kind: 'case_introduced', data: { answer: 'mine' } }]);
  const { rows } = await world.pool.query<{ outcome: string; mine: boolean }>(
    'SELECT outcome, case_id IS NOT NULL AS mine FROM register_matches ORDER BY created_at',
  );
  expect(rows).toEqual([
    { outcome: 'certain', mine: true },
    { outcome: 'none', mine: false },
  ]);
});

test('a neighbour asks; who is helped says no in their own chat, and the officers hear of it', async () => {
  const karti = await aResident('Karti', '6281234567890');
  const rina = await aResident('Rina');
  await says(rina, 'untuk tetangga', 'Mbah Karti', 'tetangga', '0812 3456 7890', ...LETTER, 'lewati');
  expect(rina.last()?.text).toContain('Untuk: Mbah Karti');
  await says(rina, 'kirim');
  expect(karti.last()?.text).toMatch(/^Rina mengajukan Surat Keterangan Usaha/u);
  await says(karti, 'tidak');
  expect(await facts()).toEqual([{ kind: 'case_agreed', data: { answer: 'refused' } }]);
  const { rows } = await world.pool.query(
    `SELECT DISTINCT vars->>'event' AS event FROM notifications WHERE kind = 'officer-case-notice'`,
  );
  expect(rows).toEqual([{ event: 'not_agreed' }]);
  await says(rina, 'status');
  expect(rina.last()?.text).toContain('Surat Keterangan Usaha untuk Mbah Karti');
  // The next request is her own again.
  await says(rina, 'surat usaha', 'Warung Rina', 'dagang', 'Krajan RT 02 RW 01', '2020', 'kur', 'lewati');
  expect(rina.last()?.text).not.toContain('Untuk:');
});
