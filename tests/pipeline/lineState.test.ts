import pino from 'pino';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLineStates } from '../../src/pipeline/lineState.js';
import { raiseIncidents } from '../../src/store/incidents.js';
import { registerLines } from '../../src/store/lines.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const LINE = 'whatsapp-web:desa';
const MINUTE = 60_000;

let database: TestDatabase;
/** The clock that never jumps, in milliseconds. */
let elapsed: number;
let notified: number;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  elapsed = 0;
  notified = 0;
  await database.pool.query('TRUNCATE lines, incidents CASCADE');
  await registerLines(database.pool, [{ id: LINE, platform: 'whatsapp', name: LINE }]);
});

function states(keepsHours?: number) {
  const now = () => new Date();
  return createLineStates(LINE, keepsHours, {
    pool: database.pool,
    log: pino({ level: 'silent' }),
    now,
    newId: v7,
    raiseIncidents: async (sql, incidents) => void (await raiseIncidents(sql, incidents, v7, now())),
    notify: () => void (notified += 1),
    elapsed: () => elapsed,
    timing: { degradedMs: 5 * MINUTE, steadyMs: MINUTE / 2 },
  });
}
type States = ReturnType<typeof states>;

async function passes(line: States, ms: number): Promise<void> {
  elapsed += ms;
  await line.look();
}
async function incidents(): Promise<string[]> {
  const { rows } = await database.pool.query<{ kind: string; reason: string; closed: boolean }>(
    `SELECT kind, detail->>'reason' AS reason, closed_at IS NOT NULL AS closed FROM incidents ORDER BY opened_at, id`,
  );
  return rows.map((one) => `${one.kind}: ${one.reason}${one.closed ? ' (closed)' : ''}`);
}

test('a line that is down is an incident at once, and none as soon as it is up', async () => {
  const line = states();
  await line.changed('down', 'the token is refused');
  expect(await incidents()).toEqual(['line_down: the token is refused']);
  await passes(line, 30 * MINUTE);
  await line.changed('up');
  expect(await incidents()).toEqual(['line_down: the token is refused (closed)']);
});

test('one that is down stays down while it is tried again', async () => {
  const line = states();
  const seen = async () => (await database.pool.query('SELECT state, state_at FROM lines')).rows[0];
  await line.changed('down', 'the token is refused');
  const first = await seen();
  await line.changed('starting');
  expect(await seen()).toEqual({ ...first, state: 'down' });
  await line.changed('down', 'the token is refused still');
  expect(await seen()).toEqual(first);
  await line.changed('starting');
  await line.changed('up');
  expect(await seen()).toMatchObject({ state: 'up' });
});

test('one that is degraded for a while heals by itself; for longer, it is an incident', async () => {
  const line = states();
  await line.changed('up');
  await passes(line, MINUTE);
  await line.changed('degraded', 'no network');
  await passes(line, 4 * MINUTE);
  expect(await incidents()).toEqual([]);
  await passes(line, 2 * MINUTE);
  await passes(line, 2 * MINUTE);
  expect(await incidents()).toEqual(['line_down: no network']);
});

test('one that comes and goes is an incident until it stays', async () => {
  const line = states();
  for (let n = 0; n < 7; n += 1) {
    await line.changed('degraded', 'the browser ended');
    await passes(line, MINUTE);
    await line.changed('up');
    await passes(line, 10_000);
  }
  expect(await incidents()).toEqual(['line_down: the browser ended']);
  await passes(line, MINUTE);
  expect(await incidents()).toEqual(['line_down: the browser ended (closed)']);
  // It starts from nothing again.
  await line.changed('degraded', 'the browser ended');
  await passes(line, 4 * MINUTE);
  expect(await incidents()).toHaveLength(1);
});

test('one that waits for its phone is no incident', async () => {
  const line = states();
  await line.changed('degraded', 'waits to be linked');
  expect(line.setLinking(true)).toBe(true);
  expect(line.setLinking(true)).toBe(false);
  await passes(line, 60 * MINUTE);
  expect(await incidents()).toEqual([]);
  line.setLinking(false);
  await passes(line, 1);
  expect(await incidents()).toEqual(['line_down: waits to be linked']);
});

test('a line that is up wakes what waited for it', async () => {
  const line = states();
  await line.changed('degraded', 'no network');
  expect(notified).toBe(0);
  await line.changed('up');
  expect(notified).toBeGreaterThan(0);
});

test('what could not be written is written later', async () => {
  const line = states();
  await line.changed('up');
  await database.close();
  await expect(line.changed('degraded', 'no network')).rejects.toThrow();
  await database.open();
  await line.look();
  const { rows } = await database.pool.query('SELECT state, state_reason FROM lines');
  expect(rows).toEqual([{ state: 'degraded', state_reason: 'no network' }]);
});

test('where a platform keeps what was not fetched for ever, nothing is missing', async () => {
  await database.pool.query(`UPDATE lines SET last_up_at = now() - interval '40 days'`);
  await states().changed('up');
  expect(await incidents()).toEqual([]);
});
