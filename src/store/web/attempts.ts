import type { Sql } from '../sql.js';

/** What a guesser is held to; `seconds` is the window that is looked back on. */
export interface AttemptLimit {
  /** At most so many at one thing: a username, a code. */
  perTarget: number;
  /** At most so many from one source. */
  perSource: number;
  seconds: number;
}

/**
 * Writes down an attempt and tells whether it is within the limits. It is written first, so that many at once do not
 * all find that none was there. `kind` keeps apart what is tried: 'masuk', 'lapor'; a code of a case has none.
 */
export async function isWithinLimit(
  sql: Sql,
  attempt: { id: string; kind: string; target: string; source: string; at: Date },
  limit: AttemptLimit,
): Promise<boolean> {
  const code = `${attempt.kind}:${attempt.target}`;
  await sql.query('INSERT INTO code_attempts (id, code, source, at) VALUES ($1, $2, $3, $4)', [
    attempt.id,
    code,
    attempt.source,
    attempt.at,
  ]);
  const { rows } = await sql.query<{ target: number; source: number }>(
    `SELECT count(*) FILTER (WHERE code = $1)::int AS target, count(*) FILTER (WHERE source = $2)::int AS source
     FROM code_attempts WHERE at > $3 AND at <= $4 AND code LIKE $5 || ':%'`,
    [code, attempt.source, new Date(attempt.at.getTime() - limit.seconds * 1000), attempt.at, attempt.kind],
  );
  return rows[0]!.target <= limit.perTarget && rows[0]!.source <= limit.perSource;
}
