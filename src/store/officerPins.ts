import { MOST_PIN_TRIES, PIN_LOCK_MS } from '../core/pin.js';
import type { NewId, Sealer } from '../core/ports.js';
import { insertAudit } from './audit.js';
import { insertNotifications } from './notifications.js';
import { hashPin, verifyPin } from './pinHash.js';
import type { Sql } from './sql.js';

export interface PinContext {
  now: Date;
  newId: NewId;
  sealer: Sealer;
}

/** What the console shows of an officer's PIN. */
export interface PinState {
  isSet: boolean;
  changedAt: Date | null;
  /** null where it is not locked now. */
  lockedUntil: Date | null;
}

export type PinCheck =
  | { outcome: 'right' }
  /** `triesLeft` before it is locked. */
  | { outcome: 'wrong'; triesLeft: number }
  /** `isNew`: by this very try. */
  | { outcome: 'locked'; until: Date; isNew: boolean }
  /** None was set, or it cannot be told any more. */
  | { outcome: 'none' };

export async function pinState(sql: Sql, officerId: string, now: Date): Promise<PinState> {
  const { rows } = await sql.query<{ changedAt: Date; lockedUntil: Date | null }>(
    'SELECT changed_at AS "changedAt", locked_until AS "lockedUntil" FROM officer_pins WHERE officer_id = $1',
    [officerId],
  );
  const row = rows[0];
  return {
    isSet: row !== undefined,
    changedAt: row?.changedAt ?? null,
    lockedUntil: row?.lockedUntil && row.lockedUntil > now ? row.lockedUntil : null,
  };
}

/** The officer's own number, of which a PIN must be no part. */
export async function phoneOfOfficer(sql: Sql, officerId: string): Promise<string | null> {
  const { rows } = await sql.query<{ phone: string | null }>('SELECT phone FROM officers WHERE id = $1', [
    officerId,
  ]);
  return rows[0]?.phone ?? null;
}

/** Those of these officers who have a PIN. */
export async function officersWithPin(sql: Sql, officerIds: string[]): Promise<Set<string>> {
  if (officerIds.length === 0) return new Set();
  const { rows } = await sql.query<{ id: string }>(
    'SELECT officer_id AS id FROM officer_pins WHERE officer_id = ANY ($1::uuid[])',
    [officerIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * Holds a PIN against the officer's, its row locked until the transaction ends, so that tries at once count one by one.
 * The fifth wrong one locks it for an hour; the officer and the Sekretaris are told. To be committed whatever it answers.
 */
export async function checkPin(
  sql: Sql,
  officerId: string,
  pin: string,
  context: PinContext,
): Promise<PinCheck> {
  const { now, sealer } = context;
  const { rows } = await sql.query<{ hash: string; failures: number; lockedUntil: Date | null }>(
    `SELECT hash, failures, locked_until AS "lockedUntil" FROM officer_pins WHERE officer_id = $1 FOR UPDATE`,
    [officerId],
  );
  const row = rows[0];
  if (!row) return { outcome: 'none' };
  if (row.lockedUntil && row.lockedUntil > now)
    return { outcome: 'locked', until: row.lockedUntil, isNew: false };
  const found = await verifyPin(officerId, pin, row.hash, sealer);
  if (!found) return { outcome: 'none' };
  if (found.isRight) {
    const hash = found.isOld ? await hashPin(officerId, pin, sealer) : row.hash;
    await sql.query(
      'UPDATE officer_pins SET failures = 0, locked_until = NULL, hash = $2 WHERE officer_id = $1',
      [officerId, hash],
    );
    return { outcome: 'right' };
  }
  // After a lock has ended the count begins anew.
  const failures = (row.lockedUntil ? 0 : row.failures) + 1;
  const until = failures >= MOST_PIN_TRIES ? new Date(now.getTime() + PIN_LOCK_MS) : null;
  await sql.query('UPDATE officer_pins SET failures = $2, locked_until = $3 WHERE officer_id = $1', [
    officerId,
    failures,
    until,
  ]);
  await note(sql, officerId, officerId, until ? 'pin.locked' : 'pin.wrong', context);
  if (!until) return { outcome: 'wrong', triesLeft: MOST_PIN_TRIES - failures };
  await tell(sql, officerId, 'locked', context);
  return { outcome: 'locked', until, isNew: true };
}

/** Sets or changes an officer's own PIN, given as its hash (`hashPin`), and ends a lock. */
export async function setPin(sql: Sql, officerId: string, hash: string, context: PinContext): Promise<void> {
  await sql.query(
    `INSERT INTO officer_pins (officer_id, hash, changed_at) VALUES ($1, $2, $3)
     ON CONFLICT (officer_id) DO UPDATE
     SET hash = excluded.hash, changed_at = excluded.changed_at, failures = 0, locked_until = NULL`,
    [officerId, hash, context.now],
  );
  await note(sql, officerId, officerId, 'pin.set', context);
  await tell(sql, officerId, 'set', context);
}

/** Takes an officer's PIN away: nobody but they themselves sets the next. False where there was none. */
export async function clearPin(
  sql: Sql,
  officerId: string,
  by: string,
  context: PinContext,
): Promise<boolean> {
  const { rowCount } = await sql.query('DELETE FROM officer_pins WHERE officer_id = $1', [officerId]);
  if (rowCount === 0) return false;
  await note(sql, by, officerId, 'pin.cleared', context);
  await tell(sql, officerId, 'cleared', context);
  return true;
}

async function note(
  sql: Sql,
  by: string,
  officerId: string,
  action: string,
  { now, newId }: PinContext,
): Promise<void> {
  await insertAudit(
    sql,
    [{ officerId: by, action, subjectKind: 'officer', subjectId: officerId }],
    newId,
    now,
  );
}

/** The officer hears of all that happens to their PIN; of a lock the Sekretaris of their villages too. */
async function tell(
  sql: Sql,
  officerId: string,
  event: 'set' | 'cleared' | 'locked',
  { now, newId }: PinContext,
): Promise<void> {
  const { rows } = await sql.query<{ id: string; name: string }>(
    `SELECT o.id, w.name FROM officers o, officers w
     WHERE w.id = $1 AND o.is_active AND (o.id = $1 OR ($2 AND EXISTS (
       SELECT FROM officer_roles r JOIN officer_roles m ON m.village_id = r.village_id AND m.officer_id = $1
       WHERE r.officer_id = o.id AND r.role = 'sekretaris')))`,
    [officerId, event === 'locked'],
  );
  const subjectId = newId();
  await insertNotifications(
    sql,
    rows.map(({ id, name }) => ({
      officerId: id,
      kind: 'officer-pin-notice',
      subjectId,
      number: 0,
      vars: { urgent: true, event, whose: id === officerId ? 'own' : 'other', name },
    })),
    newId,
    now,
  );
}
