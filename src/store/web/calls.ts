import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

/** A resident who asked for a person, as this officer was told. */
export interface CallRow {
  conversationId: string;
  resident: string | null;
  village: string | null;
  /** The bot is silent there: it is still waited for. */
  isWaiting: boolean;
  messages: { reason: string; text: string | null; at: string }[];
  /** What officers answered since. */
  answers: { by: string; text: string; at: string }[];
}

/** As long as an answer is possible: store/handOvers.ts. */
const DAYS = 3;

const MINE = `notifications.officer_id = $1 AND notifications.kind = 'officer-hand-over'
  AND notifications.created_at > $2::timestamptz - make_interval(days => ${DAYS})`;
/** The village is the resident's, else the line's; one that nobody knows is no obstacle. */
const CALLS = `FROM (SELECT DISTINCT subject_id FROM notifications WHERE ${MINE}) AS called
  JOIN conversations ON conversations.id = called.subject_id
  JOIN addresses ON addresses.id = conversations.address_id JOIN residents ON residents.id = addresses.resident_id
  JOIN lines ON lines.id = conversations.line_id
  LEFT JOIN villages ON villages.id = coalesce(residents.village_id, lines.village_id)
  WHERE ($3::text[] IS NULL OR villages.id IS NULL OR villages.id = ANY ($3))`;

/** The calls for a person of the last days that this officer was told of; who waits comes first, the longest first. */
export async function callsOf(sql: Sql, scope: Scope, officerId: string, now: Date): Promise<CallRow[]> {
  const { rows } = await sql.query<CallRow>(
    `SELECT conversations.id AS "conversationId", residents.name AS resident, villages.name AS village,
       conversations.handed_over_at IS NOT NULL AS "isWaiting",
       (SELECT jsonb_agg(jsonb_build_object('reason', vars->>'reason', 'text', vars->>'text', 'at', created_at)
          ORDER BY created_at) FROM notifications WHERE ${MINE} AND subject_id = conversations.id) AS messages,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('by', body->'vars'->>'by', 'text', body->'vars'->>'text',
          'at', received_at) ORDER BY seq), '[]') FROM inbound_messages
        WHERE inbound_messages.conversation_id = conversations.id AND kind = 'internal'
          AND body->>'flow' = 'officer-message' AND received_at > $2::timestamptz - make_interval(days => ${DAYS})) AS answers
     ${CALLS} ORDER BY (conversations.handed_over_at IS NULL), conversations.handed_over_at, conversations.id LIMIT 100`,
    [officerId, now, scope.villages],
  );
  return rows;
}

/** How many wait. */
export async function countCalls(sql: Sql, scope: Scope, officerId: string, now: Date): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `SELECT count(*)::int AS n ${CALLS} AND conversations.handed_over_at IS NOT NULL`,
    [officerId, now, scope.villages],
  );
  return rows[0]!.n;
}
