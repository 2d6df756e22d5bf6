import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

/**
 * How often codes of others may be tried within an hour: by one source (a conversation, or a digest of a network
 * address), for one code, and over all. A source may be shared by many on mobile networks: the web uses a higher limit.
 */
export const ATTEMPTS = { perSource: 10, perCode: 20, overall: 2000 };

/** Notes attempts at codes and tells which of them are within the limits. In the order given; within one call too. */
export async function noteAttempts(
  sql: Sql,
  attempts: { code: string; source: string }[],
  newId: NewId,
  now: Date,
  limits = ATTEMPTS,
): Promise<boolean[]> {
  if (attempts.length === 0) return [];
  const codes = attempts.map((a) => a.code);
  const sources = attempts.map((a) => a.source);
  const { rows } = await sql.query<{ perCode: number; perSource: number; overall: number }>(
    `SELECT
       (SELECT count(*)::int FROM code_attempts c WHERE c.code = t.code AND c.at > $3::timestamptz - interval '1 hour') AS "perCode",
       (SELECT count(*)::int FROM code_attempts c WHERE c.source = t.source AND c.at > $3::timestamptz - interval '1 hour') AS "perSource",
       (SELECT count(*)::int FROM code_attempts c WHERE c.at > $3::timestamptz - interval '1 hour') AS overall
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (code, source, ord) ORDER BY t.ord`,
    [codes, sources, now],
  );
  const within = attempts.map(({ code, source }, n) => {
    const before = attempts.slice(0, n);
    const row = rows[n]!;
    return (
      row.perCode + before.filter((b) => b.code === code).length < limits.perCode &&
      row.perSource + before.filter((b) => b.source === source).length < limits.perSource &&
      row.overall + n < limits.overall
    );
  });
  // An attempt beyond the limit is not noted: who goes on trying does not lock others out for longer.
  const noted = attempts.filter((_, n) => within[n]);
  await sql.query(
    `INSERT INTO code_attempts (id, code, source, at) SELECT id, code, source, $4
     FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t (id, code, source)`,
    [noted.map(() => newId()), noted.map((a) => a.code), noted.map((a) => a.source), now],
  );
  return within;
}
