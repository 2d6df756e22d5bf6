import type { OfficerIdentity, OfficerRole } from '../core/asker.js';
import { serves } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import type { Sql } from './sql.js';
import { loadVillageOfficers } from './villageOfficers.js';

/** A delegation that holds today: who has whose role in a village. Days are read in the village's zone. */
export interface Standing {
  id: string;
  villageId: string;
  role: string;
  officerId: string;
  officerName: string;
  deputyId: string;
}

/** The delegations that hold at this moment in these villages, as long as both still serve there. */
export async function standingIn(sql: Sql, villageIds: string[], now: Date): Promise<Standing[]> {
  if (villageIds.length === 0) return [];
  const { rows } = await sql.query<Standing>(
    `SELECT d.id, d.village_id AS "villageId", d.role, o.id AS "officerId", o.name AS "officerName", p.id AS "deputyId"
     FROM delegations d JOIN villages v ON v.id = d.village_id JOIN officers o ON o.id = d.officer_id
     JOIN officers p ON p.id = d.deputy_id AND p.is_active
     WHERE d.village_id = ANY ($1::text[]) AND d.ended_at IS NULL
       AND ($2::timestamptz AT TIME ZONE v.zone)::date BETWEEN d.from_day AND d.to_day
       AND EXISTS (SELECT FROM officer_roles r WHERE r.officer_id = o.id AND r.village_id = d.village_id AND r.role = d.role)
     ORDER BY d.created_at`,
    [[...new Set(villageIds)], now],
  );
  return rows;
}

/**
 * As loadVillageOfficers, with the roles that they hold today for somebody who is away. For acting on cases alone: who
 * stands in is no receiver of what is sealed, and gets none of the other rights of a role.
 */
export async function loadActingOfficers(
  sql: Sql,
  villageIds: string[],
  now: Date,
): Promise<Map<string, VillageOfficer[]>> {
  const officers = await loadVillageOfficers(sql, villageIds);
  for (const { villageId, role, officerId, officerName, deputyId } of await standingIn(
    sql,
    villageIds,
    now,
  )) {
    const deputy = officers.get(villageId)?.find(({ id }) => id === deputyId);
    if (deputy) (deputy.deputyFor ??= []).push({ role, of: { id: officerId, name: officerName } });
  }
  return officers;
}

/** The roles that an officer holds today for somebody who is away, in the villages that they serve by a role of their own. */
export async function standingRoles(
  sql: Sql,
  { id, roles }: Pick<OfficerIdentity, 'id' | 'roles'>,
  now: Date,
): Promise<OfficerRole[]> {
  const villages = roles.flatMap(({ village }) => village ?? []).filter((village) => serves(roles, village));
  return (await standingIn(sql, villages, now)).flatMap(({ deputyId, role, villageId }) =>
    deputyId === id ? [{ role, village: villageId }] : [],
  );
}

export interface DelegationInsert {
  id: string;
  officerId: string;
  deputyId: string;
  role: string;
  villageId: string;
  from: string;
  to: string;
  madeBy: string;
}

/** Writes a delegation; false where that role of theirs is somebody's already on one of these days. Two at once wait for each other. */
export async function insertDelegation(sql: Sql, wish: DelegationInsert, now: Date): Promise<boolean> {
  await sql.query('SELECT FROM officers WHERE id = $1 FOR NO KEY UPDATE', [wish.officerId]);
  const { rowCount } = await sql.query(
    `INSERT INTO delegations (id, officer_id, deputy_id, role, village_id, from_day, to_day, made_by, created_at)
     SELECT $1, $2, $3, $4, $5, $6::date, $7::date, $8, $9
     WHERE NOT EXISTS (SELECT FROM delegations d WHERE d.officer_id = $2 AND d.role = $4 AND d.village_id = $5
       AND d.ended_at IS NULL AND d.from_day <= $7::date AND d.to_day >= $6::date)`,
    [wish.id, wish.officerId, wish.deputyId, wish.role, wish.villageId, wish.from, wish.to, wish.madeBy, now],
  );
  return rowCount === 1;
}

/** A delegation with all that is told of it. */
export interface DelegationRow extends Standing {
  deputyName: string;
  villageName: string;
  /** The first and the last day: '2026-08-10'. */
  from: string;
  to: string;
  /** When these days begin, and are over, in the village's zone. */
  beginsAt: Date;
  endsAt: Date;
}

/** A delegation that has not ended early, locked. */
export async function lockDelegation(sql: Sql, id: string): Promise<DelegationRow | null> {
  const { rows } = await sql.query<DelegationRow>(
    `SELECT d.id, d.village_id AS "villageId", v.name AS "villageName", d.role, d.officer_id AS "officerId",
       o.name AS "officerName", d.deputy_id AS "deputyId", p.name AS "deputyName", d.from_day::text AS "from",
       d.to_day::text AS "to", d.from_day::timestamp AT TIME ZONE v.zone AS "beginsAt",
       (d.to_day + 1)::timestamp AT TIME ZONE v.zone AS "endsAt"
     FROM delegations d JOIN villages v ON v.id = d.village_id JOIN officers o ON o.id = d.officer_id
     JOIN officers p ON p.id = d.deputy_id
     WHERE d.id::text = $1 AND d.ended_at IS NULL FOR NO KEY UPDATE OF d`,
    [id],
  );
  return rows[0] ?? null;
}

/** Who was made somebody's deputy in a village, while that was not ended early. */
export async function deputiesOf(
  sql: Sql,
  officerId: string,
): Promise<{ deputyId: string; villageId: string }[]> {
  const { rows } = await sql.query<{ deputyId: string; villageId: string }>(
    `SELECT DISTINCT deputy_id AS "deputyId", village_id AS "villageId" FROM delegations
     WHERE officer_id = $1 AND ended_at IS NULL ORDER BY 1, 2`,
    [officerId],
  );
  return rows;
}

export async function endDelegationRow(sql: Sql, id: string, now: Date): Promise<void> {
  await sql.query('UPDATE delegations SET ended_at = $2 WHERE id = $1', [id, now]);
}

/** Delegations of a village that hold today or will, the next first. For pages. */
export async function delegationsOf(
  sql: Sql,
  villageId: string,
  today: string,
): Promise<(Standing & { deputyName: string; from: string; to: string })[]> {
  const { rows } = await sql.query<Standing & { deputyName: string; from: string; to: string }>(
    `SELECT d.id, d.village_id AS "villageId", d.role, d.officer_id AS "officerId", o.name AS "officerName",
       d.deputy_id AS "deputyId", p.name AS "deputyName", d.from_day::text AS "from", d.to_day::text AS "to"
     FROM delegations d JOIN officers o ON o.id = d.officer_id JOIN officers p ON p.id = d.deputy_id
     WHERE d.village_id = $1 AND d.ended_at IS NULL AND d.to_day >= $2::date ORDER BY d.from_day, d.created_at`,
    [villageId, today],
  );
  return rows;
}

/** The village's name, and which day it is there: '2026-08-10'. */
export async function dayIn(
  sql: Sql,
  villageId: string,
  now: Date,
): Promise<{ name: string; today: string } | null> {
  const { rows } = await sql.query<{ name: string; today: string }>(
    `SELECT name, ($2::timestamptz AT TIME ZONE zone)::date::text AS today FROM villages WHERE id = $1`,
    [villageId, now],
  );
  return rows[0] ?? null;
}
