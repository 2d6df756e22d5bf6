import type { Json } from '../../core/json.js';
import type { Sql } from '../sql.js';

/** One message around a case, beside what its history tells. */
export interface ChatRow {
  at: Date;
  /** The officer's first name; null: the resident's own words. */
  by: string | null;
  kind: string;
  text: string | null;
}

/** The newest so many. */
const SIZE = 40;

/** Who looks at the chat of which case. */
export interface ChatReader {
  conversationId: string;
  code: string;
  caseId: string;
  villageId: string;
  since: Date;
  officerId: string;
  /** Answers residents who ask for a person, in this village. */
  hears: boolean;
}

/** A call of the case's village, about this case or none: `h`, at the time of message `m`. */
const CALL = `h.conversation_id = m.conversation_id AND h.village_id = $6 AND (h.case_id IS NULL OR h.case_id = $7)
  AND m.received_at BETWEEN h.begun_at AND coalesce(h.ended_at, 'infinity')`;

/** What an officer wrote about another case of the same chat: maybe one that this reader must not see. */
const OF_ANOTHER = (row: string): string =>
  `${row}.kind = 'internal' AND ${row}.body->>'flow' = 'officer-message' AND ${row}.body->'vars'->>'code' <> $3`;

/**
 * What was said in the conversation of a case since it was opened: what officers wrote about it, and what the resident
 * said while the reader had the word there. Who answers calls reads what was said to any officer of the case's village,
 * unless that one wrote about another case. What residents told the bot about other things is nobody's here, and what they
 * told another village its own.
 */
export async function chatOfCase(sql: Sql, reader: ChatReader): Promise<ChatRow[]> {
  const { rows } = await sql.query<{ at: Date; kind: string; by: string | null; text: Json }>(
    `SELECT received_at AS at, kind, CASE WHEN kind = 'internal' THEN body->'vars'->>'by' END AS by,
       CASE kind WHEN 'internal' THEN body->'vars'->'text' WHEN 'text' THEN body->'text' ELSE body->'caption' END AS text
     FROM inbound_messages m
     WHERE conversation_id = $1 AND received_at >= $2 AND (
       (kind = 'internal' AND body->>'flow' = 'officer-message' AND NOT body->'vars' ? 'veiled'
         AND CASE WHEN body->'vars' ? 'code' THEN body->'vars'->>'code' = $3
           ELSE $5 AND EXISTS (SELECT FROM hand_overs h WHERE ${CALL} AND h.case_id IS NULL) END)
       OR (kind IN ('text', 'photo', 'document', 'voice', 'location') AND EXISTS (
         SELECT FROM hand_overs h WHERE ${CALL} AND h.answered_at IS NOT NULL
           AND (h.officer_id = $4 OR $5) AND NOT EXISTS (
             SELECT FROM inbound_messages o WHERE o.conversation_id = h.conversation_id AND ${OF_ANOTHER('o')}
               AND o.received_at BETWEEN h.begun_at AND coalesce(h.ended_at, 'infinity')))))
     ORDER BY seq DESC LIMIT ${SIZE}`,
    [
      reader.conversationId,
      reader.since,
      reader.code,
      reader.officerId,
      reader.hears,
      reader.villageId,
      reader.caseId,
    ],
  );
  return rows.toReversed().map((row) => ({ ...row, text: typeof row.text === 'string' ? row.text : null }));
}

/** How the chat of a conversation is reached: its platform, and who has the word there. */
export async function chatState(
  sql: Sql,
  conversationId: string,
): Promise<{ platform: string; holder: string | null; isBlocked: boolean } | null> {
  const { rows } = await sql.query<{ platform: string; holder: string | null; isBlocked: boolean }>(
    `SELECT a.platform, a.blocked_at IS NOT NULL AS "isBlocked",
       (SELECT o.name FROM hand_overs h JOIN officers o ON o.id = h.officer_id
        WHERE h.conversation_id = c.id AND h.ended_at IS NULL AND c.handed_over_at IS NOT NULL) AS holder
     FROM conversations c JOIN addresses a ON a.id = c.address_id WHERE c.id = $1`,
    [conversationId],
  );
  return rows[0] ?? null;
}
