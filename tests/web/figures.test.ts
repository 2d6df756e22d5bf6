import { readSheet } from 'read-excel-file/node';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addFigures, hoursWithin, NO_FIGURES } from '../../src/core/figures.js';
import { refreshFigures } from '../../src/store/caseFigures.js';
import { figuresOf } from '../../src/store/web/figures.js';
import { aWeb, GENTENG, GINTANGAN, withCookie } from './support.js';
import type { Web } from './support.js';

const HOUR = 3_600_000;
/** A Monday afternoon in the middle of a month. */
const NOW = new Date('2026-11-16T06:00:00Z');
const cookies: { [who: string]: string } = {};
let web: Web;

beforeAll(async () => {
  web = await aWeb();
  web.clock.now = NOW;
  const { rows } = await web.pool.query<{ id: string }>(
    `SELECT id FROM villages WHERE district_code = '35.10.25'`,
  );
  const people = {
    regency: [{ role: 'kabupaten', village: null }],
    district: rows.map(({ id }) => ({ role: 'kecamatan', village: id })),
    head: [{ role: 'kepala_desa', village: GENTENG }],
    operator: [{ role: 'operator', village: GINTANGAN }],
  };
  for (const [username, roles] of Object.entries(people)) {
    await web.officer({ name: username, username, roles });
    cookies[username] = await web.signIn(username);
  }
});
afterAll(() => web?.drop());

/** A case that took so long; `hours` null: it waits. */
async function aCase(given: {
  village?: string;
  service?: string;
  openedAt?: Date;
  hours?: number | null;
  promised?: number;
  status?: string;
  isConfidential?: boolean;
  score?: number;
  escalated?: string;
}) {
  const openedAt = given.openedAt ?? new Date(NOW.getTime() - 100 * HOUR);
  const closedAt =
    given.hours === undefined || given.hours === null
      ? null
      : new Date(openedAt.getTime() + given.hours * HOUR);
  const made = await web.case({
    openedAt,
    status: given.status ?? (closedAt ? 'finished' : 'open'),
    ...(given.village ? { village: given.village } : {}),
    ...(given.service ? { service: given.service } : {}),
    ...(given.promised === undefined ? {} : { dueAt: new Date(openedAt.getTime() + given.promised * HOUR) }),
    isConfidential: given.isConfidential ?? false,
  });
  await web.pool.query('UPDATE cases SET closed_at = $2 WHERE id = $1', [made.id, closedAt]);
  const fact = (number: number, kind: string, data: object) =>
    web.pool.query(
      'INSERT INTO case_events (id, case_id, number, kind, data, at) VALUES ($1, $2, $3, $4, $5, $6)',
      [newId(), made.id, number, kind, data, NOW],
    );
  if (given.score) await fact(2, 'case_rated', { score: given.score });
  if (given.escalated) await fact(3, 'case_escalated', { to: given.escalated });
  return made;
}

const months = { from: '2026-10', to: '2026-11' };
const total = async (area: string, service = '') =>
  (await figuresOf(web.pool, [area], service, months)).reduce(addFigures, NO_FIGURES);

describe('the figures', () => {
  test('are worked out from the cases, for the village, its district and the regency', async () => {
    await aCase({ hours: 5, promised: 10, score: 5 });
    await aCase({ hours: 50, promised: 10, score: 4 });
    await aCase({ service: 'sktm', promised: 10 });
    await aCase({ service: 'sktm', hours: 2, status: 'refused' });
    await aCase({ village: GENTENG, hours: 1 });
    await aCase({ service: 'spm', isConfidential: true });
    expect(await refreshFigures(web.pool, NOW)).toBe(2);
    const gintangan = {
      opened: 4,
      waiting: 1,
      overdue: 1,
      finished: 2,
      refused: 1,
      kept: 1,
      missed: 1,
      rated: 2,
      stars: 9,
    };
    expect(await total(GINTANGAN)).toMatchObject(gintangan);
    expect(await total('35.10.25')).toMatchObject(gintangan);
    expect(await total('35.10')).toMatchObject({ ...gintangan, opened: 5, finished: 3 });
    expect(await total(GINTANGAN, 'sktm')).toMatchObject({ opened: 2, waiting: 1, refused: 1 });
    expect(await total(GINTANGAN, 'spm')).toMatchObject({ opened: 0 });
    expect(hoursWithin((await total(GENTENG)).durations, 0.5)).toBeCloseTo(1, 0);
  });

  test('follow what happens since, and only where something happened', async () => {
    const before = await total('35.10');
    const late = await aCase({ village: GENTENG, promised: 101 });
    // The case of a minute ago is looked at again with what came before it: the answer is the same.
    await refreshFigures(web.pool, NOW);
    expect(await total(GENTENG)).toMatchObject({ opened: 2, waiting: 1, overdue: 0 });
    // Nobody acts: the hour of the promise passes.
    const later = new Date(NOW.getTime() + 2 * HOUR);
    await refreshFigures(web.pool, later);
    expect(await total(GENTENG)).toMatchObject({ opened: 2, waiting: 1, overdue: 1 });
    expect(await total('35.10')).toMatchObject({ opened: before.opened + 1, overdue: before.overdue + 1 });
    await web.pool.query(`UPDATE cases SET status = 'ready' WHERE id = $1`, [late.id]);
    await web.pool.query(
      `INSERT INTO case_events (id, case_id, number, kind, at) VALUES ($1, $2, 5, 'case_ready', $3)`,
      [newId(), late.id, new Date(NOW.getTime() + HOUR / 2)],
    );
    await refreshFigures(web.pool, later);
    // Ready in time: that it was not fetched yet is not the office's delay.
    expect(await total(GENTENG)).toMatchObject({ waiting: 0, overdue: 0, finished: 2, kept: 1, missed: 0 });
  });

  test('put a request into the month that it was in the village, not in Greenwich', async () => {
    // 1 November, 03.00 in Banyuwangi.
    await aCase({ openedAt: new Date('2026-10-31T20:00:00Z'), service: 'domisili' });
    await refreshFigures(web.pool, NOW);
    const rows = await figuresOf(web.pool, [GINTANGAN], 'domisili', months);
    expect(rows.map(({ month, opened }) => [month, opened])).toEqual([['2026-11', 1]]);
  });

  test('worked out by two at once are not counted twice', async () => {
    const before = await total('35.10');
    await Promise.all([
      refreshFigures(web.pool, NOW),
      refreshFigures(web.pool, NOW),
      refreshFigures(web.pool, NOW),
    ]);
    expect(await total('35.10')).toEqual(before);
  });
});

describe('the page', () => {
  const page = async (who: string, query = '') => {
    const response = await web.app.request(`/console/kabupaten${query}`, withCookie(cookies[who]!));
    return { status: response.status, text: await response.text() };
  };

  test('shows the regency by district, a kecamatan its villages, a head their own', async () => {
    const regency = await page('regency');
    expect(regency.text).toContain('Per kecamatan');
    expect(regency.text).toContain('Blimbingsari');
    expect(regency.text).toContain('Genteng');
    const district = await page('district');
    expect(district.text).toContain('Per desa');
    expect(district.text).toContain('Gintangan');
    expect(district.text).not.toContain('Genteng');
    const head = await page('head');
    expect(head.text).toContain('Kembiritan');
    expect(head.text).not.toContain('Gintangan');
    expect((await page('operator')).status).toBe(403);
  });

  test('tells no names, and nothing of another district', async () => {
    for (const who of ['regency', 'district', 'head']) expect((await page(who)).text).not.toContain('Siti');
    expect((await page('district', '?kecamatan=35.10.09')).status).toBe(404);
    expect((await page('regency', '?kecamatan=35.10.09')).text).not.toContain('Gintangan');
    expect((await page('regency', '?layanan=tidak_ada')).status).toBe(404);
  });

  test('takes any months, and not more than three years of them', async () => {
    expect((await page('regency', '?dari=1999-01&sampai=2026-11')).status).toBe(200);
    expect((await page('regency', '?dari=2026-12&sampai=2026-01')).status).toBe(200);
    expect((await page('regency', '?dari=nanti&sampai=')).status).toBe(200);
  });

  test('is a file as well: the same figures, a line for each village', async () => {
    const get = (file: string) =>
      web.app.request(
        `/console/kabupaten/angka/${file}?dari=2026-10&sampai=2026-11`,
        withCookie(cookies['regency']!),
      );
    const csv = await get('desa.csv');
    expect(csv.headers.get('content-disposition')).toContain('kentongan-desa-2026-10-2026-11.csv');
    const lines = (await csv.text()).trim().split('\r\n');
    expect(lines).toHaveLength(218);
    expect(lines.find((line) => line.startsWith('"Gintangan, Blimbingsari"'))).toMatch(/,5,2,2,1,1,0,0,50,/u);
    const xlsx = await get('layanan.xlsx');
    const rows = await readSheet(Buffer.from(await xlsx.arrayBuffer()));
    expect(rows.map((row) => row[0])).toContain('Surat Keterangan Usaha');
    expect((await get('lain.csv')).status).toBe(404);
  });
});

describe('what was handed up', () => {
  test('the kecamatan reads which, of its own villages, without names; never a confidential one', async () => {
    const up = await aCase({ escalated: 'kecamatan', promised: 10 });
    const elsewhere = await aCase({ village: GENTENG, escalated: 'kecamatan' });
    const secret = await aCase({ service: 'spm', isConfidential: true, escalated: 'kecamatan' });
    const inside = await aCase({ escalated: 'kepala_desa' });
    const get = (path: string) => web.app.request(path, withCookie(cookies['district']!));
    const text = await (await get('/console/kabupaten/eskalasi')).text();
    expect(text).toContain(up.code);
    expect(text).not.toContain('Siti');
    for (const { code } of [elsewhere, secret, inside]) expect(text).not.toContain(code);
    // The case itself is the village's.
    expect((await get(`/console/kasus/${up.code}`)).status).toBe(403);
    expect((await get('/console/register')).status).toBe(403);
    expect(
      (await web.app.request('/console/kabupaten/eskalasi', withCookie(cookies['regency']!))).status,
    ).toBe(403);
  });
});
