import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { v7 as newId } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { proposeTexts } from '../../src/commands/proposeTexts.js';
import { exportTexts } from '../../src/flow/texts/folder.js';
import { SheetError } from '../../src/flow/texts/xlsx.js';
import { listPublications, readPublication } from '../../src/store/publications.js';
import { flowFolder, REQUEST } from '../flow/support.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

const NOTE = 'Dari penerjemah';
let database: TestDatabase;
let dir: string;
let transcripts: string;
let remove: () => void;

beforeEach(async () => {
  database = await testDatabase();
  ({ dir, remove } = flowFolder({ ...REQUEST, 'text/jv/request.yaml': 'title: Layang usaha\n' }));
  transcripts = mkdtempSync(join(tmpdir(), 'kentongan-chats-'));
  await database.pool.query('INSERT INTO officers (id, name) VALUES ($1, $2)', [newId(), 'Bu Sri']);
}, 60_000);
afterEach(async () => {
  await database.drop();
  remove();
  rmSync(transcripts, { recursive: true, force: true });
});

async function proposed(change: (po: string) => string, officer = 'bu sri') {
  const po = (await exportTexts({ dir }, 'jv', 'po')).toString();
  const from = { pool: database.pool, log: pino({ level: 'silent' }), folder: dir, transcripts };
  return proposeTexts(from, Buffer.from(change(po)), { officer, note: NOTE });
}

test('a translator’s file is proposed in an officer’s name, and changes no file', async () => {
  const { id, imported } = await proposed((po) =>
    po.replace('msgstr "Layang usaha"', 'msgstr "Serat usaha"'),
  );
  expect(imported.faults).toEqual([]);
  const publication = await readPublication(database.pool, id!);
  expect(publication).toMatchObject({ state: 'proposed', isActive: false, proposer: 'Bu Sri', note: NOTE });
  expect(publication!.files['text/jv/request.yaml']!.text).toBe('title: Serat usaha\n');
  expect((await exportTexts({ dir }, 'jv', 'po')).toString()).toContain('msgstr "Layang usaha"');
  const { rows } = await database.pool.query<{ action: string }>('SELECT action FROM audit_log');
  expect(rows).toEqual([{ action: 'flows.propose' }]);
});

test('nothing is proposed where a line is refused, nothing differs, or the officer is not known', async () => {
  const refused = await proposed((po) => po.replace('msgstr "Layang usaha"', 'msgstr "Serat {x}"'));
  expect(refused).toMatchObject({ id: null, imported: { faults: [{ place: 'request · title' }] } });
  expect((await proposed((po) => po)).id).toBeNull();
  await expect(proposed((po) => po, 'Pak Anu')).rejects.toThrow(SheetError);
  expect(await listPublications(database.pool)).toEqual([]);
});
