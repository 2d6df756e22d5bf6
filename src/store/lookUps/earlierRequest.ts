import type { JsonObject } from '../../core/json.js';
import type { EarlierRequest } from '../../core/lookup.js';
import type { LookUpAnswerer } from './answerer.js';

const NONE: EarlierRequest = { found: false, code: null, opened: null, answers: {} };

/**
 * The latest request of a service that the asker, this very person of a shared phone, made for themselves and that was
 * not cancelled or refused. Whose history is hidden has none: what they said then may be somebody else's. Only what stands
 * open in the row is told; sealed answers stay sealed.
 */
export const earlierRequest: LookUpAnswerer<'earlier_request'> = async (sql, requests) => {
  const seeing = requests.filter(({ asker }) => asker.residentId !== null && !asker.hidden);
  if (seeing.length === 0) return requests.map(() => NONE);
  const { rows } = await sql.query<{ ord: number; code: string; openedAt: Date; answers: JsonObject }>(
    `SELECT w.ord::int AS ord, q.code, q.opened_at AS "openedAt", q.answers FROM
       unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS w (resident, service, ord),
     LATERAL (
       SELECT c.code, c.opened_at, c.answers FROM cases c
       WHERE c.resident_id = w.resident AND c.service = w.service AND NOT c.is_confidential AND NOT c.is_unproven
         AND c.status NOT IN ('cancelled', 'refused') AND NOT EXISTS (SELECT FROM beneficiaries b WHERE b.case_id = c.id)
       ORDER BY c.opened_at DESC LIMIT 1
     ) q`,
    [seeing.map(({ asker }) => asker.residentId), seeing.map(({ args }) => args.service)],
  );
  const byOrd = new Map(rows.map((row) => [row.ord, row]));
  return requests.map((request) => {
    const row = byOrd.get(seeing.indexOf(request) + 1);
    if (!row) return NONE;
    return { found: true, code: row.code, opened: row.openedAt.toISOString(), answers: row.answers };
  });
};
