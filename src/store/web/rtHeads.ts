import type { NewId } from '../../core/ports.js';
import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

export interface RtHeadRow {
  id: string;
  name: string;
  phone: string | null;
  villageId: string;
  village: string;
  hamlet: string | null;
  rt: string;
  rw: string;
  isActive: boolean;
  /** By which chats they are reached. */
  platforms: string[];
}

const HEAD = `SELECT o.id, o.name, o.phone, r.village_id AS "villageId", v.name AS village, r.hamlet, r.rt, r.rw,
    o.is_active AS "isActive",
    ARRAY(SELECT DISTINCT a.platform FROM addresses a WHERE a.officer_id = o.id ORDER BY 1) AS platforms
  FROM officer_roles r JOIN officers o ON o.id = r.officer_id JOIN villages v ON v.id = r.village_id
  WHERE r.role = 'ketua_rt' AND ($1::text[] IS NULL OR r.village_id = ANY ($1))`;

/** The heads of the RT of a scope. */
export async function rtHeadsInScope(sql: Sql, scope: Scope): Promise<RtHeadRow[]> {
  const { rows } = await sql.query<RtHeadRow>(
    `${HEAD} ORDER BY v.name, r.hamlet NULLS FIRST, r.rw, r.rt, o.name LIMIT 1000`,
    [scope.villages],
  );
  return rows;
}

/** One of them; null where it is none of the scope. */
export async function rtHeadInScope(sql: Sql, scope: Scope, id: string): Promise<RtHeadRow | null> {
  const { rows } = await sql.query<RtHeadRow>(`${HEAD} AND o.id = $2 LIMIT 1`, [scope.villages, id]);
  return rows[0] ?? null;
}

export interface NewRtHead {
  name: string;
  /** 62… */
  phone: string;
  villageId: string;
  hamlet: string | null;
  rt: string;
  rw: string;
}

/**
 * Adds the head of an RT. Whoever has that phone already keeps their name and gets the area beside what they are, but
 * only within the villages of the scope. Null: the phone is somebody's of another village.
 */
export async function addRtHead(
  sql: Sql,
  scope: Scope,
  head: NewRtHead,
  newId: NewId,
): Promise<string | null> {
  const { rows } = await sql.query<{ id: string; isForeign: boolean }>(
    `INSERT INTO officers (id, name, phone) VALUES ($1, $2, $3)
     ON CONFLICT (phone) DO UPDATE SET phone = excluded.phone
     RETURNING id, $4::text[] IS NOT NULL AND EXISTS (SELECT FROM officer_roles r WHERE r.officer_id = officers.id
       AND (r.village_id IS NULL OR r.village_id <> ALL ($4))) AS "isForeign"`,
    [newId(), head.name, head.phone, scope.villages],
  );
  const officer = rows[0]!;
  if (officer.isForeign) return null;
  await sql.query(
    `DELETE FROM officer_roles WHERE officer_id = $1 AND village_id = $2 AND role = 'ketua_rt'`,
    [officer.id, head.villageId],
  );
  await sql.query(
    `INSERT INTO officer_roles (id, officer_id, village_id, role, hamlet, rt, rw)
     VALUES ($1, $2, $3, 'ketua_rt', $4, $5, $6)`,
    [newId(), officer.id, head.villageId, head.hamlet, head.rt, head.rw],
  );
  return officer.id;
}

/** Ends the office of an RT's head in the villages of the scope: what else they are stays. */
export async function endRtHead(sql: Sql, scope: Scope, id: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `DELETE FROM officer_roles WHERE officer_id = $1 AND role = 'ketua_rt'
       AND ($2::text[] IS NULL OR village_id = ANY ($2))`,
    [id, scope.villages],
  );
  return (rowCount ?? 0) > 0;
}
