import type { SealedTo } from '../core/complaints.js';
import { OPEN_STATUSES } from '../core/cases.js';
import type { CaseFact, CaseState, Holder } from '../core/cases.js';
import type { JsonObject } from '../core/json.js';
import type { NewId } from '../core/ports.js';
import type { StepAct } from '../core/path.js';
import { shownPlace } from '../core/queue.js';
import { wishBoards } from './boardWishes.js';
import { NO_OFFICE } from './linkedOfficers.js';
import type { Sql } from './sql.js';

/** Whether a case still waits for somebody, in SQL by the expression of its status. The partial indexes say the same. */
export const isOpen = (status: string): string =>
  `${status} IN (${OPEN_STATUSES.map((one) => `'${one}'`).join(', ')})`;

export interface CaseInsert {
  id: string;
  code: string;
  draftId: string;
  villageId: string;
  service: string;
  flow: string;
  /** For whom, where the address tells several people apart; else it is the address's resident. */
  residentId: string;
  /** null: asked for at the counter, by somebody who cannot be written to (`insertCounterCases`). */
  conversationId: string | null;
  answers: JsonObject;
  /** The first step of its path. */
  step: StepAct | null;
  isUrgent: boolean;
  /** Sealed. */
  private: string | null;
  isConfidential: boolean;
  /** A complaint, and who alone sees it. */
  sealedTo: SealedTo | null;
  /** Opened while the resident's history was hidden. */
  isUnproven: boolean;
  dueAt: Date | null;
}

/**
 * Opens cases, one for each draft: answers the draft ids that were new. A draft that has its case already keeps it,
 * also where another transaction opened it a moment ago. Whose it is, is asked of the address, held until the end: it may
 * just be linked to another, or let go of it.
 */
export async function insertCases(sql: Sql, cases: CaseInsert[], now: Date): Promise<Set<string>> {
  const { rows } = await sql.query<{ draft: string }>(
    `WITH ${wishBoards('SELECT unnest($4::text[])')}
     INSERT INTO cases (id, code, draft_id, village_id, service, flow, status, resident_id, conversation_id, answers,
       private, is_confidential, opened_at, due_at, event_count, is_unproven, receiver_role, receiver_ids, step, is_urgent)
     SELECT n.id, code, draft_id, village_id, service, flow, 'open', coalesce(p.resident_id, a.resident_id),
       conversation_id, answers, n.private, is_confidential, $13, due_at, 1, is_unproven,
       receiver_role, CASE WHEN receiver_role IS NOT NULL THEN string_to_array(receivers, ',')::uuid[] END, step, is_urgent
     FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
       $9::jsonb[], $10::text[], $11::boolean[], $12::timestamptz[], $14::boolean[], $15::text[], $16::text[],
       $17::text[], $18::boolean[]) WITH ORDINALITY
       AS n (id, code, draft_id, village_id, service, flow, resident_id, conversation_id, answers, private,
         is_confidential, due_at, is_unproven, receiver_role, receivers, step, is_urgent, ord)
     JOIN conversations c ON c.id = n.conversation_id JOIN addresses a ON a.id = c.address_id
     LEFT JOIN address_profiles p ON p.address_id = a.id AND p.resident_id = n.resident_id
     ORDER BY ord FOR SHARE OF a
     ON CONFLICT (draft_id) DO NOTHING
     RETURNING draft_id AS draft`,
    [
      cases.map((c) => c.id),
      cases.map((c) => c.code),
      cases.map((c) => c.draftId),
      cases.map((c) => c.villageId),
      cases.map((c) => c.service),
      cases.map((c) => c.flow),
      cases.map((c) => c.residentId),
      cases.map((c) => c.conversationId),
      cases.map((c) => JSON.stringify(c.answers)),
      cases.map((c) => c.private),
      cases.map((c) => c.isConfidential),
      cases.map((c) => c.dueAt),
      now,
      cases.map((c) => c.isUnproven),
      cases.map((c) => c.sealedTo?.role ?? null),
      cases.map((c) => c.sealedTo?.officers.join(',') ?? null),
      cases.map((c) => c.step),
      cases.map((c) => c.isUrgent),
    ],
  );
  return new Set(rows.map((row) => row.draft));
}

/**
 * The same for requests made at the counter: somebody without a conversation is asked nothing of an address; one with is
 * opened as any other, and says where it comes from.
 */
export async function insertCounterCases(sql: Sql, cases: CaseInsert[], now: Date): Promise<Set<string>> {
  const isNew = await insertCases(
    sql,
    cases.filter(({ conversationId }) => conversationId !== null),
    now,
  );
  for (const c of cases.filter(({ conversationId }) => conversationId === null)) {
    const { rowCount } = await sql.query(
      `WITH ${wishBoards('SELECT $4::text')}
       INSERT INTO cases (id, code, draft_id, village_id, service, flow, status, resident_id, answers, private,
         is_confidential, opened_at, due_at, event_count, step, is_urgent)
       VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10, $11, $12, 1, $13, $14) ON CONFLICT (draft_id) DO NOTHING`,
      [
        c.id,
        c.code,
        c.draftId,
        c.villageId,
        c.service,
        c.flow,
        c.residentId,
        JSON.stringify(c.answers),
        c.private,
        c.isConfidential,
        now,
        c.dueAt,
        c.step,
        c.isUrgent,
      ],
    );
    if (rowCount === 1) isNew.add(c.draftId);
  }
  await sql.query(`UPDATE cases SET origin = 'counter' WHERE draft_id = ANY ($1::uuid[])`, [[...isNew]]);
  return isNew;
}

/** Whether a case waits its turn, in SQL by the expression of its status. What lies ready waits for nobody of the office. */
const isInQueue = (status: string): string => `${status} IN ('open', 'in_hand', 'asked', 'signing')`;

/**
 * The fair order of work, in SQL by the alias of the cases' table: what is urgent by rule, then by time of request, never
 * by who wrote last. The index cases_turn has it.
 */
export const turnOf = (c: string): string => `${c}.is_urgent DESC, ${c}.opened_at, ${c}.id`;

/**
 * Where open cases stand among those of their village that wait their turn: urgent ones first, then by time of request.
 * Others have no place.
 */
export async function placesOf(sql: Sql, caseIds: string[]): Promise<Map<string, number>> {
  if (caseIds.length === 0) return new Map();
  const { rows } = await sql.query<{ id: string; rank: number; shown: number | null }>(
    `SELECT c.id, c.shown_position AS shown,
       (SELECT count(*)::int FROM cases o
        WHERE o.village_id = c.village_id AND ${isInQueue('o.status')}
          AND (o.is_urgent AND NOT c.is_urgent
            OR o.is_urgent = c.is_urgent AND (o.opened_at, o.id) <= (c.opened_at, c.id))) AS rank
     FROM cases c WHERE c.id = ANY ($1::uuid[]) AND ${isInQueue('c.status')}`,
    [caseIds],
  );
  const places = rows.flatMap(({ id, rank, shown }) => {
    const place = shownPlace(rank, shown);
    return place === null ? [] : [{ id, place, isLess: shown === null || place < shown }];
  });
  await rememberShown(
    sql,
    places.filter((p) => p.isLess),
  );
  return new Map(places.map((p) => [p.id, p.place]));
}

/** Skips rows that somebody is acting on: what is remembered a moment later does no harm, waiting for locks might. */
async function rememberShown(sql: Sql, places: { id: string; place: number }[]): Promise<void> {
  if (places.length === 0) return;
  await sql.query(
    `UPDATE cases c SET shown_position = least(c.shown_position, p.place)
     FROM unnest($1::uuid[], $2::int[]) AS p (id, place),
       (SELECT id FROM cases WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) AS free
     WHERE c.id = p.id AND free.id = c.id`,
    [places.map((p) => p.id), places.map((p) => p.place)],
  );
}

/**
 * How officers call whoever asked for a case, in SQL by the aliases of its table and its resident's. Made while history was hidden it may be somebody
 * else's than the resident's before: then the name that was given in the request itself, or that of the person who was
 * chosen at a shared address; else none.
 */
export const shownName = (c: string, r: string): string =>
  `CASE WHEN NOT ${c}.is_unproven THEN ${r}.name ELSE coalesce(${c}.answers->>'name', (
    SELECT p.name FROM conversations k JOIN addresses a ON a.id = k.address_id AND a.hidden_since IS NULL
    JOIN address_profiles p ON p.address_id = a.id AND p.resident_id = ${c}.resident_id
    WHERE k.id = ${c}.conversation_id)) END`;

/** Whom the case `c` is for, where its resident asks for somebody else. */
export const FOR_WHOM = '(SELECT b.name FROM beneficiaries b WHERE b.case_id = c.id)';

/** To whom a complaint is sealed, of the cases `c`. */
export const SEALED_TO = 'c.receiver_role AS "receiverRole", c.receiver_ids AS "receiverIds"';
export interface SealedColumns {
  receiverRole: string | null;
  receiverIds: string[] | null;
}
export function sealedToOf({ receiverRole, receiverIds }: SealedColumns): SealedTo | null {
  return receiverRole === null ? null : { role: receiverRole, officers: receiverIds ?? [] };
}

/**
 * Whether a case `c` is no sealed complaint, or one that this officer receives, in SQL by the expressions of their id
 * and of their posts (`postsOf`).
 */
export const notSealedFrom = (c: string, officer: string, posts: string): string =>
  `(${c}.receiver_role IS NULL OR (${officer}::uuid = ANY (${c}.receiver_ids)
    AND ${c}.receiver_role || '@' || ${c}.village_id = ANY (${posts}::text[])))`;

/** An officer's roles with their villages, `sekretaris@3510…`; those that reach every village are no such post. */
export function postsOf(roles: readonly { role: string; village: string | null }[]): string[] {
  return roles.flatMap(({ role, village }) => (village === null ? [] : [`${role}@${village}`]));
}

/** A case as an act finds it, locked. */
export interface LockedCase {
  id: string;
  code: string;
  villageId: string;
  service: string;
  residentId: string;
  residentName: string | null;
  /** Whom it is for, where that is somebody else. */
  forWhom: string | null;
  villageName: string;
  /** null: asked for at the counter, by somebody who cannot be written to. */
  conversationId: string | null;
  isConfidential: boolean;
  sealedTo: SealedTo | null;
  isUnproven: boolean;
  openedAt: Date;
  closedAt: Date | null;
  state: CaseState;
  holder: Holder | null;
  holderIsActive: boolean;
  assignedId: string | null;
  letterWay: 'wet' | 'electronic';
  /** A letter of it is issued, and stands. */
  isIssued: boolean;
  /** It was last made ready with the number of a letter that was made elsewhere. */
  isMadeElsewhere: boolean;
  eventCount: number;
}

/** Whether a letter of the case `c` is issued, and stands. */
export const IS_ISSUED = `EXISTS (SELECT FROM letters l WHERE l.case_id = c.id AND l.state = 'issued')`;

/** Whether the case `c` was last made ready with the number of a letter that was made elsewhere. */
export const IS_MADE_ELSEWHERE = `coalesce((SELECT e.data ? 'elsewhere' FROM case_events e
  WHERE e.case_id = c.id AND e.kind = 'case_ready' ORDER BY e.number DESC LIMIT 1), false)`;

/** The columns of the case `c` (its holder `o`) that make its state. */
export const STATE = `c.status, c.last_words AS "lastWords", c.step, c.done_by AS "doneBy", c.missing,
       c.merged_into IS NOT NULL AS "isMerged", o.id AS "officerId", o.name AS "officerName"`;
export interface StateColumns extends Omit<CaseState, 'holder' | 'missing'> {
  missing: string[];
  officerId: string | null;
  officerName: string | null;
}
export function stateOf(row: StateColumns): CaseState {
  const { status, lastWords, step, doneBy, missing, isMerged, officerId, officerName } = row;
  const holder = officerId === null ? null : { id: officerId, name: officerName! };
  return { status, holder, lastWords, step, doneBy, missing, isMerged };
}

/** Locks cases by their codes until the transaction ends, always in the order of their ids. */
export async function lockCases(sql: Sql, codes: string[]): Promise<LockedCase[]> {
  if (codes.length === 0) return [];
  await sql.query('SELECT FROM cases WHERE code = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE', [codes]);
  // A statement of its own, after the lock: a join made before the wait would still show the holder of then.
  const { rows } = await sql.query<
    Omit<LockedCase, 'holder' | 'sealedTo' | 'state'> & SealedColumns & StateColumns
  >(
    `SELECT c.id, c.code, c.village_id AS "villageId", c.service, c.resident_id AS "residentId", ${STATE},
       ${shownName('c', 'r')} AS "residentName", ${FOR_WHOM} AS "forWhom", v.name AS "villageName",
       c.conversation_id AS "conversationId", c.is_confidential AS "isConfidential",
       c.is_unproven AS "isUnproven", c.opened_at AS "openedAt", c.closed_at AS "closedAt", ${SEALED_TO},
       c.event_count AS "eventCount", c.assigned_id AS "assignedId", v.letter_way AS "letterWay",
       ${IS_ISSUED} AS "isIssued", ${IS_MADE_ELSEWHERE} AS "isMadeElsewhere",
       (o.is_active AND EXISTS (
         SELECT FROM officer_roles r WHERE r.officer_id = o.id AND r.role NOT IN (${NO_OFFICE}) AND (r.village_id = c.village_id OR r.village_id IS NULL)
       )) IS TRUE AS "holderIsActive"
     FROM cases c JOIN residents r ON r.id = c.resident_id JOIN villages v ON v.id = c.village_id
     LEFT JOIN officers o ON o.id = c.officer_id
     WHERE c.code = ANY ($1::text[])`,
    [codes],
  );
  return rows.map((row) => {
    const state = stateOf(row);
    return { ...row, sealedTo: sealedToOf(row), state, holder: state.holder };
  });
}

/** A case that is one with another. */
export interface Follower {
  id: string;
  code: string;
  service: string;
  residentId: string;
  conversationId: string | null;
  leaderId: string;
  /** Merged into the leader itself, not into what was merged into it. */
  isDirect: boolean;
}

/** The cases that were merged into these, and those that were merged into such a one before: of each leader all that follow it. */
export async function followersOf(sql: Sql, leaderIds: string[]): Promise<Follower[]> {
  const { rows } = await sql.query<Follower>(
    `WITH RECURSIVE following (id, leader, is_direct) AS (
       SELECT id, merged_into, true FROM cases WHERE merged_into = ANY ($1::uuid[])
       UNION SELECT c.id, f.leader, false FROM following f JOIN cases c ON c.merged_into = f.id
     )
     SELECT c.id, c.code, c.service, c.resident_id AS "residentId", c.conversation_id AS "conversationId",
       f.leader AS "leaderId", f.is_direct AS "isDirect"
     FROM following f JOIN cases c ON c.id = f.id ORDER BY c.id`,
    [leaderIds],
  );
  return rows;
}

/** What acts made of a case: the row's new columns and what happened. */
export interface ChangedCase {
  id: string;
  state: CaseState;
  /** The id of the case that it is one with from now on. */
  mergedInto?: string | null;
  /** Of the first fact; the others follow. */
  firstNumber: number;
  facts: CaseFact[];
}

function officeIn(facts: CaseFact[]): string | null {
  const office = facts.findLast(({ kind }) => kind === 'case_forwarded')?.data['office'];
  return typeof office === 'string' ? office : null;
}

/** Writes facts and what they come to. `taken_at` and `closed_at` are now where a fact says so. */
export async function writeFacts(sql: Sql, changed: ChangedCase[], newId: NewId, now: Date): Promise<void> {
  if (changed.length === 0) return;
  await sql.query(
    `WITH ${wishBoards('SELECT village_id FROM cases WHERE id = ANY ($1::uuid[])')}
     UPDATE cases c SET status = n.status, officer_id = n.officer_id, last_words = n.last_words,
       event_count = n.event_count, step = n.step, done_by = n.done_by,
       missing = ARRAY(SELECT jsonb_array_elements_text(n.missing)),
       merged_into = CASE WHEN n.is_merged THEN coalesce(n.merged_into, c.merged_into) END,
       forwarded_to = CASE WHEN n.status = 'forwarded' THEN coalesce(n.office, c.forwarded_to) END,
       taken_at = CASE WHEN n.is_taken THEN $7 ELSE c.taken_at END,
       closed_at = CASE WHEN NOT (${isOpen('n.status')}) THEN coalesce(c.closed_at, $7) END
     FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::int[], $6::boolean[], $8::text[], $9::jsonb[],
       $10::jsonb[], $11::boolean[], $12::uuid[], $13::text[])
       AS n (id, status, officer_id, last_words, event_count, is_taken, step, done_by, missing, is_merged, merged_into, office)
     WHERE c.id = n.id`,
    [
      changed.map((c) => c.id),
      changed.map((c) => c.state.status),
      changed.map((c) => c.state.holder?.id ?? null),
      changed.map((c) => c.state.lastWords),
      changed.map((c) => c.firstNumber + c.facts.length - 1),
      changed.map((c) => c.facts.some((fact) => fact.kind === 'case_taken')),
      now,
      changed.map((c) => c.state.step),
      changed.map((c) => JSON.stringify(c.state.doneBy)),
      changed.map((c) => JSON.stringify(c.state.missing)),
      changed.map((c) => c.state.isMerged),
      changed.map((c) => c.mergedInto ?? null),
      changed.map((c) => officeIn(c.facts)),
    ],
  );
  await insertEvents(
    sql,
    changed.flatMap((c) => c.facts.map((fact, n) => ({ caseId: c.id, number: c.firstNumber + n, fact }))),
    newId,
    now,
  );
}

/** Writes the history of cases. */
export async function insertEvents(
  sql: Sql,
  events: { caseId: string; number: number; fact: CaseFact }[],
  newId: NewId,
  now: Date,
): Promise<void> {
  if (events.length === 0) return;
  await sql.query(
    `INSERT INTO case_events (id, case_id, number, kind, officer_id, data, at, sealed)
     SELECT id, case_id, number, kind, officer_id, data, $7, sealed
     FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::uuid[], $6::jsonb[], $8::text[])
       AS e (id, case_id, number, kind, officer_id, data, sealed)`,
    [
      events.map(() => newId()),
      events.map((e) => e.caseId),
      events.map((e) => e.number),
      events.map((e) => e.fact.kind),
      events.map((e) => e.fact.officer?.id ?? null),
      events.map((e) => JSON.stringify(e.fact.data)),
      now,
      events.map((e) => e.fact.sealed ?? null),
    ],
  );
}

export interface CaseOfDraft {
  id: string;
  code: string;
  villageId: string;
  villageName: string;
  service: string;
  isConfidential: boolean;
  sealedTo: SealedTo | null;
  conversationId: string | null;
  residentName: string | null;
  isUnproven: boolean;
  dueAt: Date | null;
}

/** The cases of drafts, by draft id. */
export async function readByDrafts(sql: Sql, draftIds: string[]): Promise<Map<string, CaseOfDraft>> {
  const { rows } = await sql.query<Omit<CaseOfDraft, 'sealedTo'> & SealedColumns & { draftId: string }>(
    `SELECT c.draft_id AS "draftId", c.id, c.code, c.village_id AS "villageId", v.name AS "villageName", c.service,
       c.is_confidential AS "isConfidential", c.conversation_id AS "conversationId", ${shownName('c', 'r')} AS "residentName",
       c.is_unproven AS "isUnproven", c.due_at AS "dueAt", ${SEALED_TO}
     FROM cases c JOIN villages v ON v.id = c.village_id JOIN residents r ON r.id = c.resident_id
     WHERE c.draft_id = ANY ($1::uuid[])`,
    [draftIds],
  );
  return new Map(
    rows.map(({ draftId, receiverRole, receiverIds, ...row }) => [
      draftId,
      { ...row, sealedTo: sealedToOf({ receiverRole, receiverIds }) },
    ]),
  );
}
