import type { OfficerIdentity } from '../core/asker.js';
import { hiddenOf, isSilent, SILENT_DAYS } from '../core/history.js';
import type { Hidden } from '../core/history.js';
import type { JsonObject } from '../core/json.js';
import type { Village } from '../core/village.js';
import type { Sql } from './sql.js';

/** A locked conversation with all that its turns need to know. */
export interface ConversationRow {
  id: string;
  lineId: string;
  chatId: string;
  isGroup: boolean;
  session: JsonObject;
  /** The sealed bag of sensitive answers. */
  private: string | null;
  failures: number;
  silencedUntil: Date | null;
  /** The phone's owner has the word there until then. */
  ownerUntil: Date | null;
  /** The phone's owner keeps the chat to themselves. */
  isPrivate: boolean;
  /** Since when only a template may go, until the person writes. */
  heldSince: Date | null;
  handedOverAt: Date | null;
  metAt: Date | null;
  addressId: string;
  platform: string;
  phone: string | null;
  displayName: string | null;
  blockedAt: Date | null;
  residentId: string;
  residentName: string | null;
  language: string;
  village: Village | null;
  /** Null also where the officer's chat was silent for so long that it may be somebody else's by now. */
  officer: OfficerIdentity | null;
  /** Such a chat: its link to the officer is to be ended. */
  hasSilentOfficer: boolean;
  /** The resident has another address too. */
  isLinked: boolean;
  /** How many people are told apart at this address. */
  profiles: number;
  /** Since when what was before is hidden from whoever writes. */
  hidden: Hidden | null;
  /** Another conversation that goes on in place of this one: what still comes here belongs there. */
  mergedInto: string | null;
}

/** How far past the first waiting conversations a claim looks: others may be held by another worker. */
const LOOK_AHEAD = 8;

const CLAIM = {
  name: 'conversations-claim',
  text: `
    SELECT c.id FROM (
      SELECT conversation_id, min(seq) AS first FROM inbound_messages
      WHERE handled_at IS NULL AND parked_at IS NULL
        AND conversation_id NOT IN (SELECT id FROM conversations WHERE wake_at > $1)
      GROUP BY conversation_id ORDER BY first LIMIT $2::int * ${LOOK_AHEAD}
    ) w
    JOIN conversations c ON c.id = w.conversation_id
    WHERE c.wake_at IS NULL OR c.wake_at <= $1
    ORDER BY w.first
    LIMIT $2
    FOR NO KEY UPDATE OF c SKIP LOCKED`,
};

/**
 * Locks conversations that have waiting messages, those that waited longest first, and leaves alone what another
 * worker holds or what rests. NO KEY UPDATE: new messages may refer to the conversation meanwhile.
 */
export async function claimConversations(sql: Sql, limit: number, now: Date): Promise<string[]> {
  return (await sql.query<{ id: string }>(CLAIM, [now, limit])).rows.map((row) => row.id);
}

/** Locks one conversation; null where another worker holds it, or where it rests (`now` null: also then). */
export async function lockConversation(
  sql: Sql,
  id: string,
  now: Date | null,
): Promise<{ failures: number } | null> {
  const { rows } = await sql.query<{ failures: number }>(
    `SELECT failures FROM conversations
     WHERE id = $1 AND ($2::timestamptz IS NULL OR wake_at IS NULL OR wake_at <= $2)
     FOR NO KEY UPDATE SKIP LOCKED`,
    [id, now],
  );
  return rows[0] ?? null;
}

/**
 * What few conversations have comes as one JSON value, null for all others: every column of a row that is read for each
 * message costs. Whether history is hidden is looked at closely only where a chat was silent for long, was never heard
 * of on this line, or is not one person's alone.
 */
const CONTEXT = {
  name: 'conversations-context',
  text: `
    SELECT c.id, c.line_id AS "lineId", c.chat_id AS "chatId", c.is_group AS "isGroup", c.session, c.private, c.failures,
      c.silenced_until AS "silencedUntil", c.handed_over_at AS "handedOverAt", c.met_at AS "metAt",
      a.id AS "addressId", a.platform, a.phone, a.display_name AS "displayName", a.blocked_at AS "blockedAt",
      r.id AS "residentId", r.name AS "residentName", r.language,
      v.id AS v_id, v.name AS v_name, d.name AS v_district, v.type AS v_type, v.state AS v_state, v.zone AS v_zone,
      v.office_address AS v_address, v.office_phone AS v_phone, v.midwife_phone AS v_midwife,
      CASE WHEN is_old OR is_linked OR has_profiles OR a.hidden_since IS NOT NULL OR a.confirmed_at IS NOT NULL
        OR a.officer_id IS NOT NULL OR c.owner_until IS NOT NULL OR c.is_private OR c.held_since IS NOT NULL
        OR c.merged_into IS NOT NULL
      THEN json_build_object('ownerUntil', c.owner_until, 'isPrivate', c.is_private, 'heldSince', c.held_since,
        'mergedInto', c.merged_into, 'isLinked', is_linked, 'isOfficers', a.officer_id IS NOT NULL,
        'officer', (SELECT json_build_object('id', o.id, 'name', o.name, 'roles', coalesce(
            (SELECT json_agg(json_build_object('role', q.role, 'village', q.village_id) ORDER BY q.role)
             FROM officer_roles q WHERE q.officer_id = o.id), '[]'))
          FROM officers o WHERE o.id = a.officer_id AND o.is_active),
        'profiles', (SELECT count(*) FROM address_profiles p WHERE p.address_id = a.id),
        'chosenAt', (SELECT p.last_used_at FROM address_profiles p WHERE p.address_id = a.id AND p.resident_id = r.id),
        'hiddenSince', a.hidden_since, 'confirmedAt', a.confirmed_at, 'madeAt', a.created_at,
        'lastInboundAt', CASE WHEN is_old
          THEN (SELECT max(o.last_inbound_at) FROM conversations o WHERE o.address_id = a.id)
          ELSE c.last_inbound_at END,
        'hasHistory', is_old AND (is_linked OR has_profiles OR EXISTS (SELECT FROM cases k WHERE k.resident_id = r.id)
          OR EXISTS (SELECT FROM listings k WHERE k.resident_id = r.id)))
      END AS rare
    FROM conversations c
    JOIN addresses a ON a.id = c.address_id
    JOIN residents r ON r.id = a.resident_id
    JOIN lines l ON l.id = c.line_id
    LEFT JOIN villages v ON v.id = coalesce(r.village_id, l.village_id)
    LEFT JOIN districts d ON d.code = v.district_code
    CROSS JOIN LATERAL (SELECT
      EXISTS (SELECT FROM addresses b WHERE b.resident_id = r.id AND b.id <> a.id AND b.merged_into IS NULL) AS is_linked,
      EXISTS (SELECT FROM address_profiles p WHERE p.address_id = a.id) AS has_profiles,
      NOT c.is_group AND coalesce(c.last_inbound_at < $2::timestamptz - interval '${SILENT_DAYS} days', true) AS is_old
    ) known
    WHERE c.id = ANY ($1::uuid[])`,
};

type Plain = Pick<
  ConversationRow,
  | 'id'
  | 'lineId'
  | 'chatId'
  | 'isGroup'
  | 'session'
  | 'private'
  | 'failures'
  | 'silencedUntil'
  | 'handedOverAt'
  | 'metAt'
  | 'addressId'
  | 'platform'
  | 'phone'
  | 'displayName'
  | 'blockedAt'
  | 'residentId'
  | 'residentName'
  | 'language'
>;

interface ContextRow extends Plain {
  v_id: string | null;
  v_name: string;
  v_district: string;
  v_type: Village['type'];
  v_state: Village['state'];
  v_zone: string;
  v_address: string | null;
  v_phone: string | null;
  v_midwife: string | null;
  rare: Rare | null;
}

/** Times as JSON has them. */
interface Rare {
  ownerUntil: string | null;
  isPrivate: boolean;
  heldSince: string | null;
  mergedInto: string | null;
  isLinked: boolean;
  isOfficers: boolean;
  officer: OfficerIdentity | null;
  profiles: number;
  chosenAt: string | null;
  hiddenSince: string | null;
  confirmedAt: string | null;
  madeAt: string;
  lastInboundAt: string | null;
  hasHistory: boolean;
}

/** Conversations with their people and places, as they are now: after the lock, in a statement of its own. */
export async function loadConversations(sql: Sql, ids: string[], now: Date): Promise<ConversationRow[]> {
  const { rows } = await sql.query<ContextRow>(CONTEXT, [ids, now]);
  return rows.map((row) => ({
    id: row.id,
    lineId: row.lineId,
    chatId: row.chatId,
    isGroup: row.isGroup,
    session: row.session,
    private: row.private,
    failures: row.failures,
    silencedUntil: row.silencedUntil,
    handedOverAt: row.handedOverAt,
    metAt: row.metAt,
    addressId: row.addressId,
    platform: row.platform,
    phone: row.phone,
    displayName: row.displayName,
    blockedAt: row.blockedAt,
    residentId: row.residentId,
    residentName: row.residentName,
    language: row.language,
    village: villageOf(row),
    ...(row.rare === null ? USUAL : rareOf(row.rare, now)),
  }));
}

function villageOf(row: ContextRow): Village | null {
  if (row.v_id === null) return null;
  return {
    id: row.v_id,
    name: row.v_name,
    district: row.v_district,
    type: row.v_type,
    state: row.v_state,
    zone: row.v_zone,
    officeAddress: row.v_address,
    officePhone: row.v_phone,
    midwifePhone: row.v_midwife,
  };
}

type RareFacts = Omit<ConversationRow, keyof Plain | 'village'>;

const USUAL: RareFacts = {
  ownerUntil: null,
  isPrivate: false,
  heldSince: null,
  mergedInto: null,
  isLinked: false,
  profiles: 0,
  hidden: null,
  officer: null,
  hasSilentOfficer: false,
};

function rareOf(rare: Rare, now: Date): RareFacts {
  const lastInboundAt = time(rare.lastInboundAt);
  const hasSilentOfficer = rare.isOfficers && isSilent(lastInboundAt ?? new Date(rare.madeAt), now);
  return {
    ownerUntil: time(rare.ownerUntil),
    isPrivate: rare.isPrivate,
    heldSince: time(rare.heldSince),
    mergedInto: rare.mergedInto,
    isLinked: rare.isLinked,
    profiles: rare.profiles,
    hidden: hiddenOf(
      {
        hiddenSince: time(rare.hiddenSince),
        confirmedAt: time(rare.confirmedAt),
        lastInboundAt,
        profiles: rare.profiles,
        chosenAt: time(rare.chosenAt),
        hasHistory: rare.hasHistory,
      },
      now,
    ),
    officer: hasSilentOfficer ? null : rare.officer,
    hasSilentOfficer,
  };
}

function time(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

/** What a batch leaves behind: sessions, and which messages are done with. */
export interface SavedBatch {
  conversations: SavedConversation[];
  /** `seq` of the messages handled. */
  handled: number[];
  /** Of those, the ones whose body is to be kept sealed alone. */
  sealed: { seq: number; body: string }[];
}

export interface SavedConversation {
  id: string;
  /** JSON text, ready to be stored. */
  session: string;
  private: string | null;
  /** First answered in this batch. */
  isMet: boolean;
  silencedUntil: Date | null;
  /** When its newest message came; null where only internal rows were handled. */
  lastInboundAt: Date | null;
  /** History at this address is hidden from now on. */
  hides: { addressId: string; since: Date } | null;
}

const SAVE = {
  name: 'conversations-save',
  text: `
    WITH handled AS (
      UPDATE inbound_messages SET handled_at = $8 WHERE seq = ANY ($7::bigint[])
    )
    UPDATE conversations c SET session = s.session, private = s.private, version = c.version + 1,
      failures = 0, wake_at = NULL, met_at = CASE WHEN s.is_met THEN coalesce(c.met_at, $8) ELSE c.met_at END,
      silenced_until = s.silenced_until, last_inbound_at = coalesce(s.last_inbound_at, c.last_inbound_at),
      held_since = CASE WHEN s.last_inbound_at IS NULL THEN c.held_since END
    FROM unnest($1::uuid[], $2::jsonb[], $3::text[], $4::boolean[], $5::timestamptz[], $6::timestamptz[])
      AS s (id, session, private, is_met, silenced_until, last_inbound_at)
    WHERE c.id = s.id`,
};

const HIDE = `
  WITH hidden AS (
    UPDATE addresses a SET hidden_since = h.since FROM unnest($1::uuid[], $2::timestamptz[]) AS h (id, since)
    WHERE a.id = h.id AND a.hidden_since IS NULL
  )
  -- What waited all that time was meant for the person of then.
  UPDATE outbound_messages o SET state = 'failed', error = 'history is hidden'
  FROM unnest($1::uuid[], $2::timestamptz[]) AS h (id, since) JOIN conversations k ON k.address_id = h.id
  WHERE o.conversation_id = k.id AND o.state = 'pending' AND o.created_at < h.since`;

/**
 * Stores what a batch of turns came to, in one statement (others where something is sealed, or hidden from now on).
 * All are handed over at once, so that a COMMIT may follow without waiting for them.
 */
export async function saveConversations(sql: Sql, batch: SavedBatch, now: Date): Promise<void> {
  const saved = batch.conversations;
  const hides = saved.flatMap((s) => s.hides ?? []);
  const saving: Promise<unknown>[] = [
    sql.query(SAVE, [
      saved.map((s) => s.id),
      saved.map((s) => s.session),
      saved.map((s) => s.private),
      saved.map((s) => s.isMet),
      saved.map((s) => s.silencedUntil),
      saved.map((s) => s.lastInboundAt),
      batch.handled,
      now,
    ]),
  ];
  // Seldom: not among what every batch runs.
  if (hides.length > 0)
    saving.push(sql.query(HIDE, [hides.map(({ addressId }) => addressId), hides.map(({ since }) => since)]));
  if (batch.sealed.length > 0)
    saving.push(
      sql.query(
        `UPDATE inbound_messages i SET body = jsonb_build_object('kind', i.kind), sealed_body = s.body
         FROM unnest($1::bigint[], $2::text[]) AS s (seq, body) WHERE i.seq = s.seq`,
        [batch.sealed.map((s) => s.seq), batch.sealed.map((s) => s.body)],
      ),
    );
  await Promise.all(saving);
}

/** Sends what waits in conversations that others go on in place of there, in its order. */
export async function sendOnWaiting(sql: Sql, ids: string[]): Promise<void> {
  await sql.query(
    `UPDATE inbound_messages i SET conversation_id = c.merged_into FROM conversations c
     WHERE c.id = ANY ($1::uuid[]) AND c.merged_into IS NOT NULL AND i.conversation_id = c.id
       AND i.handled_at IS NULL AND i.parked_at IS NULL`,
    [ids],
  );
}

/** A conversation that failed rests before it is tried again. `counts`: whether this brings it nearer to being parked. */
export async function restConversation(sql: Sql, id: string, until: Date, counts: boolean): Promise<void> {
  await sql.query('UPDATE conversations SET wake_at = $2, failures = failures + $3 WHERE id = $1', [
    id,
    until,
    counts ? 1 : 0,
  ]);
}

/** The person blocked us, or lets us write again. */
export async function setBlocked(sql: Sql, addressIds: string[], at: Date | null): Promise<void> {
  await sql.query(
    `UPDATE addresses SET blocked_at = $2 WHERE id = ANY ($1::uuid[]) AND (blocked_at IS NULL) <> ($2::timestamptz IS NULL)`,
    [addressIds, at],
  );
}
