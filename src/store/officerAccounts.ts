import { isGuarded, VOUCHING_DAYS } from '../core/accounts.js';
import type { OfficerRole } from '../core/asker.js';
import { HEADS } from '../core/handlers.js';
import type { NewId } from '../core/ports.js';
import { insertAudit } from './audit.js';
import { insertNotifications } from './notifications.js';
import type { Sql } from './sql.js';

/** What an officer is told of their own account, at once: flow officer-account. */
export type AccountNews =
  'link' | 'password' | 'code_removed' | 'role' | 'role_removed' | 'stopped' | 'resumed' | 'chat_ended';

/** Tells officers in their own chats what somebody else did to an account; each time anew, were it the same again. */
export async function tellOfAccount(
  sql: Sql,
  officerIds: string[],
  news: { what: AccountNews; by: string; name?: string; role?: string },
  newId: NewId,
  now: Date,
): Promise<void> {
  await insertNotifications(
    sql,
    officerIds.map((officerId) => ({
      officerId,
      kind: 'officer-account',
      subjectId: newId(),
      number: 0,
      vars: { urgent: true, name: null, role: null, ...news },
    })),
    newId,
    now,
  );
}

/** Somebody else made a link by which this officer's password can be chosen. */
export async function noteLink(sql: Sql, officerId: string, by: string): Promise<void> {
  await sql.query('UPDATE officers SET account_link_by = $2 WHERE id = $1', [officerId, by]);
}

/**
 * A password was chosen by a link: the account proves nobody until it is confirmed. Answers whose it is and who made the link;
 * null where no officer has the account.
 */
export async function passwordByLink(
  sql: Sql,
  userId: string,
  now: Date,
): Promise<{ id: string; linkedBy: string | null } | null> {
  const { rows } = await sql.query<{ id: string; linkedBy: string | null }>(
    `UPDATE officers o SET account_unconfirmed_since = $2 WHERE o.user_id = $1
     RETURNING o.id, (SELECT b.name FROM officers b WHERE b.id = o.account_link_by) AS "linkedBy"`,
    [userId, now],
  );
  return rows[0] ?? null;
}

/**
 * The officer's own word, in their chat, on an account that somebody made or changed for them. `accept`: it was they, and the
 * account counts. Else its password, its links and its sessions end at once, with a second factor that was set up meanwhile, and
 * it stays unconfirmed.
 * `none`: there is no account, or nothing about it is open.
 */
export async function settleAccount(
  sql: Sql,
  officerId: string,
  accept: boolean,
  { newId, now }: { newId: NewId; now: Date },
): Promise<'done' | 'none'> {
  const { rows } = await sql.query<{ userId: string | null; since: Date | null }>(
    'SELECT user_id AS "userId", account_unconfirmed_since AS since FROM officers WHERE id = $1 FOR NO KEY UPDATE',
    [officerId],
  );
  const { userId, since } = rows[0] ?? { userId: null, since: null };
  if (!userId || (accept && !since)) return 'none';
  if (accept)
    await sql.query('UPDATE officers SET account_unconfirmed_since = NULL WHERE id = $1', [officerId]);
  else {
    await sql.query(
      'UPDATE officers SET account_unconfirmed_since = coalesce(account_unconfirmed_since, $2) WHERE id = $1',
      [officerId, now],
    );
    await sql.query('UPDATE auth_accounts SET password = NULL WHERE user_id = $1', [userId]);
    await sql.query('DELETE FROM auth_verifications WHERE value = $1', [userId]);
    await sql.query('DELETE FROM auth_sessions WHERE user_id = $1', [userId]);
    // One that was set up with a password that was somebody else's is theirs as well.
    if (since && (await hasDone(sql, officerId, SECOND_FACTOR_SET, officerId, since)))
      await removeSecondFactor(sql, officerId, null);
  }
  await insertAudit(
    sql,
    [
      {
        officerId,
        action: accept ? 'officer.account_confirmed' : 'officer.account_denied',
        subjectKind: 'officer',
        subjectId: officerId,
        data: { by: 'own_chat' },
      },
    ],
    newId,
    now,
  );
  return 'done';
}

/** The audit line of an officer who set up a second factor. */
export const SECOND_FACTOR_SET = 'officer.code_set';

/** Whether one officer did something to another, or to themselves, from a moment on, by the audit log. */
async function hasDone(
  sql: Sql,
  byId: string,
  action: string,
  officerId: string,
  since: Date,
): Promise<boolean> {
  const { rows } = await sql.query(
    `SELECT FROM audit_log WHERE subject_kind = 'officer' AND subject_id = $2::text AND officer_id = $1::uuid
       AND action = $3 AND at >= $4 LIMIT 1`,
    [byId, officerId, action, since],
  );
  return rows.length > 0;
}

/** Another head vouches for an account. The caller has asked `mayConfirm`. */
export async function confirmAccount(sql: Sql, officerId: string): Promise<void> {
  await sql.query('UPDATE officers SET account_unconfirmed_since = NULL WHERE id = $1', [officerId]);
}

/** What makes an account another's than its owner's: who did so lately vouches for nobody there. */
const LINKED = ['officer.account', 'officer.password_link'];
/** Audit lines of who took a second factor, or all chats, of an officer away, and of who vouched for their account. */
const CODE_REMOVED = 'officer.code_removed';
const CHAT_REVOKED = 'officer.chat_revoked';
const CONFIRMED = 'officer.account_confirmed';

/**
 * Whether one officer may say that another's unconfirmed account is its owner's. Whoever did another half of a taking over within
 * `VOUCHING_DAYS` may not: made a link, took the second factor away, or the chat that would have heard of it.
 */
export async function mayConfirm(
  sql: Sql,
  voucherId: string,
  officerId: string,
  now: Date,
): Promise<boolean> {
  return mayVouch(sql, voucherId, officerId, now, [CODE_REMOVED, CHAT_REVOKED]);
}

/** Whether one officer may take a head's second factor away: not who has vouched for the account within `VOUCHING_DAYS`. */
export async function mayRemoveSecondFactor(
  sql: Sql,
  voucherId: string,
  officerId: string,
  now: Date,
): Promise<boolean> {
  return mayVouch(sql, voucherId, officerId, now, [CONFIRMED]);
}

/**
 * Whether one officer may vouch for another's account: a head of a village of theirs, or a keeper of all, by a role that nobody
 * gave them within the last `VOUCHING_DAYS`. Not the officer themselves, nor whoever made the link, or did any of `unless` there,
 * within these days; nor anybody where a link of these days was made by somebody without such a role: a secretary could make an
 * admin up to make the link, and vouch for what they chose themselves.
 */
async function mayVouch(
  sql: Sql,
  voucherId: string,
  officerId: string,
  now: Date,
  unless: readonly string[],
): Promise<boolean> {
  const lately = `$3::timestamptz - make_interval(days => $4)`;
  const done = (actions: string) => `a.subject_kind = 'officer' AND a.subject_id = o.id::text
    AND a.action = ANY (${actions}) AND a.at > ${lately}`;
  const isThere = `(r.village_id IS NULL
    OR EXISTS (SELECT FROM officer_roles t WHERE t.officer_id = o.id AND t.village_id = r.village_id))`;
  const isOld = `(r.granted_by IS NULL OR r.granted_at <= ${lately})`;
  const { rows } = await sql.query(
    `SELECT FROM officers o
     WHERE o.id = $2 AND o.id <> $1 AND o.account_link_by IS DISTINCT FROM $1
       AND EXISTS (SELECT FROM officer_roles r WHERE r.officer_id = $1 AND ${isThere} AND ${isOld}
         AND CASE WHEN r.village_id IS NULL THEN r.role = 'admin' ELSE r.role = ANY ($7) END)
       AND NOT EXISTS (SELECT FROM audit_log a WHERE ${done('$6::text[] || $5::text[]')} AND a.officer_id = $1)
       AND NOT EXISTS (SELECT FROM audit_log a WHERE ${done('$5::text[]')} AND NOT EXISTS (
         SELECT FROM officer_roles r WHERE r.officer_id = a.officer_id AND ${isThere} AND ${isOld}
           AND (r.role = 'admin' OR r.role = ANY ($7))))`,
    [voucherId, officerId, now, VOUCHING_DAYS, LINKED, unless, HEADS],
  );
  return rows.length > 0;
}

/**
 * Whether somebody took this officer's chats away within `VOUCHING_DAYS`. Of a head of the village they make no password link
 * then: it would be told in no chat of the head's.
 */
export async function hasLatelyUnlinked(
  sql: Sql,
  byId: string,
  officerId: string,
  now: Date,
): Promise<boolean> {
  const since = new Date(now.getTime() - VOUCHING_DAYS * 86_400_000);
  return hasDone(sql, byId, CHAT_REVOKED, officerId, since);
}

/** Whether this keeper of all villages was made one by another so lately that their agreement is not a second person's. */
export async function isYoungKeeper(sql: Sql, officerId: string, now: Date): Promise<boolean> {
  const { rows } = await sql.query<{ isYoung: boolean }>(
    `SELECT bool_and(granted_by IS NOT NULL AND granted_at > $2::timestamptz - make_interval(days => $3)) IS TRUE AS "isYoung"
     FROM officer_roles WHERE officer_id = $1 AND role = 'admin' AND village_id IS NULL`,
    [officerId, now, VOUCHING_DAYS],
  );
  return rows[0]!.isYoung;
}

/** The others who hold what a new role gives as well: the heads of that village, or the keepers of all. */
export async function peersOf(sql: Sql, { role, village }: OfficerRole, but: string[]): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT DISTINCT o.id FROM officers o JOIN officer_roles r ON r.officer_id = o.id
     WHERE o.is_active AND o.id <> ALL ($3::uuid[])
       AND CASE WHEN $2::text IS NULL THEN r.village_id IS NULL AND r.role = $1
           ELSE r.village_id = $2 AND r.role IN ('kepala_desa', 'sekretaris') END`,
    [role, village, but],
  );
  return rows.map(({ id }) => id);
}

/**
 * Tells an officer, and whoever holds as much, that they were stopped, serve again, lost a guarded role or their chats: of each
 * such role that is among `roles`. Nobody disappears unseen, were it for an hour. Whoever lost their chats is told there, by
 * `tellInEndedChats`.
 */
export async function tellOfGuarded(
  sql: Sql,
  chosen: { id: string; name: string },
  roles: readonly OfficerRole[],
  what: 'role_removed' | 'stopped' | 'resumed' | 'chat_ended',
  by: { id: string; name: string },
  { newId, now }: { newId: NewId; now: Date },
): Promise<void> {
  const guarded = roles.filter(({ role }) => isGuarded(role));
  const told = new Set([by.id]);
  for (const { role, village } of guarded) {
    const peers = await peersOf(sql, { role, village }, [...told, chosen.id]);
    const isFirst = !told.has(chosen.id);
    if (isFirst && what === 'stopped') await tellStopped(sql, chosen.id, { by: by.name, role }, newId, now);
    for (const id of [chosen.id, ...peers]) told.add(id);
    await tellOfAccount(
      sql,
      [...(isFirst && what !== 'stopped' && what !== 'chat_ended' ? [chosen.id] : []), ...peers],
      { what, by: by.name, name: chosen.name, role },
      newId,
      now,
    );
  }
}

/** Whoever was stopped hears of it in the chat that is no officer's any more: flow officer-stopped. */
async function tellStopped(
  sql: Sql,
  officerId: string,
  news: { by: string; role: string },
  newId: NewId,
  now: Date,
): Promise<void> {
  const vars = { urgent: true, ...news };
  const notice = { officerId, kind: 'officer-stopped', subjectId: newId(), number: 0, vars };
  await insertNotifications(sql, [notice], newId, now);
}

/** How an account stands as to its second factor. `due`: until when it can be put off. */
export async function secondFactorDue(sql: Sql, officerId: string, ifNew: Date): Promise<Date> {
  const { rows } = await sql.query<{ due: Date }>(
    `UPDATE officers SET second_factor_due = coalesce(second_factor_due, $2) WHERE id = $1 RETURNING second_factor_due AS due`,
    [officerId, ifNew],
  );
  return rows[0]!.due;
}

/**
 * Takes a second factor away, where its phone is lost: sessions end, and a new one must be set up by `due`; null: as by whoever
 * signs in for the first time.
 */
export async function removeSecondFactor(sql: Sql, officerId: string, due: Date | null): Promise<boolean> {
  const { rows } = await sql.query<{ userId: string }>(
    `UPDATE officers o SET second_factor_due = $2 FROM auth_users u
     WHERE o.id = $1 AND u.id = o.user_id AND u.two_factor_enabled RETURNING o.user_id AS "userId"`,
    [officerId, due],
  );
  const userId = rows[0]?.userId;
  if (!userId) return false;
  await sql.query('UPDATE auth_users SET two_factor_enabled = false WHERE id = $1', [userId]);
  await sql.query('DELETE FROM auth_two_factors WHERE user_id = $1', [userId]);
  await sql.query('DELETE FROM auth_sessions WHERE user_id = $1', [userId]);
  return true;
}

/** An officer's account of the console; null where they have none. */
export async function loadAccount(
  sql: Sql,
  officerId: string,
): Promise<{ userId: string; username: string | null; hasSecondFactor: boolean } | null> {
  const { rows } = await sql.query<{ userId: string; username: string | null; hasSecondFactor: boolean }>(
    `SELECT u.id AS "userId", u.username, coalesce(u.two_factor_enabled, false) AS "hasSecondFactor"
     FROM officers o JOIN auth_users u ON u.id = o.user_id WHERE o.id = $1 AND o.is_active`,
    [officerId],
  );
  return rows[0] ?? null;
}

/** A link that its officer asked for: nobody else made it. Those before it end. `identifier`: core/passwordLink.ts. */
export async function insertPasswordLink(
  sql: Sql,
  link: { id: string; officerId: string; userId: string; identifier: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  await sql.query('DELETE FROM auth_verifications WHERE value = $1', [link.userId]);
  await sql.query(
    `INSERT INTO auth_verifications (id, identifier, value, expires_at, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $5)`,
    [link.id, link.identifier, link.userId, link.expiresAt, now],
  );
  await sql.query('UPDATE officers SET account_link_by = NULL WHERE id = $1', [link.officerId]);
}
