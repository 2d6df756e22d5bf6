import type { HealthReminder, TimerKind } from '../core/effect.js';
import type { JsonObject } from '../core/json.js';
import type { NewId } from '../core/ports.js';
import type { Service } from '../core/service.js';
import { insertInternal } from './inbound.js';
import type { InternalRow } from './inbound.js';
import { askForRatings } from './ratings.js';
import { sendRecaps } from './recaps.js';
import { consentingResidents } from './residents.js';
import { ringClocks } from './ringClocks.js';
import { ringDelegations } from './ringDelegations.js';
import type { Sql } from './sql.js';

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

export interface DueTimer {
  id: string;
  subjectId: string;
  kind: TimerKind;
  vars: JsonObject;
  dueAt: Date;
}

/** What the timers of one kind made to do. A timer that is neither `done` nor set `again` is tried again later. */
export interface Outcome {
  done: DueTimer[];
  /** Those that go on, and when they ring next. */
  again?: { timer: DueTimer; dueAt: Date }[];
  rows?: InternalRow[];
  /** Conversations wait for what was written by itself. */
  converse?: boolean;
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
  case_clock: ringClocks,
  recap_daily: sendRecaps('day'),
  recap_monthly: sendRecaps('month'),
  delegation_clock: ringDelegations,
  ask_rating: askForRatings,
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
    const again = outcome.again ?? [];
    if (again.length > 0)
      await sql.query(
        'UPDATE timers t SET due_at = n.due_at FROM unnest($1::uuid[], $2::timestamptz[]) AS n (id, due_at) WHERE t.id = n.id',
        [again.map(({ timer }) => timer.id), again.map(({ dueAt }) => dueAt)],
      );
    fired.done += outcome.done.length + again.length;
    fired.converse ||= outcome.converse === true || (outcome.rows?.length ?? 0) > 0;
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
