import type { JsonObject } from '../core/json.js';
import type { Sql } from './sql.js';

/** A locked conversation of one of two addresses that are one. */
export interface MergedConversation {
  id: string;
  addressId: string;
  lineId: string;
  session: JsonObject;
  /** It has sensitive answers, sealed for it alone. */
  hasPrivate: boolean;
}

/**
 * The conversations of a gone address, line by line: where the kept one has none, it goes on as it is; else what was
 * said and what waits goes to the kept one's, in the order of arrival, and the other is left as a sign to it
 * (`merged_into`), for whoever still knows it by its id.
 */
export async function mergeConversations(
  sql: Sql,
  { gone, kept }: { gone: string; kept: string },
  conversations: MergedConversation[],
  now: Date,
): Promise<void> {
  for (const old of conversations.filter(({ addressId }) => addressId === gone)) {
    const goesOn = conversations.find(({ addressId, lineId }) => addressId === kept && lineId === old.lineId);
    if (goesOn) await pourInto(sql, old, goesOn, now);
    else await sql.query('UPDATE conversations SET address_id = $2 WHERE id = $1', [old.id, kept]);
  }
}

async function pourInto(
  sql: Sql,
  old: MergedConversation,
  into: MergedConversation,
  now: Date,
): Promise<void> {
  const ids = [old.id, into.id];
  await sql.query('UPDATE inbound_messages SET conversation_id = $2 WHERE conversation_id = $1', ids);
  // What a sender has in hand at this moment goes out from where it is.
  await sql.query(
    `UPDATE outbound_messages SET conversation_id = $2 WHERE seq IN (
       SELECT seq FROM outbound_messages WHERE conversation_id = $1 FOR UPDATE SKIP LOCKED)`,
    ids,
  );
  for (const table of [
    'cases',
    'listings',
    'attachments',
    'forms',
    'listing_reports',
    'incidents',
    'register_matches',
    'introductions',
  ])
    await sql.query(`UPDATE ${table} SET conversation_id = $2 WHERE conversation_id = $1`, ids);
  await sql.query('UPDATE beneficiaries SET asked_in = $2 WHERE asked_in = $1', ids);
  // One person has one call: of two that are open the one stays whose case fewer may see, else where they are led to.
  await sql.query(
    `UPDATE hand_overs SET ended_at = $3, ended_by = 'silence' WHERE id IN (
       SELECT h.id FROM hand_overs h LEFT JOIN cases c ON c.id = h.case_id
       WHERE h.conversation_id IN ($1, $2) AND h.ended_at IS NULL
       ORDER BY c.receiver_role IS NOT NULL DESC, (c.is_confidential) IS TRUE DESC, c.id IS NOT NULL DESC,
         h.conversation_id = $2 DESC OFFSET 1)`,
    [...ids, now],
  );
  await sql.query('UPDATE hand_overs SET conversation_id = $2 WHERE conversation_id = $1', ids);
  await moveState(sql, old, into, now);
  await sql.query(
    `UPDATE conversations SET merged_into = $2, session = '{}', private = NULL, handed_over_at = NULL WHERE id = $1`,
    ids,
  );
  // Whoever was merged into this one before is led on as well.
  await sql.query('UPDATE conversations SET merged_into = $2 WHERE merged_into = $1', ids);
}

/** Timers that belong to the person, not to what is being filled in. */
const ALWAYS_MOVED = ['hand_over_end', 'immunisation_reminder', 'pregnancy_reminder'];

/**
 * Where nothing is being filled in, what the other one was at goes on, unless it has answers that are sealed for it;
 * with the timers that belong to it. A call for a person goes on in any case.
 */
async function moveState(
  sql: Sql,
  old: MergedConversation,
  into: MergedConversation,
  now: Date,
): Promise<void> {
  const takesSession =
    into.session['f'] === undefined && old.session['f'] !== undefined && !old.hasPrivate && !into.hasPrivate;
  await sql.query(
    `UPDATE conversations c SET session = CASE WHEN $3 THEN o.session ELSE c.session END,
       met_at = least(c.met_at, o.met_at), last_inbound_at = greatest(c.last_inbound_at, o.last_inbound_at),
       handed_over_at = coalesce(c.handed_over_at, o.handed_over_at),
       silenced_until = greatest(c.silenced_until, o.silenced_until), is_private = c.is_private OR o.is_private,
       held_since = coalesce(c.held_since, o.held_since), owner_until = greatest(c.owner_until, o.owner_until)
     FROM conversations o WHERE o.id = $1 AND c.id = $2`,
    [old.id, into.id, takesSession],
  );
  const kinds = takesSession
    ? [...ALWAYS_MOVED, 'draft_reminder', 'draft_expiry', 'gather', 'rest']
    : ALWAYS_MOVED;
  // One of its own that ran before makes room.
  await sql.query(
    `DELETE FROM timers t WHERE t.subject_kind = 'conversation' AND t.subject_id = $2 AND t.kind = ANY ($3::text[])
       AND t.done_at IS NOT NULL AND EXISTS (SELECT FROM timers o WHERE o.subject_kind = 'conversation'
         AND o.subject_id = $1 AND o.kind = t.kind AND o.done_at IS NULL)`,
    [old.id, into.id, kinds],
  );
  await sql.query(
    `UPDATE timers t SET subject_id = $2 WHERE t.subject_kind = 'conversation' AND t.subject_id = $1
       AND t.kind = ANY ($3::text[]) AND t.done_at IS NULL AND NOT EXISTS (SELECT FROM timers o
         WHERE o.subject_kind = 'conversation' AND o.subject_id = $2 AND o.kind = t.kind)`,
    [old.id, into.id, kinds],
  );
  await sql.query(
    `UPDATE timers SET done_at = $2 WHERE subject_kind = 'conversation' AND subject_id = $1 AND done_at IS NULL`,
    [old.id, now],
  );
}
