import type { NewId } from '../core/ports.js';
import { lockDelegation, standingIn } from './delegations.js';
import type { DelegationRow } from './delegations.js';
import { layAnew } from './laying.js';
import { letGo } from './letGo.js';
import type { LetGoContext } from './letGo.js';
import { insertNotifications } from './notifications.js';
import type { Sql } from './sql.js';
import type { DueTimer, Outcome } from './timers.js';

/** What is told of a delegation, and the number under which each of both hears of it once. */
const EVENTS = { arranged: 0, begins: 1, ended: 2 } as const;
export type DelegationEvent = keyof typeof EVENTS;

/**
 * The clocks of delegations ring: on the first day what lies on whoever is away is laid anew, after the last one what lies on
 * the deputy for them, or is in their hands though they may go on with it no more (`letGo`). Both hear of it. A delegation that ended early has no clock any more; one whose whole time went by
 * while nobody was here is told as ended.
 */
export async function ringDelegations(sql: Sql, timers: DueTimer[], context: LetGoContext): Promise<Outcome> {
  const again: { timer: DueTimer; dueAt: Date }[] = [];
  let notified = 0;
  let converse = false;
  for (const timer of timers) {
    const row = await lockDelegation(sql, timer.subjectId);
    if (!row) continue;
    if (row.beginsAt > context.now) {
      again.push({ timer, dueAt: row.beginsAt });
      continue;
    }
    const isOver = row.endsAt <= context.now;
    if (!isOver) again.push({ timer, dueAt: row.endsAt });
    // Where one of both serves there no more, it never held.
    const holds =
      isOver || (await standingIn(sql, [row.villageId], context.now)).some(({ id }) => id === row.id);
    if (!holds) continue;
    if (isOver) {
      const gone = await letGo(sql, row.deputyId, row.villageId, null, context);
      notified += gone.notified;
      converse ||= gone.converse;
    } else await layAnew(sql, row.officerId, row.villageId, context);
    notified += await tellOfDelegation(sql, row, isOver ? 'ended' : 'begins', null, context);
  }
  const set = new Set(again.map(({ timer }) => timer.id));
  return { done: timers.filter(({ id }) => !set.has(id)), again, notified, converse };
}

/** Tells the deputy and whoever is away, but not `by`, who did it themselves; answers how many notices are new. */
export async function tellOfDelegation(
  sql: Sql,
  row: DelegationRow,
  event: DelegationEvent,
  by: string | null,
  { newId, now }: { newId: NewId; now: Date },
): Promise<number> {
  const { id, officerId, officerName, deputyId, deputyName, role, from, to, villageName: village } = row;
  const told = [
    { officerId: deputyId, mine: false },
    { officerId, mine: true },
  ].filter((one) => one.officerId !== by);
  return await insertNotifications(
    sql,
    told.map((one) => ({
      officerId: one.officerId,
      kind: 'officer-delegation',
      subjectId: id,
      number: EVENTS[event],
      vars: { event, mine: one.mine, away: officerName, deputy: deputyName, role, from, to, village },
    })),
    newId,
    now,
  );
}
