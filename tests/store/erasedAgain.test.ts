import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import { createBackup } from '../../src/store/backup/backup.js';
import { backupKeyFile, lockFor, openerOf } from '../../src/store/backup/keys.js';
import { restoreBackup } from '../../src/store/backup/restore.js';
import { listTables } from '../../src/store/backup/tables.js';
import { readErasures } from '../../src/store/erasures.js';
import type { Erasure } from '../../src/store/erasures.js';
import { createPool } from '../../src/store/pool.js';
import { eraseResident } from '../../src/store/residentErasure.js';
import { inTransaction } from '../../src/store/sql.js';
import { aStage, HERE } from '../effects/stage.js';
import type { Stage } from '../effects/stage.js';
import { testDatabase } from '../support/database.js';

// Whole databases are made and read here, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** Stands in every place that tells of her, and nowhere else. */
const HER = 'Sekarwangi';
const KEPT_SERVICES = ['usaha'];

let folder: string;
let stage: Stage;
let siti: Asker;
let officer: Asker;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'erased-again-'));
  stage = await aStage();
  await stage.clear();
  officer = await stage.anOfficer('Ratna', [{ role: 'sekretaris', village: HERE }]);
  siti = await stage.aResident({ name: HER });
});
afterEach(async () => {
  await stage.close();
  await rm(folder, { recursive: true });
});

type Contents = { [table: string]: string[] };

/** Every row of every table, as text. */
async function contents(pool: Pool): Promise<Contents> {
  const all: Contents = {};
  for (const name of [...(await listTables(pool)).map((table) => table.name), 'case_search'])
    all[name] = (
      await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`)
    ).rows.map(({ row }) => row);
  return all;
}

/** Where she can still be read. */
function placesOf(all: Contents): string[] {
  return Object.keys(all).filter((table) =>
    all[table]!.some((row) => row.toLowerCase().includes('sekarwangi')),
  );
}

async function erase(): Promise<Erasure[]> {
  await inTransaction(stage.pool, (sql) =>
    eraseResident(sql, siti.residentId!, { keptServices: KEPT_SERVICES, newId: v7, now: stage.now }),
  );
  return readErasures(stage.pool);
}

async function aBackup(): Promise<string> {
  const file = join(folder, `${v7()}.age`);
  const { encrypter } = await lockFor({ recipients: [], passphrase: null, keyFile: backupKeyFile(folder) });
  const files = { read: () => Promise.reject(new Error('no such file')) };
  await createBackup({ databaseUrl: stage.url, file, encrypter, files, now: stage.now });
  return file;
}

/** What `read` finds where a backup was restored, with the list of what was erased since. */
async function afterRestore<T>(
  file: string,
  erasures: Erasure[],
  read: (pool: Pool) => Promise<T>,
): Promise<T> {
  const into = await testDatabase({ isEmpty: true });
  try {
    await into.pool.end();
    await restoreBackup({
      databaseUrl: into.url,
      file,
      decrypter: await openerOf({ passphrase: null, identityFile: backupKeyFile(folder) }),
      files: { write: async () => {}, delete: async () => {} },
      erasures,
      numbers: [],
      replace: false,
      newId: v7,
      now: stage.now,
    });
    const pool = createPool(into.url, { max: 1 });
    try {
      return await read(pool);
    } finally {
      await pool.end();
    }
  } finally {
    await into.drop();
  }
}

/** An inbound row of a conversation; what it is worth is in its body. */
async function anInbound(to: Asker, externalId: string, body: object, isHandled: boolean): Promise<void> {
  const kind = 'flow' in body ? 'internal' : 'message';
  await stage.rows(
    `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sealed_body, sent_at, received_at,
       handled_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, CASE WHEN $8 THEN $7::timestamptz END)`,
    [
      to.lineId,
      externalId,
      to.conversationId,
      kind,
      body,
      kind === 'message' ? HER : null,
      stage.now,
      isHandled,
    ],
  );
}

async function anOutbound(to: Asker, body: object, state: 'sent' | 'pending'): Promise<void> {
  await stage.rows(
    'INSERT INTO outbound_messages (conversation_id, line_id, body, state, created_at) VALUES ($1, $2, $3, $4, $5)',
    [to.conversationId, to.lineId, body, state, stage.now],
  );
}

/** A row of notifications that was told to the officer, and answers its id. */
async function aNotice(subject: string, number: number, vars: object): Promise<string> {
  const id = v7();
  await stage.rows(
    `INSERT INTO notifications (id, officer_id, kind, subject_id, number, vars, created_at, told_at, tell_at, way)
     VALUES ($1, $2, 'officer-heard', $3, $4, $5, $6, $6, $6, 'alone')`,
    [id, officer.officer!.id, subject, number, vars, stage.now],
  );
  return id;
}

/** A closed request that a letter was for, and is kept: with what it was worked on with. */
async function aKeptCase(isClosed: boolean): Promise<string> {
  const { id } = await stage.aCase(siti);
  // Of what is kept, the name as well.
  await stage.rows(`UPDATE notifications SET vars = vars - 'resident' WHERE subject_id = $1`, [id]);
  if (isClosed)
    await stage.rows(`UPDATE cases SET status = 'finished', closed_at = $2 WHERE id = $1`, [id, stage.now]);
  await stage.rows('INSERT INTO letter_drafts (case_id, private, updated_at) VALUES ($1, $2, $3)', [
    id,
    HER,
    stage.now,
  ]);
  await stage.rows(
    `INSERT INTO register_matches (id, draft_id, conversation_id, resident_id, village_id, said, outcome, case_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'none', $7, $8)`,
    [v7(), v7(), siti.conversationId, siti.residentId, HERE, HER, id, stage.now],
  );
  return id;
}

/** A report of hers that is told everywhere, with all that hangs on it. */
async function aReport(isHandled: boolean): Promise<string> {
  const { id, code } = await stage.aCase(siti, { service: 'infrastruktur' });
  await stage.rows(`UPDATE cases SET answers = $2, private = $3, last_words = $3 WHERE id = $1`, [
    id,
    { what: HER },
    HER,
  ]);
  await stage.rows(`UPDATE case_events SET data = $2, sealed = $3 WHERE case_id = $1`, [
    id,
    { text: HER, attachments: [HER] },
    HER,
  ]);
  await stage.rows(
    `INSERT INTO beneficiaries (id, case_id, name, relation, created_at) VALUES ($1, $2, $3, 'child', $4)`,
    [v7(), id, HER, stage.now],
  );
  const introduction = v7();
  await stage.rows(
    `INSERT INTO introductions (id, draft_id, conversation_id, village_id, way, case_id, created_at)
     VALUES ($1, $2, $3, $4, 'rt_tap', $5, $6)`,
    [introduction, v7(), siti.conversationId, HERE, id, stage.now],
  );
  const notice = await aNotice(id, 7, { code, text: HER, resident: HER, for_whom: HER });
  await aNotice(introduction, 0, { resident: HER });
  await anInbound(officer, `note:${notice}`, { flow: 'officer-heard', vars: { text: HER } }, isHandled);
  await anInbound(
    officer,
    `board:${v7()}`,
    { flow: 'officer-board', vars: { text: `${code} ${HER}` } },
    isHandled,
  );
  await anOutbound(officer, { text: `${code} ${HER}`, slot: 'board' }, isHandled ? 'sent' : 'pending');
  return id;
}

const close = (id: string) =>
  stage.rows(`UPDATE cases SET status = 'finished', closed_at = $2 WHERE id = $1`, [id, stage.now]);

test('a restored backup is, of whoever was erased since, what the erasure left', async () => {
  // Two accounts of hers, linked; of the second one she is told apart by name.
  const second = await stage.aResident({ name: null });
  await stage.rows('UPDATE addresses SET resident_id = $2 WHERE id = $1', [
    second.addressId,
    siti.residentId,
  ]);
  await stage.rows('UPDATE addresses SET display_name = $2 WHERE resident_id = $1', [siti.residentId, HER]);
  await stage.rows(
    `INSERT INTO address_profiles (address_id, resident_id, name, created_at, last_used_at) VALUES ($1, $2, $3, $4, $4)`,
    [second.addressId, siti.residentId, HER, stage.now],
  );
  for (const [joining, original] of [
    [second, siti],
    [siti, officer],
  ] as const) {
    const codeId = v7();
    await stage.rows(
      `INSERT INTO link_codes (id, purpose, code_hash, address_id, created_at, expires_at)
       VALUES ($1::uuid, 'address', $1::text, $2, $3, $3)`,
      [codeId, original.addressId, stage.now],
    );
    await stage.rows(
      `INSERT INTO address_links (id, code_id, address_id, from_resident_id, to_address_id, to_resident_id, asked_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        v7(),
        codeId,
        joining.addressId,
        joining.residentId,
        original.addressId,
        original.residentId,
        stage.now,
      ],
    );
  }
  await stage.rows(
    `INSERT INTO residents_register (id, village_id, name, search_name, private, row_digest, source, created_at, updated_at)
     VALUES ($1, $2, 'Bu S', 'bu s', '-', '-', 'import', $3, $3)`,
    [v7(), HERE, stage.now],
  );
  await stage.rows('UPDATE residents SET register_id = (SELECT id FROM residents_register) WHERE id = $1', [
    siti.residentId,
  ]);
  await stage.rows(`UPDATE conversations SET session = $2, private = $3, handed_over_at = $4 WHERE id = $1`, [
    siti.conversationId,
    { f: 'usaha', a: { name: HER } },
    HER,
    stage.now,
  ]);
  for (const kind of ['immunisation_reminder', 'pregnancy_reminder'])
    await stage.rows(
      `INSERT INTO timers (id, subject_kind, subject_id, kind, vars, due_at) VALUES ($1, 'conversation', $2, $3, $4, $5)`,
      [v7(), siti.conversationId, kind, { child: HER }, stage.now],
    );
  await stage.rows(
    `INSERT INTO incidents (id, kind, conversation_id, detail, opened_at) VALUES ($1, 'parked', $2, $3, $4)`,
    [v7(), siti.conversationId, { text: HER }, stage.now],
  );
  const heard = await aNotice(siti.conversationId!, 0, { text: HER, resident: HER, files: [HER] });
  await anInbound(officer, `note:${heard}`, { flow: 'officer-heard', vars: { text: HER } }, true);
  await anOutbound(officer, { text: HER }, 'sent');
  await anInbound(siti, v7(), { kind: 'text', text: HER }, true);
  await anOutbound(siti, { text: HER }, 'sent');
  await close(await aReport(true));
  await aKeptCase(true);
  await stage.aListing(siti, { title: HER, description: HER, contact: HER, place: HER });
  await stage.rows(`UPDATE listings SET seller = $1, search_text = lower($1)`, [HER]);
  const [photo, entered, form] = [v7(), v7(), v7()];
  for (const id of [photo, entered])
    await stage.rows(
      `INSERT INTO attachments (id, conversation_id, kind, state, name, remote) VALUES ($1, $2, 'photo', 'waiting', $3, $4)`,
      [id, siti.conversationId, HER, { file: HER }],
    );
  await stage.rows(
    `INSERT INTO forms (id, conversation_id, resident_id, draft_id, step, title, language, fields, token_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, 'form', $5, 'id', '[]', 'hash', $6, $6)`,
    [form, siti.conversationId, siti.residentId, v7(), HER, stage.now],
  );
  await stage.rows(
    `INSERT INTO form_values (id, form_id, field, attachment_id, saved_at) VALUES ($1, $2, 'ktp', $3, $4)`,
    [v7(), form, entered, stage.now],
  );
  await stage.rows('INSERT INTO form_uses (form_id, draft_id, used_at) VALUES ($1, $2, $3)', [
    form,
    v7(),
    stage.now,
  ]);

  const before = await contents(stage.pool);
  const file = await aBackup();
  const erasures = await erase();
  const left = await contents(stage.pool);
  const changed = Object.keys(before).filter(
    (table) => before[table]!.join('\n') !== left[table]!.join('\n'),
  );
  // Each table of the erasure's own statements has something here to be erased: a new one is to be added above.
  const source = await readFile('src/store/residentErasure.ts', 'utf8');
  const written = new Set(
    [...source.matchAll(/(?:UPDATE|DELETE FROM) ([a-z_]+)/gu)].map(([, table]) => table!),
  );
  expect([...written].filter((table) => !changed.includes(table))).toEqual([]);
  expect(placesOf(left)).toEqual([]);

  const people = new Set((before['residents'] ?? []).map((row) => row.slice(1, 37)));
  const strangers = (all: Contents) =>
    all['residents']!.map((row) => row.slice(1, 37)).filter((id) => !people.has(id));
  const withoutIds = (all: Contents) => {
    const ids = strangers(all);
    const bare = (row: string) => ids.reduce((text, id) => text.replaceAll(id, 'somebody new'), row);
    return Object.fromEntries(
      Object.entries(all).map(([table, rows]) => [
        table,
        rows.map((row) => bare(row).replace(/(?<=^\(somebody new,.*)\d{4}-\d\d-\d\d [^"]+/u, 'now')).sort(),
      ]),
    );
  };
  await afterRestore(file, erasures, async (pool) => {
    const again = await contents(pool);
    expect(strangers(again)).toHaveLength(2);
    expect(withoutIds(again)).toEqual(withoutIds(left));
  });
});

test('what was open, waiting or another person’s at the time of the backup is erased as well', async () => {
  // Somebody else of the same phone, later on alone there with what they fill in.
  const slamet = await stage.aResident({ name: 'Pak Slamet' });
  for (const { residentId } of [siti, slamet])
    await stage.rows(
      `INSERT INTO address_profiles (address_id, resident_id, name, created_at, last_used_at) VALUES ($1, $2, 'x', $3, $3)`,
      [siti.addressId, residentId, stage.now],
    );
  await stage.rows('UPDATE conversations SET session = $2, private = $3 WHERE id = $1', [
    siti.conversationId,
    { f: 'usaha', a: { name: HER } },
    HER,
  ]);
  await anInbound(siti, v7(), { kind: 'text', text: HER }, false);
  await anOutbound(siti, { text: HER }, 'pending');
  const [report, kept] = [await aReport(false), await aKeptCase(false)];
  // An account that is linked to hers after the backup.
  const later = await stage.aResident({ name: null });
  await stage.rows('UPDATE addresses SET display_name = $2 WHERE id = $1', [later.addressId, HER]);
  await stage.rows('UPDATE residents SET village_id = $2 WHERE id = $1', [later.residentId, HERE]);

  const file = await aBackup();
  await stage.rows('UPDATE conversations SET session = $2, private = NULL WHERE id = $1', [
    siti.conversationId,
    { f: 'usaha', a: { name: 'Slamet' } },
  ]);
  await stage.rows('UPDATE inbound_messages SET handled_at = received_at');
  await stage.rows(`UPDATE outbound_messages SET state = 'sent'`);
  for (const id of [report, kept]) await close(id);
  await stage.rows('UPDATE addresses SET resident_id = $2 WHERE id = $1', [later.addressId, siti.residentId]);
  const erasures = await erase();
  expect(placesOf(await contents(stage.pool))).toEqual([]);

  await afterRestore(file, erasures, async (pool) => {
    expect(placesOf(await contents(pool))).toEqual([]);
    const { rows: addresses } = await pool.query<{ id: string; resident: string }>(
      'SELECT id, resident_id AS resident FROM addresses',
    );
    const residentAt = new Map(addresses.map(({ id, resident }) => [id, resident]));
    expect(residentAt.get(siti.addressId!)).toBe(slamet.residentId);
    expect(residentAt.get(later.addressId!)).not.toBe(later.residentId);
    // Nobody hears in the place of the restore what waited at the backup.
    const { rows: waiting } = await pool.query('SELECT FROM inbound_messages WHERE handled_at IS NULL');
    expect(waiting).toEqual([]);
  });
});

test('an erasure that the backup knows is not done once more: a new person there keeps what they began', async () => {
  const erasures = await erase();
  const session = { f: 'usaha', a: { name: 'Orang baru' } };
  await stage.rows('UPDATE conversations SET session = $2 WHERE id = $1', [siti.conversationId, session]);
  await stage.rows('UPDATE addresses SET display_name = $2 WHERE id = $1', [siti.addressId, 'Orang baru']);
  await afterRestore(await aBackup(), erasures, async (pool) => {
    const { rows } = await pool.query(
      'SELECT c.session, a.display_name FROM conversations c JOIN addresses a ON a.id = c.address_id WHERE c.id = $1',
      [siti.conversationId],
    );
    expect(rows).toEqual([{ session, display_name: 'Orang baru' }]);
  });
});
