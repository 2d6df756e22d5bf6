import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 } from 'uuid';
import { beforeEach, describe, expect, test } from 'vitest';
import { createAuditKeeper } from '../../src/jobs/audit.js';
import { insertAudit } from '../../src/store/audit.js';
import type { AuditEntry } from '../../src/store/audit.js';
import { readHead, verifyChain, writeBlock } from '../../src/store/auditBlocks.js';
import { createPool } from '../../src/store/pool.js';
import { canBeProgram, PROGRAM_ROLE } from '../../src/store/programRole.js';
import { inTransaction } from '../../src/store/sql.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

const GINTANGAN = '35.10.25.2004';
const BARENG = '35.10.14.2001';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A Tuesday at nine in the village. */
const START = new Date('2026-11-24T02:00:00Z');

let db: TestDatabase;
let now: Date;
beforeEach(async () => {
  db = await testDatabase();
  now = START;
  return () => db.drop();
});

const log = { info: () => {}, warn: () => {}, error: () => {} };
const keeper = (address: string | null = null) =>
  createAuditKeeper({
    pool: db.pool,
    log: log as never,
    now: () => now,
    newId: v7,
    nudge: { notify: () => {} },
    address,
    installation: 'https://desa.example.id',
  });
async function officer(name: string, ...roles: [role: string, village: string | null][]): Promise<string> {
  const id = v7();
  await db.pool.query('INSERT INTO officers (id, name) VALUES ($1, $2)', [id, name]);
  for (const [role, village] of roles)
    await db.pool.query(
      'INSERT INTO officer_roles (id, officer_id, village_id, role) VALUES ($1, $2, $3, $4)',
      [v7(), id, village, role],
    );
  return id;
}
const write = (...entries: Partial<AuditEntry>[]) =>
  insertAudit(
    db.pool,
    entries.map((entry) => ({
      officerId: null,
      action: 'case.take',
      subjectKind: 'case',
      subjectId: v7(),
      ...entry,
    })),
    v7,
    now,
  );
const verify = (...heads: string[]) => verifyChain(db.pool, heads, now);
const block = () => inTransaction(db.pool, (sql) => writeBlock(sql, now));
/** What only the tables' owner could do, after taking the triggers away. */
const tamper = (statement: string) =>
  db.pool.query(`ALTER TABLE audit_log DISABLE TRIGGER audit_log_grows;
    ALTER TABLE audit_blocks DISABLE TRIGGER audit_blocks_grows; ${statement}`);

describe('the log only grows', () => {
  test.each(['UPDATE audit_log SET action = action', 'DELETE FROM audit_log', 'TRUNCATE audit_log'])(
    'even its owner is refused: %s',
    async (statement) => {
      await write({});
      await expect(db.pool.query(statement)).rejects.toThrow('audit_log only grows');
      await expect(
        db.pool.query(statement.replace('audit_log', 'audit_blocks').replace(/SET .*/u, 'SET number = 1')),
      ).rejects.toThrow('audit_blocks only grows');
    },
  );

  test('the role of the program may add and read, and nothing else; with the other tables it does what it does', async () => {
    expect(await canBeProgram(db.url)).toEqual({ role: PROGRAM_ROLE, why: null });
    const pool = createPool(db.url, { role: PROGRAM_ROLE });
    try {
      await insertAudit(
        pool,
        [{ officerId: null, action: 'x', subjectKind: 'line', subjectId: '1' }],
        v7,
        now,
      );
      expect((await pool.query('SELECT action FROM audit_log')).rows).toEqual([{ action: 'x' }]);
      await inTransaction(pool, (sql) => writeBlock(sql, now));
      for (const statement of [
        'UPDATE audit_log SET action = action',
        'DELETE FROM audit_log',
        'TRUNCATE audit_log',
        'DELETE FROM audit_blocks',
        'ALTER TABLE audit_log DISABLE TRIGGER ALL',
        'DROP TRIGGER audit_log_grows ON audit_log',
        'DELETE FROM _prisma_migrations',
      ])
        await expect(pool.query(statement), statement).rejects.toThrow(/permission denied|must be owner/u);
      // Every other table, those of later migrations too.
      const { rows } = await pool.query<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
           AND relname NOT IN ('audit_log', 'audit_blocks', '_prisma_migrations')
           AND NOT has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE')`,
      );
      expect(rows).toEqual([]);
      await db.pool.query('CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, x text)');
      await pool.query(`INSERT INTO later (x) VALUES ('a')`);
    } finally {
      await pool.end();
    }
  });

  test('where the user may not have the role, that is told, and the triggers stand', async () => {
    const name = `plain_${v7().slice(-8)}`;
    await db.pool.query(
      `CREATE ROLE ${name} LOGIN PASSWORD 'x'; GRANT SELECT, INSERT, UPDATE ON audit_log TO ${name}`,
    );
    try {
      const url = new URL(db.url);
      url.username = name;
      url.password = 'x';
      const { role, why } = await canBeProgram(url.href);
      expect(role).toBeNull();
      expect(why).toContain('permission denied to set role');
      const pool = createPool(url.href);
      await expect(pool.query('UPDATE audit_log SET action = action')).rejects.toThrow('only grows');
      await pool.end();
    } finally {
      await db.pool.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
    }
  });
});

test('a row knows its village and its case, whoever wrote it', async () => {
  const budi = await officer('Budi', ['operator', GINTANGAN]);
  const sri = await officer('Sri', ['sekretaris', GINTANGAN], ['sekretaris', BARENG]);
  await write(
    { officerId: budi, subjectKind: 'register', subjectId: budi },
    { officerId: sri, subjectKind: 'officer', subjectId: budi },
    { officerId: sri, subjectKind: 'village', subjectId: BARENG },
    { officerId: sri, subjectKind: 'register', subjectId: v7(), data: { village: GINTANGAN } },
  );
  const { rows } = await db.pool.query('SELECT village_id AS v FROM audit_log ORDER BY seq');
  expect(rows.map(({ v }) => v as string)).toEqual([GINTANGAN, null, BARENG, GINTANGAN]);
});

describe('the chain', () => {
  test('is as it was written, block after block', async () => {
    await write({ data: { b: 1, a: 'Bu "Siti" – ✓' } }, {});
    expect(await block()).toBe(2);
    await write({});
    now = new Date(now.getTime() + MINUTE);
    expect(await block()).toBe(1);
    expect(await block()).toBe(0);
    const { hash } = (await readHead(db.pool))!;
    expect(await verify(hash, hash.slice(0, 32))).toEqual({
      blocks: 2,
      rows: 3,
      head: hash,
      waiting: 0,
      fault: null,
    });
  });

  test('a row that was begun early and committed late goes into the block of its time', async () => {
    const late = await db.pool.connect();
    await late.query('BEGIN');
    await insertAudit(
      late,
      [{ officerId: null, action: 'late', subjectKind: 'line', subjectId: '1' }],
      v7,
      now,
    );
    await write({});
    expect(await block()).toBe(1);
    await late.query('COMMIT');
    late.release();
    await write({});
    now = new Date(now.getTime() + MINUTE);
    expect(await block()).toBe(2);
    const { rows } = await db.pool.query<{ seqs: unknown[] }>(
      'SELECT seqs FROM audit_blocks ORDER BY number',
    );
    expect(rows.map(({ seqs }) => seqs.map(Number))).toEqual([[2], [1, 3]]);
    expect((await verify()).fault).toBeNull();
  });

  test('after a long silence nothing is chained twice, and nothing is left out', async () => {
    for (const days of [0, 3, 6]) {
      now = new Date(START.getTime() + days * DAY);
      await write({}, {});
      await block();
    }
    expect(await verify()).toMatchObject({ blocks: 3, rows: 6, waiting: 0, fault: null });
  });

  test.each([
    [
      'a changed word',
      `UPDATE audit_log SET action = 'case.refuse' WHERE seq = 2`,
      { fault: 'changed', block: 1, seq: 2 },
    ],
    [
      'another officer',
      `UPDATE audit_log SET at = at + interval '1 microsecond' WHERE seq = 3`,
      { fault: 'changed', block: 2, seq: 3 },
    ],
    ['a row taken out', 'DELETE FROM audit_log WHERE seq = 3', { fault: 'missing_row', block: 2, seq: 3 }],
    [
      'a row taken out of its block as well',
      `DELETE FROM audit_log WHERE seq = 2; UPDATE audit_blocks SET seqs = '{1}' WHERE number = 1`,
      { fault: 'changed', block: 1, seq: null },
    ],
    [
      'a block taken out',
      'DELETE FROM audit_blocks WHERE number = 1',
      { fault: 'broken_chain', block: 2, seq: null },
    ],
    [
      'a row that says it was written earlier',
      `INSERT INTO audit_log (id, at, action, subject_kind, subject_id) VALUES (gen_random_uuid(), '2026-11-20T02:00:00Z', 'case.finish', 'case', 'x')`,
      { fault: 'back_dated', block: 3, seq: 4 },
    ],
  ])('finds %s', async (_, statement, fault) => {
    await write({}, {});
    await block();
    await write({});
    await block();
    await tamper(statement);
    await block();
    expect((await verify()).fault).toEqual(fault);
  });

  test('whose end was taken away, with its rows, no longer has the head that was sent', async () => {
    await write({});
    await block();
    await write({});
    await block();
    const { hash } = (await readHead(db.pool))!;
    await tamper('DELETE FROM audit_blocks WHERE number = 2; DELETE FROM audit_log WHERE seq = 2');
    expect((await verify()).fault).toBeNull();
    expect((await verify(hash)).fault).toEqual({ fault: 'head_unknown', block: 1, seq: null });
  });

  test('rows that no worker chained for a day are told', async () => {
    await write({});
    expect(await verify()).toMatchObject({ waiting: 1, fault: null });
    now = new Date(now.getTime() + 2 * DAY);
    expect((await verify()).fault).toEqual({ fault: 'not_chained', block: null, seq: 1 });
  });
});

describe('what goes out', () => {
  const told = async () =>
    (
      await db.pool.query<{ name: string; kind: string; vars: { [name: string]: unknown } }>(
        `SELECT o.name, n.kind, n.vars FROM notifications n JOIN officers o ON o.id = n.officer_id ORDER BY n.created_at, o.name, n.id`,
      )
    ).rows;

  test('the head, once a day from seven, to the kecamatan; without one to the keepers', async () => {
    await officer('Pak Camat', ['kecamatan', GINTANGAN], ['kecamatan', BARENG]);
    await officer('Penjaga', ['admin', null]);
    await officer('Bu Sek', ['sekretaris', GINTANGAN]);
    const keep = keeper();
    await write({});
    await keep();
    // The first day is not over.
    expect(await told()).toEqual([]);
    now = new Date('2026-11-24T23:58:00Z');
    await keep();
    expect(await told()).toEqual([]);
    for (let n = 0; n < 3; n++) {
      now = new Date(Date.parse('2026-11-25T00:01:00Z') + n * MINUTE);
      await keep();
    }
    const { hash } = (await readHead(db.pool))!;
    expect(await told()).toMatchObject([
      { name: 'Pak Camat', kind: 'officer-audit-head', vars: { block: 1, rows: 1 } },
    ]);
    const { head } = (await told())[0]!.vars as { head: string };
    expect(hash.startsWith(head.replaceAll(' ', ''))).toBe(true);
    await db.pool.query(`DELETE FROM officer_roles WHERE role = 'kecamatan'`);
    now = new Date('2026-11-26T00:01:00Z');
    await write({});
    await keep();
    expect((await told()).map(({ name }) => name)).toEqual(['Pak Camat', 'Penjaga']);
  });

  test('the head, once a day, to an address outside; one that fails is tried again', async () => {
    const got: { [name: string]: unknown }[] = [];
    let status = 500;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        got.push(JSON.parse(body) as (typeof got)[number]);
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
    try {
      const keep = keeper(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await write({});
      await keep();
      now = new Date(START.getTime() + DAY);
      await keep();
      await keep();
      expect(got).toHaveLength(1);
      status = 204;
      now = new Date(now.getTime() + 20 * MINUTE);
      await keep();
      now = new Date(now.getTime() + 20 * MINUTE);
      await keep();
      const { hash, writtenAt } = (await readHead(db.pool))!;
      expect(got.slice(1)).toEqual([
        {
          installation: 'https://desa.example.id',
          block: 1,
          hash,
          rows: 1,
          written_at: writtenAt.toISOString(),
        },
      ]);
    } finally {
      server.close();
    }
  });

  test('who looked how often, on Monday at seven: by officer for the Sekretaris, by village for the kecamatan', async () => {
    const budi = await officer('Budi', ['operator', GINTANGAN]);
    const sri = await officer('Bu Sek', ['sekretaris', GINTANGAN]);
    const head = await officer('Pak Kades', ['kepala_desa', BARENG]);
    await officer('Pak Camat', ['kecamatan', GINTANGAN], ['kecamatan', BARENG]);
    const keep = keeper();
    await keep();
    await write(
      ...Array.from({ length: 3 }, () => ({ officerId: budi, action: 'register.search' })),
      { officerId: sri, action: 'register.search' },
      { officerId: budi, action: 'register.read' },
      { officerId: head, action: 'case.private_read' },
      { officerId: head, action: 'case.take' },
    );
    now = new Date('2026-11-29T23:59:00Z');
    await keep();
    expect((await told()).filter(({ kind }) => kind === 'officer-looks')).toEqual([]);
    now = new Date('2026-11-30T00:01:00Z');
    await keep();
    await keep();
    const looks = (await told()).filter(({ kind }) => kind === 'officer-looks');
    const week = { from: '2026-11-23', to: '2026-11-29' };
    expect(looks.map(({ name, vars }) => ({ name, vars }))).toEqual([
      {
        name: 'Bu Sek',
        vars: {
          village: 'Gintangan',
          ...week,
          searches: 4,
          searches_by: 'Budi 3, Bu Sek 1',
          numbers: 1,
          numbers_by: 'Budi 1',
          sealed: null,
          sealed_by: null,
        },
      },
      {
        name: 'Pak Camat',
        vars: {
          village: null,
          ...week,
          searches: 4,
          searches_by: 'Gintangan 4',
          numbers: 1,
          numbers_by: 'Gintangan 1',
          sealed: 1,
          sealed_by: 'Bareng 1',
        },
      },
      {
        name: 'Pak Kades',
        vars: {
          village: 'Bareng',
          ...week,
          searches: null,
          searches_by: null,
          numbers: null,
          numbers_by: null,
          sealed: 1,
          sealed_by: 'Pak Kades 1',
        },
      },
    ]);
  });
});
