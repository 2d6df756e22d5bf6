import type { IncidentInsert } from './incidents.js';
import { notificationFailed } from './notifications.js';
import type { Sql } from './sql.js';

/** What is known of a conversation that may have to wait until its person writes. */
export interface HoldView {
  heldSince: Date | null;
  lastInboundAt: Date | null;
  language: string;
  /**
   * The person agreed to be told of news (their last word on it), which the platform demands for a template. An officer
   * did by linking this chat for their work. Nobody did where it may be another of several chats of a person by now.
   */
  mayBeTold: boolean;
  villageId: string | null;
  residentName: string | null;
}

/** Locks a conversation, to hold it or not. */
export async function lockForHold(sql: Sql, conversationId: string): Promise<HoldView | null> {
  const { rows } = await sql.query<HoldView>(
    `SELECT c.held_since AS "heldSince", c.last_inbound_at AS "lastInboundAt", r.language, r.name AS "residentName",
       coalesce(r.village_id, l.village_id) AS "villageId",
       (NOT EXISTS (SELECT FROM addresses b WHERE b.resident_id = r.id AND b.id <> a.id AND b.merged_into IS NULL)
         OR (a.hidden_since IS NULL AND NOT EXISTS (SELECT FROM address_profiles p WHERE p.address_id = a.id)))
       AND coalesce((SELECT k.given FROM consents k WHERE k.resident_id = r.id AND k.purpose = 'notification'
         ORDER BY k.at DESC, k.id DESC LIMIT 1), a.officer_id IS NOT NULL) AS "mayBeTold"
     FROM conversations c JOIN addresses a ON a.id = c.address_id JOIN residents r ON r.id = a.resident_id
     JOIN lines l ON l.id = c.line_id
     WHERE c.id = $1 FOR NO KEY UPDATE OF c`,
    [conversationId],
  );
  return rows[0] ?? null;
}

/** From now on nothing goes there until the person writes: converse ends it, with the message that it handles. */
export async function holdConversation(sql: Sql, conversationId: string, now: Date): Promise<void> {
  await sql.query('UPDATE conversations SET held_since = $2 WHERE id = $1 AND held_since IS NULL', [
    conversationId,
    now,
  ]);
}

/** It is not held after all: the template could not be sent just now, and both are tried again. */
export async function releaseConversation(sql: Sql, conversationId: string): Promise<void> {
  await sql.query('UPDATE conversations SET held_since = NULL WHERE id = $1', [conversationId]);
}

/** When the template that tells of a row went out; null: it did not. */
export async function setTemplateAt(sql: Sql, seq: number, at: Date | null): Promise<void> {
  await sql.query('UPDATE outbound_messages SET template_at = $2 WHERE seq = $1', [seq, at]);
}

/** People who were not to be reached have written: whoever was alarmed need do nothing any more. */
export async function endNotReached(sql: Sql, conversationIds: string[], now: Date): Promise<void> {
  await sql.query(
    `UPDATE incidents SET closed_at = $2
     WHERE kind = 'not_reached' AND closed_at IS NULL AND conversation_id = ANY ($1::uuid[])`,
    [conversationIds, now],
  );
}

/** That somebody could not be told of news, for the officers of their village. */
export function notReached(
  chat: Pick<HoldView, 'villageId' | 'residentName'> & { conversationId: string; lineId: string },
  reason: 'no_consent' | 'no_template' | 'held_too_long',
): IncidentInsert {
  return {
    kind: 'not_reached',
    villageId: chat.villageId,
    lineId: chat.lineId,
    conversationId: chat.conversationId,
    detail: { ...(chat.residentName === null ? {} : { resident: chat.residentName }), reason },
  };
}

/**
 * Gives up what waits in conversations that are held since before `before`. Answers the incidents to be raised: the
 * officers tell these people in another way. What is news after that is told of anew.
 */
export async function giveUpHeld(sql: Sql, before: Date, now: Date): Promise<IncidentInsert[]> {
  const { rows } = await sql.query<{
    conversationId: string;
    lineId: string;
    villageId: string | null;
    residentName: string | null;
  }>(
    `WITH old AS (
       SELECT id FROM conversations WHERE held_since <= $1 ORDER BY held_since LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED
     ), released AS (
       UPDATE conversations c SET held_since = NULL FROM old WHERE c.id = old.id
     ), failed AS (
       UPDATE outbound_messages o SET state = 'failed', error = 'needs_template: held too long'
       FROM old WHERE o.conversation_id = old.id AND o.state = 'pending' RETURNING o.conversation_id
     )
     SELECT c.id AS "conversationId", c.line_id AS "lineId", coalesce(r.village_id, l.village_id) AS "villageId",
       r.name AS "residentName"
     FROM conversations c JOIN addresses a ON a.id = c.address_id JOIN residents r ON r.id = a.resident_id
     JOIN lines l ON l.id = c.line_id
     WHERE c.id IN (SELECT conversation_id FROM failed)`,
    [before],
  );
  const incidents: IncidentInsert[] = [];
  for (const row of rows) {
    incidents.push(...(await notificationFailed(sql, row.conversationId, now)));
    incidents.push(notReached(row, 'held_too_long'));
  }
  return incidents;
}
