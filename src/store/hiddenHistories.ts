import type { Asker } from '../core/asker.js';
import type { Sql } from './sql.js';

/** Those askers from whom cases or listings of their own are hidden. Asks nothing where nobody's history is. */
export async function hiddenHistories(
  sql: Sql,
  askers: Asker[],
  of: 'cases' | 'listings',
): Promise<Set<Asker>> {
  const hidden = askers.filter((asker) => asker.hidden);
  if (hidden.length === 0) return new Set();
  const isOwn =
    of === 'cases'
      ? 'k.is_unproven AND k.conversation_id = w.conversation AND k.opened_at >= w.since'
      : 'k.conversation_id = w.conversation AND k.created_at >= w.since';
  const { rows } = await sql.query<{ ord: number }>(
    `SELECT w.ord::int AS ord
     FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) WITH ORDINALITY AS w (resident, since, conversation, ord)
     WHERE EXISTS (SELECT FROM ${of} k WHERE k.resident_id = w.resident AND NOT (${isOwn}))`,
    [
      hidden.map(({ residentId }) => residentId),
      hidden.map((asker) => asker.hidden!.since),
      hidden.map(({ conversationId }) => conversationId),
    ],
  );
  return new Set(rows.map(({ ord }) => hidden[ord - 1]!));
}
