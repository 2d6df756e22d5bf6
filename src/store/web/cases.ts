import type { JsonObject } from '../../core/json.js';
import { notSealedFrom, shownName } from '../cases.js';
import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

/** Where an officer may look: confidential cases have a narrower circle, which differs from service to service. */
export interface CaseScope {
  usual: Scope;
  /**
   * Confidential ones: by service and village, `sktm@3510…`; null: all of them. What is none of `services` stands under
   * '' (`@3510…`).
   */
  confidential: { services: readonly string[]; posts: readonly string[] | null };
  /** Usual cases of these services may be seen here, whatever the scope above says: a desk's own. */
  own: { services: readonly string[]; scope: Scope };
  /** Sealed complaints: who looks, and their posts (store/cases.ts `postsOf`). Neither a keeper nor an operator has one. */
  receiver: { officer: string; posts: readonly string[] };
}

export interface CaseRow {
  code: string;
  service: string;
  status: string;
  openedAt: Date;
  dueAt: Date | null;
  closedAt: Date | null;
  villageId: string;
  village: string;
  zone: string;
  resident: string | null;
  /** Asked for while the history of its resident was hidden. */
  isUnproven: boolean;
  officerId: string | null;
  officer: string | null;
  isConfidential: boolean;
  /** The step of its path that waits. */
  step: string | null;
  /** Goes before others, by what it is. */
  isUrgent: boolean;
  /** On whom it was laid, where nobody has it yet. */
  assignedId: string | null;
  assigned: string | null;
  /** What happened to it last: `case_answered` wants to be read. */
  lastKind: string | null;
  /** Set: a complaint that is sealed to this role, and to these officers. */
  receiverRole: string | null;
  receiverIds: string[] | null;
}

/** $1 to $8: `scopeValues` of a scope. */
export const CASE_IN_SCOPE = `((($1::text[] IS NULL OR cases.village_id = ANY ($1))
    AND NOT cases.is_confidential)
  OR (cases.is_confidential AND ($2::text[] IS NULL OR (cases.village_id = ANY ($4::text[])
    AND (CASE WHEN cases.service = ANY ($3::text[]) THEN cases.service ELSE '' END) || '@' || cases.village_id = ANY ($2))))
  OR (NOT cases.is_confidential AND cases.service = ANY ($7::text[]) AND ($8::text[] IS NULL OR cases.village_id = ANY ($8))))
  AND ${notSealedFrom('cases', '$5', '$6')}`;

/**
 * The same, asked of each case that is read anyway: where the village is named besides, Postgres takes its condition twice,
 * expects few cases, and reads all of a village's instead of the newest. As a CASE it is weighed as a coin.
 */
export const CASE_IN_SCOPE_LATE = `CASE WHEN ${CASE_IN_SCOPE} THEN true END`;

/** The values of CASE_IN_SCOPE: villages of the usual scope; posts, services and villages of the confidential one; and so on. */
export function scopeValues({ usual, confidential, own, receiver }: CaseScope): unknown[] {
  return [
    usual.villages,
    confidential.posts,
    confidential.services,
    villagesOfPosts(confidential.posts ?? []),
    receiver.officer,
    receiver.posts,
    own.services,
    own.scope.villages,
  ];
}

/** The villages that a scope may reach at all: their rows alone are read. null: every village. */
export function villagesOf({ usual, confidential, own, receiver }: CaseScope): string[] | null {
  const all = [usual.villages, confidential.posts && villagesOfPosts(confidential.posts), own.scope.villages];
  if (all.includes(null)) return null;
  return [
    ...new Set([...all.flatMap((villages) => villages ?? []), ...villagesOfPosts(receiver.posts)]),
  ].toSorted();
}

/** `sktm@3510…`, `sekretaris@3510…`: the villages behind the sign. */
function villagesOfPosts(posts: readonly string[]): string[] {
  return [...new Set(posts.map((post) => post.slice(post.indexOf('@') + 1)))];
}

export const CASE_COLUMNS = `cases.code, cases.service, cases.status, cases.opened_at AS "openedAt", cases.due_at AS "dueAt",
  cases.closed_at AS "closedAt", cases.village_id AS "villageId", villages.name AS village, villages.zone,
  ${shownName('cases', 'residents')} AS resident, cases.is_unproven AS "isUnproven", cases.officer_id AS "officerId", officers.name AS officer,
  cases.is_confidential AS "isConfidential", cases.receiver_role AS "receiverRole", cases.receiver_ids AS "receiverIds",
  cases.step, cases.is_urgent AS "isUrgent", cases.assigned_id AS "assignedId", laid_on.name AS assigned,
  (SELECT kind FROM case_events WHERE case_events.case_id = cases.id AND case_events.number = cases.event_count) AS "lastKind"`;
export const CASE_JOINS = `FROM cases JOIN villages ON villages.id = cases.village_id
  JOIN residents ON residents.id = cases.resident_id LEFT JOIN officers ON officers.id = cases.officer_id
  LEFT JOIN officers laid_on ON laid_on.id = cases.assigned_id`;

/** CASE_JOINS, from a statement that found the ids of cases. */
export const joinedTo = (found: string): string =>
  CASE_JOINS.replace('FROM cases', `JOIN cases ON cases.id = ${found}.id`);

export interface CaseDetail extends CaseRow {
  id: string;
  flow: string;
  answers: JsonObject;
  /** Sealed answers; opened only on request, which is logged. */
  private: string | null;
  lastWords: string | null;
  language: string;
  /** Papers of the checklist that are still missing. */
  missing: string[];
}

/** One case; null where there is none in the scope. */
export async function caseByCode(sql: Sql, scope: CaseScope, code: string): Promise<CaseDetail | null> {
  const { rows } = await sql.query<CaseDetail>(
    `SELECT cases.id, ${CASE_COLUMNS}, cases.flow, cases.answers, cases.private, cases.last_words AS "lastWords",
       residents.language, cases.missing
     ${CASE_JOINS} WHERE ${CASE_IN_SCOPE} AND cases.code = $9`,
    [...scopeValues(scope), code],
  );
  return rows[0] ?? null;
}

export interface CaseEventRow {
  number: number;
  kind: string;
  at: Date;
  officer: string | null;
  data: JsonObject;
  /** The words of a complaint's history, sealed under its case. */
  sealed: string | null;
}

/** What happened to a case, in order. The caller has found the case within its scope. */
export async function caseEvents(sql: Sql, caseId: string): Promise<CaseEventRow[]> {
  const { rows } = await sql.query<CaseEventRow>(
    `SELECT case_events.number, case_events.kind, case_events.at, officers.name AS officer, case_events.data,
       case_events.sealed
     FROM case_events LEFT JOIN officers ON officers.id = case_events.officer_id
     WHERE case_events.case_id = $1 ORDER BY case_events.number`,
    [caseId],
  );
  return rows;
}

export interface CaseFileRow {
  id: string;
  kind: string;
  state: string;
  mime: string | null;
  name: string | null;
  isRestricted: boolean;
  /** The item of the checklist for which it was sent. */
  item: string | null;
  at: Date;
}

export async function caseFiles(sql: Sql, caseId: string): Promise<CaseFileRow[]> {
  const { rows } = await sql.query<CaseFileRow>(
    `SELECT id, kind, state, mime, name, is_restricted AS "isRestricted", item, created_at AS at
     FROM attachments WHERE case_id = $1 AND NOT EXISTS (SELECT FROM form_values v WHERE v.attachment_id = attachments.id)
     ORDER BY position, created_at`,
    [caseId],
  );
  return rows;
}
