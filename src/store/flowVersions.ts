import type { Sql } from './sql.js';

/** The steps of one version of a flow, in order. */
export interface FlowVersion {
  flow: string;
  hash: string;
  steps: string[];
}

/** Remembers the versions that run now, and answers all that ever did: a session may have begun with any. */
export async function keepFlowVersions(sql: Sql, versions: FlowVersion[], now: Date): Promise<FlowVersion[]> {
  await sql.query(
    `INSERT INTO flow_versions (flow, hash, steps, seen_at)
     SELECT v ->> 'flow', v ->> 'hash', ARRAY(SELECT jsonb_array_elements_text(v -> 'steps')), $2
     FROM jsonb_array_elements($1::jsonb) AS v
     ON CONFLICT (flow, hash) DO UPDATE SET seen_at = EXCLUDED.seen_at`,
    [JSON.stringify(versions), now],
  );
  return (await sql.query<FlowVersion>('SELECT flow, hash, steps FROM flow_versions')).rows;
}
