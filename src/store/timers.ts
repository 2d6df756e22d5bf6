import type { HealthReminder, TimerKind } from '../core/effect.js';
import { handlingOf, HEADS, officersToTell } from '../core/handlers.js';
import type { JsonObject } from '../core/json.js';
import type { NewId } from '../core/ports.js';
import type { Service } from '../core/service.js';
import { SEALED_TO, sealedToOf } from './cases.js';
import { insertInternal } from './inbound.js';
import type { InternalRow } from './inbound.js';
import { insertNotifications } from './notifications.js';
import { consentingResidents } from './residents.js';
import type { Sql } from './sql.js';
import { loadVillageOfficers } from './villageOfficers.js';

export interface TimerContext {
  now: Date;
  newId: NewId;
  services: { [id: string]: Service };
}

export interface Fired {
  /** Timers looked at; call again while it is not 0 and something was done. */
  seen: number;
  done: number;
  /** What to wake after the commit. */
  converse: boolean;
  notify: boolean;
}

interface DueTimer {
  id: string;
  subjectId: string;
  kind: TimerKind;
  vars: JsonObject;
  dueAt: Date;
}

/** What the timers of one kind made to do. A timer that is not among `done` is tried again later. */
interface Outcome {
  done: DueTimer[];
  rows?: InternalRow[];
  notified?: number;
}

type Handler = (sql: Sql, timers: DueTimer[], context: TimerContext) => Promise<Outcome>;

const HANDLERS: { [K in TimerKind]: Handler } = {
  draft_reminder: toConversation('draft-reminder'),
  draft_expiry: toConversation('draft-expired'),
  // No flow of this name: the engine takes it for the silence that ends a gathering.
  gather: toConversation('gather'),
  rest: toConversation('rest-over'),
  hand_over_end: toConversation('hand-over-end'),
  immunisation_reminder: remindOfHealth('immunisation_reminder'),
  pregnancy_reminder: remindOfHealth('pregnancy_reminder'),
  case_due: remindOfCases,
  listing_check: askWhetherStillThere,
  listing_expiry: endListings,
};

/**
 * Runs timers that are due, in the caller's transaction, at most `limit` of them. Each runs once: what it says goes into
 * the conversations as internal rows or to officers as notifications, in the same transaction that marks it done.
 */
export async function fireTimers(sql: Sql, context: TimerContext, limit = 200): Promise<Fired> {
  const { rows } = await sql.query<DueTimer>(
    `SELECT id, subject_id AS "subjectId", kind, vars, due_at AS "dueAt" FROM timers
     WHERE done_at IS NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [context.now, limit],
  );
  const fired: Fired = { seen: rows.length, done: 0, converse: false, notify: false };
  for (const kind of Object.keys(HANDLERS) as TimerKind[]) {
    const timers = rows.filter((row) => row.kind === kind);
    if (timers.length === 0) continue;
    const outcome = await HANDLERS[kind](sql, timers, context);
    await insertInternal(sql, outcome.rows ?? [], context.now);
    await sql.query('UPDATE timers SET done_at = $2 WHERE id = ANY ($1::uuid[])', [
      outcome.done.map((t) => t.id),
      context.now,
    ]);
    fired.done += outcome.done.length;
    fired.converse ||= (outcome.rows?.length ?? 0) > 0;
    fired.notify ||= (outcome.notified ?? 0) > 0;
  }
  return fired;
}

/** A timer of a conversation starts a flow in it; set anew it is another message. */
function toConversation(flow: string): Handler {
  return async (_sql, timers) => ({
    done: timers,
    rows: timers.map((timer) => internal(timer, timer.subjectId, flow, timer.vars)),
  });
}

/** Only while the consent of whoever has the word there stands; taken back or never given by them, nothing is said. */
function remindOfHealth(about: HealthReminder): Handler {
  return async (sql, timers) => {
    const { rows } = await sql.query<{ id: string; residentId: string }>(
      `SELECT c.id, a.resident_id AS "residentId" FROM conversations c JOIN addresses a ON a.id = c.address_id
       WHERE c.id = ANY ($1::uuid[])`,
      [timers.map((timer) => timer.subjectId)],
    );
    const consenting = await consentingResidents(
      sql,
      rows.map((row) => row.residentId),
      'health_reminder',
    );
    const agreed = new Map(
      rows.filter((row) => consenting.has(row.residentId)).map((row) => [row.id, row.residentId]),
    );
    return {
      done: timers,
      rows: timers.flatMap((timer) => {
        const whose = agreed.get(timer.subjectId);
        return whose === undefined
          ? []
          : [internal(timer, timer.subjectId, 'health-reminder', { about, whose })];
      }),
    };
  };
}

/** A promise has passed: whoever has the case is told, and the village's heads; else all who handle it, else the keepers. */
async function remindOfCases(
  sql: Sql,
  timers: DueTimer[],
  { newId, now, services }: TimerContext,
): Promise<Outcome> {
  const { rows } = await sql.query<{
    id: string;
    code: string;
    service: string;
    villageId: string;
    villageName: string;
    isConfidential: boolean;
    officerId: string | null;
    number: number;
    receiverRole: string | null;
    receiverIds: string[] | null;
    conversationId: string;
    residentId: string;
    status: string;
  }>(
    `SELECT c.id, c.code, c.service, c.village_id AS "villageId", v.name AS "villageName",
       c.is_confidential AS "isConfidential", c.officer_id AS "officerId", c.event_count AS number, c.conversation_id AS "conversationId", c.resident_id AS "residentId",
       c.status, ${SEALED_TO}
     FROM cases c JOIN villages v ON v.id = c.village_id
     WHERE c.id = ANY ($1::uuid[]) AND c.status IN ('open', 'in_hand', 'asked')`,
    [timers.map((timer) => timer.subjectId)],
  );
  const officers = await loadVillageOfficers(
    sql,
    rows.map((row) => row.villageId),
  );
  const notified = await insertNotifications(
    sql,
    rows.flatMap((row) => {
      const all = officers.get(row.villageId) ?? [];
      const holder = all.filter((o) => o.id === row.officerId);
      const sealedTo = sealedToOf(row);
      const heads = all.filter(
        (o) => !sealedTo && !o.isKeeper && o.roles.some((role) => HEADS.includes(role)),
      );
      const handlers = officersToTell(all, handlingOf(services[row.service], row.isConfidential, sealedTo));
      // While nobody has it, the heads alone would not do: somebody must take it.
      const known = holder.length > 0 && !sealedTo ? [...holder, ...heads] : [...handlers, ...heads];
      const to = [...new Set(known)];
      return to.map((officer) => ({
        officerId: officer.id,
        kind: 'officer-case-notice',
        subjectId: row.id,
        // Beside the number of the last event, which may itself have been told of.
        number: -Math.max(1, row.number),
        vars: {
          code: row.code,
          service: row.service,
          event: 'due',
          text: null,
          resident: null,
          village: row.villageName,
        },
      }));
    }),
    newId,
    now,
  );
  // The author of a complaint hears of it too: its receiver may hold the office no more, and then nobody is told above.
  const told = rows
    .filter(({ receiverRole, status }) => receiverRole !== null && status === 'open')
    .flatMap(({ id, code, conversationId, residentId: whose }) =>
      timers
        .filter((timer) => timer.subjectId === id)
        .map((timer) => internal(timer, conversationId, 'complaint-overdue', { code, whose })),
    );
  return { done: timers, notified, rows: told };
}

/** "Masih ada?", in time before a listing ends. */
async function askWhetherStillThere(sql: Sql, timers: DueTimer[]): Promise<Outcome> {
  const { rows } = await sql.query<ListingTold>(
    `SELECT id, code, title, conversation_id AS "conversationId", resident_id AS "residentId" FROM listings
     WHERE id = ANY ($1::uuid[]) AND status = 'published'`,
    [timers.map((timer) => timer.subjectId)],
  );
  return { done: timers, rows: toSellers(timers, rows, 'check') };
}

/** A listing ends. One that somebody is changing at this moment is left for the next round. */
async function endListings(sql: Sql, timers: DueTimer[], { now }: TimerContext): Promise<Outcome> {
  const ids = timers.map((timer) => timer.subjectId);
  const { rows: ended } = await sql.query<ListingTold>(
    `UPDATE listings l SET status = 'expired', closed_at = $2
     FROM (SELECT id FROM listings WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) free
     WHERE l.id = free.id AND l.status = 'published'
     RETURNING l.id, l.code, l.title, l.conversation_id AS "conversationId", l.resident_id AS "residentId"`,
    [ids, now],
  );
  const { rows: left } = await sql.query<{ id: string }>(
    `SELECT id FROM listings WHERE id = ANY ($1::uuid[]) AND status = 'published'`,
    [ids],
  );
  const held = new Set(left.map((row) => row.id));
  return {
    done: timers.filter((timer) => !held.has(timer.subjectId)),
    rows: toSellers(timers, ended, 'expired'),
  };
}

interface ListingTold {
  id: string;
  code: string;
  title: string;
  conversationId: string;
  residentId: string;
}

function toSellers(timers: DueTimer[], listings: ListingTold[], event: string): InternalRow[] {
  const byId = new Map(listings.map((listing) => [listing.id, listing]));
  return timers.flatMap((timer) => {
    const listing = byId.get(timer.subjectId);
    if (!listing) return [];
    const { code, title, residentId: whose } = listing;
    const vars = { code, title, event, text: null, whose };
    return [internal(timer, listing.conversationId, 'listing-notice', vars)];
  });
}

function internal(timer: DueTimer, conversationId: string, flow: string, vars: JsonObject): InternalRow {
  return { conversationId, externalId: `timer:${timer.id}:${timer.dueAt.getTime()}`, flow, vars };
}
