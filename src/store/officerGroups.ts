import { tokenHash } from '../core/inviteToken.js';
import type { JsonObject } from '../core/json.js';
import type { NewId, RandomBytes } from '../core/ports.js';
import { refuseUnderWrongClock } from './clockGuard.js';
import type { Sql } from './sql.js';

/** How long the link that brings a group may be used. */
const LINK_MS = 3_600_000;

/**
 * Makes the payload of a link that brings a village's group, once and within the hour; kept as a digest only. Earlier
 * ones of the village that nobody used are withdrawn. Throws ClockBehindError.
 */
export async function createGroupLink(
  sql: Sql,
  given: { villageId: string; officerId: string },
  { newId, random, now }: { newId: NewId; random: RandomBytes; now: Date },
): Promise<{ payload: string; expiresAt: Date }> {
  await refuseUnderWrongClock(sql, now);
  await sql.query(
    "UPDATE link_codes SET used_at = $2 WHERE purpose = 'group' AND village_id = $1 AND used_at IS NULL",
    [given.villageId, now],
  );
  // 24 bytes: 32 characters of [A-Za-z0-9_-], so that `grp-…` fits a Telegram deep link (64).
  const token = Buffer.from(random(24)).toString('base64url');
  const expiresAt = new Date(now.getTime() + LINK_MS);
  await sql.query(
    `INSERT INTO link_codes (id, purpose, code_hash, officer_id, village_id, created_at, expires_at)
     VALUES ($1, 'group', $2, $3, $4, $5, $6)`,
    [newId(), tokenHash(token), given.officerId, given.villageId, now, expiresAt],
  );
  return { payload: `grp-${token}`, expiresAt };
}

export interface LinkedGroup {
  outcome: 'done' | 'expired' | 'used' | 'not_found';
  village: { id: string; name: string } | null;
  linkedBy: string | null;
  /** The group of the village until now, which gets no more notices. */
  replaced: string | null;
}

/** A group brings a link's digest. A village has one group: the one before it ends. Brought again, it is as it was. */
export async function linkGroup(
  sql: Sql,
  given: { codeHash: string; conversationId: string },
  newId: NewId,
  now: Date,
): Promise<LinkedGroup> {
  const { rows } = await sql.query<{
    id: string;
    villageId: string;
    village: string;
    officerId: string | null;
    expiresAt: Date;
    usedAt: Date | null;
    isLinked: boolean;
  }>(
    `SELECT k.id, v.id AS "villageId", v.name AS village, k.officer_id AS "officerId", k.expires_at AS "expiresAt",
       k.used_at AS "usedAt", EXISTS (SELECT FROM officer_groups g WHERE g.conversation_id = $2
         AND g.village_id = v.id AND g.ended_at IS NULL AND g.linked_at = k.used_at) AS "isLinked"
     FROM link_codes k JOIN villages v ON v.id = k.village_id
     WHERE k.code_hash = $1 AND k.purpose = 'group' FOR UPDATE OF k`,
    [given.codeHash, given.conversationId],
  );
  const code = rows[0];
  if (!code) return { outcome: 'not_found', village: null, linkedBy: null, replaced: null };
  const village = { id: code.villageId, name: code.village };
  if (code.usedAt)
    return { outcome: code.isLinked ? 'done' : 'used', village, linkedBy: null, replaced: null };
  if (code.expiresAt <= now) return { outcome: 'expired', village, linkedBy: null, replaced: null };
  await sql.query('UPDATE link_codes SET used_at = $2 WHERE id = $1', [code.id, now]);
  const { rows: before } = await sql.query<{ conversationId: string }>(
    `UPDATE officer_groups SET ended_at = $2 WHERE village_id = $1 AND ended_at IS NULL
     RETURNING conversation_id AS "conversationId"`,
    [village.id, now],
  );
  await sql.query(
    `INSERT INTO officer_groups (id, village_id, conversation_id, linked_by, linked_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (conversation_id) DO UPDATE
       SET village_id = excluded.village_id, linked_by = excluded.linked_by, linked_at = excluded.linked_at, ended_at = NULL`,
    [newId(), village.id, given.conversationId, code.officerId, now],
  );
  const replaced = before.find((row) => row.conversationId !== given.conversationId)?.conversationId ?? null;
  return { outcome: 'done', village, linkedBy: code.officerId, replaced };
}

export interface EndedGroup {
  conversationId: string;
  villageId: string;
  village: string;
}

/** These groups get no more notices; answers those that did until now. */
export async function endGroups(
  sql: Sql,
  which: { conversationIds: string[] } | { villageId: string },
  now: Date,
): Promise<EndedGroup[]> {
  const { rows } = await sql.query<EndedGroup>(
    `UPDATE officer_groups g SET ended_at = $3 FROM villages v
     WHERE v.id = g.village_id AND g.ended_at IS NULL AND (g.conversation_id = ANY ($1::uuid[]) OR g.village_id = $2)
     RETURNING g.conversation_id AS "conversationId", v.id AS "villageId", v.name AS village`,
    'villageId' in which ? [[], which.villageId, now] : [which.conversationIds, null, now],
  );
  return rows;
}

/** Something about a case that a village's group is to be told; the same case and number is told once. */
export interface GroupNotice {
  villageId: string;
  caseId: string;
  number: number;
  vars: JsonObject;
}

/** Notices as internal rows of the villages' groups, where there are such. Answers how many were new. */
export async function insertGroupNotices(sql: Sql, notices: GroupNotice[], now: Date): Promise<number> {
  if (notices.length === 0) return 0;
  const { rowCount } = await sql.query(
    `INSERT INTO inbound_messages (line_id, external_id, conversation_id, kind, body, sent_at, received_at)
     SELECT c.line_id, concat_ws(':', 'group', n.case_id, n.number, c.id), c.id, 'internal',
       jsonb_build_object('flow', 'officer-group-notice', 'vars', n.vars), $5, $5
     FROM unnest($1::text[], $2::uuid[], $3::int[], $4::jsonb[]) WITH ORDINALITY
       AS n (village_id, case_id, number, vars, ord)
     JOIN officer_groups g ON g.village_id = n.village_id AND g.ended_at IS NULL
     JOIN conversations c ON c.id = g.conversation_id
     JOIN addresses a ON a.id = c.address_id AND a.blocked_at IS NULL
     ORDER BY n.ord
     ON CONFLICT (line_id, external_id) DO NOTHING`,
    [
      notices.map((n) => n.villageId),
      notices.map((n) => n.caseId),
      notices.map((n) => n.number),
      notices.map((n) => JSON.stringify(n.vars)),
      now,
    ],
  );
  return rowCount ?? 0;
}

export interface GroupOfVillage {
  villageId: string;
  village: string;
  /** What the platform calls it; null where it told none. */
  title: string | null;
  linkedAt: Date | null;
}

/** The villages of a scope (null: all), each with its group; null title and time where it has none. */
export async function groupsInScope(sql: Sql, villages: readonly string[] | null): Promise<GroupOfVillage[]> {
  const { rows } = await sql.query<GroupOfVillage>(
    `SELECT v.id AS "villageId", v.name AS village, a.display_name AS title, g.linked_at AS "linkedAt"
     FROM villages v
     LEFT JOIN officer_groups g ON g.village_id = v.id AND g.ended_at IS NULL
     LEFT JOIN conversations c ON c.id = g.conversation_id
     LEFT JOIN addresses a ON a.id = c.address_id
     WHERE ($1::text[] IS NULL OR v.id = ANY ($1)) AND (v.state = 'active' OR g.id IS NOT NULL)
     ORDER BY v.name`,
    [villages],
  );
  return rows;
}
