import { ClockBehindError } from '../core/errors.js';
import type { Sql } from './sql.js';

export interface ClockState {
  isBehind: boolean;
  /** How many seconds this machine's clock is behind the newest row; 0 where it is not. */
  bySeconds: number;
}

/** Clocks of several machines differ a little, and a commit takes a moment. */
const TOLERANCE_SECONDS = 5;
const MARK = 'clock_mark';

/**
 * Whether this machine's clock is behind the newest row: it was set back, or its battery is dead. Whoever gives out
 * numbers and dates or lets deadlines end asks first, and stops with an alert: a case opened "yesterday" would
 * overtake the queue, and no timer would come due. Times that platforms claim are not trusted here, only our own.
 *
 * A mark in `settings` remembers the latest time seen. Without it the first message received under a wrong clock would
 * be the newest row, and the guard would fall asleep. Cheap enough to be asked for every batch; never waits for a lock.
 */
export async function clockIsBehind(sql: Sql, now: Date): Promise<ClockState> {
  const { rows } = await sql.query<{ newest: Date | null; mark: Date | null }>(
    `SELECT m.mark, greatest(
       m.mark,
       (SELECT received_at FROM inbound_messages ORDER BY seq DESC LIMIT 1),
       (SELECT created_at FROM outbound_messages ORDER BY seq DESC LIMIT 1)
     ) AS newest
     FROM (SELECT (SELECT (value #>> '{}')::timestamptz FROM settings WHERE name = $1) AS mark) AS m`,
    [MARK],
  );
  const { newest = null, mark = null } = rows[0] ?? {};
  const behind = newest ? (newest.getTime() - now.getTime()) / 1000 : 0;
  if (behind > TOLERANCE_SECONDS) return { isBehind: true, bySeconds: Math.round(behind) };
  if (mark === null) await setMark(sql, now);
  else if (now.getTime() - mark.getTime() > 2_000) await raiseMark(sql, now);
  return { isBehind: false, bySeconds: Math.max(0, Math.round(behind)) };
}

/** For whoever issues codes, deadlines or invites. Throws ClockBehindError. */
export async function refuseUnderWrongClock(sql: Sql, now: Date): Promise<void> {
  const { isBehind, bySeconds } = await clockIsBehind(sql, now);
  if (isBehind)
    throw new ClockBehindError(`the clock is ${bySeconds} s behind the newest row; nothing is issued`);
}

async function setMark(sql: Sql, now: Date): Promise<void> {
  await sql.query(
    'INSERT INTO settings (name, value) VALUES ($1, to_jsonb($2::text)) ON CONFLICT (name) DO NOTHING',
    [MARK, now.toISOString()],
  );
}

/** Whoever finds the row locked leaves it: the other one is raising it. */
async function raiseMark(sql: Sql, now: Date): Promise<void> {
  await sql.query(
    `UPDATE settings SET value = to_jsonb($2::text)
     WHERE name = (SELECT name FROM settings WHERE name = $1 FOR UPDATE SKIP LOCKED)
       AND (value #>> '{}')::timestamptz < $2::timestamptz`,
    [MARK, now.toISOString()],
  );
}
