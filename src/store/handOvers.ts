import type { SealedTo } from '../core/complaints.js';
import { firstName } from '../core/firstName.js';
import type { NewId } from '../core/ports.js';
import { SEALED_TO, sealedToOf, shownName } from './cases.js';
import type { SealedColumns } from './cases.js';
import type { Sql } from './sql.js';

export interface HandOver {
  conversationId: string;
  /** The case's, where the call is about one; else the resident's, else the line's. */
  villageId: string | null;
  villageName: string | null;
  /** Where the resident is at home now, else the line. */
  homeId: string | null;
  residentName: string | null;
  /** A person was asked for here a short while ago: nobody is told again. */
  isRepeat: boolean;
  /** The officer who has it: see HOLDS. */
  holderId: string | null;
  /** The case that an officer wrote about: what is said here is for whoever handles it (effects/caseCalls.ts). */
  caseId: string | null;
  /** Counts the notifications of this conversation, so that each hand-over is told once. */
  number: number;
}

/** A second call for a person within this time is the same call. */
const REPEAT_MINUTES = 30;

const HOME = 'coalesce(r.village_id, l.village_id)';
const PEOPLE = `JOIN addresses a ON a.id = c.address_id JOIN residents r ON r.id = a.resident_id JOIN lines l ON l.id = c.line_id`;
/** The village of the call `h`, of HOME and PEOPLE. */
const VILLAGE = `CASE WHEN h.case_id IS NULL THEN ${HOME} ELSE h.village_id END`;

/**
 * Gives the word to a person, in conversations that the caller has locked. `goOn`: those where an officer's words were just
 * said, with the code of the case that these were about; if that call has ended meanwhile, it goes on as it was.
 */
export async function beginHandOvers(
  sql: Sql,
  conversationIds: string[],
  now: Date,
  newId: NewId,
  goOn: GoOn = new Map(),
): Promise<Map<string, HandOver>> {
  await lockHandOvers(sql, conversationIds);
  await endUnsaid(
    sql,
    conversationIds.filter((id) => !goOn.has(id)),
    now,
  );
  await endForCases(sql, goOn, now);
  await openHandOvers(sql, conversationIds, now, newId, goOn);
  const { rows } = await sql.query<HandOver>(
    `SELECT c.id AS "conversationId", v.id AS "villageId", v.name AS "villageName", ${HOME} AS "homeId",
       r.name AS "residentName", h.case_id AS "caseId",
       coalesce(c.handed_over_at > $2::timestamptz - make_interval(mins => $3), false) AS "isRepeat",
       (SELECT count(DISTINCT n.number)::int FROM notifications n
        WHERE n.kind = 'officer-hand-over' AND n.subject_id = c.id) + 1 AS number,
       (SELECT o.id FROM officers o WHERE o.id = h.officer_id AND ${HOLDS}) AS "holderId"
     FROM conversations c ${PEOPLE}
     JOIN hand_overs h ON h.conversation_id = c.id AND h.ended_at IS NULL
     LEFT JOIN villages v ON v.id = ${VILLAGE}
     WHERE c.id = ANY ($1::uuid[])`,
    [conversationIds, now, REPEAT_MINUTES],
  );
  await sql.query('UPDATE conversations SET handed_over_at = $2 WHERE id = ANY ($1::uuid[])', [
    conversationIds,
    now,
  ]);
  return new Map(rows.map((row) => [row.conversationId, row]));
}

/** Where none is open yet, or the one that is belongs to what was. */
async function openHandOvers(
  sql: Sql,
  conversationIds: string[],
  now: Date,
  newId: NewId,
  goOn: GoOn = new Map(),
): Promise<void> {
  const ids = [...new Set(conversationIds)];
  await lockHandOvers(sql, ids);
  await endOutlived(sql, ids, now);
  await sql.query(
    `INSERT INTO hand_overs (id, conversation_id, begun_at, village_id, officer_id, answered_at, case_id)
     SELECT n.id, c.id, $3, coalesce(last.village_id, ${HOME}), last.officer_id, last.answered_at, last.case_id
     FROM unnest($1::uuid[], $2::uuid[], $4::bool[], $5::text[]) AS n (id, conversation_id, goes_on, code)
     JOIN conversations c ON c.id = n.conversation_id ${PEOPLE}
     LEFT JOIN LATERAL (SELECT h.* FROM hand_overs h
       WHERE n.goes_on AND h.conversation_id = c.id AND h.answered_at IS NOT NULL
       ORDER BY (h.case_id = (SELECT k.id FROM cases k WHERE k.code = n.code)) IS TRUE DESC,
         h.answered_at DESC, h.begun_at DESC LIMIT 1) last ON true
     ORDER BY c.id ON CONFLICT (conversation_id) WHERE ended_at IS NULL DO NOTHING`,
    [ids.map(() => newId()), ids, now, ids.map((id) => goOn.has(id)), ids.map((id) => goOn.get(id) ?? null)],
  );
}

async function lockHandOvers(sql: Sql, conversationIds: string[]): Promise<void> {
  await sql.query(
    `SELECT FROM hand_overs WHERE conversation_id = ANY ($1::uuid[]) AND ended_at IS NULL
     ORDER BY conversation_id FOR NO KEY UPDATE`,
    [conversationIds],
  );
}

/** By conversation: the code of the case that the words were about, null where they were about none. */
type GoOn = ReadonlyMap<string, string | null>;

/** Who calls now has not read what an officer wrote about a case: theirs is another call, for everybody. */
async function endUnsaid(sql: Sql, conversationIds: string[], now: Date): Promise<void> {
  await sql.query(
    `UPDATE hand_overs h SET ended_at = $2, ended_by = 'silence' FROM conversations c
     WHERE c.id = ANY ($1::uuid[]) AND c.id = h.conversation_id AND h.ended_at IS NULL AND h.case_id IS NOT NULL
       AND c.handed_over_at IS NULL`,
    [conversationIds, now],
  );
}

/** Words about a case were read while a call about none was open: what is replied is about the case. */
async function endForCases(sql: Sql, goOn: GoOn, now: Date): Promise<void> {
  await sql.query(
    `UPDATE hand_overs h SET ended_at = $2, ended_by = 'officer'
     WHERE h.conversation_id = ANY ($1::uuid[]) AND h.ended_at IS NULL AND h.case_id IS NULL`,
    [[...goOn].flatMap(([id, code]) => (code === null ? [] : [id])), now],
  );
}

/**
 * A call is a village's: who has chosen another one begins anew there. One about a case that was never heard of in the
 * chat (its words were not said) is over a day later.
 */
async function endOutlived(sql: Sql, conversationIds: string[], now: Date): Promise<void> {
  await sql.query(
    `UPDATE hand_overs h SET ended_at = $2, ended_by = 'silence' FROM conversations c ${PEOPLE}
     WHERE h.conversation_id = ANY ($1::uuid[]) AND h.ended_at IS NULL AND c.id = h.conversation_id
       AND CASE WHEN h.case_id IS NULL THEN h.village_id <> ${HOME}
         ELSE c.handed_over_at IS NULL AND h.answered_at < $2::timestamptz - interval '1 day' END`,
    [conversationIds, now],
  );
}

/**
 * What a claim of a hand-over is worth: its officer answered within a day, and is one still. Where they wrote about a case
 * it lasts as long as the call: what the resident replies after a weekend is theirs. $2 is the present.
 */
const HOLDS = `h.ended_at IS NULL AND o.is_active
  AND (h.case_id IS NOT NULL OR h.answered_at > $2::timestamptz - interval '1 day')
  AND EXISTS (SELECT FROM officer_roles r WHERE r.officer_id = o.id)`;

/** A claim that did not hold: who has it. */
export interface Holder {
  id: string;
  name: string;
}

/** An officer who answers a call. */
export interface TakenBy {
  conversationId: string;
  officerId: string;
  /** The case that they write about: from now on the call is about it. */
  about?: string | undefined;
  /** The case of the open call, where this officer may handle it: a call about any other is not theirs to take. */
  handled?: string | null | undefined;
  /** Who has the call, but may handle its case no more. */
  passedOver?: string | null | undefined;
}

/**
 * The officers answer these: the first one has the hand-over, opened anew where it had ended. Answers who has each, by
 * conversation, and whether that is new; locked until the transaction ends. A call about a case is for whoever handles
 * that case: others are told who has it.
 */
export async function takeHandOvers(
  sql: Sql,
  answers: TakenBy[],
  now: Date,
  newId: NewId,
): Promise<Map<string, Holder & { isNew: boolean }>> {
  const ids = answers.map((one) => one.conversationId);
  const taken = new Map<string, Holder & { isNew: boolean }>();
  if (ids.length === 0) return taken;
  await openHandOvers(sql, ids, now, newId);
  await lockHandOvers(sql, ids);
  for (const answer of answers) {
    const { conversationId, officerId } = answer;
    const key = `${conversationId} ${officerId}`;
    const held = await holderOf(sql, answer, now);
    if (held) {
      taken.set(key, { ...held, isNew: false });
      continue;
    }
    if (answer.about !== undefined) await endWithoutCase(sql, conversationId, now, newId);
    const { rows } = await sql.query<Holder & { isNew: boolean }>(
      `UPDATE hand_overs n SET officer_id = o.id, answered_at = $2, case_id = k.id,
         village_id = coalesce(k.village_id, old.village_id)
       FROM officers o, hand_overs old
       -- Of two cases in one call it is about the one that fewer may see.
       LEFT JOIN LATERAL (SELECT c.id, c.village_id FROM cases c WHERE c.id IN (old.case_id, $4::uuid)
         ORDER BY c.receiver_role IS NOT NULL DESC, c.is_confidential DESC, (c.id = $4::uuid) IS TRUE DESC LIMIT 1) k ON true
       WHERE n.conversation_id = $1 AND n.ended_at IS NULL AND old.id = n.id AND o.id = $3
       RETURNING o.id, o.name, old.officer_id IS DISTINCT FROM $3 AS "isNew"`,
      [conversationId, now, officerId, answer.about ?? null],
    );
    if (rows[0]) taken.set(key, rows[0]);
  }
  return taken;
}

/** Another officer whose the open call is. */
async function holderOf(
  sql: Sql,
  { conversationId, officerId, handled, passedOver }: TakenBy,
  now: Date,
): Promise<Holder | null> {
  const { rows } = await sql.query<Holder>(
    `SELECT o.id, o.name FROM hand_overs h JOIN officers o ON o.id = h.officer_id
     WHERE h.conversation_id = $1 AND h.ended_at IS NULL AND h.officer_id <> $3
       AND (h.case_id IS NOT NULL AND h.case_id IS DISTINCT FROM $4::uuid
         OR ${HOLDS} AND h.officer_id IS DISTINCT FROM $5::uuid)`,
    [conversationId, now, officerId, handled ?? null, passedOver ?? null],
  );
  return rows[0] ?? null;
}

/** What was said before an officer wrote about a case is no part of what is said about it. */
async function endWithoutCase(sql: Sql, conversationId: string, now: Date, newId: NewId): Promise<void> {
  const { rowCount } = await sql.query(
    `UPDATE hand_overs SET ended_at = $2, ended_by = 'officer'
     WHERE conversation_id = $1 AND ended_at IS NULL AND case_id IS NULL AND (officer_id IS NOT NULL OR begun_at < $2)`,
    [conversationId, now],
  );
  if (rowCount) await openHandOvers(sql, [conversationId], now, newId);
}

/** The case that the open call of a conversation is about. */
export interface CaseOfCall {
  conversationId: string;
  holderId: string;
  id: string;
  code: string;
  villageId: string;
  villageName: string;
  service: string;
  residentId: string;
  residentName: string | null;
  isConfidential: boolean;
  sealedTo: SealedTo | null;
}

/** Of these conversations, those with an open call about a case. */
export async function casesOfCalls(sql: Sql, conversationIds: string[]): Promise<CaseOfCall[]> {
  const { rows } = await sql.query<Omit<CaseOfCall, 'sealedTo'> & SealedColumns>(
    `SELECT h.conversation_id AS "conversationId", h.officer_id AS "holderId", c.id, c.code, c.village_id AS "villageId",
       v.name AS "villageName", c.service, c.resident_id AS "residentId", ${shownName('c', 'r')} AS "residentName",
       c.is_confidential AS "isConfidential", ${SEALED_TO}
     FROM hand_overs h JOIN cases c ON c.id = h.case_id JOIN residents r ON r.id = c.resident_id
       JOIN villages v ON v.id = c.village_id
     WHERE h.conversation_id = ANY ($1::uuid[]) AND h.ended_at IS NULL`,
    [conversationIds],
  );
  return rows.map(({ receiverRole, receiverIds, ...row }) => ({
    ...row,
    sealedTo: sealedToOf({ receiverRole, receiverIds }),
  }));
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
  await lockHandOvers(sql, conversationIds);
  const { rows } = await sql.query<EndedHandOver>(
    `UPDATE hand_overs h SET ended_at = $2, ended_by = $3
     FROM hand_overs old JOIN conversations c ON c.id = old.conversation_id ${PEOPLE}
       LEFT JOIN villages v ON v.id = CASE WHEN old.case_id IS NULL THEN ${HOME} ELSE old.village_id END
     WHERE h.conversation_id = ANY ($1::uuid[]) AND h.ended_at IS NULL AND old.id = h.id
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

/** Ends what is open with this person at these addresses; where several share one, what is about a case of theirs. */
export async function endHandOversWith(
  sql: Sql,
  residentId: string,
  addressIds: string[],
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE hand_overs h SET ended_at = $3, ended_by = 'silence' FROM conversations c
     WHERE c.id = h.conversation_id AND c.address_id = ANY ($2::uuid[]) AND h.ended_at IS NULL
       AND (EXISTS (SELECT FROM cases k WHERE k.id = h.case_id AND k.resident_id = $1)
         OR NOT EXISTS (SELECT FROM address_profiles p WHERE p.address_id = c.address_id AND p.resident_id <> $1))`,
    [residentId, addressIds, now],
  );
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
