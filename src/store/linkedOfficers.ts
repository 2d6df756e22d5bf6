import { OUTSIDERS } from '../core/handlers.js';
import { SILENT_DAYS } from '../core/history.js';
import type { NewId } from '../core/ports.js';
import { insertAudit } from './audit.js';
import type { Sql } from './sql.js';

/**
 * A village takes requests only while one of its own active officers has a chat. Called, in the same transaction, by
 * whoever links, unlinks, stops or adds officers: their villages become active, or are paused where nobody is left.
 * That nobody could be told ends as an incident where somebody can be again.
 */
export async function followLinkedOfficers(sql: Sql, officerIds: string[], now: Date): Promise<void> {
  if (officerIds.length === 0) return;
  await sql.query(
    `SELECT FROM villages WHERE id IN (SELECT village_id FROM officer_roles WHERE officer_id = ANY ($1::uuid[]))
     ORDER BY id FOR NO KEY UPDATE`,
    [officerIds],
  );
  const { rows } = await sql.query<{ id: string }>(
    'SELECT DISTINCT village_id AS id FROM officer_roles WHERE officer_id = ANY ($1::uuid[]) AND village_id IS NOT NULL',
    [officerIds],
  );
  await followVillages(
    sql,
    rows.map(({ id }) => id),
  );
  // A keeper (a role in no village) serves all, and those who named none.
  await sql.query(
    `UPDATE incidents i SET closed_at = $2 WHERE i.kind = 'no_officer' AND i.closed_at IS NULL AND EXISTS (
       SELECT FROM officer_roles r JOIN officers o ON o.id = r.officer_id JOIN addresses a ON a.officer_id = o.id
       WHERE o.id = ANY ($1::uuid[]) AND o.is_active AND a.blocked_at IS NULL
         AND r.role NOT IN (${NO_OFFICE}) AND (r.village_id IS NULL OR r.village_id = i.village_id))`,
    [officerIds, now],
  );
}

/** The same for villages that lost a role of an officer who is theirs no more. */
export async function followVillages(sql: Sql, villageIds: string[]): Promise<void> {
  await sql.query(
    `UPDATE villages v SET state = CASE WHEN is_linked THEN 'active' ELSE 'paused' END
     FROM (SELECT t.id, ${IS_LINKED} AS is_linked FROM villages t WHERE t.id = ANY ($1::text[])) n
     WHERE v.id = n.id AND CASE WHEN n.is_linked THEN v.state <> 'active' ELSE v.state = 'active' END`,
    [villageIds],
  );
}

/** Whoever is new at this address is not the officer whose chat it was. Answers which officer that was; null: none. */
export async function endOfficerChat(sql: Sql, addressId: string, now: Date): Promise<string | null> {
  const { rows } = await sql.query<{ id: string }>(
    `UPDATE addresses a SET officer_id = NULL FROM (SELECT id, officer_id FROM addresses WHERE id = $1) was
     WHERE a.id = was.id AND was.officer_id IS NOT NULL RETURNING was.officer_id AS id`,
    [addressId],
  );
  const id = rows[0]?.id ?? null;
  if (id !== null) await followLinkedOfficers(sql, [id], now);
  return id;
}

/** When an address was heard last. */
const LAST_HEARD = (address: string) =>
  `coalesce((SELECT max(k.last_inbound_at) FROM conversations k WHERE k.address_id = ${address}.id), ${address}.created_at)`;

/** How many silent chats one run of the job ends. */
const LIMIT = 200;

/**
 * Nobody keeps an officer's rights in a chat that was silent for `SILENT_DAYS`: the number may be somebody else's. The
 * link ends and is written to the audit log; the officer is invited anew. `addressIds`: at these, where somebody has
 * just written; null: at any, at most `LIMIT`, but for those whose village would have no chat of an officer left: a quiet
 * village must not stop to take requests because nobody had to answer one. A chat that was never heard counts from when
 * its address was made. Answers how many ended.
 */
export async function endSilentOfficerChats(
  sql: Sql,
  addressIds: string[] | null,
  { now, newId }: { now: Date; newId: NewId },
): Promise<number> {
  const { rows } = await sql.query<{ officerId: string; addressId: string; platform: string }>(
    `UPDATE addresses a SET officer_id = NULL FROM (
       SELECT b.id, b.officer_id FROM addresses b
       WHERE b.officer_id IS NOT NULL AND ($2::uuid[] IS NULL OR b.id = ANY ($2))
         AND ${LAST_HEARD('b')} < $1::timestamptz - interval '${SILENT_DAYS} days'
         AND ($2::uuid[] IS NOT NULL OR NOT EXISTS (
           SELECT FROM officer_roles q WHERE q.officer_id = b.officer_id AND q.village_id IS NOT NULL AND NOT EXISTS (
             SELECT FROM officer_roles r JOIN officers o ON o.id = r.officer_id JOIN addresses x ON x.officer_id = o.id
             WHERE r.village_id = q.village_id AND o.is_active
               AND ${LAST_HEARD('x')} >= $1::timestamptz - interval '${SILENT_DAYS} days')))
       ORDER BY b.id LIMIT ${LIMIT} FOR NO KEY UPDATE
     ) was
     WHERE a.id = was.id
     RETURNING was.officer_id AS "officerId", a.id AS "addressId", a.platform`,
    [now, addressIds],
  );
  await followLinkedOfficers(
    sql,
    rows.map(({ officerId }) => officerId),
    now,
  );
  await insertAudit(
    sql,
    rows.map(({ officerId, addressId, platform }) => ({
      officerId: null,
      action: 'officer.chat_ended',
      subjectKind: 'officer',
      subjectId: officerId,
      data: { reason: 'silent', address: addressId, platform },
    })),
    newId,
    now,
  );
  return rows.length;
}

/** Roles that are no office of a village: the head of an RT, and who stands above it. */
export const NO_OFFICE = OUTSIDERS.map((role) => `'${role}'`).join(', ');

/** Of a village `t`. */
export const IS_LINKED = `EXISTS (
  SELECT FROM officer_roles r JOIN officers o ON o.id = r.officer_id JOIN addresses a ON a.officer_id = o.id
  WHERE r.village_id = t.id AND o.is_active AND r.role NOT IN (${NO_OFFICE}))`;
