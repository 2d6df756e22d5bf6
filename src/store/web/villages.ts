import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

export const INTRODUCTIONS = ['rt_tap', 'photo', 'counter', 'none'] as const;
export type Introduction = (typeof INTRODUCTIONS)[number];

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
