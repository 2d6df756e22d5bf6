import { clocksOf } from '../core/clocks.js';
import type { ClockFact, Clocks } from '../core/clocks.js';
import { isOpenCase } from '../core/cases.js';
import type { CaseFactKind, CaseStatus } from '../core/cases.js';
import type { SealedTo } from '../core/complaints.js';
import type { JsonObject } from '../core/json.js';
import type { NewId } from '../core/ports.js';
import type { Service } from '../core/service.js';
import { FOR_WHOM, SEALED_TO, sealedToOf, shownName } from './cases.js';
import type { SealedColumns } from './cases.js';
import { loadOfficeHours } from './officeHours.js';
import { outagesOf } from './outages.js';
import type { Sql } from './sql.js';
import { setTimers, stopTimers } from './timerRows.js';

export interface ClockContext {
  now: Date;
  newId: NewId;
  services: { [id: string]: Service };
}

/** A case with its clocks. */
export interface ClockCase {
  id: string;
  code: string;
  villageId: string;
  villageName: string;
  service: string;
  status: CaseStatus;
  isConfidential: boolean;
  sealedTo: SealedTo | null;
  residentId: string;
  residentName: string | null;
  forWhom: string | null;
  conversationId: string | null;
  holderId: string | null;
  assignedId: string | null;
  dueAt: Date | null;
  pausedAt: Date | null;
  eventCount: number;
  clocks: Clocks;
}

/** Cases by id, with their clocks as they stand by their history: worked out, not read. */
export async function readClocks(
  sql: Sql,
  ids: string[],
  services: ClockContext['services'],
): Promise<ClockCase[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<
    Omit<ClockCase, 'sealedTo' | 'clocks'> &
      SealedColumns & { escalates: boolean; promised: number | null; openedAt: Date; writtenTo: Date | null }
  >(
    `SELECT c.id, c.code, c.village_id AS "villageId", v.name AS "villageName", c.service, c.status,
       c.is_confidential AS "isConfidential", ${SEALED_TO}, c.resident_id AS "residentId",
       ${shownName('c', 'r')} AS "residentName", ${FOR_WHOM} AS "forWhom", c.conversation_id AS "conversationId",
       c.officer_id AS "holderId", c.assigned_id AS "assignedId", c.due_at AS "dueAt", c.paused_at AS "pausedAt",
       c.event_count AS "eventCount", v.escalates, s.promise_hours AS promised, c.opened_at AS "openedAt",
       CASE WHEN c.service = ANY ($2) THEN (
         SELECT max(a.at) FROM audit_log a WHERE a.subject_kind = 'case' AND a.subject_id = c.id::text
           AND a.action = 'resident.message' AND a.data ->> 'veiled' IS NULL) END AS "writtenTo"
     FROM cases c JOIN villages v ON v.id = c.village_id JOIN residents r ON r.id = c.resident_id
     LEFT JOIN village_services s ON s.village_id = c.village_id AND s.service = c.service
     WHERE c.id = ANY ($1::uuid[]) ORDER BY c.id`,
    // Of complaints alone it matters whether somebody has written.
    [ids, Object.keys(services).filter((id) => services[id]!.kind === 'complaint')],
  );
  const villageIds = rows.map((row) => row.villageId);
  const hours = await loadOfficeHours(sql, villageIds);
  const since = new Date(Math.min(...rows.map((row) => row.openedAt.getTime())));
  const outages = rows.length === 0 ? new Map() : await outagesOf(sql, villageIds, since);
  const facts = await readFacts(sql, ids);
  return rows.flatMap(
    ({ receiverRole, receiverIds, escalates, promised, openedAt: _, writtenTo, ...row }) => {
      const own = facts.get(row.id);
      // One that was seeded without a history has no clock.
      if (own?.[0]?.kind !== 'case_opened') return [];
      const service = services[row.service];
      const clocks = clocksOf({
        facts: own,
        service: service && { ...service, promise_hours: promised ?? service.promise_hours },
        hours: hours.get(row.villageId)!,
        outages: outages.get(row.villageId)!,
        escalates,
        hasChat: row.conversationId !== null,
        writtenTo,
      });
      return [{ ...row, sealedTo: sealedToOf({ receiverRole, receiverIds }), clocks }];
    },
  );
}

/** The clocks of cases that are opened now: when each is due, and what comes first. */
export async function newClocks(
  sql: Sql,
  cases: { villageId: string; service: string }[],
  { now, services }: ClockContext,
): Promise<Clocks[]> {
  const villageIds = cases.map(({ villageId }) => villageId);
  const hours = await loadOfficeHours(sql, villageIds);
  const outages = await outagesOf(sql, villageIds, now);
  const { rows } = await sql.query<{ villageId: string; service: string; hours: number }>(
    `SELECT village_id AS "villageId", service, promise_hours AS hours FROM village_services
     WHERE village_id = ANY ($1::text[]) AND service = ANY ($2::text[]) AND promise_hours IS NOT NULL`,
    [villageIds, cases.map(({ service }) => service)],
  );
  const promised = new Map(rows.map((row) => [`${row.villageId} ${row.service}`, row.hours]));
  return cases.map(({ villageId, service: id }) => {
    const service = services[id];
    return clocksOf({
      facts: [{ kind: 'case_opened', number: 1, at: now, officer: null, data: {} }],
      service: service && {
        ...service,
        promise_hours: promised.get(`${villageId} ${id}`) ?? service.promise_hours,
      },
      hours: hours.get(villageId) ?? { zone: 'Asia/Jakarta', spans: [], holidays: new Set() },
      outages: outages.get(villageId) ?? [],
      escalates: false,
      hasChat: true,
    });
  });
}

/**
 * Sets the clocks of cases after something happened to them: when each is due, since when it stands still, and when its
 * timer rings next. Of a closed one the timer is stopped. In the transaction that holds the cases' locks.
 */
export async function setClocks(sql: Sql, ids: string[], context: ClockContext): Promise<void> {
  const cases = await readClocks(sql, [...new Set(ids)], context.services);
  await writeClocks(sql, cases);
  const open = cases.filter(({ status }) => isOpenCase(status));
  await setTimers(
    sql,
    open.flatMap(({ id, clocks }) => {
      const [next] = clocks.marks;
      return next
        ? [{ subjectKind: 'case' as const, subjectId: id, kind: 'case_clock' as const, dueAt: next.at }]
        : [];
    }),
    context.newId,
  );
  await stopTimers(
    sql,
    cases
      .filter(({ status, clocks }) => !isOpenCase(status) || clocks.marks.length === 0)
      .map(({ id }) => ({ subjectKind: 'case' as const, subjectId: id, kind: 'case_clock' as const })),
    context.now,
  );
}

/** Writes what the clocks of open cases came to, where it differs. What is closed keeps the promise that it was measured by. */
export async function writeClocks(sql: Sql, cases: ClockCase[]): Promise<void> {
  const changed = cases.filter(
    ({ status, clocks, dueAt, pausedAt }) =>
      (isOpenCase(status) && !isPaused(clocks) && clocks.due?.getTime() !== dueAt?.getTime()) ||
      clocks.pausedAt?.getTime() !== pausedAt?.getTime(),
  );
  if (changed.length === 0) return;
  await sql.query(
    `UPDATE cases c SET due_at = n.due_at, paused_at = n.paused_at
     FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS n (id, due_at, paused_at) WHERE c.id = n.id`,
    [
      changed.map(({ id }) => id),
      // While its clock stands still, and once it is closed, it keeps the promise as it was.
      changed.map(({ status, clocks, dueAt }) =>
        isOpenCase(status) && !isPaused(clocks) ? clocks.due : dueAt,
      ),
      changed.map(({ clocks }) => clocks.pausedAt),
    ],
  );
}

/** Nothing is known of its end while it stands still. */
function isPaused({ due, pausedAt }: Clocks): boolean {
  return pausedAt !== null && due === null;
}

async function readFacts(sql: Sql, ids: string[]): Promise<Map<string, ClockFact[]>> {
  const { rows } = await sql.query<{
    caseId: string;
    number: number;
    kind: CaseFactKind;
    officerId: string | null;
    officerName: string | null;
    data: JsonObject;
    at: Date;
  }>(
    `SELECT e.case_id AS "caseId", e.number, e.kind, e.officer_id AS "officerId", o.name AS "officerName", e.data, e.at
     FROM case_events e LEFT JOIN officers o ON o.id = e.officer_id
     WHERE e.case_id = ANY ($1::uuid[]) ORDER BY e.case_id, e.number`,
    [ids],
  );
  const facts = new Map<string, ClockFact[]>();
  for (const { caseId, officerId, officerName, ...fact } of rows) {
    const officer = officerId === null ? null : { id: officerId, name: officerName! };
    facts.set(caseId, [...(facts.get(caseId) ?? []), { ...fact, officer }]);
  }
  return facts;
}
