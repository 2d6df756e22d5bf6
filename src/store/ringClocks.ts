import { factOf, isBeyond, LADDER } from '../core/clocks.js';
import type { Mark, Rung } from '../core/clocks.js';
import { firstName } from '../core/firstName.js';
import { handlingOf, HEADS, mayHandle, officersToTell } from '../core/handlers.js';
import type { Handling, VillageOfficer } from '../core/handlers.js';
import type { JsonObject } from '../core/json.js';
import { holdersOf, pathOf, rolesOf } from '../core/path.js';
import type { Service } from '../core/service.js';
import { wishBoards } from './boardWishes.js';
import { insertEvents, isOpen } from './cases.js';
import { readClocks, writeClocks } from './clocks.js';
import type { ClockCase, ClockContext } from './clocks.js';
import { loadActingOfficers } from './delegations.js';
import type { InternalRow } from './inbound.js';
import { insertNotifications } from './notifications.js';
import type { NotificationInsert } from './notifications.js';
import type { Sql } from './sql.js';
import type { DueTimer, Outcome } from './timers.js';

/**
 * The clocks of cases ring. What a case has come to by now is told to whom it concerns, written into its history in the same
 * transaction (a rung is told once, which an index sees to), and the clock is set to what comes next. A clock that rings too
 * early, since it stood still meanwhile, is only set anew. A case that somebody is acting on at this moment is left for the next
 * round: that act sets its clock as well.
 */
export async function ringClocks(sql: Sql, timers: DueTimer[], context: ClockContext): Promise<Outcome> {
  const { rows: locked } = await sql.query<{ id: string }>(
    `SELECT id FROM cases WHERE id = ANY ($1::uuid[]) AND ${isOpen('status')} ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`,
    [timers.map((timer) => timer.subjectId)],
  );
  const ours = new Set(locked.map(({ id }) => id));
  const held = await stillOpen(
    sql,
    timers.map((timer) => timer.subjectId).filter((id) => !ours.has(id)),
  );
  const cases = await readClocks(sql, [...ours], context.services);
  const told = await whomToTell(sql, cases, context);
  await write(sql, told, context);
  await writeClocks(sql, cases);
  const notified = await insertNotifications(sql, told.flatMap(noticesOf), context.newId, context.now);
  const next = new Map(
    cases.flatMap(({ id, clocks }) => {
      const mark = clocks.marks.find(({ at }) => at > context.now);
      return mark ? [[id, mark.at] as const] : [];
    }),
  );
  const rung = timers.filter((timer) => !held.has(timer.subjectId));
  return {
    done: rung.filter((timer) => !next.has(timer.subjectId)),
    again: rung.flatMap((timer) => {
      const dueAt = next.get(timer.subjectId);
      return dueAt ? [{ timer, dueAt }] : [];
    }),
    notified,
    rows: told.flatMap((one) => rowsOf(one, context)),
  };
}

/** Of cases that could not be locked: those that are open, and so in somebody's hands at this moment; the others are closed. */
async function stillOpen(sql: Sql, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM cases WHERE id = ANY ($1::uuid[]) AND ${isOpen('status')}`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** A rung that a case has come to, whom of the officers it is told, and the number of the fact that says so. */
interface Told {
  row: ClockCase;
  mark: Mark;
  officers: { id: string }[];
  resident: boolean;
  number: number;
}

async function whomToTell(sql: Sql, cases: ClockCase[], context: ClockContext): Promise<Told[]> {
  const due = cases.filter(({ clocks }) => clocks.marks.some(({ at }) => at <= context.now));
  const villageIds = due.map(({ villageId }) => villageId);
  const officers = await loadActingOfficers(sql, villageIds, context.now);
  const above = await loadOverseers(sql, villageIds);
  return due.flatMap((row) => {
    const all = officers.get(row.villageId) ?? [];
    let number = row.eventCount;
    return row.clocks.marks
      .filter(({ at }) => at <= context.now)
      .filter(({ rung }) => rung !== 'postponed' || isStillToCome(row, context.now))
      .flatMap((mark): Told[] => {
        const to = officersFor(
          mark.rung,
          row,
          all,
          above.get(row.villageId) ?? [],
          context.services[row.service],
        );
        const resident = row.conversationId !== null && concernsResident(mark.rung, row, to.length > 0);
        // A rung on which nobody stands is told to nobody; it waits for somebody to be given the role.
        return to.length > 0 || resident ? [{ row, mark, officers: to, resident, number: ++number }] : [];
      });
  });
}

/** A new time that has passed as well is no news: that it was missed is told. */
function isStillToCome({ clocks }: ClockCase, now: Date): boolean {
  return clocks.due !== null && clocks.due > now;
}

/** Who is told of a rung. Never somebody who may not see the case. */
function officersFor(
  rung: Rung,
  row: ClockCase,
  officers: VillageOfficer[],
  above: Overseer[],
  service: Service | undefined,
): { id: string }[] {
  const handling = handlingOf(service, row.isConfidential, row.sealedTo);
  if (isBeyond(rung)) {
    const role = rung === 'kecamatan' ? 'kecamatan' : 'kabupaten';
    return handling.isConfidential ? [] : above.filter((one) => one.role === role);
  }
  const handlers = officersToTell(officers, handling);
  const holder = officers.filter((one) => one.id === row.holderId && !row.sealedTo);
  const heads = holding(HEADS, officers, handling, row);
  switch (rung) {
    case 'remind': {
      const assigned = handlers.filter(({ id }) => id === row.assignedId);
      return assigned.length > 0 ? assigned : handlers;
    }
    case 'sekretaris':
    case 'kepala_desa':
      return holding([rung], officers, handling, row);
    case 'initial':
    case 'sign': {
      const step = pathOf(service).find(({ act }) => act === rung);
      const holders = step ? holdersOf(step, officers, row.villageId, handling) : [];
      const first = holders.filter(({ rank }) => rank === holders[0]!.rank);
      return first.map(({ officer }) => officer);
    }
    case 'initial_late':
    case 'sign_late':
      return heads;
    case 'pickup_3':
    case 'pickup_10':
    case 'pickup_last':
    case 'postponed':
      return [];
    case 'asked_2':
    case 'asked_7':
      if (row.conversationId !== null) return [];
      return holder.length > 0 ? holder : handlers;
    case 'calendar_24':
    case 'calendar_6':
    case 'due':
    case 'verify':
    case 'answer':
    case 'resolve':
      // While nobody has it, the heads alone would not do: somebody must take it.
      return [...new Set([...(holder.length > 0 ? holder : handlers), ...heads])];
  }
}

/** The village's own holders of these roles, deputies among them, who may see such a case. */
function holding(
  roles: readonly string[],
  officers: VillageOfficer[],
  handling: Handling,
  { villageId }: ClockCase,
): VillageOfficer[] {
  return officers.filter((officer) => {
    const posts = rolesOf(officer, villageId, handling);
    return (
      !officer.isKeeper &&
      posts.some(({ role }) => roles.includes(role)) &&
      (!handling.isConfidential || mayHandle(posts, villageId, handling, officers, officer.id))
    );
  });
}

/** A promise that is missed is told to whom it was made, and what went beyond the village as well; fetching is theirs. */
function concernsResident(rung: Rung, row: ClockCase, isTold: boolean): boolean {
  switch (rung) {
    case 'due':
    case 'verify':
    case 'answer':
    case 'resolve':
    case 'pickup_3':
    case 'pickup_10':
    case 'pickup_last':
    case 'asked_2':
    case 'asked_7':
    case 'postponed':
      return true;
    case 'kecamatan':
    case 'dinas':
      return isTold && !row.isConfidential;
    default:
      return false;
  }
}

async function write(sql: Sql, told: Told[], { newId, now }: ClockContext): Promise<void> {
  if (told.length === 0) return;
  const last = new Map(told.map(({ row, number }) => [row.id, number]));
  await sql.query(
    // An overdue case stands out on the boards.
    `WITH ${wishBoards('SELECT village_id FROM cases WHERE id = ANY ($1::uuid[])')}
     UPDATE cases c SET event_count = n.number FROM unnest($1::uuid[], $2::int[]) AS n (id, number) WHERE c.id = n.id`,
    [[...last.keys()], [...last.values()]],
  );
  await insertEvents(
    sql,
    told.map(({ row, mark, number, officers }) => ({
      caseId: row.id,
      number,
      fact: {
        kind: factOf(mark.rung),
        officer: null,
        data: {
          rung: mark.rung,
          since: mark.since,
          // To whom it went up; of a promise that was missed, nothing.
          ...(mark.rung in LADDER ? { to: mark.rung } : {}),
          officers: officers.map(({ id }) => id),
          // The next is told once it comes to a working day more.
          ...(mark.rung === 'postponed' ? { days: row.clocks.postponed?.days ?? 0 } : {}),
        },
      },
    })),
    newId,
    now,
  );
}

function noticesOf({ row, mark, officers, resident, number }: Told): NotificationInsert[] {
  return officers.map(({ id }) => ({
    officerId: id,
    kind: 'officer-escalation',
    subjectId: row.id,
    number,
    vars: {
      code: row.code,
      service: row.service,
      rung: mark.rung,
      event: mark.rung === 'due' ? 'due' : factOf(mark.rung) === 'case_reminded' ? 'reminded' : 'escalated',
      // Of what is sealed or confidential a chat names nobody.
      resident: row.isConfidential ? null : firstName(row.residentName),
      village: row.villageName,
      due: row.clocks.due?.toISOString() ?? null,
      told: resident,
    },
  }));
}

/** Several people may share a chat, and somebody else may read along: `whose` is who may read it all. */
function rowsOf({ row, mark, resident, number }: Told, { services }: ClockContext): InternalRow[] {
  if (!resident || row.conversationId === null) return [];
  const flow = flowOf(mark.rung, row);
  const all: JsonObject = {
    code: row.code,
    service: row.service,
    kind: services[row.service]?.kind ?? 'letter',
    rung: mark.rung,
    whose: row.residentId,
    helped: firstName(row.forWhom),
    due: row.clocks.due?.toISOString() ?? null,
    ...(mark.rung === 'postponed' ? { why: row.clocks.postponed?.kind ?? 'other' } : {}),
  };
  return [
    {
      conversationId: row.conversationId,
      externalId: `case:${row.id}:${number}:${row.conversationId}`,
      flow,
      vars: flow === 'complaint-overdue' ? { code: row.code, whose: row.residentId } : all,
    },
  ];
}

function flowOf(rung: Rung, row: ClockCase): string {
  if (rung.startsWith('pickup')) return 'pick-up-reminder';
  if (rung.startsWith('asked')) return 'answer-reminder';
  if (rung === 'postponed') return 'case-postponed';
  // Nobody has opened it: its receiver may hold the office no more, so the author hears of the way outside.
  return row.sealedTo && rung === 'verify' && row.status === 'open' ? 'complaint-overdue' : 'case-late';
}

interface Overseer {
  id: string;
  role: string;
}

/** Those above a village who take what it hands up: the kecamatan by village, the regency for all. */
async function loadOverseers(sql: Sql, villageIds: string[]): Promise<Map<string, Overseer[]>> {
  const ids = [...new Set(villageIds)];
  const found = new Map<string, Overseer[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return found;
  const { rows } = await sql.query<Overseer & { village: string }>(
    `SELECT v.id AS village, o.id, r.role
     FROM unnest($1::text[]) AS v (id)
     JOIN officer_roles r ON (r.role = 'kecamatan' AND r.village_id = v.id) OR (r.role = 'kabupaten' AND r.village_id IS NULL)
     JOIN officers o ON o.id = r.officer_id
     WHERE o.is_active ORDER BY o.id`,
    [ids],
  );
  for (const { village, ...one } of rows) found.get(village)!.push(one);
  return found;
}
