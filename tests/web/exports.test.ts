import { readSheet } from 'read-excel-file/node';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toCsv } from '../../src/core/csv.js';
import { aWeb, GINTANGAN, withCookie } from './support.js';
import type { Web } from './support.js';

/** What a spreadsheet would work out, or run: OWASP's beginnings, also behind a space, a quote, or in full width. */
const FORMULAS = [
  '=HYPERLINK("http://x")',
  '+1',
  '-1+cmd|calc',
  '@x',
  '\t=1+1',
  '\r=1+1',
  ' =1+1',
  '"=1+1',
  '＝1+1',
];
const BEGINS = /^[\s"]*[=+@\t\r＝-]/u;

let web: Web;
let cookie: string;

beforeAll(async () => {
  web = await aWeb();
  await web.officer({
    name: 'Sri',
    username: 'sri',
    roles: [
      { role: 'sekretaris', village: GINTANGAN },
      { role: 'kabupaten', village: null },
    ],
  });
  cookie = await web.signIn('sri');
  for (const [n, name] of FORMULAS.entries()) await aLetterOf(n + 1, name);
});
afterAll(() => web?.drop());

/** A letter of a resident whom somebody called so; its signer, title and reason are called the same. */
async function aLetterOf(sequence: number, name: string): Promise<void> {
  const made = await web.case({ resident: name });
  const id = newId();
  await web.pool.query(
    `INSERT INTO letters (id, case_id, village_id, service, title, classification, counter, year, sequence, number, way, state,
       state_reason, signer_name, signer_title, initials, token_hash, private, issued_at, issued_on, made_at)
     VALUES ($1, $2, $3, 'usaha', $4, $4, '', 2026, $5, $4, 'wet', 'withdrawn', $4, $4, $4, 'S.', gen_random_uuid()::text, $6,
       $7, '2026-07-01', $7)`,
    [
      id,
      made.id,
      GINTANGAN,
      name,
      sequence,
      web.deps.sealer.seal('letter', id, { token: 't', names: [name], print: {} }),
      web.clock.now,
    ],
  );
}

const get = async (path: string) => {
  const response = await web.app.request(path, withCookie(cookie));
  expect(response.status).toBe(200);
  return response;
};
const xlsx = async (path: string) => await readSheet(Buffer.from(await (await get(path)).arrayBuffer()));
/** The cells of a CSV file (RFC 4180). */
async function csv(path: string): Promise<string[][]> {
  const text = (await (await get(path)).text()).replace(/^\ufeff/u, '');
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/gu)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

test('every export of a table is held to it here', () => {
  const exports = web.app.routes
    .filter(({ method, path }) => method === 'GET' && /csv|xlsx/u.test(path))
    .map(({ path }) => path);
  expect([...new Set(exports)].toSorted()).toEqual([
    '/console/agenda/:file{agenda\\.(?:csv|xlsx)}',
    // The words of the flows, to be read back as they are: its cells are text (tests/flow/texts).
    '/console/alur/kata/:file{[a-z]{2,3}\\.(?:xlsx|po)}',
    '/console/kabupaten/angka/:file{(?:bulan|wilayah|desa|layanan)\\.(?:csv|xlsx)}',
  ]);
});

test.each(['csv', 'xlsx'] as const)('the register of letters as %s has every name as text', async (kind) => {
  const path = `/console/agenda/agenda.${kind}?bulan=2026-07`;
  const rows = kind === 'csv' ? await csv(path) : await xlsx(path);
  expect(rows).toHaveLength(FORMULAS.length + 1);
  for (const row of rows.slice(1)) {
    for (const cell of row) expect(String(cell ?? '')).not.toMatch(BEGINS);
    // Nothing is lost by it: the name stands there, behind the apostrophe that makes it text.
    expect(String(row[5])).toMatch(/^'/u);
  }
  expect(rows.map((row) => row[5])).toContain(`'=HYPERLINK("http://x")`);
});

test.each(['csv', 'xlsx'] as const)(
  'figures as %s have every name of a village and a kecamatan as text',
  async (kind) => {
    const { rows: villages } = await web.pool.query<{ id: string }>(
      `SELECT id FROM villages WHERE id <> $1 ORDER BY id LIMIT ${FORMULAS.length}`,
      [GINTANGAN],
    );
    for (const [n, { id }] of villages.entries()) {
      await web.pool.query('UPDATE villages SET name = $2 WHERE id = $1', [id, FORMULAS[n]]);
      await web.pool.query(
        'UPDATE districts SET name = $2 WHERE code = (SELECT district_code FROM villages WHERE id = $1)',
        [id, FORMULAS[n]],
      );
    }
    for (const by of ['desa', 'wilayah', 'bulan', 'layanan']) {
      const path = `/console/kabupaten/angka/${by}.${kind}?dari=2026-10&sampai=2026-11`;
      const rows = kind === 'csv' ? await csv(path) : await xlsx(path);
      for (const row of rows) for (const cell of row) expect(String(cell ?? '')).not.toMatch(BEGINS);
      if (by === 'desa')
        expect(rows.filter(([name]) => String(name).startsWith("'"))).toHaveLength(FORMULAS.length);
    }
  },
);

test('a number below nothing stays one, in a number’s cell and in a text’s', () => {
  expect(toCsv([[-5, '-5', '-1,5', '-x']])).toBe(`\ufeff-5,-5,"-1,5",'-x\r\n`);
});
