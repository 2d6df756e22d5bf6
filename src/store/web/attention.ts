import type { Sql } from '../sql.js';
import { ofOwnLine } from './lines.js';
import { LACKS_CODE } from './office.js';
import type { Scope } from './scope.js';

export interface AttentionCounts {
  listings: number;
  invites: number;
  incidents: number;
  /** Villages whose office has no code yet. */
  codeless: number;
  firstCodeless: string | null;
}

/**
 * How many listings, invites and incidents of each scope wait for a person; and the active villages in which no letter can be
 * issued, how many and the first of them.
 */
export async function countAttention(
  sql: Sql,
  scopes: { listings: Scope; invites: Scope; incidents: Scope; offices: Scope },
  officerId: string,
  now: Date,
): Promise<AttentionCounts> {
  const { rows } = await sql.query<AttentionCounts>(
    `SELECT
       (SELECT count(*)::int FROM listings WHERE status = 'waiting'
          AND ($1::text[] IS NULL OR village_id = ANY ($1))) AS listings,
       (SELECT count(*)::int FROM invites WHERE accepted_at IS NOT NULL AND confirmed_at IS NULL AND refused_at IS NULL
          AND expires_at > $5 AND (invited_by = $4 OR (invited_by IS NULL AND officer_id <> $4
            AND ($2::text[] IS NULL OR EXISTS (SELECT 1 FROM officer_roles
              WHERE officer_roles.officer_id = invites.officer_id AND officer_roles.village_id = ANY ($2)))))) AS invites,
       (SELECT count(*)::int FROM incidents WHERE closed_at IS NULL
          AND ($3::text[] IS NULL OR village_id = ANY ($3) OR ${ofOwnLine('$3')})) AS incidents,
       codeless.count AS codeless, codeless.first AS "firstCodeless"
     FROM (SELECT count(*)::int AS count, min(v.id) AS first FROM villages v
       WHERE v.state = 'active' AND ($6::text[] IS NULL OR v.id = ANY ($6)) AND ${LACKS_CODE}) codeless`,
    [
      scopes.listings.villages,
      scopes.invites.villages,
      scopes.incidents.villages,
      officerId,
      now,
      scopes.offices.villages,
    ],
  );
  return rows[0]!;
}
