import { SILENT_DAYS } from '../core/history.js';
import type { Outgoing } from '../core/outgoing.js';
import { insertInternal } from './inbound.js';
import type { Sql } from './sql.js';

/**
 * Lines that are down, or were removed, since then: most of the time there is none, and nothing else is looked at. One
 * that was removed may say 'up' for ever: its gateway died first.
 */
const DOWN = `
  SELECT l.id FROM lines l
  WHERE l.removed_at <= $1 OR (l.state <> 'up' AND EXISTS (SELECT FROM incidents i
    WHERE i.kind = 'line_down' AND i.line_id = l.id AND i.closed_at IS NULL AND i.opened_at <= $1))`;

/** How many conversations one round looks after. */
const LIMIT = 50;

interface Waiting {
  seq: number;
  from: string;
  to: string;
  platform: string;
  message: Outgoing;
}

/**
 * Conversations with waiting messages on these lines, each with the one in which the same
 * person is reached meanwhile: at an address of theirs that is linked (or the officer's), in a chat that works, that was
 * used within the time in which a number keeps its owner, and that nobody else shares.
 */
const PAIRS = `
  SELECT c.id AS "from", l.platform, other.id AS "to"
  FROM lines l
  JOIN LATERAL (
    SELECT DISTINCT o.conversation_id AS id FROM outbound_messages o
    WHERE o.line_id = l.id AND o.state = 'pending' AND o.moved_to IS NULL
  ) w ON true
  JOIN conversations c ON c.id = w.id AND NOT c.is_group AND NOT c.is_private
  JOIN addresses a ON a.id = c.address_id AND a.hidden_since IS NULL
  JOIN LATERAL (
    SELECT v.id FROM addresses b
    JOIN conversations v ON v.address_id = b.id
    JOIN lines u ON u.id = v.line_id
    WHERE (b.resident_id = a.resident_id OR b.officer_id = a.officer_id) AND b.merged_into IS NULL
      AND b.blocked_at IS NULL AND b.hidden_since IS NULL
      AND v.id <> c.id AND u.id <> l.id AND u.state = 'up' AND u.removed_at IS NULL
      AND NOT v.is_group AND NOT v.is_private AND v.held_since IS NULL AND v.merged_into IS NULL
      AND v.last_inbound_at > $2::timestamptz - interval '${SILENT_DAYS} days'
      AND NOT EXISTS (SELECT FROM address_profiles p WHERE p.address_id IN (a.id, b.id)
        AND p.resident_id <> a.resident_id)
    ORDER BY v.last_inbound_at DESC LIMIT 1
  ) other ON true
  WHERE l.id = ANY ($1::text[])
  LIMIT ${LIMIT}`;

/**
 * Hands on what waits on lines that are down since `downBefore` to where its people are reached, in the caller's
 * transaction: the rows say so, and an internal row in the other conversation carries their words, once. What carries a
 * file stays, and goes when the line is back; its words are told. Answers how many conversations were served: wake
 * converse where it is not 0.
 */
export async function answerElsewhere(sql: Sql, downBefore: Date, now: Date): Promise<number> {
  const down = await sql.query<{ id: string }>(DOWN, [downBefore]);
  if (down.rows.length === 0) return 0;
  const { rows } = await sql.query<Waiting>(
    `WITH pairs AS (${PAIRS}), moved AS (
       UPDATE outbound_messages o SET moved_to = p."to",
         state = CASE WHEN o.body ? 'document' THEN 'pending' ELSE 'moved' END
       FROM pairs p WHERE o.conversation_id = p."from" AND o.state = 'pending' AND o.moved_to IS NULL
       RETURNING o.seq, o.body AS message, p."from", p."to", p.platform
     )
     SELECT * FROM moved ORDER BY seq`,
    [down.rows.map(({ id }) => id), now],
  );
  const chats = new Map<string, Waiting[]>();
  for (const row of rows) chats.set(row.from, [...(chats.get(row.from) ?? []), row]);
  await insertInternal(
    sql,
    [...chats.values()].map((waiting) => {
      const [{ seq, to, platform }] = waiting as [Waiting];
      const photos = waiting.flatMap(({ message }) => message.photos ?? []);
      return {
        conversationId: to,
        externalId: `elsewhere:${seq}`,
        flow: 'answered-elsewhere',
        vars: {
          line: PLATFORMS[platform] ?? platform,
          text: waiting.map(({ message }) => message.text).join('\n\n'),
          photos,
          files: waiting.some(({ message }) => message.document) ? 'yes' : null,
        },
      };
    }),
    now,
  );
  return chats.size;
}

/** What people call it. */
const PLATFORMS: { [platform: string]: string } = {
  whatsapp: 'WhatsApp',
  telegram: 'Telegram',
  simulator: 'Simulator',
};
