import { DateTime } from 'luxon';
import { v5 } from 'uuid';
import { rolesOf } from '../core/path.js';
import type { NewId } from '../core/ports.js';
import { isWorthTelling, recapVars } from '../core/recap.js';
import type { Recap, RecapPeriod } from '../core/recap.js';
import { dayEndedBefore, dayEndsNext, dayOf, opensNext } from '../core/workingTime.js';
import type { WorkingHours } from '../core/workingTime.js';
import { loadActingOfficers } from './delegations.js';
import { insertNotifications } from './notifications.js';
import { loadOfficeHours } from './officeHours.js';
import type { Sql } from './sql.js';
import { setTimers } from './timerRows.js';
import type { DueTimer, Outcome, TimerContext } from './timers.js';

/** A stretch of time of one village: from, until before. */
export interface RecapAsked {
  villageId: string;
  from: Date;
  to: Date;
  /** The day that it is called by. */
  day: string;
}

/**
 * What happened in villages in a time, and what waits at `now`. Neither sealed nor confidential cases are counted, nor their
 * stars, as in the figures (store/caseFigures.ts): where a village has one alone, the number tells of it, and every recap may be
 * forwarded, the village's own as well. Whoever works on them has them in the queue and on the board.
 */
export async function readRecaps(sql: Sql, asked: RecapAsked[], now: Date): Promise<Recap[]> {
  if (asked.length === 0) return [];
  const { rows } = await sql.query<
    Omit<Recap, 'oldest' | 'stars'> & { oldest: Date | null; stars: string | null }
  >(
    `SELECT v.name AS village, n.day::text AS day, came.opened, gone.finished, gone.otherwise, w.waiting, w.asked, w.ready,
       w.overdue, w.oldest, rated.stars, rated.rated
     FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::date[]) WITH ORDINALITY AS n (village_id, since, until, day, ord)
     JOIN villages v ON v.id = n.village_id
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS opened FROM cases c WHERE c.village_id = v.id AND ${IS_OPENLY_COUNTED}
         AND c.opened_at >= n.since AND c.opened_at < n.until
     ) came
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE c.status = 'finished')::int AS finished,
         count(*) FILTER (WHERE c.status <> 'finished')::int AS otherwise
       FROM cases c WHERE c.village_id = v.id AND ${IS_OPENLY_COUNTED} AND c.closed_at IS NOT NULL
         AND c.closed_at >= n.since AND c.closed_at < n.until
     ) gone
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE c.status IN (${AT_OFFICE}))::int AS waiting,
         count(*) FILTER (WHERE c.status = 'asked')::int AS asked,
         count(*) FILTER (WHERE c.status = 'ready')::int AS ready,
         count(*) FILTER (WHERE c.status IN (${AT_OFFICE}) AND c.due_at < $5)::int AS overdue,
         min(c.opened_at) FILTER (WHERE c.status IN (${AT_OFFICE})) AS oldest
       FROM cases c WHERE c.village_id = v.id AND ${IS_OPENLY_COUNTED}
         AND c.status IN ('open', 'in_hand', 'asked', 'signing', 'ready')
     ) w
     CROSS JOIN LATERAL (
       SELECT round(avg(r.score), 1)::text AS stars, count(*)::int AS rated
       FROM cases c JOIN case_ratings r ON r.case_id = c.id
       WHERE c.village_id = v.id AND ${IS_OPENLY_COUNTED} AND c.closed_at IS NOT NULL
         AND c.closed_at >= n.since - interval '31 days'
         AND r.rated_at >= n.since AND r.rated_at < n.until
     ) rated
     ORDER BY n.ord`,
    [
      asked.map((one) => one.villageId),
      asked.map((one) => one.from),
      asked.map((one) => one.to),
      asked.map((one) => one.day),
      now,
    ],
  );
  return rows.map((row) => ({
    ...row,
    oldest: row.oldest?.toISOString() ?? null,
    stars: row.stars === null ? null : Number(row.stars),
  }));
}

/** Of case `c`: whoever reads its number learns nothing of a single person. */
const IS_OPENLY_COUNTED = '(c.receiver_role IS NULL AND NOT c.is_confidential)';

/** What waits for the office itself. */
const AT_OFFICE = `'open', 'in_hand', 'signing'`;

/** The day of a moment, or its month, called by that day. */
export function recapSpan(hours: WorkingHours, villageId: string, period: RecapPeriod, at: Date): RecapAsked {
  const local = DateTime.fromJSDate(at, { zone: hours.zone });
  const begin = local.startOf(period);
  return {
    villageId,
    from: begin.toJSDate(),
    to: begin.plus({ [period]: 1 }).toJSDate(),
    day: dayOf(hours, at),
  };
}

/**
 * Sees to it that every active village has the timers of its recaps: the end of its working day, and the first opening of a
 * month. Those that are set go on by themselves. Asked now and then; it costs two look-ups.
 */
export async function ensureRecaps(sql: Sql, newId: NewId, now: Date): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(`SELECT id FROM villages WHERE state = 'active'`);
  const ids = rows.map(({ id }) => id);
  const { rows: there } = await sql.query<{ subjectId: string; kind: string }>(
    `SELECT subject_id AS "subjectId", kind FROM timers
     WHERE subject_kind = 'village' AND subject_id = ANY ($1::uuid[]) AND done_at IS NULL`,
    [ids.map(subjectOf)],
  );
  const has = new Set(there.map(({ subjectId, kind }) => `${subjectId} ${kind}`));
  const missing = ids.flatMap((village) =>
    (['day', 'month'] as const)
      .filter((period) => !has.has(`${subjectOf(village)} ${KINDS[period]}`))
      .map((period) => ({ village, period })),
  );
  if (missing.length === 0) return;
  const hours = await loadOfficeHours(
    sql,
    missing.map(({ village }) => village),
  );
  await setTimers(
    sql,
    missing.flatMap(({ village, period }) => {
      const dueAt = nextRecap(hours.get(village)!, period, now);
      return dueAt
        ? [
            {
              subjectKind: 'village' as const,
              subjectId: subjectOf(village),
              kind: KINDS[period],
              dueAt,
              vars: { village },
            },
          ]
        : [];
    }),
    newId,
  );
}

const KINDS = { day: 'recap_daily', month: 'recap_monthly' } as const;

/**
 * When the next one is sent: with the end of a working day; or when the office first opens in a month, of the month before.
 * null: never, as long as the hours are what they are.
 */
export function nextRecap(hours: WorkingHours, period: RecapPeriod, after: Date): Date | null {
  if (period === 'day') return dayEndsNext(hours, after);
  const month = DateTime.fromJSDate(after, { zone: hours.zone }).plus({ months: 1 }).startOf('month');
  return opensNext(hours, month.toJSDate());
}

/** A village's id is no uuid: the digest of its code stands for it. */
export function subjectOf(villageId: string): string {
  return v5(villageId, VILLAGES);
}

/** Any uuid: the space in which villages' codes are digested. */
const VILLAGES = '6f3f0d1c-6a0b-4a5e-9a65-4f0a1c7be2d4';

/**
 * The timers of recaps ring: the Sekretaris is told, or the head where a village has none; once for each day or month. A village
 * that stopped being active is told nothing, and its timer ends.
 */
export function sendRecaps(
  period: RecapPeriod,
): (sql: Sql, timers: DueTimer[], context: TimerContext) => Promise<Outcome> {
  return async (sql, timers, { now, newId }) => {
    const villages = new Map(timers.map((timer) => [timer, String(timer.vars['village'])]));
    const { rows } = await sql.query<{ id: string }>(
      `SELECT id FROM villages WHERE state = 'active' AND id = ANY ($1)`,
      [[...villages.values()]],
    );
    const active = new Set(rows.map(({ id }) => id));
    const hours = await loadOfficeHours(sql, [...active]);
    const going = timers.flatMap((timer) => {
      const village = villages.get(timer)!;
      return active.has(village) ? [{ timer, village, hours: hours.get(village)! }] : [];
    });
    const asked = going.map((one) => spanOf(period, one));
    const recaps = await readRecaps(sql, asked, now);
    const officers = await loadActingOfficers(sql, [...active], now);
    const notified = await insertNotifications(
      sql,
      going.flatMap(({ village, timer }, n) => {
        const recap = recaps[n]!;
        if (!isWorthTelling(recap)) return [];
        const own = (officers.get(village) ?? []).filter(({ isKeeper }) => !isKeeper);
        // Whoever stands in for the Sekretaris today has it as well.
        const holding = (role: string) =>
          own.filter((officer) => rolesOf(officer, village).some((held) => held.role === role));
        const secretaries = holding('sekretaris');
        const to = secretaries.length > 0 ? secretaries : holding('kepala_desa');
        return to.map(({ id }) => ({
          officerId: id,
          kind: 'officer-recap',
          subjectId: timer.subjectId,
          number: numberOf(period, asked[n]!.day),
          vars: recapVars(period, recap),
        }));
      }),
      newId,
      now,
    );
    const next = new Map(going.map(({ timer, hours: own }) => [timer, nextRecap(own, period, now)]));
    return {
      done: timers.filter((timer) => !next.get(timer)),
      again: timers.flatMap((timer) => {
        const dueAt = next.get(timer);
        return dueAt ? [{ timer, dueAt }] : [];
      }),
      notified,
    };
  };
}

/**
 * The working day that ended, from the end of the one before, so that evenings and Sundays are told of as well; or the month
 * before the one that has begun. By the timer's own time, not by when it rang: after a night without power yesterday is
 * still told as yesterday.
 */
function spanOf(
  period: RecapPeriod,
  { timer, village, hours }: { timer: DueTimer; village: string; hours: WorkingHours },
): RecapAsked {
  const at = DateTime.fromJSDate(timer.dueAt, { zone: hours.zone });
  if (period === 'day')
    return {
      villageId: village,
      from: dayEndedBefore(hours, timer.dueAt) ?? at.startOf('day').toJSDate(),
      to: timer.dueAt,
      day: at.toISODate()!,
    };
  const month = at.minus({ months: 1 }).startOf('month');
  return {
    villageId: village,
    from: month.toJSDate(),
    to: month.plus({ months: 1 }).toJSDate(),
    day: month.endOf('month').toISODate()!,
  };
}

/** 20261126: the day is the number, a month has that of its last day with a digit in front. */
function numberOf(period: RecapPeriod, day: string): number {
  return Number(day.replaceAll('-', '')) + (period === 'month' ? 1_000_000_000 : 0);
}
