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

/**
 * Those askers from whom history is hidden while its resident has another address: what they say of themselves must not
 * change what the person there is told, or how. Asks nothing where nobody's history is.
 */
export async function speakingForOthers(sql: Sql, askers: Asker[]): Promise<Set<Asker>> {
  const hidden = askers.filter((asker) => asker.hidden);
  if (hidden.length === 0) return new Set();
  const { rows } = await sql.query<{ ord: number }>(
    `SELECT w.ord::int AS ord FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS w (resident, address, ord)
     WHERE EXISTS (SELECT FROM addresses b
       WHERE b.resident_id = w.resident AND b.id IS DISTINCT FROM w.address AND b.merged_into IS NULL)`,
    [hidden.map(({ residentId }) => residentId), hidden.map(({ addressId }) => addressId)],
  );
  return new Set(rows.map(({ ord }) => hidden[ord - 1]!));
}
