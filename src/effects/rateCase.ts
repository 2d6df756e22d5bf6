import type { EffectResults } from '../core/effect.js';
import type { Applier } from './applier.js';

/**
 * The resident says how a case was handled: the score once, a word to it afterwards. The score is a figure of the village;
 * both are a fact of the case's history, whose words go when the resident's data do.
 */
export const rateCase: Applier<'rate_case'> = async (sql, requests, { newId, now }) => {
  // By id, as everybody locks cases.
  await sql.query('SELECT FROM cases WHERE code = ANY ($1::text[]) ORDER BY id FOR UPDATE', [
    requests.map(({ effect }) => effect.code),
  ]);
  const results: EffectResults['rate_case'][] = [];
  for (const { asker, effect } of requests) {
    const text = effect.text?.trim() || null;
    const { rows } = await sql.query<{ id: string; score: number | null }>(
      `SELECT c.id, r.score FROM cases c JOIN case_ratings r ON r.case_id = c.id
       WHERE c.code = $1 AND c.resident_id = $2 FOR UPDATE OF c, r`,
      [effect.code, asker.residentId],
    );
    const found = rows[0];
    if (!found) {
      results.push({ outcome: 'not_found' });
      continue;
    }
    if (found.score === null) {
      await sql.query('UPDATE case_ratings SET score = $2, rated_at = $3 WHERE case_id = $1', [
        found.id,
        effect.score,
        now,
      ]);
      await sql.query(
        `WITH counted AS (UPDATE cases SET event_count = event_count + 1 WHERE id = $2 RETURNING event_count)
         INSERT INTO case_events (id, case_id, number, kind, at, data)
         SELECT $1, $2, event_count, 'case_rated', $3, $4 FROM counted`,
        [newId(), found.id, now, JSON.stringify({ score: effect.score, ...(text ? { text } : {}) })],
      );
      results.push({ outcome: 'done' });
      continue;
    }
    const { rowCount } = text
      ? await sql.query(
          `UPDATE case_events SET data = data || jsonb_build_object('text', $2::text)
           WHERE case_id = $1 AND kind = 'case_rated' AND NOT data ? 'text'`,
          [found.id, text],
        )
      : { rowCount: 0 };
    results.push({ outcome: rowCount === 1 ? 'done' : 'already' });
  }
  return results;
};
