import { afterAll, beforeAll, expect, test } from 'vitest';
import { caseChanges, officerTopic } from '../../src/store/web/caseChanges.js';
import { lineChanges } from '../../src/store/web/lines.js';
import { aWeb, GENTENG, GINTANGAN, withCookie } from './support.js';
import type { Web } from './support.js';

let web: Web;
let ratna: { id: string };
/** Statements that draw a list of cases: what a page that is drawn anew costs. */
let drawn = 0;

beforeAll(async () => {
  web = await aWeb();
  ratna = await web.officer({ name: 'Ratna', username: 'ratna' });
  const query = web.pool.query.bind(web.pool) as (...given: unknown[]) => unknown;
  web.pool.query = ((...given: unknown[]) => {
    if (typeof given[0] === 'string' && given[0].includes('laid_on')) drawn += 1;
    return query(...given);
  }) as typeof web.pool.query;
});
afterAll(() => web.drop());

/** Something that an officer is to be told. */
async function notify(officer: string): Promise<void> {
  await web.pool.query(
    `INSERT INTO notifications (id, officer_id, kind, subject_id, created_at) VALUES ($1, $2, 'call', $1, now())`,
    [web.deps.newId(), officer],
  );
}

test('a look tells what changed since the one before: villages, and who is to be told; the first one tells all', async () => {
  const look = caseChanges();
  expect(await look(web.pool)).toBe('all');
  expect(await look(web.pool)).toEqual(new Set());
  await web.case({ village: GENTENG });
  expect(await look(web.pool)).toEqual(new Set([GENTENG]));
  await web.case();
  await notify(ratna.id);
  expect(await look(web.pool)).toEqual(new Set([GINTANGAN, officerTopic(ratna.id)]));
  expect(await look(web.pool)).toEqual(new Set());
});

test('a row that is committed behind a later one is seen as well, and nothing is told twice', async () => {
  const look = caseChanges();
  await look(web.pool);
  const late = await web.pool.connect();
  const { id } = await web.case({ village: GENTENG });
  expect(await look(web.pool)).toEqual(new Set([GENTENG]));
  try {
    await late.query('BEGIN');
    await late.query(
      `INSERT INTO case_events (id, case_id, number, kind, at) VALUES ($1, $2, 2, 'case_noted', now())`,
      [web.deps.newId(), id],
    );
    await web.case();
    expect(await look(web.pool)).toEqual(new Set([GINTANGAN]));
    await late.query('COMMIT');
  } finally {
    late.release();
  }
  expect(await look(web.pool)).toEqual(new Set([GENTENG]));
  for (let n = 0; n < 40; n += 1) expect(await look(web.pool)).toEqual(new Set());
});

test('a line concerns the villages that it serves, one of all everybody, and an incident as well', async () => {
  await web.pool.query(
    `INSERT INTO lines (id, platform, name, village_id) VALUES ('telegram:2', 'telegram', '@a', $1), ('telegram:3', 'telegram', '@b', $2)`,
    [GINTANGAN, GENTENG],
  );
  const look = lineChanges();
  const heard = (id: string) =>
    web.pool.query(
      `UPDATE lines SET last_received_at = coalesce(last_received_at, now()) + interval '1 s' WHERE id = $1`,
      [id],
    );
  expect(await look(web.pool)).toBe('all');
  expect(await look(web.pool)).toEqual(new Set());
  await heard('telegram:3');
  expect(await look(web.pool)).toEqual(new Set([GENTENG]));
  // Both where it was and where it is now.
  await web.pool.query(`UPDATE lines SET village_id = $1 WHERE id = 'telegram:3'`, [GINTANGAN]);
  expect(await look(web.pool)).toEqual(new Set([GENTENG, GINTANGAN]));
  // The one that residents of the tests write to serves all.
  await heard('telegram:1');
  expect(await look(web.pool)).toBe('all');
  await web.pool.query(`INSERT INTO incidents (id, kind, opened_at) VALUES ($1, 'clock_behind', now())`, [
    web.deps.newId(),
  ]);
  expect(await look(web.pool)).toBe('all');
});

test('a change elsewhere neither draws this officer’s pages anew nor sends them anything; one in the village does both', async () => {
  const { code } = await web.case({ resident: 'Ibu Lastri' });
  const cookie = await web.signIn('ratna');
  const sent: { [path: string]: string } = {};
  const ended = new AbortController();
  const paths = ['/console/live', '/console/papan/live', `/console/kasus/${code}/live?dari=open`];
  for (const path of paths) {
    const { body } = await web.app.request(path, { ...withCookie(cookie), signal: ended.signal });
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    sent[path] = '';
    void (async () => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        sent[path] += value;
      }
    })().catch(() => {});
  }
  // A village's own page is told at the watch's first look: what is counted begins after it.
  await web.case({ resident: 'Pak Mulai' });
  for (const path of paths.slice(0, 2)) await expect.poll(() => sent[path]).toContain('Pak Mulai');
  await expect.poll(async () => await settled(), { timeout: 25_000 }).toBe(true);
  drawn = 0;
  for (const path of paths) sent[path] = '';
  // Elsewhere: told to whoever looks at that village, who hears of it in the very look in which the others do not.
  await web.officer({ name: 'Dewi', username: 'dewi', roles: [{ role: 'operator', village: GENTENG }] });
  const dewi = await web.app.request('/console/live', {
    ...withCookie(await web.signIn('dewi')),
    signal: ended.signal,
  });
  const hers = dewi.body!.pipeThrough(new TextDecoderStream()).getReader();
  await hers.read();
  const before = drawn;
  const elsewhere = await web.case({ village: GENTENG, resident: 'Pak Jauh' });
  let heard = '';
  while (!heard.includes(elsewhere.code)) heard += (await hers.read()).value ?? '';
  // Hers alone was drawn.
  expect(drawn - before).toBe(1);
  expect(Object.values(sent)).toEqual(['', '', '']);
  await web.case({ resident: 'Bu Dekat' });
  for (const path of paths.slice(0, 2)) await expect.poll(() => sent[path]).toContain('Bu Dekat');
  ended.abort();
  await hers.cancel();
});

/** Whether nothing was drawn for two looks. */
async function settled(): Promise<boolean> {
  const known = drawn;
  await new Promise((done) => setTimeout(done, 2_100));
  return drawn === known;
}
