import { firstName } from '../core/firstName.js';
import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

export interface HandOver {
  conversationId: string;
  villageId: string | null;
  villageName: string | null;
  residentName: string | null;
  /** A person was asked for here a short while ago: nobody is told again. */
  isRepeat: boolean;
  /** The officer who has it: they answered within the last day, and serve somebody still. */
  holderId: string | null;
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
  newId: NewId,
): Promise<Map<string, HandOver>> {
  const { rows } = await sql.query<HandOver>(
    `SELECT c.id AS "conversationId", v.id AS "villageId", v.name AS "villageName", r.name AS "residentName",
       coalesce(c.handed_over_at > $2::timestamptz - make_interval(mins => $3), false) AS "isRepeat",
       (SELECT count(DISTINCT n.number)::int FROM notifications n
        WHERE n.kind = 'officer-hand-over' AND n.subject_id = c.id) + 1 AS number,
       (SELECT h.officer_id FROM hand_overs h JOIN officers o ON o.id = h.officer_id
        WHERE h.conversation_id = c.id AND ${HOLDS}) AS "holderId"
     FROM conversations c
     JOIN addresses a ON a.id = c.address_id JOIN residents r ON r.id = a.resident_id JOIN lines l ON l.id = c.line_id
     LEFT JOIN villages v ON v.id = coalesce(r.village_id, l.village_id)
     WHERE c.id = ANY ($1::uuid[])`,
    [conversationIds, now, REPEAT_MINUTES],
  );
  await openHandOvers(sql, conversationIds, now, newId);
  await sql.query('UPDATE conversations SET handed_over_at = $2 WHERE id = ANY ($1::uuid[])', [
    conversationIds,
    now,
  ]);
  return new Map(rows.map((row) => [row.conversationId, row]));
}

/** Where none is open yet. */
async function openHandOvers(sql: Sql, conversationIds: string[], now: Date, newId: NewId): Promise<void> {
  const ids = [...new Set(conversationIds)];
  await sql.query(
    `INSERT INTO hand_overs (id, conversation_id, begun_at)
     SELECT id, conversation_id, $3 FROM unnest($1::uuid[], $2::uuid[]) AS n (id, conversation_id)
     ORDER BY conversation_id ON CONFLICT (conversation_id) WHERE ended_at IS NULL DO NOTHING`,
    [ids.map(() => newId()), ids, now],
  );
}

/** What a claim of a hand-over is worth: its officer answered within a day, and is one still. $2 is the present. */
const HOLDS = `h.ended_at IS NULL AND o.is_active AND h.answered_at > $2::timestamptz - interval '1 day'
  AND EXISTS (SELECT FROM officer_roles r WHERE r.officer_id = o.id)`;

/** A claim that did not hold: who has it. */
export interface Holder {
  id: string;
  name: string;
}

/**
 * The officers answer these: the first one has the hand-over, opened anew where it had ended. Answers who has each, by
 * conversation, and whether that is new; locked until the transaction ends.
 */
export async function takeHandOvers(
  sql: Sql,
  answers: { conversationId: string; officerId: string }[],
  now: Date,
  newId: NewId,
): Promise<Map<string, Holder & { isNew: boolean }>> {
  const ids = answers.map((one) => one.conversationId);
  const taken = new Map<string, Holder & { isNew: boolean }>();
  if (ids.length === 0) return taken;
  await openHandOvers(sql, ids, now, newId);
  await sql.query(
    `SELECT FROM hand_overs WHERE conversation_id = ANY ($1::uuid[]) AND ended_at IS NULL
     ORDER BY conversation_id FOR NO KEY UPDATE`,
    [ids],
  );
  for (const { conversationId, officerId } of answers) {
    const { rows } = await sql.query<Holder & { isNew: boolean }>(
      `WITH held AS (SELECT o.id, o.name FROM hand_overs h JOIN officers o ON o.id = h.officer_id
         WHERE h.conversation_id = $1 AND ${HOLDS} AND h.officer_id <> $3),
       mine AS (UPDATE hand_overs n SET officer_id = $3, answered_at = $2
         FROM hand_overs old WHERE n.conversation_id = $1 AND n.ended_at IS NULL AND old.id = n.id
           AND NOT EXISTS (SELECT FROM held)
         RETURNING old.officer_id IS DISTINCT FROM $3 AS "isNew")
       SELECT id, name, false AS "isNew" FROM held
       UNION ALL SELECT o.id, o.name, m."isNew" FROM mine m JOIN officers o ON o.id = $3`,
      [conversationId, now, officerId],
    );
    if (rows[0]) taken.set(`${conversationId} ${officerId}`, rows[0]);
  }
  return taken;
}

export interface EndedHandOver {
  conversationId: string;
  officerId: string | null;
  villageName: string | null;
  residentName: string | null;
}

/** Ends what is open there; answers what had an officer, or not. */
export async function closeHandOvers(
  sql: Sql,
  conversationIds: string[],
  by: 'resident' | 'officer' | 'silence',
  now: Date,
): Promise<EndedHandOver[]> {
  await sql.query(
    `SELECT FROM hand_overs WHERE conversation_id = ANY ($1::uuid[]) AND ended_at IS NULL
     ORDER BY conversation_id FOR NO KEY UPDATE`,
    [conversationIds],
  );
  const { rows } = await sql.query<EndedHandOver>(
    `UPDATE hand_overs h SET ended_at = $2, ended_by = $3
     FROM conversations c JOIN addresses a ON a.id = c.address_id JOIN residents r ON r.id = a.resident_id
       JOIN lines l ON l.id = c.line_id LEFT JOIN villages v ON v.id = coalesce(r.village_id, l.village_id)
     WHERE h.conversation_id = ANY ($1::uuid[]) AND h.ended_at IS NULL AND c.id = h.conversation_id
     RETURNING h.conversation_id AS "conversationId", h.officer_id AS "officerId", v.name AS "villageName",
       CASE WHEN a.hidden_since IS NULL THEN r.name END AS "residentName"`,
    [conversationIds, now, by],
  );
  return rows.map((row) => ({ ...row, residentName: firstName(row.residentName) }));
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
  villageName: string | null;
  /** All who were told of it. */
  told: string[];
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
       CASE WHEN a.hidden_since IS NULL THEN r.name END AS "residentName", v.name AS "villageName",
       ARRAY(SELECT DISTINCT t.officer_id FROM notifications t WHERE t.subject_id = c.id
         AND t.kind = 'officer-hand-over' AND t.created_at > $3::timestamptz - make_interval(days => $4)) AS told
     FROM unnest($1::uuid[], $2::uuid[]) AS asked (officer_id, conversation_id)
     JOIN notifications n ON n.officer_id = asked.officer_id AND n.subject_id = asked.conversation_id
       AND n.kind = 'officer-hand-over' AND n.created_at > $3::timestamptz - make_interval(days => $4)
     JOIN conversations c ON c.id = asked.conversation_id
     JOIN addresses a ON a.id = c.address_id JOIN residents r ON r.id = a.resident_id
     JOIN lines l ON l.id = c.line_id LEFT JOIN villages v ON v.id = coalesce(r.village_id, l.village_id)`,
    [asked.map((one) => one.officerId), asked.map((one) => one.conversationId), now, ANSWER_DAYS],
  );
  return rows.map((row) => ({ ...row, residentName: firstName(row.residentName) }));
}
