import type { Sql } from './sql.js';

/** Notes that cases have to do with each other; what is noted already stays. */
export async function relateCases(
  sql: Sql,
  relations: { id: string; other: { id: string; officerId: string } }[],
  now: Date,
): Promise<void> {
  if (relations.length === 0) return;
  await sql.query(
    `INSERT INTO case_relations (case_id, other_id, officer_id, at)
     SELECT least(a, b), greatest(a, b), officer, $4 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS r (a, b, officer)
     ON CONFLICT (case_id, other_id) DO NOTHING`,
    [
      relations.map(({ id }) => id),
      relations.map(({ other }) => other.id),
      relations.map(({ other }) => other.officerId),
      now,
    ],
  );
}
