import { gunzipSync } from 'node:zlib';
import type { Pool } from 'pg';
import type { Answer, Web } from './web.js';

/** What is measured of a page: the time of each request in ms, and what its first load weighs, in kB (1,000 bytes). */
export interface Measured {
  p50: number;
  p95: number;
  kb: number;
}

/** A page by the row's name, and the addresses of it that are asked for in turn. */
export interface Page {
  name: string;
  /** Who looks: an officer of a village, or of the regency. */
  by: 'village' | 'regency';
  paths: string[];
}

/** So often is each page asked for; the first ones do not count: the process is warming up. */
const RUNS = 200;
const WARM = 20;

/**
 * The pages that officers live in, with cases, names and words that are there: of the villages in the order given, each
 * with its own officer.
 */
export async function pagesOf(pool: Pool, villages: string[]): Promise<Page[][]> {
  return Promise.all(
    villages.map(async (village): Promise<Page[]> => {
      const { rows } = await pool.query<{ code: string; name: string; words: string }>(
        `SELECT c.code, r.name, c.answers->>'business_name' AS words FROM cases c JOIN residents r ON r.id = c.resident_id
         WHERE c.village_id = $1 ORDER BY md5(c.id::text) LIMIT 25`,
        [village],
      );
      const search = (words: string) => `/console/cari?${new URLSearchParams({ q: words }).toString()}`;
      return [
        { name: 'work', by: 'village', paths: ['/console'] },
        { name: 'board', by: 'village', paths: ['/console/papan'] },
        { name: 'search_name', by: 'village', paths: rows.map(({ name }) => search(name)) },
        {
          name: 'search_part',
          by: 'village',
          paths: rows.map(({ name }) => search(name.slice(0, 4).toLowerCase())),
        },
        { name: 'search_code', by: 'village', paths: rows.map(({ code }) => search(code.slice(0, 4))) },
        { name: 'search_text', by: 'village', paths: rows.map(({ words }) => search(words)) },
        { name: 'closed', by: 'village', paths: ['/console/cari?keadaan=all'] },
        { name: 'case', by: 'village', paths: rows.map(({ code }) => `/console/kasus/${code}`) },
        { name: 'register', by: 'village', paths: ['/console/agenda'] },
        { name: 'record', by: 'village', paths: ['/console/audit', `/console/audit?kasus=${rows[0]!.code}`] },
        { name: 'regency', by: 'regency', paths: ['/console/kabupaten'] },
      ];
    }),
  );
}

/** Whom a page is asked of, and by which addresses, with the cookie of whoever looks. */
export interface Asked {
  web: Web;
  pages: { path: string; cookie: string }[];
}

/**
 * Asks several processes for a page in turn, one request after the other: whatever else the machine does then slows all
 * of them alike, and their ratio holds. A string: why it could not be measured.
 */
export async function measurePage(asked: Asked[]): Promise<Measured[] | string> {
  const times = asked.map((): number[] => []);
  for (let run = 0; run < RUNS + WARM; run += 1)
    for (const [n, { web, pages }] of asked.entries()) {
      const { path, cookie } = pages[run % pages.length]!;
      const answer = await web.get(path, cookie);
      if (answer.status !== 200) return `${path.split('?')[0]} answered ${answer.status}`;
      if (run >= WARM) times[n]!.push(answer.ms);
    }
  return await Promise.all(
    asked.map(async ({ web, pages }, n) => {
      const sorted = times[n]!.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
      return { p50: at(0.5), p95: at(0.95), kb: await firstLoad(web, pages[0]!.path, pages[0]!.cookie) };
    }),
  );
}

const ASSET = /(?:src|href)="(\/assets\/[^"]+)"/gu;

/** The page and all that it brings along, compressed as a browser asks for it. */
async function firstLoad(web: Web, path: string, cookie: string): Promise<number> {
  const page = await web.get(path, cookie);
  const assets = [...new Set([...textOf(page).matchAll(ASSET)].map(([, asset]) => asset!))];
  let bytes = page.bytes;
  for (const asset of assets) bytes += (await web.get(asset)).bytes;
  return bytes / 1000;
}

function textOf({ body, headers }: Answer): string {
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
}
