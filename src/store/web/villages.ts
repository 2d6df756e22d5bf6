import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

export const INTRODUCTIONS = ['rt_tap', 'photo', 'counter', 'none'] as const;
export type Introduction = (typeof INTRODUCTIONS)[number];

export interface VillageSettings {
  id: string;
  name: string;
  district: string;
  introduction: Introduction;
  /** Heads of an RT who can be asked in a chat. */
  rtHeads: number;
}

const COLUMNS = `v.id, v.name, d.name AS district, v.introduction,
  (SELECT count(DISTINCT o.id)::int FROM officer_roles r JOIN officers o ON o.id = r.officer_id
   JOIN addresses a ON a.officer_id = o.id WHERE r.village_id = v.id AND r.role = 'ketua_rt' AND o.is_active) AS "rtHeads"`;

/** What the villages of a scope chose; of all villages those alone that take requests, or have been invited to. */
export async function settingsInScope(sql: Sql, scope: Scope): Promise<VillageSettings[]> {
  const { rows } = await sql.query<VillageSettings>(
    `SELECT ${COLUMNS} FROM villages v JOIN districts d ON d.code = v.district_code
     WHERE CASE WHEN $1::text[] IS NULL THEN v.state <> 'listed' ELSE v.id = ANY ($1) END ORDER BY v.name`,
    [scope.villages],
  );
  return rows;
}

/** Sets how a village of the scope has the pengantar. False: it is none of the scope. */
export async function setIntroduction(
  sql: Sql,
  scope: Scope,
  villageId: string,
  to: Introduction,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    'UPDATE villages SET introduction = $3 WHERE id = $1 AND ($2::text[] IS NULL OR id = ANY ($2))',
    [villageId, scope.villages, to],
  );
  return rowCount === 1;
}
