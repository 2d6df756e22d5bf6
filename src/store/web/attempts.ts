import type { Sql } from '../sql.js';

/** What a guesser is held to; `seconds` is the window that is looked back on. */
export interface AttemptLimit {
  /** At most so many from one source at one thing (a username, a listing): its owner elsewhere is not locked out. */
  perPair: number;
  /** At most so many at one thing, from all sources. */
  perTarget: number;
  perSource: number;
  seconds: number;
}

/**
 * Notes an attempt and tells whether it is within the limits. It is noted first, so that many at once do not all find
 * that none was there; one beyond the limits is taken back, so that going on does not lock out for longer.
 * `target` and `source` are stored as they are given: what somebody typed comes keyed (`sealer.lookUpKey`), never in clear.
 * `kind` keeps apart what is tried: 'masuk', 'lapor'. Codes of cases are counted by store/codeAttempts.ts.
 */
export async function isWithinLimit(
  sql: Sql,
  attempt: { id: string; kind: string; target: string; source: string; at: Date },
  limit: AttemptLimit,
): Promise<boolean> {
  const code = `${attempt.kind}:${attempt.target}`;
  const source = `${attempt.kind}:${attempt.source}`;
  await sql.query('INSERT INTO code_attempts (id, code, source, at) VALUES ($1, $2, $3, $4)', [
    attempt.id,
    code,
    source,
    attempt.at,
  ]);
  const { rows } = await sql.query<{ pair: number; target: number; source: number }>(
    `SELECT count(*) FILTER (WHERE code = $1 AND source = $2)::int AS pair,
       count(*) FILTER (WHERE code = $1)::int AS target, count(*) FILTER (WHERE source = $2)::int AS source
     FROM code_attempts WHERE at > $3 AND at <= $4 AND (code = $1 OR source = $2)`,
    [code, source, new Date(attempt.at.getTime() - limit.seconds * 1000), attempt.at],
  );
  const counted = rows[0]!;
  const isWithin =
    counted.pair <= limit.perPair && counted.target <= limit.perTarget && counted.source <= limit.perSource;
  if (!isWithin) await sql.query('DELETE FROM code_attempts WHERE id = $1', [attempt.id]);
  return isWithin;
}
