import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { v7 as newId } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import { loadFlows } from '../../src/flow/load.js';
import { createFlowDesk } from '../../src/roles/flowDesk.js';
import { createFlowKeeper, stampOf } from '../../src/roles/flowKeeper.js';
import type { FlowKeeper } from '../../src/roles/flowKeeper.js';
import { insertProposal, publish, rollBack, turnDown } from '../../src/store/publications.js';
import { inTransaction } from '../../src/store/sql.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

const FILE = 'services/business-letter.yaml';
const QUESTION = 'Apa nama usahanya?';
const OTHER = 'Usahanya bernama apa?';
const now = () => new Date('2026-11-24T02:00:00Z');

let database: TestDatabase;
let folder: string;
let keeper: FlowKeeper;

beforeEach(async () => {
  database = await testDatabase();
  folder = join(await mkdtemp(join(tmpdir(), 'kentongan-flows-')), 'flows');
  await cp(FLOWS_FOLDER, folder, { recursive: true });
  keeper = await aKeeper();
}, 60_000);
afterEach(async () => {
  await keeper.stop();
  await database.drop();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

async function aKeeper(): Promise<FlowKeeper> {
  const log = pino({ level: 'silent' });
  const [stamp, shipped] = await Promise.all([stampOf(folder), loadFlows(folder)]);
  return createFlowKeeper({ folder, shipped, stamp, pool: database.pool, log, now, everyMs: 0 });
}

const asked = (of = keeper) => {
  const step = of.inUse.current.byId.get('business-letter')!.steps.find(({ id }) => id === 'business_name');
  return step?.type === 'ask' ? step.text.id!.source : '';
};

async function changed(from: string, to: string, file = FILE): Promise<string> {
  const text = await readFile(join(folder, file), 'utf8');
  expect(text).toContain(from);
  return text.replace(from, to);
}

async function anOfficer(name: string): Promise<string> {
  const id = newId();
  await database.pool.query('INSERT INTO officers (id, name) VALUES ($1, $2)', [id, name]);
  return id;
}

async function proposed(text: string, officerId: string): Promise<string> {
  const desk = createFlowDesk({ folder, transcripts: folder, keeper, pool: database.pool });
  const { files, baseId, faults } = await desk.tryOut({ [FILE]: text });
  expect(faults).toEqual([]);
  const id = newId();
  await insertProposal(database.pool, { id, baseId, files, chats: {}, note: 'kata', officerId }, now());
  return id;
}

const decide = (id: string, officerId: string) =>
  inTransaction(database.pool, (sql) => publish(sql, id, { officerId, now: now() }));

test('a file changed on disk comes into use without a restart; versions before it are remembered', async () => {
  const before = keeper.inUse.current.byId.get('business-letter')!.hash;
  await writeFile(join(folder, FILE), await changed(QUESTION, OTHER));
  await keeper.refresh();
  expect(asked()).toContain(OTHER);
  expect(keeper.inUse.current.history.get('business-letter')?.has(before)).toBe(true);
});

test('a file that does not hold stays out of use, and its fault is told; mended, it comes in', async () => {
  const whole = await readFile(join(folder, FILE), 'utf8');
  await writeFile(join(folder, FILE), whole.replace('type: person_name', 'type: nobody_knows'));
  await keeper.refresh();
  expect(asked()).toContain(QUESTION);
  expect(keeper.faults.map(({ file }) => file)).toContain('flows/services/business-letter.yaml');
  await writeFile(join(folder, FILE), whole.replace(QUESTION, OTHER));
  await keeper.refresh();
  expect(keeper.faults).toEqual([]);
  expect(asked()).toContain(OTHER);
});

test('a change that a failing database kept back comes in at the next look', async () => {
  await writeFile(join(folder, FILE), await changed(QUESTION, OTHER));
  await database.pool.query('ALTER TABLE flow_versions RENAME TO flow_versions_away');
  await expect(keeper.refresh()).rejects.toThrow();
  expect(asked()).toContain(QUESTION);
  await database.pool.query('ALTER TABLE flow_versions_away RENAME TO flow_versions');
  await keeper.refresh();
  expect(asked()).toContain(OTHER);
});

test('whoever follows hears of every change', async () => {
  const heard: string[] = [];
  keeper.inUse.follow((flows) => heard.push(flows.byId.get('business-letter')!.hash));
  await writeFile(join(folder, FILE), await changed(QUESTION, OTHER));
  await keeper.refresh();
  await keeper.refresh();
  expect(new Set(heard).size).toBe(2);
  expect(heard).toHaveLength(2);
});

test('what two people agreed on lies over the shipped files, in every process, and can be taken back', async () => {
  const [sri, wayan] = [await anOfficer('Sri'), await anOfficer('Wayan')];
  const id = await proposed(await changed(QUESTION, OTHER), sri);
  await keeper.refresh();
  expect(asked()).toContain(QUESTION);
  expect(await decide(id, sri)).toBe('own');
  expect(await decide(id, wayan)).toBe('done');
  await keeper.refresh();
  expect(asked()).toContain(OTHER);
  expect(keeper.publication).toBe(id);
  const another = await aKeeper();
  expect(asked(another)).toContain(OTHER);
  await another.stop();

  expect(await inTransaction(database.pool, (sql) => rollBack(sql, null))).toBe(true);
  await keeper.refresh();
  expect(asked()).toContain(QUESTION);
  expect(keeper.publication).toBeNull();
  expect(await inTransaction(database.pool, (sql) => rollBack(sql, id))).toBe(true);
  await keeper.refresh();
  expect(asked()).toContain(OTHER);
  expect(await inTransaction(database.pool, (sql) => rollBack(sql, newId()))).toBe(false);
});

test('a proposal over what is not in use any more is refused, and so is one that was turned down', async () => {
  const [sri, wayan] = [await anOfficer('Sri'), await anOfficer('Wayan')];
  const first = await proposed(await changed(QUESTION, OTHER), sri);
  const second = await proposed(await changed(QUESTION, 'Nama usahanya siapa?'), sri);
  expect(await decide(first, wayan)).toBe('done');
  expect(await decide(second, wayan)).toBe('stale');
  const decision = { officerId: wayan, now: now() };
  expect(await turnDown(database.pool, second, decision)).toBe('refused');
  expect(await decide(second, wayan)).toBe('not_found');
  expect(await turnDown(database.pool, second, decision)).toBe('not_found');
});

test('the table itself lets nobody publish what they proposed', async () => {
  const sri = await anOfficer('Sri');
  const id = await proposed(await changed(QUESTION, OTHER), sri);
  await expect(
    database.pool.query(
      `UPDATE flow_publications SET state = 'published', is_active = true, decided_by = $2 WHERE id = $1`,
      [id, sri],
    ),
  ).rejects.toThrow('flow_publications');
});

test('a shipped file that has changed under a published one is told, and the published one stays', async () => {
  const [sri, wayan] = [await anOfficer('Sri'), await anOfficer('Wayan')];
  await decide(await proposed(await changed(QUESTION, OTHER), sri), wayan);
  await keeper.refresh();
  expect(keeper.overtaken).toEqual([]);
  await writeFile(
    join(folder, FILE),
    await changed('Ini bukan izin usaha (NIB).', 'Bukan izin usaha (NIB).'),
  );
  await keeper.refresh();
  expect(asked()).toContain(OTHER);
  expect(keeper.overtaken).toEqual([FILE]);
});

test('a published file that no longer holds with new shipped ones leaves those in use, and is told', async () => {
  const [sri, wayan] = [await anOfficer('Sri'), await anOfficer('Wayan')];
  await decide(await proposed(await changed(QUESTION, OTHER), sri), wayan);
  await writeFile(
    join(folder, 'services.yaml'),
    (await readFile(join(folder, 'services.yaml'), 'utf8')).replace(/^usaha:/mu, 'usaha_baru:'),
  );
  await writeFile(join(folder, FILE), await changed('service: usaha', 'service: usaha_baru'));
  await keeper.refresh();
  expect(keeper.faults.map(({ what }) => what).join('\n')).toContain('usaha');
  expect(asked()).toContain(QUESTION);
});
