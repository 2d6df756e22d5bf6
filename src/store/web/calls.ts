import type { Sql } from '../sql.js';
import { CASE_IN_SCOPE, scopeValues } from './cases.js';
import type { CaseFileRow, CaseScope } from './cases.js';
import type { FileRow } from './files.js';
import type { Scope } from './scope.js';

/** A resident who asked for a person, as this officer was told. */
export interface CallRow {
  conversationId: string;
  resident: string | null;
  village: string | null;
  /** The bot is silent there: it is still waited for. */
  isWaiting: boolean;
  /** The officer who has it, where that is another: theirs is the answer. */
  heldBy: string | null;
  messages: { reason: string; text: string | null; at: string; files: CallFile[] }[];
  /** What officers answered since: of a case only where the reader sees that case. */
  answers: { by: string; text: string; at: string }[];
}

/** What came with a message: a voice note to be heard, a photo. */
export type CallFile = Omit<CaseFileRow, 'mime' | 'item' | 'at'>;

/** As long as an answer is possible: store/handOvers.ts. */
const DAYS = 3;

const MINE = `notifications.officer_id = $1 AND notifications.kind = 'officer-hand-over'
  AND notifications.created_at > $2::timestamptz - make_interval(days => ${DAYS})`;
/**
 * The village is that of the case which an open call is about, where that is the reader's; else the resident's, else the
 * line's; one that nobody knows is no obstacle.
 */
const CALLS_FROM = `FROM (SELECT DISTINCT subject_id FROM notifications WHERE ${MINE}) AS called
  JOIN conversations ON conversations.id = called.subject_id
  JOIN addresses ON addresses.id = conversations.address_id JOIN residents ON residents.id = addresses.resident_id
  JOIN lines ON lines.id = conversations.line_id
  LEFT JOIN hand_overs about ON about.conversation_id = conversations.id AND about.ended_at IS NULL
    AND about.case_id IS NOT NULL AND ($3::text[] IS NULL OR about.village_id = ANY ($3))
  LEFT JOIN villages ON villages.id = coalesce(about.village_id, residents.village_id, lines.village_id)`;
const IN_SCOPE = `($3::text[] IS NULL OR villages.id IS NULL OR villages.id = ANY ($3))`;
const CALLS = `${CALLS_FROM} WHERE ${IN_SCOPE}`;
/** Only files of the very conversation: an id that came from elsewhere shows nothing. */
const FILES = `(SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'state', a.state, 'name', a.name,
    'isRestricted', a.is_restricted) ORDER BY f.n), '[]')
  FROM jsonb_array_elements_text(vars->'files') WITH ORDINALITY AS f (id, n)
  JOIN attachments a ON a.id = f.id::uuid AND a.conversation_id = notifications.subject_id)`;

/** The name of another officer who answered within the last day, or wrote about a case, and so has it (store/handOvers.ts). */
const HELD_BY = `(SELECT o.name FROM hand_overs h JOIN officers o ON o.id = h.officer_id
  WHERE h.conversation_id = conversations.id AND h.ended_at IS NULL AND h.officer_id <> $1 AND o.is_active
    AND (h.case_id IS NOT NULL OR h.answered_at > $2::timestamptz - interval '1 day'))`;

/** The calls for a person of the last days that this officer was told of; who waits comes first, the longest first. */
export async function callsOf(
  sql: Sql,
  scope: Scope,
  cases: CaseScope,
  officerId: string,
  now: Date,
): Promise<CallRow[]> {
  const { rows } = await sql.query<Omit<CallRow, 'answers'>>(
    `SELECT conversations.id AS "conversationId",
       -- Who it is, nobody knows while their history is hidden.
       CASE WHEN addresses.hidden_since IS NULL THEN residents.name END AS resident, villages.name AS village,
       conversations.handed_over_at IS NOT NULL AS "isWaiting", ${HELD_BY} AS "heldBy",
       (SELECT jsonb_agg(jsonb_build_object('reason', vars->>'reason', 'text', vars->>'text', 'at', created_at,
          'files', ${FILES})
          ORDER BY created_at) FROM notifications WHERE ${MINE} AND subject_id = conversations.id) AS messages
     ${CALLS} ORDER BY (conversations.handed_over_at IS NULL), conversations.handed_over_at, conversations.id LIMIT 100`,
    [officerId, now, scope.villages],
  );
  const ids = rows.map(({ conversationId }) => conversationId);
  const answers = await answersIn(sql, scope, cases, ids, now);
  return rows.map((row) => ({ ...row, answers: answers.get(row.conversationId) ?? [] }));
}

/**
 * What officers answered in these conversations: in a call of a village of the scope that was about no case, or about a
 * case that the reader sees. $1 to $8 are the scope of cases.
 */
async function answersIn(
  sql: Sql,
  scope: Scope,
  cases: CaseScope,
  conversationIds: string[],
  now: Date,
): Promise<Map<string, CallRow['answers']>> {
  const { rows } = await sql.query<{ conversationId: string; answers: CallRow['answers'] }>(
    `SELECT m.conversation_id AS "conversationId", jsonb_agg(jsonb_build_object('by', m.body->'vars'->>'by',
       'text', coalesce(m.body->'vars'->>'text', '…'), 'at', m.received_at) ORDER BY m.seq) AS answers
     FROM inbound_messages m
     WHERE m.conversation_id = ANY ($9::uuid[]) AND m.kind = 'internal' AND m.body->>'flow' = 'officer-message'
       AND NOT m.body->'vars' ? 'veiled'
       AND m.received_at > $10::timestamptz - make_interval(days => ${DAYS})
       AND CASE WHEN m.body->'vars' ? 'code'
         THEN EXISTS (SELECT FROM cases WHERE cases.code = m.body->'vars'->>'code' AND ${CASE_IN_SCOPE})
         ELSE EXISTS (SELECT FROM hand_overs h WHERE h.conversation_id = m.conversation_id AND h.case_id IS NULL
           AND m.received_at BETWEEN h.begun_at AND coalesce(h.ended_at, 'infinity')
           AND ($11::text[] IS NULL OR h.village_id IS NULL OR h.village_id = ANY ($11))) END
     GROUP BY m.conversation_id`,
    [...scopeValues(cases), conversationIds, now, scope.villages],
  );
  return new Map(rows.map(({ conversationId, answers }) => [conversationId, answers]));
}

/**
 * A stored file that came with a call of which this officer was told in the last days; null otherwise, or outside the
 * villages of the role.
 */
export async function fileOfCall(
  sql: Sql,
  scope: Scope,
  officerId: string,
  id: string,
  now: Date,
): Promise<FileRow | null> {
  const { rows } = await sql.query<FileRow>(
    `SELECT attachments.id, attachments.is_restricted AS "isRestricted", attachments.mime, NULL AS "caseCode",
       villages.id AS "villageId"
     ${CALLS_FROM} JOIN attachments ON attachments.conversation_id = conversations.id
     WHERE ${IN_SCOPE} AND attachments.id = $4::uuid AND attachments.state = 'stored' AND EXISTS (
       SELECT FROM notifications WHERE ${MINE} AND subject_id = conversations.id AND vars->'files' ? $4::uuid::text)`,
    [officerId, now, scope.villages, id],
  );
  return rows[0] ?? null;
}

/** How many wait, and are not another officer's. */
export async function countCalls(sql: Sql, scope: Scope, officerId: string, now: Date): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `SELECT count(*)::int AS n ${CALLS} AND conversations.handed_over_at IS NOT NULL AND ${HELD_BY} IS NULL`,
    [officerId, now, scope.villages],
  );
  return rows[0]!.n;
}
