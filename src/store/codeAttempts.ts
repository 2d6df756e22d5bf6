import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

/**
 * How often codes of others may be tried within an hour: by one source (a conversation, or a digest of a network
 * address), for one code, and over all codes of cases (store/web/attempts.ts counts apart: its codes have a colon).
 * A source may be shared by many on mobile networks: the web uses a higher limit.
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
  // Noted first, so that many at once do not all find that none was there.
  const ids = attempts.map(() => newId());
  await sql.query(
    `INSERT INTO code_attempts (id, code, source, at) SELECT id, code, source, $4
     FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t (id, code, source)`,
    [ids, codes, sources, now],
  );
  const { rows } = await sql.query<{ perCode: number; perSource: number; overall: number }>(
    `SELECT
       (SELECT count(*)::int FROM code_attempts c WHERE c.code = t.code AND c.at > $3::timestamptz - interval '1 hour'
          AND c.id <> ALL ($4::uuid[])) AS "perCode",
       (SELECT count(*)::int FROM code_attempts c WHERE c.source = t.source AND c.at > $3::timestamptz - interval '1 hour'
          AND c.id <> ALL ($4::uuid[])) AS "perSource",
       (SELECT count(*)::int FROM code_attempts c WHERE c.at > $3::timestamptz - interval '1 hour'
          AND c.code NOT LIKE '%:%' AND c.id <> ALL ($4::uuid[])) AS overall
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (code, source, ord) ORDER BY t.ord`,
    [codes, sources, now, ids],
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
  // An attempt beyond the limit is taken back: who goes on trying does not lock others out for longer.
  await sql.query('DELETE FROM code_attempts WHERE id = ANY ($1::uuid[])', [
    ids.filter((_, n) => !within[n]),
  ]);
  return within;
}
