import { firstName } from '../core/firstName.js';
import type { Sql } from './sql.js';

export interface HandOver {
  conversationId: string;
  villageId: string | null;
  villageName: string | null;
  residentName: string | null;
  /** A person was asked for here a short while ago: nobody is told again. */
  isRepeat: boolean;
  /** Counts the notifications of this conversation, so that each hand-over is told once. */
  number: number;
}

/** A second call for a person within this time is the same call. */
const REPEAT_MINUTES = 30;

/** Gives the word to a person, in conversations that the caller has locked. */
export async function beginHandOvers(
  sql: Sql,
  conversationIds: string[],
  now: Date,
): Promise<Map<string, HandOver>> {
  const { rows } = await sql.query<HandOver>(
    `SELECT c.id AS "conversationId", v.id AS "villageId", v.name AS "villageName", r.name AS "residentName",
       coalesce(c.handed_over_at > $2::timestamptz - make_interval(mins => $3), false) AS "isRepeat",
       (SELECT count(DISTINCT n.number)::int FROM notifications n
        WHERE n.kind = 'officer-hand-over' AND n.subject_id = c.id) + 1 AS number
     FROM conversations c
     JOIN addresses a ON a.id = c.address_id JOIN residents r ON r.id = a.resident_id JOIN lines l ON l.id = c.line_id
     LEFT JOIN villages v ON v.id = coalesce(r.village_id, l.village_id)
     WHERE c.id = ANY ($1::uuid[])`,
    [conversationIds, now, REPEAT_MINUTES],
  );
  await sql.query('UPDATE conversations SET handed_over_at = $2 WHERE id = ANY ($1::uuid[])', [
    conversationIds,
    now,
  ]);
  return new Map(rows.map((row) => [row.conversationId, row]));
}

/** Gives the word back to the bot. */
export async function endHandOvers(sql: Sql, conversationIds: string[]): Promise<void> {
  await sql.query('UPDATE conversations SET handed_over_at = NULL WHERE id = ANY ($1::uuid[])', [
    conversationIds,
  ]);
}

export interface AnswerableHandOver {
  officerId: string;
  conversationId: string;
  villageId: string | null;
  residentName: string | null;
}

/** How long after the call an officer may still answer it. */
const ANSWER_DAYS = 3;

/** Of these, the conversations whose call for a person that officer was told of a short while ago. */
export async function answerableHandOvers(
  sql: Sql,
  asked: { officerId: string; conversationId: string }[],
  now: Date,
): Promise<AnswerableHandOver[]> {
  if (asked.length === 0) return [];
  const { rows } = await sql.query<AnswerableHandOver>(
    `SELECT DISTINCT n.officer_id AS "officerId", c.id AS "conversationId",
       coalesce(r.village_id, l.village_id) AS "villageId",
       CASE WHEN a.hidden_since IS NULL THEN r.name END AS "residentName"
     FROM unnest($1::uuid[], $2::uuid[]) AS asked (officer_id, conversation_id)
     JOIN notifications n ON n.officer_id = asked.officer_id AND n.subject_id = asked.conversation_id
       AND n.kind = 'officer-hand-over' AND n.created_at > $3::timestamptz - make_interval(days => $4)
     JOIN conversations c ON c.id = asked.conversation_id
     JOIN addresses a ON a.id = c.address_id JOIN residents r ON r.id = a.resident_id
     JOIN lines l ON l.id = c.line_id`,
    [asked.map((one) => one.officerId), asked.map((one) => one.conversationId), now, ANSWER_DAYS],
  );
  return rows.map((row) => ({ ...row, residentName: firstName(row.residentName) }));
}
