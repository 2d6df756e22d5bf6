import type { OfficerIdentity, OfficerRole } from '../../core/asker.js';
import type { NewId, Now } from '../../core/ports.js';
import { followLinkedOfficers, followVillages } from '../linkedOfficers.js';
import { isManagedIn } from '../officerScope.js';
import type { Sql } from '../sql.js';
import { wakeClocks } from '../wakeClocks.js';
import type { Scope } from './scope.js';

/** An officer at the console, and how their account stands. */
export interface ConsoleOfficer extends OfficerIdentity {
  /** Set: the password was chosen by another's link, and nobody has said that it was they. */
  unconfirmedSince: Date | null;
}

/** The active officer whose console account this is; null for anybody else. */
export async function officerOfUser(sql: Sql, userId: string): Promise<ConsoleOfficer | null> {
  const { rows } = await sql.query<ConsoleOfficer>(
    `SELECT officers.id, officers.name, officers.account_unconfirmed_since AS "unconfirmedSince", ${ROLES_JSON} AS roles
     FROM officers WHERE officers.user_id = $1 AND officers.is_active`,
    [userId],
  );
  return rows[0] ?? null;
}

const ROLES_JSON = `(SELECT coalesce(jsonb_agg(jsonb_build_object('role', officer_roles.role, 'village', officer_roles.village_id)
  ORDER BY officer_roles.village_id NULLS FIRST, officer_roles.role), '[]')
  FROM officer_roles WHERE officer_roles.officer_id = officers.id)`;

export interface OfficerRow {
  id: string;
  name: string;
  phone: string | null;
  isActive: boolean;
  userId: string | null;
  username: string | null;
  roles: { role: string; village: string | null; villageName: string | null }[];
  /** By which chats they are reached. */
  platforms: string[];
  /** Their account was opened by another's link, and nobody has said that it was they. */
  isUnconfirmed: boolean;
  hasSecondFactor: boolean;
  hasPin: boolean;
  /** An invite that may still be accepted. */
  invitedUntil: Date | null;
}

const MANAGED = isManagedIn('$1', 'officers.id');

const OFFICER = `SELECT officers.id, officers.name, officers.phone, officers.is_active AS "isActive",
    officers.user_id AS "userId", auth_users.username, officers.account_unconfirmed_since IS NOT NULL AS "isUnconfirmed",
    auth_users.two_factor_enabled IS TRUE AS "hasSecondFactor",
    EXISTS (SELECT FROM officer_pins WHERE officer_pins.officer_id = officers.id) AS "hasPin",
    (SELECT coalesce(jsonb_agg(jsonb_build_object('role', officer_roles.role, 'village', officer_roles.village_id,
       'villageName', villages.name) ORDER BY villages.name NULLS FIRST, officer_roles.role), '[]')
     FROM officer_roles LEFT JOIN villages ON villages.id = officer_roles.village_id
     WHERE officer_roles.officer_id = officers.id) AS roles,
    (SELECT coalesce(array_agg(DISTINCT addresses.platform), '{}') FROM addresses
     WHERE addresses.officer_id = officers.id) AS platforms,
    (SELECT max(invites.expires_at) FROM invites WHERE invites.officer_id = officers.id
       AND invites.accepted_at IS NULL AND invites.refused_at IS NULL AND invites.expires_at > $2) AS "invitedUntil"
  FROM officers LEFT JOIN auth_users ON auth_users.id = officers.user_id`;

export async function officersInScope(sql: Sql, scope: Scope, now: Date): Promise<OfficerRow[]> {
  const { rows } = await sql.query<OfficerRow>(
    `${OFFICER} WHERE ${MANAGED} ORDER BY officers.is_active DESC, officers.name LIMIT 500`,
    [scope.villages, now],
  );
  return rows;
}

export async function officerInScope(
  sql: Sql,
  scope: Scope,
  id: string,
  now: Date,
): Promise<OfficerRow | null> {
  const { rows } = await sql.query<OfficerRow>(`${OFFICER} WHERE ${MANAGED} AND officers.id = $3`, [
    scope.villages,
    now,
    id,
  ]);
  return rows[0] ?? null;
}

/** Who gave a role and when; null: the set-up of the installation. */
export type Granted = { by: string; at: Date } | null;

/** Adds an officer with their roles. The caller has held the roles' villages to the scope. Null: the phone is taken. */
export async function addOfficer(
  sql: Sql,
  officer: { name: string; phone: string | null; userId?: string; roles: OfficerRole[]; granted?: Granted },
  newId: NewId,
): Promise<string | null> {
  const id = newId();
  const { rowCount } = await sql.query(
    'INSERT INTO officers (id, name, phone, user_id) VALUES ($1, $2, $3, $4) ON CONFLICT (phone) DO NOTHING',
    [id, officer.name, officer.phone, officer.userId ?? null],
  );
  if (rowCount === 0) return null;
  await addRoles(sql, id, officer.roles, officer.granted ?? null, newId);
  return id;
}

export async function addRoles(
  sql: Sql,
  officerId: string,
  roles: OfficerRole[],
  granted: Granted,
  newId: NewId,
): Promise<void> {
  await sql.query(
    `INSERT INTO officer_roles (id, officer_id, village_id, role, granted_by, granted_at)
     SELECT id, $4, village_id, role, $5, $6 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS r (id, village_id, role)
     ON CONFLICT DO NOTHING`,
    [
      roles.map(() => newId()),
      roles.map((r) => r.village),
      roles.map((r) => r.role),
      officerId,
      granted?.by ?? null,
      granted?.at ?? null,
    ],
  );
  if (granted)
    await wakeFor(
      sql,
      roles.map(({ village }) => village),
      newId,
      granted.at,
    );
}

/**
 * Takes a role away, of a kecamatan in all its villages; false where it is the officer's last (then they are stopped instead),
 * or not theirs. In a transaction: the villages follow.
 */
export async function removeRole(
  sql: Sql,
  officerId: string,
  role: OfficerRole,
  now: Date,
): Promise<boolean> {
  await sql.query('SELECT FROM officers WHERE id = $1 FOR NO KEY UPDATE', [officerId]);
  const isAbove = role.role === 'kecamatan';
  const { rows } = await sql.query<{ others: boolean }>(
    `SELECT EXISTS (SELECT FROM officer_roles WHERE officer_id = $1
       AND NOT (role = $2 AND ($4 OR village_id IS NOT DISTINCT FROM $3))) AS others`,
    [officerId, role.role, role.village, isAbove],
  );
  if (!rows[0]!.others) return false;
  // Whose villages change is asked while the officer still has them.
  const { rowCount } = await sql.query(
    `DELETE FROM officer_roles WHERE officer_id = $1 AND role = $2 AND ($4 OR village_id IS NOT DISTINCT FROM $3)`,
    [officerId, role.role, role.village, isAbove],
  );
  if (role.village !== null) await followVillages(sql, [role.village]);
  await followLinkedOfficers(sql, [officerId], now);
  return (rowCount ?? 0) > 0;
}

/** An officer stops, or serves again: in a transaction, for the villages follow. */
export async function setActive(
  sql: Sql,
  officerId: string,
  isActive: boolean,
  context: { now: Now; newId: NewId },
): Promise<void> {
  await sql.query('UPDATE officers SET is_active = $2 WHERE id = $1', [officerId, isActive]);
  await followLinkedOfficers(sql, [officerId], context.now());
  if (!isActive) return;
  const { rows } = await sql.query<{ village: string | null }>(
    'SELECT village_id AS village FROM officer_roles WHERE officer_id = $1',
    [officerId],
  );
  await wakeFor(
    sql,
    rows.map(({ village }) => village),
    context.newId,
    context.now(),
  );
}

/** A rung of the ladder on which nobody stood waits for somebody to be given the role: now it is told. */
async function wakeFor(sql: Sql, places: (string | null)[], newId: NewId, now: Date): Promise<void> {
  const villages = [...new Set(places.flatMap((place) => place ?? []))];
  if (villages.length > 0) await wakeClocks(sql, villages, newId, now);
}

export async function linkUser(sql: Sql, officerId: string, userId: string): Promise<boolean> {
  const { rowCount } = await sql.query('UPDATE officers SET user_id = $2 WHERE id = $1 AND user_id IS NULL', [
    officerId,
    userId,
  ]);
  return rowCount === 1;
}

/** Whether anybody can sign in at all. */
export async function hasConsoleAccount(sql: Sql): Promise<boolean> {
  const { rowCount } = await sql.query(
    'SELECT 1 FROM officers WHERE user_id IS NOT NULL AND is_active LIMIT 1',
  );
  return (rowCount ?? 0) > 0;
}

export interface WaitingInvite {
  id: string;
  officer: string;
  phone: string;
  acceptedAt: Date;
  platform: string | null;
  displayName: string | null;
  roles: OfficerRow['roles'];
}

/**
 * Invites that were accepted in a chat and wait for the word of whoever invited: the officer's own, and those made at the
 * command line for an officer of the scope.
 */
export async function waitingInvites(
  sql: Sql,
  scope: Scope,
  officerId: string,
  now: Date,
): Promise<WaitingInvite[]> {
  const { rows } = await sql.query<WaitingInvite>(
    `SELECT invites.id, officers.name AS officer, invites.phone, invites.accepted_at AS "acceptedAt",
       addresses.platform, addresses.display_name AS "displayName",
       (SELECT coalesce(jsonb_agg(jsonb_build_object('role', officer_roles.role, 'village', officer_roles.village_id,
          'villageName', villages.name)), '[]') FROM officer_roles
        LEFT JOIN villages ON villages.id = officer_roles.village_id
        WHERE officer_roles.officer_id = officers.id) AS roles
     FROM invites JOIN officers ON officers.id = invites.officer_id
       LEFT JOIN addresses ON addresses.id = invites.address_id
     WHERE invites.accepted_at IS NOT NULL AND invites.confirmed_at IS NULL AND invites.refused_at IS NULL
       AND invites.expires_at > $3
       AND (invites.invited_by = $2 OR (invites.invited_by IS NULL AND invites.officer_id <> $2 AND ${MANAGED}))
     ORDER BY invites.accepted_at`,
    [scope.villages, officerId, now],
  );
  return rows;
}

export interface VillageChoice {
  id: string;
  name: string;
  district: string;
  state: string;
}

/** The villages that may be chosen in a form. */
export async function villagesInScope(sql: Sql, scope: Scope): Promise<VillageChoice[]> {
  const { rows } = await sql.query<VillageChoice>(
    `SELECT villages.id, villages.name, districts.name AS district, villages.state
     FROM villages JOIN districts ON districts.code = villages.district_code
     WHERE $1::text[] IS NULL OR villages.id = ANY ($1)
     ORDER BY (villages.state <> 'active'), districts.name, villages.name`,
    [scope.villages],
  );
  return rows;
}
