import type { JsonObject } from '../core/json.js';
import type { NewId } from '../core/ports.js';
import { insertInternal } from './inbound.js';
import type { IncidentInsert } from './incidents.js';
import { markTold, NEVER_HEARD, tellDigests } from './digests.js';
import { OFFICER_CHAT } from './officerChats.js';
import { isPastRung } from './pastRungs.js';
import type { Sql } from './sql.js';
import { weighNotifications } from './weighNotifications.js';

/** Something an officer is to be told; the same kind, subject and number is told once. */
export interface NotificationInsert {
  officerId: string;
  /** The flow that words it: 'officer-new-case' … */
  kind: string;
  /** The case, listing, invite, conversation or incident. */
  subjectId: string;
  /** The event that it tells of. */
  number: number;
  vars: JsonObject;
}

/** Stores notifications; what is there already stays. Answers how many were new. */
export async function insertNotifications(
  sql: Sql,
  rows: NotificationInsert[],
  newId: NewId,
  now: Date,
): Promise<number> {
  if (rows.length === 0) return 0;
  const { rowCount } = await sql.query(
    `INSERT INTO notifications (id, officer_id, kind, subject_id, number, vars, created_at)
     SELECT id, officer_id, kind, subject_id, number, vars, $7
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::int[], $6::jsonb[])
       AS n (id, officer_id, kind, subject_id, number, vars)
     ON CONFLICT (officer_id, kind, subject_id, number) DO NOTHING`,
    [
      rows.map(() => newId()),
      rows.map((r) => r.officerId),
      rows.map((r) => r.kind),
      rows.map((r) => r.subjectId),
      rows.map((r) => r.number),
      rows.map((r) => JSON.stringify(r.vars)),
      now,
    ],
  );
  return rowCount ?? 0;
}

/** How many notifications one call hands on. */
const BATCH = 200;
/** Any number. */
const LOCK = 7_204_113_531;

/**
 * Where the officer of notification `w` is told: on the platform that they prefer, on a line that is up before one that
 * is not, then where they wrote last. `isDown`: not even the best of their lines works, nor has for a while.
 */
const CHAT = `LEFT JOIN LATERAL (${OFFICER_CHAT('w.officer_id')}) chat ON true`;

/** Whether an officer who can be told now is to be told of something since `before`, or of something nobody weighed yet. */
export async function hasUntold(sql: Sql, before: Date): Promise<boolean> {
  const { rows } = await sql.query(
    `SELECT FROM notifications w ${CHAT}
     WHERE w.told_at IS NULL AND coalesce(w.tell_at, w.created_at) <= $1 AND chat."isDown" IS NOT TRUE LIMIT 1`,
    [before],
  );
  return rows.length > 0;
}

/**
 * The notify processor's work, in the caller's transaction: weighs what is new (store/weighNotifications.ts), then hands
 * what is due to the officers' conversations, as internal rows: each by itself, or the digests of those who have them. An
 * officer without a linked chat finds it in the console: such a row is marked with the error 'no_address', and told after
 * all when a chat is linked (store/officers.ts). What is no longer news (a new case that somebody took or that was
 * withdrawn, a line that is up again) is marked 'stale' and not told.
 * A chat on a line that is down is the last choice: where an officer has no other, what is for them waits here until
 * some line of theirs works.
 * Call again while `seen` is not 0; wake converse where `told` is not.
 */
export async function tellOfficers(
  sql: Sql,
  now: Date,
  limit = BATCH,
): Promise<{ seen: number; told: number }> {
  // One at a time: two would hand an officer's news on in any order.
  await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  const weighed = await weighNotifications(sql, now, limit);
  const alone = await tellAlone(sql, now, limit);
  const digests = await tellDigests(sql, now, limit);
  return {
    // What was weighed for later is done; more may wait to be weighed where the call was full.
    seen: Math.max(alone.seen + digests.seen, weighed === limit ? weighed : 0),
    told: alone.told + digests.told,
  };
}

async function tellAlone(sql: Sql, now: Date, limit: number): Promise<{ seen: number; told: number }> {
  const { rows } = await sql.query<{
    id: string;
    kind: string;
    vars: JsonObject;
    conversationId: string | null;
    isStale: boolean;
  }>(
    `SELECT w.id, w.kind, w.vars, chat.id AS "conversationId",
       ((NOT o.is_active AND w.kind <> 'officer-stopped') OR (w.kind = 'officer-new-case' AND c.status <> 'open') OR ${NEVER_HEARD('w')}
         OR ${isPastRung('w', 'c')}
         OR (w.kind = 'officer-incident' AND w.number = 0 AND i.kind = 'line_down' AND i.closed_at IS NOT NULL)
       ) IS TRUE AS "isStale"
     FROM notifications w
     JOIN officers o ON o.id = w.officer_id
     LEFT JOIN cases c ON w.kind IN ('officer-new-case', 'officer-escalation') AND c.id = w.subject_id
     LEFT JOIN incidents i ON w.kind = 'officer-incident' AND i.id = w.subject_id
     ${CHAT}
     WHERE w.told_at IS NULL AND w.tell_at <= $2 AND w.way = 'alone' AND chat."isDown" IS NOT TRUE
     ORDER BY w.tell_at, w.created_at, w.id LIMIT $1 FOR UPDATE OF w SKIP LOCKED`,
    [limit, now],
  );
  if (rows.length === 0) return { seen: 0, told: 0 };
  const news = rows.flatMap(({ conversationId, isStale, ...row }) =>
    isStale || !conversationId ? [] : [{ ...row, conversationId }],
  );
  await insertInternal(
    sql,
    news.map((row) => ({
      conversationId: row.conversationId,
      // With the time: one that could not be delivered may be told once more.
      externalId: `note:${row.id}:${now.getTime()}`,
      flow: row.kind,
      vars: row.vars,
    })),
    now,
  );
  await markTold(
    sql,
    rows.map((row) => ({
      id: row.id,
      error: row.isStale ? 'stale' : row.conversationId ? null : 'no_address',
    })),
    now,
  );
  return { seen: rows.length, told: news.length };
}

/** How long a notification that did not arrive is still news. */
const NEWS_DAYS = 7;

/** Whether internal row `i` told of notification `n`, by itself or in a digest. */
export const IS_TOLD_BY = (n: string, i: string) => `(${n}.told_at = ${i}.received_at AND (
  ${n}.id = CASE WHEN ${i}.external_id LIKE 'note:%' THEN split_part(${i}.external_id, ':', 2)::uuid END
  OR (${n}.way = 'digest' AND ${n}.officer_id =
    CASE WHEN ${i}.external_id LIKE 'digest:%' THEN split_part(${i}.external_id, ':', 2)::uuid END)))`;

interface Lost {
  id: string;
  kind: string;
  subjectId: string;
  number: number;
}

/**
 * A message to this conversation failed for good, or its person blocked us: what an officer was told there, and of which
 * nothing went out, goes back to 'no_address' and is told after all once a chat is linked or writes again. Answers the
 * incidents to be raised: where nobody else was told of it.
 */
export async function notificationFailed(
  sql: Sql,
  conversationId: string,
  now: Date,
): Promise<IncidentInsert[]> {
  const { rows: lost } = await sql.query<Lost>(
    `UPDATE notifications n SET error = 'no_address'
     FROM inbound_messages i
     WHERE i.conversation_id = $1 AND i.kind = 'internal'
       AND (i.external_id LIKE 'note:%' OR i.external_id LIKE 'digest:%')
       AND i.received_at > $2::timestamptz - make_interval(days => $3) AND i.handled_at IS NOT NULL
       AND ${IS_TOLD_BY('n', 'i')} AND n.error IS NULL
       AND EXISTS (SELECT FROM outbound_messages o WHERE o.conversation_id = $1 AND o.state = 'failed'
         AND o.created_at >= i.handled_at)
       AND NOT EXISTS (SELECT FROM outbound_messages o WHERE o.conversation_id = $1 AND o.state = 'sent'
         AND o.created_at >= i.handled_at)
     RETURNING n.id, n.kind, n.subject_id AS "subjectId", n.number`,
    [conversationId, now, NEWS_DAYS],
  );
  if (lost.length === 0) return [];
  const { rows } = await sql.query<{
    villageId: string | null;
    conversationId: string | null;
    code: string | null;
    reason: string;
  }>(
    `SELECT DISTINCT coalesce(c.village_id, l.village_id, r.village_id) AS "villageId",
       coalesce(c.conversation_id, v.id) AS "conversationId", coalesce(c.code, l.code) AS code, t.kind AS reason
     FROM unnest($1::text[], $2::uuid[], $3::int[]) AS t (kind, subject_id, number)
     LEFT JOIN cases c ON c.id = t.subject_id
     LEFT JOIN listings l ON l.id = t.subject_id
     LEFT JOIN conversations v ON v.id = t.subject_id
     LEFT JOIN addresses a ON a.id = v.address_id
     LEFT JOIN residents r ON r.id = a.resident_id
     WHERE t.kind NOT IN ('officer-incident', 'officer-invite-confirm', 'officer-account', 'officer-stopped') AND NOT EXISTS (
       SELECT FROM notifications o WHERE o.kind = t.kind AND o.subject_id = t.subject_id AND o.number = t.number
         AND o.error IS NULL)`,
    [lost.map((n) => n.kind), lost.map((n) => n.subjectId), lost.map((n) => n.number)],
  );
  return rows.map((row) => ({
    kind: 'no_officer' as const,
    villageId: row.villageId,
    conversationId: row.conversationId,
    detail: { code: row.code, reason: row.reason },
  }));
}

/** The persons of these addresses write again: officers among them are told what could not be delivered. */
export async function tellAgain(sql: Sql, addressIds: string[], now: Date): Promise<void> {
  await sql.query(
    `UPDATE notifications SET told_at = NULL, error = NULL
     WHERE error = 'no_address' AND created_at > $2::timestamptz - make_interval(days => $3)
       AND officer_id IN (SELECT officer_id FROM addresses WHERE id = ANY ($1::uuid[]))`,
    [addressIds, now, NEWS_DAYS],
  );
}
