import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { v7 as newId } from 'uuid';
import { startEmbeddedPostgres } from '../../embedded/postgres.js';
import { refreshFigures } from '../../store/caseFigures.js';
import { migrate } from '../../store/migrate.js';
import { createPool } from '../../store/pool.js';
import { createPrisma } from '../../store/prisma.js';
import { seed } from '../../store/seed.js';
import { createSealer } from '../../store/sealer.js';
import { createAccount } from '../../web/auth/accounts.js';
import { createAuth } from '../../web/auth/auth.js';
import type { WebDeps } from '../../web/deps.js';
import type { Bench, BenchRow } from '../report.js';
import { PAGES, SCALE_NAMES } from './names.js';
import { measurePage, pagesOf, type Asked, type Measured } from './pages.js';
import { LARGE, seedScale, SMALL, type Size } from './seed.js';
import { startWebProcess, type Web } from './web.js';

const MOST_MS = 50;
const MOST_RATIO = 1.3;
const MOST_KB = 60;
/** Villages whose officers look: the busiest, and those in the middle. */
const LOOKING = [0, 1, 2, 107, 108];

/** A console over cases of one size. */
interface Console {
  web: Web;
  /** What is asked of it, by the name of the page. */
  pages: { [name: string]: Asked };
  stop(): Promise<void>;
}

/**
 * The console over 217 villages: with 10,000 cases, and with 1,000,000 cases and 10,000,000 messages, in the same run.
 * Real HTTP to a process of role `web`, by officers who are signed in; PostgreSQL that comes along, fsync off while it is
 * filled (no page writes). `cases`: another size than the large one, for a look in between.
 */
export const scaleBench = (cases = LARGE.cases): Bench => ({
  names: SCALE_NAMES,
  async run() {
    const dir = await mkdtemp(join(tmpdir(), 'kentongan-scale-'));
    try {
      const postgres = await startEmbeddedPostgres(dir, pino({ level: 'error' }), { isDurable: false });
      try {
        await tune(postgres.url);
        const began = performance.now();
        const say = (text: string) =>
          process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0)} s  ${text}\n`);
        const size = { cases, days: Math.round((LARGE.days * cases) / LARGE.cases) || 1 };
        const consoles: Console[] = [];
        try {
          consoles.push(await open(postgres.url, 'small', SMALL, dir, say));
          consoles.push(await open(postgres.url, 'large', size, dir, say));
          const measured = new Map<string, Measured[] | string>();
          for (const page of PAGES) {
            say(page);
            measured.set(page, await measurePage(consoles.map(({ pages }) => pages[page]!)));
          }
          const webMb = await consoles.at(-1)!.web.memoryMb();
          return rowsOf(measured, webMb, (performance.now() - began) / 1000);
        } finally {
          for (const each of consoles) await each.stop();
        }
      } finally {
        await postgres.stop();
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
});

/** What a machine of the large size would be given; what comes along is set for a village's small one. */
async function tune(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const [name, value] of [
      ['max_wal_size', '16GB'],
      ['checkpoint_timeout', '30min'],
      ['autovacuum', 'off'],
    ])
      await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
}

async function open(
  server: string,
  name: string,
  size: Size,
  dir: string,
  say: (text: string) => void,
): Promise<Console> {
  const url = await database(server, name);
  const secretKey = randomBytes(32).toString('hex');
  const sealer = createSealer([Buffer.from(secretKey, 'hex')]);
  await migrate(url);
  const pool = createPool(url, { max: 4 });
  try {
    await seed(pool);
    const { villages } = await seedScale(url, size, sealer, (text) => say(`${size.cases} cases: ${text}`));
    say(`${size.cases} cases: figures`);
    await refreshFigures(pool, new Date());
    const looking = LOOKING.map((n) => villages[n]!);
    const { regency, ...users } = await accounts(pool, sealer, secretKey, looking);
    const perVillage = await pagesOf(pool, looking);
    const web = await startWebProcess(url, secretKey, join(dir, name));
    try {
      const cookies: string[] = [];
      for (const user of users.village) cookies.push(await web.signIn(user, PASSWORD));
      const above = await web.signIn(regency, PASSWORD);
      const pages = PAGES.map((page): [string, Asked] => {
        const asked = perVillage.flatMap((own, n) =>
          own
            .filter((one) => one.name === page)
            .flatMap(({ by, paths }) =>
              paths.map((path) => ({ path, cookie: by === 'regency' ? above : cookies[n]! })),
            ),
        );
        return [page, { web, pages: inTurn(asked) }];
      });
      return { web, pages: Object.fromEntries(pages), stop: () => web.stop() };
    } catch (cause) {
      await web.stop();
      throw cause;
    }
  } finally {
    await pool.end();
  }
}

/** Villages in turn, rather than one after the other: each run of a page holds all of them. */
function inTurn<T>(asked: T[]): T[] {
  const step = Math.max(1, Math.floor(asked.length / LOOKING.length));
  return asked.map((_, n) => asked[(n * step + Math.floor(n / LOOKING.length)) % asked.length]!);
}

const PASSWORD = 'bench bench bench';

/** Console accounts of a Sekretaris in each of these villages, and of somebody of the regency. */
async function accounts(
  pool: Pool,
  sealer: WebDeps['sealer'],
  secretKey: string,
  villages: string[],
): Promise<{ village: string[]; regency: string }> {
  const prisma = createPrisma(pool);
  const auth = await createAuth({
    settings: {
      publicUrl: null,
      authKeys: [
        createHmac('sha256', Buffer.from(secretKey, 'hex')).update('kentongan/console').digest('hex'),
      ],
    },
    pool,
    prisma: () => Promise.resolve(prisma),
    sealer,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  } as unknown as WebDeps);
  const add = async (officer: string, username: string) => {
    const userId = await createAccount(auth, { newId }, { name: username, username, password: PASSWORD });
    await pool.query('UPDATE officers SET user_id = $2 WHERE id = $1', [officer, userId]);
    return username;
  };
  const users: string[] = [];
  for (const [n, village] of villages.entries()) {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT officer_id AS id FROM officer_roles WHERE village_id = $1 AND role = 'sekretaris' LIMIT 1`,
      [village],
    );
    users.push(await add(rows[0]!.id, `bench${n}`));
  }
  const id = newId();
  await pool.query(`INSERT INTO officers (id, name) VALUES ($1, 'Kabupaten')`, [id]);
  await pool.query(`INSERT INTO officer_roles (id, officer_id, role) VALUES ($1, $2, 'kabupaten')`, [
    newId(),
    id,
  ]);
  const regency = await add(id, 'benchkab');
  await prisma.$disconnect();
  return { village: users, regency };
}

async function database(server: string, name: string): Promise<string> {
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function rowsOf(pages: Map<string, Measured[] | string>, webMb: number, seconds: number): BenchRow[] {
  const rows: BenchRow[] = [];
  for (const [page, measured] of pages) {
    if (typeof measured === 'string') {
      process.stderr.write(`scale.${page}: not measured: ${measured}\n`);
      continue;
    }
    const [few, many] = [measured[0]!, measured[1]!];
    for (const of of ['p50', 'p95'] as const) {
      const ratio = many[of] / few[of];
      rows.push({
        name: `scale.${page}_${of}`,
        value: many[of],
        unit: 'ms',
        against: `${few[of].toFixed(1)} ms with 10,000 cases`,
        ratio,
        target: of === 'p95' ? `≤ ${MOST_MS} ms, ≤ ${MOST_RATIO} times` : null,
        met: of === 'p95' ? many.p95 <= MOST_MS && ratio <= MOST_RATIO : null,
      });
    }
    rows.push({
      name: `scale.${page}_kb`,
      value: many.kb,
      unit: 'kB',
      against: null,
      ratio: null,
      target: `≤ ${MOST_KB}`,
      met: many.kb <= MOST_KB,
    });
  }
  const plain = { against: null, ratio: null, target: null, met: null };
  rows.push({ ...plain, name: 'scale.web_mb', value: webMb, unit: 'MB' });
  rows.push({ ...plain, name: 'scale.seconds', value: seconds, unit: 's' });
  return rows;
}
