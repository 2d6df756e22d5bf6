import type { Sql } from '../sql.js';
import type { CaseFileRow } from './cases.js';
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
  /** What officers answered since. */
  answers: { by: string; text: string; at: string }[];
}

/** What came with a message: a voice note to be heard, a photo. */
export type CallFile = Omit<CaseFileRow, 'mime' | 'item' | 'at'>;

/** As long as an answer is possible: store/handOvers.ts. */
const DAYS = 3;

const MINE = `notifications.officer_id = $1 AND notifications.kind = 'officer-hand-over'
  AND notifications.created_at > $2::timestamptz - make_interval(days => ${DAYS})`;
/** The village is the resident's, else the line's; one that nobody knows is no obstacle. */
const CALLS_FROM = `FROM (SELECT DISTINCT subject_id FROM notifications WHERE ${MINE}) AS called
  JOIN conversations ON conversations.id = called.subject_id
  JOIN addresses ON addresses.id = conversations.address_id JOIN residents ON residents.id = addresses.resident_id
  JOIN lines ON lines.id = conversations.line_id
  LEFT JOIN villages ON villages.id = coalesce(residents.village_id, lines.village_id)`;
const IN_SCOPE = `($3::text[] IS NULL OR villages.id IS NULL OR villages.id = ANY ($3))`;
const CALLS = `${CALLS_FROM} WHERE ${IN_SCOPE}`;
/** Only files of the very conversation: an id that came from elsewhere shows nothing. */
const FILES = `(SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'state', a.state, 'name', a.name,
    'isRestricted', a.is_restricted) ORDER BY f.n), '[]')
  FROM jsonb_array_elements_text(vars->'files') WITH ORDINALITY AS f (id, n)
  JOIN attachments a ON a.id = f.id::uuid AND a.conversation_id = notifications.subject_id)`;

/** The name of another officer who answered within the last day, and so has it (store/handOvers.ts). */
const HELD_BY = `(SELECT o.name FROM hand_overs h JOIN officers o ON o.id = h.officer_id
  WHERE h.conversation_id = conversations.id AND h.ended_at IS NULL AND h.officer_id <> $1 AND o.is_active
    AND h.answered_at > $2::timestamptz - interval '1 day')`;

/** The calls for a person of the last days that this officer was told of; who waits comes first, the longest first. */
export async function callsOf(sql: Sql, scope: Scope, officerId: string, now: Date): Promise<CallRow[]> {
  const { rows } = await sql.query<CallRow>(
    `SELECT conversations.id AS "conversationId",
       -- Who it is, nobody knows while their history is hidden.
       CASE WHEN addresses.hidden_since IS NULL THEN residents.name END AS resident, villages.name AS village,
       conversations.handed_over_at IS NOT NULL AS "isWaiting", ${HELD_BY} AS "heldBy",
       (SELECT jsonb_agg(jsonb_build_object('reason', vars->>'reason', 'text', vars->>'text', 'at', created_at,
          'files', ${FILES})
          ORDER BY created_at) FROM notifications WHERE ${MINE} AND subject_id = conversations.id) AS messages,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('by', body->'vars'->>'by', 'text', coalesce(body->'vars'->>'text', '…'),
          'at', received_at) ORDER BY seq), '[]') FROM inbound_messages
        WHERE inbound_messages.conversation_id = conversations.id AND kind = 'internal'
          AND body->>'flow' = 'officer-message' AND received_at > $2::timestamptz - make_interval(days => ${DAYS})) AS answers
     ${CALLS} ORDER BY (conversations.handed_over_at IS NULL), conversations.handed_over_at, conversations.id LIMIT 100`,
    [officerId, now, scope.villages],
  );
  return rows;
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
