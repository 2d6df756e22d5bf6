import type { PaceSeen } from '../core/lookup.js';
import type { Pace } from '../core/pace.js';
import type { Sql } from './sql.js';

/** What an officer changes of how they are told. */
export interface NewPace {
  pace?: Pace;
  /** '20:00' */
  quietFrom?: string;
  quietUntil?: string;
  /** null: where they wrote last. */
  platform?: 'telegram' | 'whatsapp' | null;
}

export async function savePace(sql: Sql, officerId: string, wanted: NewPace): Promise<void> {
  await sql.query(
    `UPDATE officers SET pace = coalesce($2, pace), quiet_from = coalesce($3::time, quiet_from),
       quiet_until = coalesce($4::time, quiet_until),
       preferred_platform = CASE WHEN $5 THEN $6 ELSE preferred_platform END
     WHERE id = $1`,
    [
      officerId,
      wanted.pace ?? null,
      wanted.quietFrom ?? null,
      wanted.quietUntil ?? null,
      wanted.platform !== undefined,
      wanted.platform ?? null,
    ],
  );
}

/** How these officers are told, by their ids. */
export async function loadPaces(sql: Sql, officerIds: string[]): Promise<Map<string, PaceSeen>> {
  const { rows } = await sql.query<PaceSeen & { id: string }>(
    `SELECT o.id, o.pace, to_char(o.quiet_from, 'HH24:MI') AS quiet_from, to_char(o.quiet_until, 'HH24:MI') AS quiet_until,
       o.preferred_platform AS platform,
       (SELECT count(DISTINCT a.platform)::int FROM addresses a
        WHERE a.officer_id = o.id AND a.blocked_at IS NULL AND a.merged_into IS NULL) AS platforms
     FROM officers o WHERE o.id = ANY ($1::uuid[])`,
    [officerIds],
  );
  return new Map(rows.map(({ id, ...seen }) => [id, seen]));
}
